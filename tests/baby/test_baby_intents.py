"""What a parent hears: through the dispatcher, the real prompts and a real database."""

from datetime import timedelta

import pytest

from tests.baby.diary_home import FOUR, LEO, MINUTE, NOW, WET, Home, Slots, entries


def test_the_first_entry_is_echoed_with_the_notice_and_the_next_without(home: Home) -> None:
    first = home.hear("LogFeedingIntent", FOUR)
    assert first.speech == "Leo, 4 ounces, 2:15 PM. I will keep feeds and diapers until you delete them."
    assert not first.session_open
    assert home.hear("LogDiaperIntent", WET).speech == "Leo, wet diaper, 2:15 PM."


def test_each_member_hears_the_notice_once(home: Home) -> None:
    home.hear("LogFeedingIntent", FOUR)
    assert "until you delete them" in home.hear("LogDiaperIntent", WET, by="Ben").speech


@pytest.mark.parametrize(
    ("slots", "speech"),
    [
        ({"amount": "3", "amount_fraction": ("half", "half"), "unit": ("ounces", "oz")}, "Leo, 3.5 ounces"),
        ({"amount_fraction": ("half an", "half"), "unit": ("ounce", "oz")}, "Leo, 0.5 ounces"),
        ({"amount": "3.5", "unit": ("ounces", "oz")}, "Leo, 3.5 ounces"),
        ({"amount": "120"}, "Leo, 120 milliliters"),
        ({"side": ("left", "left")}, "Leo, left side"),
        ({"side": ("both", "both"), "method": ("nursed", "breast")}, "Leo, both sides"),
        ({"method": ("nursed", "breast")}, "Leo, breast"),
        ({"method": ("bottle", "bottle")}, "Leo, bottle"),
        ({"method": ("porridge", "solid")}, "Leo, solids"),
        ({}, "Leo, a feed"),
    ],
)
def test_a_feed_is_echoed_in_a_few_words(home: Home, slots: Slots, speech: str) -> None:
    assert home.hear("LogFeedingIntent", {**LEO, **slots}).speech.startswith(f"{speech}, 2:15 PM.")


@pytest.mark.parametrize(
    ("kind", "speech"),
    [("dirty", "dirty diaper"), ("both", "wet and dirty diaper"), ("dry", "dry diaper")],
)
def test_a_diaper_is_echoed_in_a_few_words(home: Home, kind: str, speech: str) -> None:
    answer = home.hear("LogDiaperIntent", {**LEO, "kind": (kind, kind)})
    assert answer.speech.startswith(f"Leo, {speech}, 2:15 PM.")


def test_a_change_without_a_kind_is_kept_and_asked_about(home: Home) -> None:
    answer = home.hear("LogDiaperIntent", LEO)
    assert answer.speech.startswith("Leo, diaper change, 2:15 PM.")
    assert answer.speech.endswith("Wet, dirty or both?")
    assert entries(home) == 1
    assert home.hear("LogDiaperIntent", WET).speech == "Leo, wet diaper, 2:15 PM."
    assert entries(home) == 1


@pytest.mark.parametrize("kind", [("don't know", "unknown"), ("banana", None)])
def test_an_answer_that_is_no_kind_leaves_the_change_as_it_is(
    home: Home, kind: tuple[str, str | None]
) -> None:
    home.hear("LogDiaperIntent", LEO)
    heard: Slots = {"kind": kind[0] if kind[1] is None else (kind[0], kind[1])}
    assert home.hear("LogDiaperIntent", heard).reply == "LogDiaperIntent.kind_left"
    assert entries(home) == 1


def test_a_diaper_of_another_child_is_no_answer_about_the_first(home: Home) -> None:
    home.hear("LogDiaperIntent", LEO)
    answer = home.hear("LogDiaperIntent", {**WET, "child": "maya"})
    assert "Maya, wet diaper" in answer.speech
    assert entries(home) == 2


