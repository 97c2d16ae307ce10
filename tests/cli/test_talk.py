"""`restock talk` piped and typed: sentences, commands, and what a person sees beside the voice."""

import json
import re
from pathlib import Path

import pytest

from skill.cli.talk_commands import COMMANDS
from tests.cli.speaking import NOW, ROOT, Ran, Restock

DOCS = ROOT / "docs" / "talking.md"


def answers(ran: Ran) -> list[str]:
    """What stands behind each echoed line of a script."""
    assert (ran.code, ran.err) == (0, "")
    return [part.partition("\n")[2].strip() for part in ran.out.split("\n> ")[1:]]


@pytest.fixture
def talk(restock: Restock) -> Restock:
    """Talks in a fresh demo home, a line of a script for each argument."""

    def piped(*lines: str, options: tuple[str, ...] = (), terminal: bool = False) -> Ran:
        return restock("talk", "--now", NOW, *options, typed="\n".join([*lines, ""]), terminal=terminal)

    return piped


def test_piped_sentences_are_answered_line_by_line(talk: Restock) -> None:
    ran = talk("reorder my usual", "yes")
    assert (ran.code, ran.err) == (0, "")
    greeting, first, second = ran.out.split("\n> ")
    assert greeting.startswith("Corner Shop")
    assert "reorder my usual" in greeting
    assert first.startswith("reorder my usual\n")
    assert second.startswith("yes\n")
    assert second.splitlines()[1]


def test_a_script_may_leave_with_quit(talk: Restock) -> None:
    ran = talk("/quit", "reorder my usual")
    assert ran.code == 0
    assert "\n> " not in ran.out


def test_an_empty_line_of_a_script_is_answered_too(talk: Restock) -> None:
    assert answers(talk(""))[0]


def test_nothing_but_the_conversation_is_piped(talk: Restock) -> None:
    ran = talk("reorder my usual")
    assert "\x1b" not in ran.out
    assert "Compiling" not in ran.out + ran.err
    assert "listening" not in ran.out


def test_at_a_terminal_an_open_microphone_and_the_reprompt_are_shown(talk: Restock) -> None:
    ran = talk("", "reorder my usual", "yes", terminal=True)
    assert (ran.code, ran.err) == (0, "")
    asked, _, answered = ran.out.partition("(listening) after a silence: ")
    assert "Shall I order it?" in asked
    assert "Your usual" in asked
    assert answered
    assert "(listening)" not in answered


def test_the_clock_is_moved_for_the_skill_and_its_household(talk: Restock) -> None:
    told = answers(talk("reorder my usual", "yes", "/clock +4d", "where is my order", "/clock", "/state"))
    assert told[2].startswith("Tuesday 2026-11-24 10:00 in America/New_York")
    assert "arrived" in told[3]
    assert "delivered, Corner Shop" in told[5]


def test_users_voices_devices_and_screens_are_changed(talk: Restock) -> None:
    told = answers(
        talk(
            "/user Ben",
            "open corner shop",
            "/user -",
            "/person Ben",
            "open corner shop",
            "/device kitchen small",
            "/screen",
        )
    )
    assert told[0] == "user: Ben"
    assert "Ben" in told[1]
    assert told[2] == "user: the usual one"
    assert told[3] == "recognised voice: Ben"
    assert "Ben" in told[4]
    assert told[5] == "device: kitchen, screen: small"
    assert told[6] == "screen: small"


def test_another_language_is_spoken(talk: Restock) -> None:
    assert "Punkte" in answers(talk("/locale de-DE", "wie viele Punkte habe ich"))[1]


def test_why_and_json_tell_of_the_last_turn_or_an_earlier_one(talk: Restock) -> None:
    told = answers(talk("reorder my usual", "how many points do I have", "/why", "/why 2", "/json"))
    assert "CheckPointsIntent" in told[2]
    assert "found by  exact, score 1.00" in told[2]
    assert "ReorderUsualIntent" in told[3]
    request, _, response = told[4].removeprefix("request\n").partition("\nresponse\n")
    assert json.loads(request)["request"]["intent"]["name"] == "CheckPointsIntent"
    assert json.loads(response)["response"]["outputSpeech"]


def test_permissions_are_shown_and_changed(talk: Restock) -> None:
    told = answers(talk("/permissions reminders yes", "/permissions address no", "/permissions x yes"))
    assert re.search(r"^reminders +yes$", told[1], re.MULTILINE)
    assert re.search(r"^address +no$", told[1], re.MULTILINE)
    assert re.search(r"^timers +unasked$", told[1], re.MULTILINE)
    assert told[2].startswith("There is no permission 'x'; there are address")


def test_silence_is_answered_with_the_reprompt_and_then_the_end(talk: Restock) -> None:
    told = answers(talk("/silence", "reorder my usual", "/silence", "/silence", "/silence"))
    assert told[0] == "Nobody waits for an answer."
    assert "?" in told[2]
    assert told[4] == "Nobody waits for an answer."


def test_a_replay_says_everything_again_and_changes_nothing_here(talk: Restock) -> None:
    told = answers(talk("reorder my usual", "yes", "/replay", "what did I order last time"))
    assert "2 said again, 0 answered otherwise." in "\n".join(told)
    assert told[-1].startswith("You ordered 2 Oatmere")


