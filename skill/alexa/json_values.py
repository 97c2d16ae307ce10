"""Reads JSON of which nothing is certain: a step that is not there is None, never an error."""

import re
from collections.abc import Mapping, Sequence

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""Characters that XML forbids in an answer or that PostgreSQL refuses in a text."""


def member(value: object, *path: str) -> object:
    """What lies at `path` inside nested objects, or None."""
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def text(value: object, *path: str) -> str | None:
    """The text at `path`; numbers are written out; None for anything else and for an empty text."""
    found = member(value, *path)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str):
        return None
    return UNSTORABLE.sub("", found) or None


def items(value: object, *path: str) -> Sequence[object]:
    """The array at `path`, or an empty one."""
    found = member(value, *path)
    return found if isinstance(found, list) else ()
