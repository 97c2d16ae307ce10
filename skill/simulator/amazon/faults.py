"""The ways in which a service can be made to misbehave."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["denied", "empty", "throttled", "slow", "down"]


@dataclass(frozen=True)
class Fault:
    """What a service does from now on; `seconds` is how long a slow one waits before it answers."""

    kind: Kind
    seconds: float = 0.0


DENIED = Fault("denied")
"""As if the permission were missing."""
EMPTY = Fault("empty")
"""As if nothing had been entered: 204 without content."""
THROTTLED = Fault("throttled")
"""429: too many calls."""
DOWN = Fault("down")
"""503: the service is not available."""


def slow(seconds: float) -> Fault:
    """The right answer, but only after this many seconds."""
    return Fault("slow", seconds)


def fault_named(text: str) -> Fault | None:
    """The fault that a command or a fixture names: "denied", "slow 3", ...; "well" and "" are None.

    Raises ValueError with one line for another name.
    """
    if text in ("", "well"):
        return None
    by_name = {fault.kind: fault for fault in (DENIED, EMPTY, THROTTLED, DOWN)}
    for name, fault in by_name.items():
        if text == name:
            return fault
    if waits := re.fullmatch(r"slow[ :]([0-9]{1,2}(?:\.[0-9]+)?)", text):
        return slow(float(waits[1]))
    raise ValueError(
        f"A service can be well, denied, empty, throttled, down or 'slow SECONDS', not {text!r}."
    )
