"""Access tokens: random, bound to a device and a person or to a client, and gone after an hour."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=1)
""""expires_in": 3600, as Login with Amazon says; for a request's own token the hour is unverified."""


@dataclass(frozen=True)
class Grant:
    """What a token allows: calls of one device in a session, or calls of a client with a scope.

    `device_id` is None for a client, `scope` is "" for a device. `in_session` is false for the token of a
    message that reached the skill outside a session.
    """

    expires_at: datetime
    device_id: str | None = None
    person_id: str | None = None
    scope: str = ""
    in_session: bool = True


class Tokens:
    """Every token that was given out and has not expired on the clock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._grants: dict[str, Grant] = {}

    def for_device(self, device_id: str, person_id: str | None, *, in_session: bool = True) -> str:
        """A new token of a request from this device."""
        expires_at = self._clock() + LIFETIME
        return self._keep("Atza|", Grant(expires_at, device_id, person_id, in_session=in_session))

    def for_client(self, scope: str) -> str:
        """A new token of a client that proved itself, for one scope."""
        return self._keep("Atc|", Grant(self._clock() + LIFETIME, scope=scope))

    def grant(self, authorization: str | None) -> Grant | None:
        """What an Authorization header allows now; None for one that is missing, unknown or expired."""
        scheme, _, token = (authorization or "").partition(" ")
        found = self._grants.get(token.strip()) if scheme.lower() == "bearer" else None
        return found if found is not None and self._clock() < found.expires_at else None

    def _keep(self, prefix: str, grant: Grant) -> str:
        now = self._clock()
        self._grants = {token: each for token, each in self._grants.items() if now < each.expires_at}
        token = prefix + secrets.token_urlsafe(32)
        self._grants[token] = grant
        return token
