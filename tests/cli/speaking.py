"""What tests of commands that speak share: how a command line is run, and what it gave."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

NOW = "2026-11-20T15:00:00+00:00"
ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


Restock = Callable[..., Ran]
