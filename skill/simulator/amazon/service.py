"""What all services share: a call as it is asked, replies, refusals, and the routes of a service."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from skill.simulator.amazon.tokens import Grant
from skill.simulator.checks.fields import Field, faults

Takes = Literal["nothing", "json", "form"]


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; `body` becomes JSON, and None no content at all."""

    status: int
    body: object = None


@dataclass(frozen=True)
class Asked:
    """A call as a service sees it: what stands in the path, the body, who asks, and when.

    `grant` is None where the token is missing, unknown or no longer valid.
    """

    params: Mapping[str, str]
    body: Any
    grant: Grant | None
    now: datetime


class Refusal(Exception):
    """A service says no: the status, a code word and a sentence, which each service words in its own JSON."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Route:
    """One operation: `path` is the documented one, with {names} for what varies."""

    method: str
    path: str
    answer: Callable[[Asked], Reply]
    takes: Takes = "nothing"

    def match(self, path: str) -> Mapping[str, str] | None:
        """What stands for the names if this is the operation's path; a slash at the end does not matter."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern + "/?", path)
        return found.groupdict() if found else None


class Service(Protocol):
    """One of Amazon's services."""

    @property
    def name(self) -> str:
        """How faults and the record of calls name it."""

    @property
    def routes(self) -> Sequence[Route]:
        """Its operations."""

    def failure(self, refusal: Refusal) -> Reply:
        """A refusal in this service's own JSON."""

    def denied(self) -> Refusal:
        """How the service refuses a call for which the permission is missing."""


def checked(body: Any, fields: Sequence[Field], code: str) -> Mapping[str, Any]:
    """The body, if it is an object with these fields; else raises Refusal 400 with `code`."""
    if not isinstance(body, Mapping):
        raise Refusal(400, code, "The body must be a JSON object.")
    for problem in faults(body, fields, "body"):
        raise Refusal(400, code, problem.message)
    return body


def iso(moment: datetime) -> str:
    """A moment as these services write it: UTC with milliseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
