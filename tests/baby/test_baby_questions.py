"""What a parent can ask the diary, take back, and reorder from it."""

from datetime import timedelta

import pytest

from skill.baby import intents
from skill.conversation.declare import declared
from skill.conversation.turn import Caller, Heard, Turn
from skill.household.roles import permissions
from tests.baby.diary_home import FOUR, LEO, MINUTE, NOW, WET, Home, Slots, entries


def _turn(home: Home, intent: str, **slots: Heard) -> Turn:
    caller = Caller(home.household_id, home.members["Anna"], "Anna", "owner", permissions("owner"), "UTC")
    return Turn("request-1", "intent", "en-US", NOW, caller, intent, slots)


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


def test_enough_diapers_are_told_and_a_quote_is_made_only_when_more_are_wanted(home: Home) -> None:
    home.deliver("D2", 2, NOW - timedelta(days=1))
    answer = home.hear("DiaperStockIntent")
    assert answer.speech == (
        "Leo has about 148 diapers in size 2 left, enough for about 21 days. Shall I order more?"
    )
    assert answer.session_open
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
