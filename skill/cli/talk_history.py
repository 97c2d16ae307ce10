"""Line editing at the prompt: what was typed before, kept for its owner only, and completion by tab."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

MOST_LINES = 1000
LONGEST_LINE = 500
"""Characters; a longer line was pasted and nobody wants it back."""

SECRET = re.compile(r"[\d\s.-]*\d[\d\s.-]*")
"""A line of digits only may be a voice PIN or a telephone number: it is never kept."""

Complete = Callable[[str], list[str]]
"""From what stands in the line to the lines that it may become."""


class History:
    """Lines typed at the prompt, in a file that only its owner may read; without one they are forgotten.

    A folder or file that cannot be read or written is no error: there is no history then.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def lines(self) -> list[str]:
        """What was typed before, oldest first; an overlong file is cut to its newest lines."""
        if self._path is None:
            return []
        try:
            found = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        if len(found) > 2 * MOST_LINES:
            with suppress(OSError):
                self._rewrite(found[-MOST_LINES:])
        return found[-MOST_LINES:]

    def add(self, line: str) -> bool:
        """Keep a line, unless it may be secret or is too long; tells whether it is worth keeping."""
        if not line.strip() or len(line) > LONGEST_LINE or SECRET.fullmatch(line):
            return False
        if self._path is not None:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._write(self._path, line, os.O_APPEND)
        return True

    def _rewrite(self, lines: list[str]) -> None:
        if self._path is not None:
            draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
            self._write(draft, "\n".join(lines), os.O_TRUNC)
            draft.replace(self._path)

    def _write(self, path: Path, text: str, how: int) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "a", encoding="utf-8") as file:
            path.chmod(0o600)  # it may have been made by somebody less careful
            file.write(text.encode(errors="replace").decode() + "\n")


def state_folder() -> Path | None:
    """Where this user's history and signing keys are kept; None for a user without a home."""
    try:
        return Path.home() / ".local" / "state" / "restock"
    except RuntimeError:
        return None


def typed_lines(prompt: Callable[[], str], history: History, complete: Complete) -> Iterator[str]:
    """Lines typed at a terminal until the end of input, with editing where the platform has it."""
    keep = _edited(history, complete)
    while True:
        try:
            line = input(f"\n{prompt()}")
        except EOFError:
            return
        keep(line)
        yield line


def _edited(history: History, complete: Complete) -> Callable[[str], object]:
    """Set up line editing; gives what to do with each line typed."""
    try:
        import readline  # not there on every platform
    except ImportError:
        return lambda line: None
    found: list[str] = []

    def completer(_word: str, state: int) -> str | None:
        """Asked for one completion after the other; what is thrown here would be lost."""
        if state == 0:
            found[:] = complete(readline.get_line_buffer()[: readline.get_endidx()])
        return found[state] if state < len(found) else None

    for line in history.lines():
        readline.add_history(line)
    readline.set_auto_history(False)
    readline.set_completer(completer)
    readline.set_completer_delims("")
    by_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if by_libedit else "tab: complete")

    def keep(line: str) -> None:
        if history.add(line):
            readline.add_history(line)

    return keep
