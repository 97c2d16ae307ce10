"""Calls the skill once, as Amazon's cloud does: in eight seconds, and with a response that is in order."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skill.simulator.checks import Problem, check
from skill.simulator.envelopes import Envelope

Skill = Callable[[Envelope], Envelope]
"""What is spoken to: takes a request envelope, gives a response envelope."""

LIMIT_MS = 8_000.0
"""Amazon's time limit; it cannot be configured there."""

INVALID, LATE, INTERNAL = "INVALID_RESPONSE", "ENDPOINT_TIMEOUT", "INTERNAL_SERVICE_ERROR"
DISPATCH = "An exception occurred while dispatching the request to the skill."
"""What Amazon tells a skill that crashed or could not be reached."""


@dataclass(frozen=True)
class Failure:
    """Why a response does not count: `type` and `message` as the SessionEndedRequest tells them."""

    type: str
    message: str
    raised: Exception | None = None


@dataclass(frozen=True)
class Exchange:
    """One call of the skill. `ms` is how long it took; `response` is empty where there was none."""

    request: Envelope
    response: Envelope
    ms: float
    problems: tuple[Problem, ...] = ()
    failure: Failure | None = None

    @property
    def answer(self) -> Envelope:
        """The response inside its envelope."""
        found = self.response.get("response")
        return found if isinstance(found, dict) else {}


def exchange(skill: Skill, sent: Envelope, clock: Callable[[], datetime], *, screen: bool) -> Exchange:
    """Send a request envelope and judge what comes back. Nothing that the skill raises gets out.

    The time is the longer of the real one and that on the device's `clock`, so that a test may let it pass.
    """
    started, at = time.perf_counter(), clock()
    answered: Any = None
    raised: Exception | None = None
    try:
        answered = skill(sent)
    except Exception as error:  # a skill may raise anything; the cloud ends the session and goes on
        raised = error
    passed = (clock() - at).total_seconds()
    ms = round(max(time.perf_counter() - started, passed) * 1000, 1)
    problems = () if raised else tuple(check(sent, answered, ms, screen=screen))
    failure = _raised(raised) if raised else _refused(problems, ms)
    return Exchange(sent, answered if isinstance(answered, dict) else {}, ms, problems, failure)


def _raised(error: Exception) -> Failure:
    kind = LATE if isinstance(error, TimeoutError) else INVALID
    return Failure(kind, DISPATCH, error)


def _refused(problems: tuple[Problem, ...], ms: float) -> Failure | None:
    if ms > LIMIT_MS:
        return Failure(LATE, f"The skill took {ms:.0f} ms; Alexa waits {LIMIT_MS:.0f} ms.")
    fatal = next((one for one in problems if one.refused), None)
    return Failure(INVALID, fatal.message) if fatal else None
