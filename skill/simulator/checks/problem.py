"""What is wrong with a response, in one sentence with the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One fault of a response: `code` is a short slug, `message` one sentence that names the place.

    `refused` tells the two kinds apart. Amazon drops a refused response, says that there was a problem and
    ends the session with an error. The others are heard, but break a rule of certification or are ignored.
    """

    code: str
    message: str
    refused: bool = False

    def __str__(self) -> str:
        return self.message


def refused(code: str, message: str) -> Problem:
    """A fault for which Amazon drops the whole response."""
    return Problem(code, message, refused=True)


def kind(value: object) -> str:
    """What a JSON value is, in the words of a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case Mapping():
            return "an object"
    return type(value).__name__


def part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under `name`; an empty one where there is none or something else."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
