"""One turn, one unit of work, one answer: through the real dispatcher and a pretended feature."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest

from skill.conversation.turn import Answer, Caller, Turn
from skill.storage.database import Database
from tests.pretend.home import DECLARED, EXAMPLES, Home, rows
from tests.pretend.intents import CutOff

YES, NO, CANCEL, FALLBACK = (
    "AMAZON.YesIntent",
    "AMAZON.NoIntent",
    "AMAZON.CancelIntent",
    "AMAZON.FallbackIntent",
)


@pytest.fixture
def home(database: Database) -> Home:
    """A household whose owner speaks."""
    return Home(database)


def test_a_repeated_request_gets_the_stored_answer_and_changes_nothing(home: Home) -> None:
    home.say("FillJarIntent")
    session = home.session
    first = home.say(YES, "r")
    effects, held = home.effects(), rows(home.database)
    home.session = session
    assert home.say(YES, "r") == first
    assert (home.effects(), rows(home.database)) == (effects, held)
    assert first.orders == ({"id": "1"},)


def test_the_same_yes_sixteen_times_at_once_has_one_effect_and_sixteen_equal_answers(home: Home) -> None:
    home.say("FillJarIntent")
    turn, start = home.turn(YES), threading.Barrier(16)

    def send(_: int) -> Answer:
        start.wait(timeout=20)
        return home.dispatcher.answer(turn)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    assert {answer.reply for answer in answers} == {"FillJarIntent.filled"}
    assert all(answer == answers[0] for answer in answers)
    assert len(home.effects()) == 1


def test_the_same_request_with_other_words_is_refused_without_an_effect(home: Home) -> None:
    first = home.say("FillJarIntent", "r", jar="tea")
    before = rows(home.database)
    again = home.say("FillJarIntent", "r", jar="coffee")
    assert again.reply == "Error.request_reused"
    assert not again.session_open
    assert rows(home.database) == before
    assert home.say("FillJarIntent", "r", jar="tea") == first


def test_an_error_undoes_what_was_written_and_is_itself_remembered(home: Home) -> None:
    answer = home.say("BreakJarIntent", "r", jar="Tea & <b>milk</b>")
    assert answer.speech == "Tea & <b>milk</b> is broken."
    assert "Tea &amp; &lt;b&gt;" in answer.ssml
    assert home.effects() == []
    before = rows(home.database)
    assert home.say("BreakJarIntent", "r", jar="Tea & <b>milk</b>") == answer
    assert rows(home.database) == before


def test_a_yes_has_its_effect_once(home: Home) -> None:
    home.say("FillJarIntent", jar="tea")
    asked = home.session
    assert home.say(YES).reply == "FillJarIntent.filled"
    home.session = asked
    assert home.say(YES).reply == "YesIntent.already_answered"
    assert len(home.effects()) == 1


@pytest.mark.parametrize("word", [NO, CANCEL])
def test_a_no_or_a_cancel_drops_the_question(home: Home, word: str) -> None:
    home.say("FillJarIntent")
    asked = home.session
    answer = home.say(word)
    assert (answer.reply, answer.session_open) == ("FillJarIntent.left", False)
    home.session = asked
    assert home.say(YES).reply == "YesIntent.already_answered"
    assert home.effects() == []


def test_a_cancel_without_a_question_says_goodbye(home: Home) -> None:
    assert home.say(CANCEL).reply == "CancelIntent.goodbye"


def test_a_stop_drops_the_question(home: Home) -> None:
    home.say("FillJarIntent")
    assert home.say("AMAZON.StopIntent").session == {}
    assert home.say(YES).reply == "YesIntent.nothing_to_confirm"
    assert home.effects() == []


def test_another_request_drops_the_question(home: Home) -> None:
    home.say("FillJarIntent")
    home.say("CountJarsIntent")
    assert home.say(YES).reply == "YesIntent.nothing_to_confirm"


def test_a_question_is_answered_within_120_seconds(home: Home) -> None:
    home.say("FillJarIntent")
    home.at = home.at.replace(minute=2, second=0)  # asked at 15:00:00
    assert home.say(YES).reply == "FillJarIntent.filled"


def test_a_late_yes_has_no_effect_but_asks_anew(home: Home) -> None:
    home.say("FillJarIntent", jar="tea")
    home.at = home.at.replace(minute=2, second=1)
    assert home.say(YES).reply == "FillJarIntent.ask"
    assert home.effects() == []
    assert home.say(YES).reply == "FillJarIntent.filled"
    assert len(home.effects()) == 1


def test_a_late_yes_to_what_cannot_be_asked_anew_says_so(home: Home) -> None:
    home.say("EmptyJarIntent")
    home.at = home.at.replace(minute=2, second=1)
    assert home.say(YES).reply == "YesIntent.too_late"
    assert home.effects() == []


def test_a_question_of_another_household_cannot_be_answered(home: Home) -> None:
    neighbour = Home(home.database)
    home.say("FillJarIntent")
    neighbour.session = home.session
    assert neighbour.say(YES).reply == "YesIntent.nothing_open"
    assert neighbour.effects() == []
    assert home.say(YES).reply == "FillJarIntent.filled"


def test_a_yes_needs_the_permission_of_the_question(home: Home) -> None:
    home.say("FillJarIntent")
    asked = home.session
    home.role = "child"
    assert home.say(YES).reply == "Error.not_allowed"
    assert home.effects() == []
    home.role, home.session = "adult", asked
    assert home.say(YES).reply == "FillJarIntent.filled"


def test_a_role_without_the_permission_is_told_so(home: Home) -> None:
    home.role = "guest"
    answer = home.say("FillJarIntent")
    assert (answer.reply, answer.link_account) == ("Error.not_allowed", False)


def stranger(turn: Turn) -> Turn:
    return replace(turn, caller=Caller())


def test_a_stranger_who_orders_gets_a_card_to_link_the_account(home: Home) -> None:
    before = rows(home.database)
    answer = home.dispatcher.answer(stranger(home.turn("FillJarIntent")))
    assert (answer.reply, answer.link_account) == ("Error.account_needed", True)
    assert rows(home.database) == before


@pytest.mark.parametrize(
    "intent",
    [None, "CountJarsIntent", "AMAZON.HelpIntent", FALLBACK, YES, NO, "AMAZON.RepeatIntent", "Unknown"],
)
def test_a_stranger_may_ask_and_leaves_no_trace(home: Home, intent: str | None) -> None:
    before = rows(home.database)
    home.session = {"confirm": "01a20099-9da6-7846-b9ab-0194baa48374", "misses": 2}
    answer = home.dispatcher.answer(stranger(home.turn(intent)))
    assert answer.speech
    assert rows(home.database) == before


@pytest.mark.parametrize("intent", [None, "CountJarsIntent", FALLBACK])
def test_what_is_heard_daily_is_never_said_twice_in_a_row(home: Home, intent: str | None) -> None:
    said = []
    for _ in range(7):
        home.session = {}
        said.append(home.say(intent).speech)
    assert all(one != following for one, following in pairwise(said))


def test_an_unknown_intent_is_answered_like_an_unknown_sentence(home: Home) -> None:
    assert home.say("NobodysIntent").reply == "FallbackIntent.not_understood"


def test_two_misses_give_two_different_examples(home: Home) -> None:
    first, second = home.say(FALLBACK), home.say(FALLBACK)
    assert (first.reply, second.reply) == ("FallbackIntent.not_understood", "FallbackIntent.again")
    assert EXAMPLES["pretend.fill"].say in first.speech
    assert EXAMPLES["pretend.fill"].say not in second.speech
    home.say("AMAZON.HelpIntent")
    assert home.say(FALLBACK).reply == "FallbackIntent.not_understood"


@pytest.mark.parametrize("intent", ["AMAZON.HelpIntent", FALLBACK, "AMAZON.RepeatIntent"])
def test_help_a_miss_and_a_repeat_keep_the_question_open(home: Home, intent: str) -> None:
    home.say("FillJarIntent", jar="tea")
    assert home.say(intent).session_open
    assert home.say(YES).reply == "FillJarIntent.filled"
    assert len(home.effects()) == 1


def test_repeat_says_the_last_answer_of_this_speaker_again(home: Home) -> None:
    told = home.say("CountJarsIntent")
    home.say("FillJarIntent", device_id="bedroom")
    again = home.say("AMAZON.RepeatIntent")
    assert (again.reply, again.speech, again.session_open) == ("RepeatIntent.again", told.speech, False)


def test_repeat_after_ten_minutes_has_nothing_to_say(home: Home) -> None:
    home.say("CountJarsIntent")
    home.at = home.at.replace(minute=10, second=1)
    assert home.say("AMAZON.RepeatIntent").reply == "RepeatIntent.nothing_said"


def test_repeat_says_what_held_signs_of_markup_unchanged(home: Home) -> None:
    first = home.say("BreakJarIntent", jar="Tea & <b>")
    assert home.say("AMAZON.RepeatIntent").speech == first.speech


def test_start_over_forgets_the_question(home: Home) -> None:
    home.say("FillJarIntent")
    assert home.say("AMAZON.StartOverIntent").session_open
    assert home.say(YES).reply == "YesIntent.nothing_to_confirm"


def test_a_question_for_a_slot_keeps_what_it_chooses_between(home: Home) -> None:
    answer = home.say("ChooseJarIntent")
    assert answer.elicit == {"intent": "ChooseJarIntent", "slot": "jar"}
    assert answer.session["choice"] == {"options": ["red", "blue"]}
    assert answer.session["elicit"] == ["ChooseJarIntent", "jar"]


@pytest.mark.parametrize("name", sorted(DECLARED.intents))
def test_the_microphone_is_open_exactly_when_something_was_asked(home: Home, name: str) -> None:
    answer = home.say(None if name == "LaunchRequest" else name)
    assert answer.session_open == (answer.reprompt_ssml is not None)
    assert bool(answer.session) <= answer.session_open
    assert answer.session_open == ("?" in answer.speech or answer.reply.startswith("LaunchRequest"))


def test_a_request_cut_off_after_its_checkpoint_is_finished_by_its_repeat(home: Home) -> None:
    home.say("OrderJarIntent")
    turn = home.turn(YES)
    home.cut_off = True
    with pytest.raises(CutOff):
        home.dispatcher.answer(turn)
    home.cut_off = False
    assert home.effects() == ["ordered"]
    answer = home.dispatcher.answer(turn)
    assert answer.reply == "OrderJarIntent.resumed"
    assert home.effects() == ["ordered", "resumed"]
    assert home.dispatcher.answer(turn) == answer
    assert home.effects() == ["ordered", "resumed"]


def test_a_repeat_that_answers_while_the_shop_is_asked_is_repeated_by_the_first(home: Home) -> None:
    home.say("OrderJarIntent")
    turn = home.turn(YES)
    repeated: list[Answer] = []

    def repeat() -> None:
        home.while_cut_in_two = None
        repeated.append(home.dispatcher.answer(turn))

    home.while_cut_in_two = repeat
    first = home.dispatcher.answer(turn)
    assert home.effects() == ["ordered", "resumed"]
    assert repeated == [first]
    assert first.speech == "Resumed."


def test_a_question_cut_off_after_its_checkpoint_is_used_up(home: Home) -> None:
    home.say("OrderJarIntent")
    home.cut_off = True
    with pytest.raises(CutOff):
        home.dispatcher.answer(home.turn(YES))
    assert home.say(YES).reply == "YesIntent.already_answered"


def test_what_runs_before_every_turn_runs_once_for_a_request(home: Home) -> None:
    seen: list[str] = []
    home.dispatcher = replace(home.dispatcher, before=[lambda unit, turn: seen.append(turn.request_id)])
    for _ in range(2):
        home.say("CountJarsIntent", "r")
    assert seen == ["r"]


def test_observers_hear_of_every_answer_after_its_commit(home: Home) -> None:
    seen: list[tuple[str, int]] = []
    home.dispatcher = replace(
        home.dispatcher, observers=[lambda turn, answer: seen.append((answer.reply, len(home.effects())))]
    )
    home.say("FillJarIntent")
    home.say(YES)
    assert seen == [("FillJarIntent.ask", 0), ("FillJarIntent.filled", 1)]


def test_the_log_holds_nothing_that_was_said(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "restock")
    home.say("BreakJarIntent", "r", jar="grandmother's secret")
    (record,) = [record for record in caplog.records if record.name == "restock.turn"]
    told = str(vars(record))
    assert all(word not in told for word in ("grandmother", "Anna", "broken.", "kitchen"))
    assert (vars(record)["request_id"], vars(record)["intent"]) == ("r", "BreakJarIntent")
    assert vars(record)["outcome"] == "BreakJarIntent.broken"
    assert vars(record)["statements"] > 0


def test_the_answer_is_in_the_language_of_the_turn(home: Home) -> None:
    german = home.say("AMAZON.StopIntent", locale="de-DE").speech
    assert german not in [home.say("AMAZON.StopIntent").speech for _ in range(3)]
