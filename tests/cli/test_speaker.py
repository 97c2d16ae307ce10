"""`restock say` and `fixtures` as a person at the terminal meets them, with the skill behind."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from skill.settings import EMBEDDED_DATABASE_URL
from tests.cli.speaking import NOW, Ran, Restock


def turns(ran: Ran) -> list[dict[str, Any]]:
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_sentence_gets_a_spoken_answer(restock: Restock) -> None:
    ran = restock("say", "--now", NOW, "how many points do I have")
    assert (ran.code, ran.err) == (0, "")
    assert "339 points" in ran.out
    assert ">" not in ran.out


def test_several_sentences_are_the_turns_of_one_session(restock: Restock) -> None:
    asked, answered = turns(restock("say", "--now", NOW, "--json", "reorder my usual", "yes"))
    assert asked["reply"] == "ReorderUsualIntent.quoted"
    assert asked["session_open"] is True
    assert asked["quote"] == asked["quotes"][0]
    assert asked["quote"]["total_cents"] > 0
    assert answered["order"]["total_cents"] == asked["quote"]["total_cents"]
    assert answered["session_open"] is False


def test_several_sentences_are_echoed_before_their_answers(restock: Restock) -> None:
    lines = restock("say", "--now", NOW, "how many points do I have", "stop").out.splitlines()
    assert lines[0] == "> how many points do I have"
    assert lines[2] == "> stop"


def test_an_order_of_one_command_is_known_to_the_next(restock: Restock) -> None:
    restock("say", "--now", NOW, "reorder my usual", "yes")
    (status,) = turns(restock("say", "--now", "2026-11-20T15:05:00+00:00", "--json", "where is my order"))
    assert status["order"] is not None


def test_german_is_spoken_to_a_german_locale(restock: Restock) -> None:
    (turn,) = turns(restock("say", "--locale", "de-DE", "--now", NOW, "--json", "wie viele Punkte habe ich"))
    assert turn["intent"] == "CheckPointsIntent"
    assert "Punkte" in turn["speech"]


def test_another_member_may_speak(restock: Restock) -> None:
    (turn,) = turns(restock("say", "--user", "Ben", "--now", NOW, "--json", "open corner shop"))
    assert turn["intent"] == "LaunchRequest"
    assert "Ben" in turn["speech"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--now", "2026-11-20T15:00:00"], "--now: '2026-11-20T15:00:00' is no date and time with an offset"),
        (["--now", "tomorrow"], "--now: 'tomorrow' is no date"),
        (["--now", "9999-12-31T23:59:59-12:00"], "--now: '9999-12-31T23:59:59-12:00' is no date"),
        (["--user", "Zoe"], "--user: There is no member or customer called 'Zoe'."),
        (["--user", ""], "--user: There is no member or customer called ''."),
        (["--locale", "fr-FR"], "--locale: 'fr-FR' is not spoken here; there are en-US, en-GB, de-DE."),
        (["--locale", ""], "--locale: '' is not spoken here"),
    ],
)
def test_a_wrong_option_is_one_line_and_two(restock: Restock, arguments: list[str], line: str) -> None:
    ran = restock("say", *arguments, "help")
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for {line}" in ran.err
    assert ran.err.count("\n") == 1


ODD = [
    "",
    " ",
    "a" * 10_000,
    "order " * 1_700,
    "\N{BABY BOTTLE}\N{ROLL OF PAPER}",
    "أعد طلب حفاضاتي",
    "order <speak><break/></speak> & salt",
    "order '; DROP TABLE shop_order; --",
    "order 0 diapers",
    "order minus one diapers",
    "order 1000000 diapers",
    "order flux capacitors",
    "\udcff\x00\x1b[31m",
]


def test_odd_sentences_get_spoken_answers_and_place_nothing(restock: Restock) -> None:
    *odd, after = turns(restock("say", "--now", NOW, "--json", "--", *ODD, "what did I order last time"))
    assert [turn["utterance"] for turn in odd if not turn["speech"] or turn["reply"] is None] == []
    assert [turn["utterance"] for turn in odd if turn["orders"]] == []
    assert after["order"]["state"] == "delivered"


def test_a_named_database_that_is_not_there_is_one_line_and_two(
    restock: Restock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESTOCK_DATABASE_URL", "sqlite:///./absent.db")
    for command in (["say", "help"], ["talk"]):
        ran = restock(*command, typed="")
        assert (ran.code, ran.out) == (2, "")
        assert "absent.db" in ran.err
        assert ran.err.count("\n") == 1


def test_the_embedded_database_is_made_when_it_is_absent(restock: Restock) -> None:
    shutil.rmtree("var")
    assert restock("say", "--now", NOW, "how many points do I have").code == 0
    assert Path(EMBEDDED_DATABASE_URL.removeprefix("sqlite:///")).is_file()


def fixture_file(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_fixtures_that_agree_end_with_zero(restock: Restock) -> None:
    fixture_file("tests/utterances/en/a.toml", '[[case]]\nsay = "help"\nintent = "AMAZON.HelpIntent"\n')
    fixture_file("tests/utterances/de/a.toml", '[[case]]\nsay = "Hilfe"\nintent = "AMAZON.HelpIntent"\n')
    fixture_file(
        "tests/conversations/a.toml",
        '[[conversation]]\n[[conversation.turn]]\nsay = "reorder my usual"\neffects = { orders = 0 }\n'
        '[[conversation.turn]]\nsay = "yes"\neffects = { orders = 1 }\n',
    )
    assert restock("fixtures") == Ran(0, "3 passed, 0 failed\n", "")


def test_a_fixture_that_differs_is_told_and_ends_with_one(restock: Restock) -> None:
    path = fixture_file("odd.toml", '\n[[case]]\nsay = "help"\nreply = "Never.said"\n')
    ran = restock("fixtures", str(path))
    first, last = ran.out.splitlines()
    assert ran.code == 1
    assert first.startswith("odd.toml:2: \"help\": reply: expected 'Never.said', got 'HelpIntent.teach'")
    assert last == "0 passed, 1 failed"


def test_a_malformed_fixture_is_one_line_and_two(restock: Restock) -> None:
    path = fixture_file("odd.toml", '[[case]]\nsay = "help"\nreplay = "x"\n')
    ran = restock("fixtures", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("restock: odd.toml:3: replay: unknown key")
    assert ran.err.count("\n") == 1


def test_without_fixtures_to_run_a_line_says_so(restock: Restock) -> None:
    ran = restock("fixtures")
    assert (ran.code, ran.out) == (2, "")
    assert "name files or folders of fixtures; there is neither tests/utterances" in ran.err
    assert ran.err.count("\n") == 1


def test_each_world_begins_as_it_is_named(restock: Restock) -> None:
    path = fixture_file(
        "worlds.toml",
        "".join(
            f'[[case]]\nsay = "open corner shop"\nworld = "{world}"\nintent = "LaunchRequest"\n'
            for world in ("home", "new_home", "stranger", "home", "child")
        ),
    )
    assert restock("fixtures", str(path)) == Ran(0, "5 passed, 0 failed\n", "")