def test_a_saved_conversation_is_a_fixture_that_passes(talk: Restock, restock: Restock) -> None:
    said = ("reorder my usual", "yes", "/user Ben", "/clock +30m", "where is my order", "/event enabled")
    told = answers(talk(*said, "/save", "/save", "/save odd/place"))
    assert told[6] == "Saved as reorder-my-usual.toml: 4 turns."
    assert told[7].startswith("reorder-my-usual.toml is there already; nothing was saved.")
    assert told[8] == "odd/place.toml cannot be written: No such file or directory."
    text = Path("reorder-my-usual.toml").read_text(encoding="utf-8")
    assert 'reply = "YesIntent.order_placed"' in text
    assert "orders = 1" in text
    ran = restock("fixtures", "reorder-my-usual.toml")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 passed, 0 failed")


def test_fixtures_are_saved_where_the_others_are(talk: Restock) -> None:
    Path("tests/conversations").mkdir(parents=True)
    told = answers(talk("help", "/save A first one"))
    assert told[1] == "Saved as tests/conversations/a-first-one.toml: 1 turn."


def test_where_the_household_is_another_than_the_fixtures_the_difference_is_told(talk: Restock) -> None:
    talk("reorder my usual", "yes")
    told = answers(talk("where is my order", "/save"))
    assert 'In the fixtures\' world "where is my order" differs: reply:' in told[1]


def test_a_world_of_the_fixtures_is_a_place_to_talk_in(talk: Restock) -> None:
    told = answers(talk("what did I order last time", options=("--world", "new_home")))
    assert "milk" not in told[0]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/sing", "There is no /sing; did you mean /silence?"),
        ("/clok", "There is no /clok; did you mean /clock?"),
        ("/", "There is no /; /help lists all."),
        ("/xyzzy", "There is no /xyzzy; /help lists all."),
        ("/" + "x" * 5000, f"There is no /{'x' * 60}; /help lists all."),
        ("/why", "Nothing was said yet."),
        ("/json", "Nothing was said yet."),
        ("/why soon", "Give how many turns back, 1 for the last."),
        ("/save", "Nothing was said yet."),
        ("/user Zoe", "There is no member or customer called 'Zoe'."),
        ("/person Zoe", "There is no member or customer called 'Zoe'."),
        ("/locale fr-FR", "'fr-FR' is not spoken here; there are en-US, en-GB, de-DE."),
        ("/screen huge", "There is no screen 'huge'; there are none, round, small, large, tv."),
        ("/clock soon", "'soon' is no time; say +2h"),
        ("/clock +9999999999d", "'+9999999999d' is no time; say +2h"),
        ("/permissions reminders", "Say yes, no or unasked behind the permission."),
        ("/permissions yes", "no card asks for permissions"),
        ("/fault lunch down", "There is no service 'lunch', only"),
        ("/fault timers sleepy", "A service can be well, denied"),
        ("/touch 1", "Nothing is on the screen"),
        ("/touch [", "That is no JSON."),
        ("/touch buy milk", "this device has no screen to touch"),
        ("/event", "Name an event: enabled, disabled"),
        ("/event lunch", "there is no event 'lunch'"),
        ("/event enabled 3", "The body of an event is a JSON object."),
        ("/fulfill", "Give a sentence."),
        ("/replay", "0 said again, 0 answered otherwise."),
    ],
)
def test_a_command_that_cannot_be_done_is_answered_in_one_line(talk: Restock, line: str, told: str) -> None:
    (answer,) = answers(talk(line))
    assert answer.startswith(told)
    assert "\n" not in answer


def test_events_touches_faults_and_can_fulfill_are_sent(talk: Restock) -> None:
    told = answers(
        talk(
            "/event disabled", "/screen small", "/touch buy 1", "/fault timers slow 2", "/fulfill order milk"
        )
    )
    assert told[3] == "timers: slow 2"
    assert '"CanFulfillIntentRequest"' in told[4]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--world", "mars"), "--world: There is no world 'mars'; there are home"),
        (("--endpoint", "http://127.0.0.1:1/"), "--endpoint: The skill's --model is needed too."),
        (("--user", "Zoe"), "--user: There is no member or customer called 'Zoe'."),
        (("--now", "soon"), "--now: 'soon' is no date"),
        (("--locale", "fr-FR"), "--locale: 'fr-FR' is not spoken here"),
    ],
)
def test_a_wrong_option_of_talk_is_one_line_and_two(
    talk: Restock, options: tuple[str, ...], line: str
) -> None:
    ran = talk(options=options)
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for {line}" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b'{"intents": 3}'])
def test_a_model_that_is_none_is_one_line_and_two(talk: Restock, content: bytes) -> None:
    Path("model.json").write_bytes(content)
    ran = talk("help", options=("--model", "model.json"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("restock: model.json")
    assert ran.err.count("\n") == 1


def test_another_model_can_be_tried_on_our_skill(talk: Restock) -> None:
    model = {
        "intents": [
            {"name": "AMAZON.FallbackIntent", "samples": []},
            {"name": "CheckPointsIntent", "samples": ["how rich am i"]},
        ],
        "invocationName": "corner shop",
    }
    Path("model.json").write_text(json.dumps(model), encoding="utf-8")
    assert "339 points" in answers(talk("how rich am I", options=("--model", "model.json")))[0]


def test_the_document_lists_every_command_with_its_arguments() -> None:
    rows = re.findall(r"^\| `/(\S+?)(?: ([^`]+))?` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name: usage.replace("\\|", "|") for name, usage in rows}
    assert documented == {name: command.usage for name, command in COMMANDS.items()}
