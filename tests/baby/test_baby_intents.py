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


def test_a_change_without_a_kind_is_kept_without_one(home: Home) -> None:
    assert home.hear("LogDiaperIntent", LEO).speech.startswith("Leo, diaper change, 2:15 PM.")


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ({"time_ago": "PT20M"}, "1:55 PM."),
        ({"time": "02:00"}, "2:00 PM."),
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


def test_an_unknown_name_is_answered_with_the_names_that_are_known(home: Home) -> None:
    answer = home.hear("LogDiaperIntent", {"child": "theo"})
    assert "Theo" in answer.speech
    assert "Leo and Maya" in answer.speech
    assert entries(home) == 0


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


def test_the_count_comes_with_a_quote_for_the_usual_pack(home: Home) -> None:
    home.deliver("D2", 2, NOW - timedelta(days=1))
    answer = home.hear("DiaperStockIntent")
    assert answer.speech == (
        "You have about 148 diapers in size 2 left, enough for about 21 days at 7 a day. "
        "From Corner Shop: 2 Softleaf diapers size 2, on Sunday to your home, "
        "for $4.00 with tax and delivery. Shall I order it?"
    )
    assert answer.session_open
    assert answer.quotes[0]["lines"][0]["product_id"] == "D2"


def test_a_caller_who_may_not_reorder_hears_the_count_alone(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=1))
    answer = home.hear("DiaperStockIntent", may=frozenset({"browse", "care"}))
    assert (answer.reply, answer.session_open) == ("DiaperStockIntent.counted", False)
    assert not answer.quotes


def test_a_shop_that_does_not_answer_leaves_the_count(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=1))
    home.shop.open = False
    answer = home.hear("DiaperStockIntent")
    assert answer.reply == "DiaperStockIntent.counted"
    assert not answer.session_open


def test_a_pack_on_its_way_is_told_and_not_ordered_again(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=1))
    home.deliver("D2", 1, NOW, state="shipped")
    answer = home.hear("DiaperStockIntent")
    assert answer.speech.endswith("More arrive on Sunday.")
    assert not answer.session_open


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
    assert home.hear("DiaperStockIntent").speech.startswith("By my count, no diapers in size 2 are left.")


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
