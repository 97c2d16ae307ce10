"""The pages about services and checks say what the code does."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from skill.simulator.account import Account
from skill.simulator.amazon import AmazonServices
from skill.simulator.amazon.faults import Kind
from skill.simulator.amazon.login import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[2]
SERVICES = (ROOT / "docs" / "amazon-services.md").read_text()
CHECKS = (ROOT / "docs" / "response-checks.md").read_text()


def test_the_page_names_every_operation_and_no_other() -> None:
    told = re.findall(r"^\| (\w+) \| ([A-Z]+) \| `([^`]+)` \|", SERVICES, re.MULTILINE)
    with AmazonServices(Account("u"), lambda: datetime(2026, 11, 21, tzinfo=UTC)) as services:
        assert sorted(told) == sorted(services.operations)


def test_the_page_names_every_fault_and_the_client() -> None:
    told = re.findall(r"^\| `(\w+)` \|", SERVICES, re.MULTILINE)
    assert sorted(told) == sorted(get_args(Kind))
    assert CLIENT_ID in SERVICES
    assert CLIENT_SECRET in SERVICES


def test_the_page_names_every_problem_and_whether_it_is_refused() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (yes|no) \|", CHECKS, re.MULTILINE))
    found: dict[str, str] = {}
    for file in (ROOT / "skill" / "simulator" / "checks").glob("*.py"):
        for how, code in re.findall(r'(Problem|refused|_add)\(\s*"([a-z-]+)"', file.read_text()):
            found[code] = "no" if how == "Problem" else "yes"
    # The code of an audio tag's or another tag's wrong value is chosen by a function.
    found |= {"audio-source": "yes", "ssml-value": "yes"}
    assert told == found
