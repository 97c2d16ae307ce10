"""`restock talk` in a real pseudo-terminal: completion, history, and every way to leave."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.pseudo_terminal import CTRL_D, TAB, UP, PseudoTerminal
from tests.cli.speaking import NOW, ROOT

Open = Callable[..., PseudoTerminal]


@pytest.fixture
def talk(seeded: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens `restock talk` in a terminal; the second one finds what the first one left."""
    shutil.copytree(seeded / "var", tmp_path / "var")
    opened: list[PseudoTerminal] = []

    def terminal(*options: str, **environment: str) -> PseudoTerminal:
        opened.append(
            PseudoTerminal(
                "talk", "--now", NOW, *options, folder=tmp_path, home=tmp_path / "home", **environment
            )
        )
        opened[-1].until("\n> ")
        return opened[-1]

    yield terminal
    for each in opened:
        each.kill()


def history(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".local" / "state" / "restock" / "history"


def test_a_person_types_completes_and_finds_the_lines_again(talk: Open, tmp_path: Path) -> None:
    first = talk()
    assert "339 points" in first.line(f"how many poi{TAB} do I have")
    shown = first.line("reorder my usual")
    assert "Your usual" in shown
    assert "(listening) after a silence:" in shown
    assert "user: Ben" in first.line(f"/us{TAB}Be{TAB}", prompt="Ben> ")
    first.line("1234", prompt="Ben> ")
    first.type(CTRL_D)
    assert first.end()[0] == 0
    assert history(tmp_path).read_text(encoding="utf-8").splitlines() == [
        "how many points do I have",
        "reorder my usual",
        "/user Ben",
    ]
    assert stat.S_IMODE(history(tmp_path).stat().st_mode) == 0o600

    second = talk(NO_COLOR="1")
    assert "339 points" in second.line(UP * 3)
    assert b"\x1b[36m" not in second.raw
    second.type("/quit\r")
    assert second.end()[0] == 0


def test_tab_on_an_empty_line_shows_what_to_say(talk: Open) -> None:
    terminal = talk()
    terminal.type(TAB + TAB)
    assert "where is my order" in terminal.until("where is my order")


def test_ctrl_c_ends_without_a_traceback(talk: Open) -> None:
    terminal = talk()
    terminal.type("reorder")
    terminal.until("reorder")
    code, shown = terminal.interrupt()
    assert code == 130
    assert "Traceback" not in shown


def test_what_is_no_text_and_what_is_far_too_long_is_answered(talk: Open) -> None:
    terminal = talk()
    terminal.type(b"order \xff\xfe\r")
    terminal.until("\n> ")
    assert "Traceback" not in terminal.line("order " * 500)


def test_where_the_home_cannot_be_written_the_conversation_goes_on(talk: Open, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    assert "339 points" in talk().line("how many points do I have")


def piped(
    seeded: Path, tmp_path: Path, script: bytes, *, shell: str = "cat"
) -> subprocess.CompletedProcess[bytes]:
    shutil.copytree(seeded / "var", tmp_path / "var")
    (tmp_path / "script").write_bytes(script)
    command = f'"{sys.executable}" -m skill talk --now {NOW} < script | {shell}'
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_a_reader_that_goes_away_ends_it_without_a_word(seeded: Path, tmp_path: Path) -> None:
    done = piped(seeded, tmp_path, b"help\n" * 200, shell="head -1")
    assert done.stdout.startswith(b"Corner Shop")
    assert done.stderr == b""


def test_a_script_of_odd_bytes_and_a_megabyte_in_one_line_is_answered(seeded: Path, tmp_path: Path) -> None:
    done = piped(
        seeded, tmp_path, b"order \xff\xfe\x00\n" + b"order " * 170_000 + b"\nhow many points do I have\n"
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"339 points" in done.stdout
