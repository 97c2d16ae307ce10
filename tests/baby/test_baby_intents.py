"""What a parent hears: through the dispatcher, the real prompts and a real database."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from skill.baby import intents
from skill.baby.models import DiaryEntry
from skill.conversation.declare import declared
from skill.conversation.turn import Caller, Heard, Turn
from skill.household.roles import permissions
from tests.baby.diary_home import NOW, Home, Slots

LEO: Slots = {"child": "leo"}
FOUR: Slots = {**LEO, "amount": "4", "unit": ("ounces", "oz")}
WET: Slots = {**LEO, "kind": ("wet", "wet")}
MINUTE = timedelta(minutes=1)


def entries(home: Home) -> int:
    with home.database.reading(home.household_id) as unit:
        return len(
            unit.session.exec(
                select(DiaryEntry.id).where(col(DiaryEntry.household_id) == home.household_id)
            ).all()
        )


def _turn(home: Home, intent: str, **slots: Heard) -> Turn:
    caller = Caller(home.household_id, home.members["Anna"], "Anna", "owner", permissions("owner"), "UTC")
    return Turn("request-1", "intent", "en-US", NOW, caller, intent, slots)


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


def test_the_last_feed_is_told_by_how_long_ago_it_was(home: Home) -> None:
    home.hear("LogFeedingIntent", FOUR)
    answer = home.hear(
        "LastActivityIntent", {**LEO, "activity": ("eat", "feeding")}, at=NOW + timedelta(hours=2)
    )
    assert answer.speech == "Leo last ate 2 hours ago, at 2:15 PM: 4 ounces."


def test_the_last_diaper_of_a_kind_is_told(home: Home) -> None:
    home.hear("LogDiaperIntent", {**LEO, "kind": ("both", "both")})
    home.hear("LogDiaperIntent", {**LEO, "kind": ("dry", "dry")}, at=NOW + MINUTE)
    answer = home.hear("LastActivityIntent", {**LEO, "kind": ("wet", "wet")}, at=NOW + timedelta(days=1))
    assert answer.speech == "Leo's last wet and dirty diaper was 1 day ago, at 2:15 PM yesterday."


def test_nothing_logged_is_told_and_asking_writes_nothing(home: Home) -> None:
    answer = home.hear("LastActivityIntent", {**LEO, "activity": ("eat", "feeding")})
    assert answer.speech == "There is no feed for Leo in the diary yet."
    assert entries(home) == 0


@pytest.mark.parametrize(
    ("slots", "reply"),
    [
        ({**LEO, "activity": "sleep"}, "LastActivityIntent.not_kept"),
        ({**LEO, "kind": "sleep"}, "LastActivityIntent.not_kept"),
        (LEO, "LastActivityIntent.which"),
    ],
)
def test_what_the_diary_does_not_keep_is_said(home: Home, slots: Slots, reply: str) -> None:
    assert home.hear("LastActivityIntent", slots).reply == reply


def test_undo_says_what_it_took_back(home: Home) -> None:
    home.hear("LogFeedingIntent", FOUR)
    assert home.hear("UndoLastEntryIntent", at=NOW + MINUTE).speech == "Removed: Leo, 4 ounces, 2:15 PM."
    assert home.hear("UndoLastEntryIntent", at=NOW + MINUTE).reply == "UndoLastEntryIntent.nothing"


@pytest.mark.parametrize(
    ("slots", "removed"),
    [
        ({"activity": ("feed", "feeding")}, "Leo, 4 ounces"),
        ({"activity": ("diaper", "diaper")}, "Maya, dirty diaper"),
        ({"kind": ("wet", "wet")}, "Leo, wet diaper"),
        ({"child": "leo"}, "Leo, 4 ounces"),
        ({"child": "leo", "activity": ("diaper", "diaper")}, "Leo, wet diaper"),
        ({}, "Maya, dirty diaper"),
    ],
)
def test_undo_honours_what_was_said(home: Home, slots: Slots, removed: str) -> None:
    home.hear("LogDiaperIntent", WET)
    home.hear("LogFeedingIntent", FOUR, at=NOW + MINUTE)
    home.hear("LogDiaperIntent", {"child": "maya", "kind": ("dirty", "dirty")}, at=NOW + 2 * MINUTE)
    answer = home.hear("UndoLastEntryIntent", slots, at=NOW + 3 * MINUTE)
    assert answer.speech.startswith(f"Removed: {removed}")


def test_undo_of_something_else_takes_back_nothing(home: Home) -> None:
    home.hear("LogFeedingIntent", FOUR)
    assert home.hear("UndoLastEntryIntent", {"activity": "order"}).reply == "UndoLastEntryIntent.not_kept"
    nothing = home.hear("UndoLastEntryIntent", {"activity": ("diaper", "diaper"), "child": "leo"})
    assert nothing.speech.startswith("You logged no diaper for Leo in the last 10 minutes")
    assert home.hear("UndoLastEntryIntent").reply == "UndoLastEntryIntent.removed"


def test_enough_diapers_are_told_without_an_offer(home: Home) -> None:
    home.deliver("D2", 2, NOW - timedelta(days=1))
    answer = home.hear("DiaperStockIntent")
    assert answer.speech == (
        "Leo has about 148 diapers in size 2 left, enough for about 21 days. To get more, say: order diapers."
    )
    assert not answer.session_open
    assert not answer.quotes


def few(home: Home) -> None:
    """A pack of 74 nine days ago at 7 a day: about 18 are left."""
    home.deliver("D2", 1, NOW - timedelta(days=9))


def test_few_diapers_come_with_a_quote_for_the_usual_pack(home: Home) -> None:
    few(home)
    answer = home.hear("DiaperStockIntent")
    assert answer.speech == (
        "Leo has about 18 diapers in size 2 left, enough for about 2 days. "
        "From Corner Shop: Softleaf diapers size 2, on Sunday to your home, "
        "for $2.00 with tax and free delivery. Shall I order it?"
    )
    assert answer.session_open
    assert answer.quotes[0]["lines"][0]["product_id"] == "D2"


def test_a_caller_who_may_not_reorder_hears_the_count_alone(home: Home) -> None:
    few(home)
    answer = home.hear("DiaperStockIntent", may=frozenset({"browse", "care"}))
    assert (answer.reply, answer.session_open) == ("DiaperStockIntent.counted", False)
    assert not answer.quotes


def test_a_shop_that_does_not_answer_leaves_the_count(home: Home) -> None:
    few(home)
    home.shop.open = False
    answer = home.hear("DiaperStockIntent")
    assert answer.reply == "DiaperStockIntent.counted"
    assert not answer.session_open


def test_a_pack_on_its_way_is_told_and_not_ordered_again(home: Home) -> None:
    few(home)
    home.deliver("D2", 1, NOW, state="shipped")
    answer = home.hear("DiaperStockIntent")
    assert answer.speech.endswith("More arrive on Sunday.")
    assert not answer.session_open


@pytest.mark.parametrize("heard", ["feuchttücher", "theo", "the house"])
def test_words_that_are_no_childs_name_are_no_matter_to_the_count(home: Home, heard: str) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=1))
    assert "size 2" in home.hear("DiaperStockIntent", {"child": heard}).speech


def test_no_delivered_pack_is_an_honest_answer(home: Home) -> None:
    answer = home.hear("DiaperStockIntent", {"child": "maya"})
    assert answer.speech.startswith("I know of no delivered diapers in size 5")
    assert not answer.session_open


def test_the_child_whose_diapers_are_known_need_not_be_named(home: Home) -> None:
    assert home.hear("DiaperStockIntent").reply == "Error.which_child"
    home.deliver("D2", 1, NOW - timedelta(days=1))
    assert "size 2" in home.hear("DiaperStockIntent").speech


def test_an_empty_stock_is_told_as_a_guess(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=30))
    assert home.hear("DiaperStockIntent").speech.startswith("By my count, Leo has no diapers in size 2 left.")


def test_every_intent_of_the_diary_needs_the_permission_to_care() -> None:
    found = declared([intents]).intents.values()
    assert len(found) == 5
    assert {intent.needs for intent in found} == {"care"}


def test_help_teaches_logging_first_and_asking_later(home: Home) -> None:
    turn = _turn(home, "HelpIntent")
    assert home.do(lambda diary: intents.teach(turn, diary)) == ["baby.log_feed", "baby.log_diaper"]
    home.hear("LogDiaperIntent", WET)
    assert home.do(lambda diary: intents.teach(turn, diary)) == ["baby.last_feed", "baby.diapers_left"]


def test_help_teaches_nothing_of_the_diary_where_it_is_of_no_use(empty_home: Home) -> None:
    turn = _turn(empty_home, "HelpIntent")
    assert empty_home.do(lambda diary: intents.teach(turn, diary)) == []


def test_the_same_request_twice_is_one_entry(home: Home) -> None:
    turn = _turn(home, "LogDiaperIntent", child=Heard("leo"))
    assert home.dispatcher.answer(turn) == home.dispatcher.answer(turn)
    assert entries(home) == 1


@pytest.mark.parametrize(
    ("intent", "slots", "speech"),
    [
        (
            "LogFeedingIntent",
            {**LEO, "amount": "120", "unit": ("Milliliter", "ml")},
            "Leo, 120 Milliliter, 14:15 Uhr. Ich behalte Mahlzeiten und Windeln, bis du sie löschst.",
        ),
        (
            "LogDiaperIntent",
            {"child": "leos", "kind": ("nasse", "wet")},
            "Leo, nasse Windel, 14:15 Uhr. Ich behalte Mahlzeiten und Windeln, bis du sie löschst.",
        ),
        ("LogDiaperIntent", {}, "Für welches Kind, Leo oder Maya?"),
    ],
)
def test_german_is_spoken_in_german(home: Home, intent: str, slots: Slots, speech: str) -> None:
    assert home.hear(intent, slots, locale="de-DE").speech == speech
