"""Runs `restock` command lines in this process, as the terminal would see them."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from skill.cli.root import app, run


class Ran(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error with which a command of wrong use ends."""
        assert self.code == 2
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        return line


class Terminal:
    """A folder of its own without any RESTOCK_ setting."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        self._capsys = capsys
        self.folder = folder
        monkeypatch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("RESTOCK_")]:
            monkeypatch.delenv(name)

    @property
    def database(self) -> Path:
        """The embedded file."""
        return self.folder / "var" / "restock.db"

    def run(self, *arguments: str) -> Ran:
        """Run one command line."""
        self._capsys.readouterr()
        with restored_logger():
            code = run(lambda: app(list(arguments), standalone_mode=False))
        return Ran(code, *self._capsys.readouterr())

    def put(self, file: Path) -> None:
        """Make a copy of `file` the embedded database."""
        self.database.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, self.database)


@contextmanager
def restored_logger() -> Iterator[None]:
    """Commands that serve set the program's logger up; afterwards it is as it was."""
    logger = logging.getLogger("restock")
    before = (logger.handlers, logger.level, logger.propagate)
    try:
        yield
    finally:
        logger.handlers, logger.level, logger.propagate = before
