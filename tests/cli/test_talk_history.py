"""Lines typed at the prompt are kept for their owner only, and never in the way."""

import stat
from pathlib import Path

import pytest

from skill.cli.talk_history import LONGEST_LINE, MOST_LINES, History, state_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_lines_are_kept_for_the_next_time(path: Path) -> None:
    assert History(path).add("reorder my usual")
    assert History(path).add("bestell Öl")
    assert History(path).lines() == ["reorder my usual", "bestell Öl"]


def test_only_the_owner_may_read_them(path: Path) -> None:
    History(path).add("reorder my usual")
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_file_that_others_may_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("help\n", encoding="utf-8")
    path.chmod(0o644)
    History(path).add("stop")
    assert mode(path) == 0o600
    assert History(path).lines() == ["help", "stop"]


@pytest.mark.parametrize("line", ["", "   ", "1234", "12 34", "555-1234", "x" * (LONGEST_LINE + 1)])
def test_nothing_empty_secret_or_overlong_is_kept(path: Path, line: str) -> None:
    assert not History(path).add(line)
    assert not path.exists()


def test_an_overlong_file_is_cut_to_its_newest_lines(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("".join(f"line {number}\n" for number in range(3 * MOST_LINES)), encoding="utf-8")
    lines = History(path).lines()
    assert (len(lines), lines[-1]) == (MOST_LINES, f"line {3 * MOST_LINES - 1}")
    assert path.read_text(encoding="utf-8").splitlines() == lines
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    history = History(tmp_path / "file" / "history")
    assert history.add("help")
    assert history.lines() == []


def test_without_a_home_there_is_no_history() -> None:
    assert History(None).add("help")
    assert History(None).lines() == []


def test_bytes_that_are_no_text_do_no_harm(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\nhelp\n")
    assert History(path).lines()[-1] == "help"
    assert History(path).add("odd \udcff")
    assert History(path).lines()[-1] == "odd ?"


def test_the_history_is_in_the_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local" / "state" / "restock"