def test_several_diapers_at_once_are_not_logged_as_one(home: Home) -> None:
    assert home.hear("LogDiaperIntent", {**WET, "count": "2"}).reply == "LogDiaperIntent.one_at_a_time"
    assert entries(home) == 0


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ({"time_ago": "PT20M"}, "1:55 PM."),
        ({"time": "14:00"}, "2:00 PM."),
        ({"time": "02:00", "half": ("am", "am")}, "2:00 AM."),
        ({"time": "17:00", "day": "2026-11-19"}, "5:00 PM yesterday."),
        ({"time": "08:00", "half": ("yesterday evening", "last_evening")}, "8:00 PM yesterday."),
        ({"time": "08:00", "half": ("this evening", "pm")}, None),
        ({"time": "08:00", "half": ("last night", "night")}, "8:00 PM yesterday."),
        ({"time": "23:30"}, None),
        ({"time": "02:30"}, "2:30 AM."),
        ({"time": "PRESENT_REF"}, "2:15 PM."),
        ({"time_ago": "PT20H"}, "6:15 PM yesterday."),
    ],
)
def test_a_past_time_is_told_back(home: Home, slots: Slots, told: str | None) -> None:
    answer = home.hear("LogDiaperIntent", {**WET, **slots})
    if told is None:
        assert answer.reply == "Error.in_future"
        assert entries(home) == 0
    else:
        assert f"wet diaper, {told}" in answer.speech


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"time": "MO"}, "2:00 AM"),
        ({"time": "AF"}, "2:00 PM"),
        ({"time": "NI"}, "2:00 AM"),
        ({"time": "02:00"}, "2:00 AM"),
        ({"time": "14:00"}, "2:00 PM"),
        ({"time": "13:30"}, "1:30 PM"),
        ({"half": ("pm", "pm")}, "2:00 PM"),
        ({"time": "02:00", "half": ("pm", "pm")}, "2:00 PM"),
    ],
)
def test_a_doubtful_half_of_the_day_is_asked_for_once(home: Home, answer: Slots, told: str) -> None:
    asked = home.hear("LogDiaperIntent", {**WET, "time": "02:00"})
    assert asked.speech == "2 in the morning or 2 in the afternoon?"
    assert entries(home) == 0
    assert home.hear("LogDiaperIntent", {**WET, **answer}).speech.startswith(f"Leo, wet diaper, {told}.")


def test_a_part_of_the_day_that_is_not_known_is_asked_about_and_not_passed_over(home: Home) -> None:
    asked = home.hear("LogDiaperIntent", {**WET, "time": "08:00", "half": "some evening"})
    assert (asked.reply, asked.session_open) == ("Error.which_time", True)
    assert home.hear("LogDiaperIntent", {"time": "20:00"}).reply == "Error.in_future"
    assert entries(home) == 0


def test_the_half_of_the_day_is_kept_through_the_question_for_the_child(home: Home) -> None:
    home.hear("LogDiaperIntent", {"kind": ("wet", "wet"), "time": "02:00"})
    assert home.hear("LogDiaperIntent", {"time": "NI"}).reply == "Error.which_child"
    assert home.hear("LogDiaperIntent", {"child": "leo"}).speech.startswith("Leo, wet diaper, 2:00 AM.")


@pytest.mark.parametrize(
    ("slots", "reply"),
    [
        ({"day": "2026-11-19"}, "Error.which_time"),
        ({"day": "2026-W46"}, "Error.which_day"),
        ({"day": "once"}, "Error.which_day"),
        ({"day": "2026-11-21", "time": "17:00"}, "Error.in_future"),
        ({"day": "2026-11-20", "time": "17:00"}, "Error.in_future"),
        ({"day": "2026-11-01", "time": "17:00"}, "Error.too_long_ago"),
    ],
)
def test_a_day_that_leads_to_no_past_moment_saves_nothing(home: Home, slots: Slots, reply: str) -> None:
    assert home.hear("LogDiaperIntent", {**WET, **slots}).reply == reply
    assert entries(home) == 0


@pytest.mark.parametrize("time", ["MO", "?", "later"])
def test_a_time_that_is_no_clock_time_is_asked_for(home: Home, time: str) -> None:
    answer = home.hear("LogDiaperIntent", {**WET, "time": time})
    assert (answer.reply, answer.session_open) == ("Error.which_time", True)
    assert answer.elicit == {"intent": "LogDiaperIntent", "slot": "time"}


