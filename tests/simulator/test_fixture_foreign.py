"""Replay files of ask-cli and annotation sets are fixtures too, with the line of every sentence."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.simulator.fixture_cases import DEFAULT_NOW, FixtureError
from skill.simulator.fixture_files import read
from skill.understanding.files import FileError

REPLAY = """{
  "skillId": "amzn1.ask.skill.1234",
  "locale": "en-GB",
  "type": "text",
  "userInput": [
    "open corner shop",
    "say \\"hi\\", please", "yes",
    ".quit",
    "never said"
  ]
}
"""


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_replay_is_a_conversation_that_expects_answers(tmp_path: Path) -> None:
    (fixture,) = read(written(tmp_path, REPLAY, "order.json"))
    assert (fixture.name, fixture.locale, fixture.line) == ("order", "en-GB", 6)
    assert [(step.say, step.line) for step in fixture.steps] == [
        ("open corner shop", 6),
        ('say "hi", please', 7),
        ("yes", 7),
    ]
    assert all(step.answered and not step.expected.keys for step in fixture.steps)
    assert not fixture.only_understanding


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"userInput": []}', 1, "userInput: must be a list of sentences"),
        ('{"userInput": "hi"}', 1, "userInput: must be a list of sentences"),
        ('{"userInput": [".quit"]}', 1, "userInput: says nothing"),
        ('{"userInput": [\n"hi",\n3]}', 3, "userInput: expected a sentence, found a number"),
        ('{"userInput": [\n" "]}', 2, "userInput: expected a sentence, found"),
        ('{"locale": "fr-FR",\n"userInput": ["hi"]}', 1, "locale: must be one of en-US"),
        ('{"userInput": ["hi"],\n"type": "audio"}', 2, 'type: only "text" is known'),
    ],
)
def test_what_is_wrong_with_a_replay_has_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = written(tmp_path, text, "bad.json")
    with pytest.raises(FixtureError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert reason in str(error.value)


def test_a_broken_replay_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"bad\.json:1: no JSON"):
        read(written(tmp_path, '{"userInput": ', "bad.json"))


def test_annotations_are_cases_of_intent_and_slots(tmp_path: Path) -> None:
    lines = [
        {
            "text": "two wipes",
            "intent": "OrderItemIntent",
            "slots": {"product": ["wipes", "soap"], "quantity": 2},
        },
        {"utterance": "sing", "intent": None},
        {"text": "help", "intent": "AMAZON.HelpIntent"},
    ]
    path = written(tmp_path, "\n\n".join(map(json.dumps, lines)), "set.jsonl")
    order, sing, ask = read(path, locale="en-GB")
    assert [each.line for each in (order, sing, ask)] == [1, 3, 5]
    assert order.steps[0].expected.slots == {"product": ["wipes", "soap"], "quantity": "2"}
    assert (sing.steps[0].expected.intent, sing.steps[0].expected.slots) == ("", None)
    assert ask.steps[0].expected.slots is None
    assert {each.locale for each in (order, sing, ask)} == {"en-GB"}
    assert all(each.only_understanding and each.now == DEFAULT_NOW for each in (order, sing, ask))


def test_amazons_annotations_have_their_lines_and_moment(tmp_path: Path) -> None:
    entries = [
        {
            "inputs": {"utterance": said, "referenceTimestamp": "2018-10-25T23:50:02Z"},
            "expected": [{"intent": {"name": "A", "slots": {}}}],
        }
        for said in ("go", "stay")
    ]
    first, second = read(written(tmp_path, json.dumps({"data": entries}, indent=1), "set.json"))
    assert first.now == datetime(2018, 10, 25, 23, 50, 2, tzinfo=UTC)
    assert (first.line, second.line) == (5, 19)
    text = (tmp_path / "set.json").read_text(encoding="utf-8").splitlines()
    assert ['"go"' in text[first.line - 1], '"stay"' in text[second.line - 1]] == [True, True]


def test_a_csv_has_a_case_a_row(tmp_path: Path) -> None:
    (row,) = read(
        written(tmp_path, "utterance,intent,slot[product]\nwipes,OrderItemIntent,wipes\n", "set.csv")
    )
    assert (row.line, row.steps[0].expected.slots) == (2, {"product": "wipes"})
