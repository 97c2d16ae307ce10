"""Writes the outcome of a run as JUnit XML, the form in which CI servers read test results."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from skill.simulator.fixture_cases import Fixture
from skill.simulator.fixtures import Outcome

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even escaped ("Extensible Markup Language 1.0", section 2.2, Characters)."""


class _Ran(NamedTuple):
    fixture: Fixture
    outcome: Outcome
    name: str


def junit(fixtures: Sequence[Fixture], outcomes: Sequence[Outcome], started: datetime) -> str:
    """The XML of a run: a `testsuite` for each file, a `testcase` with file and line for each fixture.

    `outcomes` are those of `fixtures`, in order; `started` is aware. Elements and attributes are those that
    the JUnit plugin of Jenkins reads, with the `file` and `line` that pytest's "xunit1" family adds; times
    are in seconds. A fixture of which nothing could be looked at is skipped. Names are unique in a file, as
    servers keep the history of a test by its name.
    """
    names = case_names(fixtures)
    ran = [_Ran(*each) for each in zip(fixtures, outcomes, names, strict=True)]
    suites = [_suite(path, list(own), started) for path, own in groupby(ran, lambda each: each.fixture.path)]
    root = ElementTree.Element("testsuites", {"name": "restock fixtures", **_counts(ran)})
    root.extend(suites)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def case_names(fixtures: Sequence[Fixture]) -> list[str]:
    """What each fixture is called; one whose file has its name twice is told by its line too."""
    seen = Counter((fixture.path, fixture.name) for fixture in fixtures)
    return [
        f"{fixture.name} (line {fixture.line})" if seen[fixture.path, fixture.name] > 1 else fixture.name
        for fixture in fixtures
    ]


def _suite(path: Path, ran: Sequence[_Ran], started: datetime) -> ElementTree.Element:
    # A timestamp of JUnit has no offset; its readers take it for UTC.
    stamp = started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = ElementTree.Element("testsuite", {"name": _text(str(path)), **_counts(ran), "timestamp": stamp})
    suite.extend(_case(each) for each in ran)
    return suite


def _case(ran: _Ran) -> ElementTree.Element:
    fixture, outcome, failure = ran.fixture, ran.outcome, ran.outcome.failure
    case = ElementTree.Element(
        "testcase",
        {
            "classname": _text(".".join(fixture.path.with_suffix("").parts).lstrip("/.")),
            "name": _text(ran.name),
            "file": _text(str(fixture.path)),
            "line": str(failure.line if failure else fixture.line),
            "time": f"{outcome.seconds:.3f}",
        },
    )
    if failure is not None:
        told = ElementTree.SubElement(
            case, "failure", {"message": _text(failure.reason), "type": "difference"}
        )
        told.text = _text(str(failure))
    elif not outcome.examined:
        ElementTree.SubElement(case, "skipped", {"message": _unchecked(outcome)})
    elif outcome.unchecked:
        ElementTree.SubElement(case, "system-out").text = _unchecked(outcome)
    return case


def _counts(ran: Sequence[_Ran]) -> dict[str, str]:
    return {
        "tests": str(len(ran)),
        "failures": str(sum(each.outcome.failure is not None for each in ran)),
        "errors": "0",
        "skipped": str(sum(not each.outcome.examined for each in ran)),
        "time": f"{sum(each.outcome.seconds for each in ran):.3f}",
    }


def _unchecked(outcome: Outcome) -> str:
    keys = ", ".join(dict.fromkeys(outcome.unchecked)) or "an answer"
    return f"not looked at, as it takes the skill in this process: {keys}"


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
