"""The JUnit XML of a run says per fixture what CI servers show: file, line, time and what differs."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from skill.simulator.fixture_cases import Expected, Fixture, Step
from skill.simulator.fixture_junit import case_names, junit
from skill.simulator.fixtures import Failure, Outcome

STARTED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
VOICE, OTHER = Path("tests/voice/orders.toml"), Path("tests/voice/other.toml")


def fixture(path: Path, line: int, name: str) -> Fixture:
    return Fixture(path, line, name, (Step(line, say=name, expected=Expected(intent="A")),))


def parsed(fixtures: list[Fixture], outcomes: list[Outcome]) -> ElementTree.Element:
    return ElementTree.fromstring(junit(fixtures, outcomes, STARTED))


def test_each_file_is_a_suite_and_each_fixture_a_case_with_its_place_and_time() -> None:
    failure = Failure(VOICE, 7, "wipes", "intent: expected 'A', got 'B' (exact)")
    root = parsed(
        [fixture(VOICE, 1, "milk"), fixture(VOICE, 5, "wipes"), fixture(OTHER, 1, "tea")],
        [Outcome(None, seconds=0.25), Outcome(failure, seconds=0.5), Outcome(None, seconds=1.0)],
    )
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("time")) == (
        "testsuites",
        "3",
        "1",
        "1.750",
    )
    first, second = root
    assert [suite.get("name") for suite in root] == [str(VOICE), str(OTHER)]
    assert (first.get("tests"), first.get("failures"), first.get("errors")) == ("2", "1", "0")
    assert (first.get("timestamp"), second.get("time")) == ("2026-11-20T15:00:00", "1.000")
    passed, failed = first
    assert passed.attrib == {
        "classname": "tests.voice.orders",
        "name": "milk",
        "file": "tests/voice/orders.toml",
        "line": "1",
        "time": "0.250",
    }
    assert list(passed) == []
    (told,) = failed
    assert (failed.get("line"), told.tag, told.get("message")) == ("7", "failure", failure.reason)
    assert told.text == str(failure)


def test_what_could_not_be_looked_at_is_skipped_or_told() -> None:
    root = parsed(
        [fixture(VOICE, 1, "milk"), fixture(VOICE, 3, "tea"), fixture(VOICE, 5, "rice")],
        [
            Outcome(None, unchecked=("reply", "reply"), examined=False),
            Outcome(None, unchecked=("speech",)),
            Outcome(None, examined=False),
        ],
    )
    first, second, third = root[0]
    assert root.get("skipped") == "2"
    assert first[0].get("message") == "not looked at, as it takes the skill in this process: reply"
    assert (second[0].tag, second[0].text) == (
        "system-out",
        "not looked at, as it takes the skill in this process: speech",
    )
    assert third[0].get("message") == "not looked at, as it takes the skill in this process: an answer"


def test_a_name_that_a_file_has_twice_is_told_by_its_line() -> None:
    twice = [fixture(VOICE, 1, "milk"), fixture(VOICE, 9, "milk"), fixture(OTHER, 1, "milk")]
    assert case_names(twice) == ["milk (line 1)", "milk (line 9)", "milk"]


@given(st.text(st.characters(exclude_categories=())))
def test_any_sentence_makes_well_formed_xml(said: str) -> None:
    path = Path("a.toml")
    root = parsed([fixture(path, 1, said)], [Outcome(Failure(path, 1, said, said))])
    ElementTree.tostring(root, encoding="utf-8")
    assert root[0][0].get("name") is not None