@pytest.mark.parametrize(
    ("ago", "reply"),
    [("P8D", "Error.too_long_ago"), ("P999999Y", "Error.too_long_ago"), ("soon", "Error.which_time")],
)
def test_too_long_ago_is_refused(home: Home, ago: str, reply: str) -> None:
    assert home.hear("LogDiaperIntent", {**WET, "time_ago": ago}).reply == reply
    assert entries(home) == 0


def test_several_children_and_no_name_asks_between_the_two(home: Home) -> None:
    answer = home.hear("LogDiaperIntent", {"kind": ("wet", "wet")})
    assert answer.speech == "Which child, Leo or Maya?"
    assert answer.elicit == {"intent": "LogDiaperIntent", "slot": "child"}
    assert home.hear("LogDiaperIntent", WET).reply == "LogDiaperIntent.logged"


def test_the_answer_to_a_question_goes_on_with_what_was_heard_before(home: Home) -> None:
    """Faces send the slots of before back without their ids, or not at all."""
    home.hear("LogDiaperIntent", {"kind": ("wet", "wet"), "time_ago": "PT1H"})
    assert home.hear("LogDiaperIntent", {**LEO, "kind": "wet"}).speech.startswith("Leo, wet diaper, 1:15 PM.")


def test_an_answer_may_correct_what_was_heard_before(home: Home) -> None:
    home.hear("LogDiaperIntent", {"kind": ("wet", "wet")})
    answer = home.hear("LogDiaperIntent", {**LEO, "kind": ("dirty", "dirty")})
    assert answer.speech.startswith("Leo, dirty diaper")


def test_another_intent_does_not_inherit_what_was_heard(home: Home) -> None:
    home.hear("LogDiaperIntent", {"time_ago": "PT1H"})
    assert home.hear("LogFeedingIntent", FOUR).speech.startswith("Leo, 4 ounces, 2:15 PM.")


def test_three_children_are_not_listed_as_choices(home: Home) -> None:
    home.do(lambda diary: diary.add_child("Noah", NOW.date(), "1"))
    assert home.hear("LogDiaperIntent").speech == "Which child?"


def test_an_only_child_need_not_be_named(one_child: Home) -> None:
    assert one_child.hear("LogDiaperIntent").speech.startswith("Leo, diaper change")


@pytest.mark.parametrize("heard", ["Leo", "LEO", "leo's", "leos"])
def test_a_name_is_known_in_any_case_and_as_a_possessive(home: Home, heard: str) -> None:
    assert home.hear("LogDiaperIntent", {"child": heard}).speech.startswith("Leo,")


@pytest.mark.parametrize("heard", ["theo", "cancel", "baby peed", "lea", "leo and maya"])
def test_words_that_are_no_childs_name_are_not_repeated(home: Home, heard: str) -> None:
    answer = home.hear("LogDiaperIntent", {**WET, "child": heard})
    assert answer.speech == "Which child, Leo or Maya?"
    assert entries(home) == 0


def test_a_second_miss_gives_an_example(home: Home) -> None:
    home.hear("LogDiaperIntent", {**WET, "child": "theo"})
    answer = home.hear("LogDiaperIntent", {**WET, "child": "banana"})
    assert answer.speech == "Please say a name, such as Leo."


@pytest.mark.parametrize(
    ("heard", "name"),
    [("maya for ten minutes", "Maya"), ("little leo", "Leo"), ("leon", "Leo"), ("maja", "Maya")],
)
def test_a_name_is_known_among_words_and_when_nearly_heard(home: Home, heard: str, name: str) -> None:
    assert home.hear("LogDiaperIntent", {**WET, "child": heard}).speech.startswith(f"{name}, wet diaper")


def test_an_unknown_name_beside_an_only_child_is_not_taken_for_that_child(one_child: Home) -> None:
    answer = one_child.hear("LogDiaperIntent", {"child": "theo"})
    assert (answer.reply, answer.session_open) == ("Error.no_such_child", False)
    assert entries(one_child) == 0


def test_a_home_without_children_is_told_so(empty_home: Home) -> None:
    assert empty_home.hear("LogDiaperIntent").speech == "There is no child in the diary of this home yet."


@pytest.mark.parametrize("amount", ["0", "-1", "1000000", "65"])
def test_an_impossible_amount_is_refused(home: Home, amount: str) -> None:
    answer = home.hear("LogFeedingIntent", {**FOUR, "amount": amount})
    assert answer.reply == "LogFeedingIntent.bad_amount"
    assert entries(home) == 0


