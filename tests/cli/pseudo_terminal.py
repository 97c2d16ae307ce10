"""Runs `restock` in a real pseudo-terminal, as a person at the keyboard has it."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90.0
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")

TAB, UP, CTRL_C, CTRL_D = "\t", "\x1b[A", "\x03", "\x04"


def _take_terminal() -> None:
    """In the new process: Ctrl-C at this terminal interrupts it, also where tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class PseudoTerminal:
    """A `restock` command line of its own process, in `folder`, with `home` as the user's home."""

    def __init__(self, *arguments: str, folder: Path, home: Path, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        environ: Mapping[str, str] = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            **environment,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "skill", *arguments],
            cwd=folder,
            env=environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(theirs)
        self._unread = b""
        self.raw = b""

    def type(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode() if isinstance(keys, str) else keys)

    def line(self, text: str, prompt: str = "> ") -> str:
        """Type a line at the prompt and wait for the next one: what was shown in between."""
        self._unread = b""
        self.type(f"{text}\r")
        return self.until(f"\n{prompt}")

    def until(self, text: str) -> str:
        """What is shown up to and with `text`, without colours and cursor movements."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in (shown := self._shown()):
            if time.monotonic() > deadline or not self._read(deadline):
                raise AssertionError(f"{text!r} was not shown, but {shown!r}")
        end = shown.index(text) + len(text)
        self._unread = shown[end:].encode()
        return shown[:end]

    def end(self) -> tuple[int, str]:
        """Wait for the program's end: its exit code and what was shown last."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(deadline):
            pass
        code = self._process.wait(PATIENCE_S)
        os.close(self._ours)
        return code, self._shown()

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C until the program ends; `end` tells how.

        Python's line editor sleeps through one that comes between two of its reads, as a person's never does.
        """
        for _ in range(8):
            self.type(CTRL_C)
            deadline = time.monotonic() + PATIENCE_S / 8
            while self._read(deadline):
                pass
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
                break
        return self.end()

    def kill(self) -> None:
        """End the program if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            os.close(self._ours)

    def _shown(self) -> str:
        return CONTROL.sub("", self._unread.decode(errors="replace"))

    def _read(self, deadline: float) -> bool:
        """Read a piece; False when the program closed its side or time is up."""
        ready, _, _ = select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        try:
            piece = os.read(self._ours, 65536)
        except OSError:  # Linux says so when nobody has the other side open any more
            return False
        self.raw += piece
        self._unread += piece
        return bool(piece)
