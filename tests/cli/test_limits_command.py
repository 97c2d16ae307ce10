"""`restock household limits`: shows and sets what may be ordered; what is no limit is refused in a line."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_file: Path
) -> Terminal:
    """A terminal in a folder with the demo household."""
    made = Terminal(capsys, monkeypatch, tmp_path)
    made.put(demo_file)
    return made


def limits(terminal: Terminal, *options: str) -> dict[str, int | None]:
    ran = terminal.run("household", "limits", *options, "--json")
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, int | None] = json.loads(ran.out)
    return found


def test_the_defaults_hold_until_something_is_set_and_stay_beside_it(terminal: Terminal) -> None:
    before = limits(terminal)
    assert (before["most_cents"], before["orders_per_day"], before["cents_per_day"]) == (None, 10, 80_000)
    after = limits(terminal, "--most", "50.00", "--orders-per-day", "3", "--rise-percent", "0")
    assert after == {**before, "most_cents": 5_000, "orders_per_day": 3, "rise_percent": 0}
    assert limits(terminal, "--most", "none", "--rise-percent", "none") == {**before, "orders_per_day": 3}


def test_limits_are_shown_in_words(terminal: Terminal) -> None:
    ran = terminal.run("household", "limits", "--most", "1250.5")
    assert ran.code == 0
    assert "most for one order: 1,250.50" in ran.out
    assert "rise of a price: no limit" in ran.out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--most", "cheap"),
        ("--most", "0"),
        ("--most", "-5"),
        ("--most", "1e99"),
        ("--most", "nan"),
        ("--most", "1.234"),
        ("--orders-per-day", "0"),
        ("--orders-per-day", "many"),
        ("--rise-percent", "-1"),
        ("--rise-percent", "a few"),
        ("--user", "Nobody"),
    ],
)
def test_what_is_no_limit_is_one_line_and_changes_nothing(terminal: Terminal, wrong: tuple[str, str]) -> None:
    before = limits(terminal)
    ran = terminal.run("household", "limits", *wrong)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert limits(terminal) == before