@pytest.mark.parametrize(
    "slots",
    [
        {"amount": "?", "unit": ("ounces", "oz")},
        {"unit": ("ounces", "oz")},
        {"amount": "3", "amount_fraction": "bit"},
    ],
)
def test_an_amount_that_was_not_understood_is_asked_for(home: Home, slots: Slots) -> None:
    answer = home.hear("LogFeedingIntent", {**LEO, **slots})
    assert (answer.reply, answer.session_open) == ("LogFeedingIntent.how_much", True)
    assert entries(home) == 0


def test_an_amount_that_may_be_a_slip_is_confirmed_first(home: Home) -> None:
    forty: Slots = {**FOUR, "amount": "40"}
    answer = home.hear("LogFeedingIntent", forty)
    assert (answer.speech, answer.session_open) == ("40 ounces, is that right?", True)
    assert home.hear("AMAZON.NoIntent").reply == "NoIntent.amount_dropped"
    assert entries(home) == 0
    home.hear("LogFeedingIntent", forty)
    assert home.hear("AMAZON.YesIntent").speech.startswith("Leo, 40 ounces, 2:15 PM.")
    assert entries(home) == 1


def test_how_long_a_feed_took_is_not_its_amount(home: Home) -> None:
    heard: Slots = {**LEO, "method": ("nursed", "breast"), "duration": "PT10M"}
    assert home.hear("LogFeedingIntent", heard).speech.startswith("Leo, breast, 2:15 PM.")


def test_an_amount_without_a_unit_is_asked_about_until_the_house_has_a_usual_one(home: Home) -> None:
    assert home.hear("LogFeedingIntent", {**LEO, "amount": "4"}).speech == "4 ounces or milliliters?"
    home.hear("LogFeedingIntent", FOUR)
    answer = home.hear("LogFeedingIntent", {**LEO, "amount": "5"})
    assert "5 ounces" in answer.speech


def test_a_unit_that_is_none_is_asked_about(home: Home) -> None:
    answer = home.hear("LogFeedingIntent", {**LEO, "amount": "120", "unit": "cups"})
    assert answer.reply == "LogFeedingIntent.which_unit"


def test_something_that_is_no_feed_is_not_logged(home: Home) -> None:
    answer = home.hear("LogFeedingIntent", {**LEO, "method": "bath"})
    assert answer.reply == "LogFeedingIntent.unknown_method"
    assert entries(home) == 0


def test_something_that_is_no_diaper_is_not_logged(home: Home) -> None:
    assert home.hear("LogDiaperIntent", {**LEO, "kind": "order two"}).reply == "LogDiaperIntent.unknown_kind"
    assert entries(home) == 0


def test_the_other_parent_logging_the_same_is_asked_whether_it_is_another(home: Home) -> None:
    home.hear("LogFeedingIntent", FOUR)
    answer = home.hear("LogFeedingIntent", FOUR, by="Ben", at=NOW + MINUTE)
    assert answer.speech == "There is already a feed for Leo at 2:15 PM, 4 ounces. Is this another one?"
    assert home.hear("AMAZON.NoIntent", by="Ben", at=NOW + MINUTE).reply == "NoIntent.one_entry_kept"
    assert entries(home) == 1


def test_another_one_is_logged_after_a_yes(home: Home) -> None:
    home.hear("LogDiaperIntent", WET)
    assert home.hear("LogDiaperIntent", WET, at=NOW + MINUTE).reply == "LogDiaperIntent.again"
    assert home.hear("AMAZON.YesIntent", at=NOW + MINUTE).reply == "LogDiaperIntent.logged"
    assert entries(home) == 2


@pytest.mark.parametrize(
    ("slots", "after"),
    [
        (FOUR, 3 * MINUTE),
        ({**FOUR, "amount": "5"}, MINUTE),
        ({**FOUR, "child": "maya"}, MINUTE),
        ({**FOUR, "time_ago": "PT3H"}, MINUTE),
    ],
)
def test_a_different_feed_is_logged_without_a_question(home: Home, slots: Slots, after: timedelta) -> None:
    home.hear("LogFeedingIntent", FOUR)
    assert home.hear("LogFeedingIntent", slots, at=NOW + after).reply == "LogFeedingIntent.logged"
