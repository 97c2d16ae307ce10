"""What is kept of every call of a skill to a service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call: which service, what was asked and answered, and how long it took in milliseconds.

    `service` is "unknown" for a path that none has; `body` is the JSON or the form that was sent, without
    secrets, None where there was none.
    """

    service: str
    method: str
    path: str
    status: int
    body: object
    ms: float
