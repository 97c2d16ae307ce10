"""Checks the token that account linking gave a shopper, and says whose it is.

Rules: RFC 7519 (claims), RFC 8725 (one fixed list of algorithms, issuer and audience always compared) and
OpenID Connect Core part 10.1.1 (a key that is not known yet may be a new one: ask for the key set again).
"""

import json
import logging
import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.client import HTTPResponse

    from jwt import PyJWK

# Public keys only: with an HS algorithm on the list, a forger could sign with the published key.
ALGORITHMS = ("RS256", "ES256")
REQUIRED = ("exp", "iss", "aud", "sub")
LEEWAY_S = 60
MAX_TOKEN_CHARACTERS = 16 * 1024
MAX_SUBJECT_CHARACTERS = 255
MAX_KEY_SET_BYTES = 256 * 1024
UNKNOWN_KEY_PAUSE = timedelta(minutes=1)
FAILURE_PAUSE = timedelta(seconds=5)
# A key that its owner withdraws is trusted an hour longer, and a day at most while the host is down.
REFRESH_AFTER = timedelta(hours=1)
FORGET_AFTER = timedelta(days=1)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

log = logging.getLogger(__name__)


class TokenRefused(Exception):
    """The token proves nothing. `reason` is a slug for the log and holds no part of the token.

    `malformed`, `algorithm`, `key_unknown`, `keys_unavailable`, `signature`, `issuer`, `audience`,
    `claim_missing`, `expired`, `not_yet_valid`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenCheck(Protocol):
    """Says whose a token is."""

    def subject(self, token: str, now: datetime) -> str:
        """The account that the token speaks for at `now` (aware). Raises TokenRefused and nothing else."""


class Keys(Protocol):
    """Finds the public key that a token names."""

    def find(self, key_id: str | None, now: datetime) -> "PyJWK":
        """The key with this id, or the only key where the token names none. Raises TokenRefused."""


class SignedTokenCheck:
    """Tokens signed by one of `keys`; `issuer` and `audience` are compared exactly.

    Safe for many threads; make one per process. Raises ValueError for an empty issuer or audience.
    """

    def __init__(self, keys: Keys, issuer: str, audience: str) -> None:
        if not issuer or not audience:
            raise ValueError("A token check needs an issuer and an audience.")
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def subject(self, token: str, now: datetime) -> str:
        """The `sub` of a token that is signed, current at `now` (60 s of leeway), and meant for us."""
        # Imported here: a cold start without a linked account must not pay for it.
        import jwt

        if not token.isascii() or len(token) > MAX_TOKEN_CHARACTERS:
            raise TokenRefused("malformed")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise TokenRefused("algorithm")
            key = self._keys.find(header.get("kid"), now)
            claims = self._claims(token, key)
        except jwt.PyJWTError as error:
            raise TokenRefused(_reason(error)) from None
        except (ValueError, TypeError, RecursionError):
            raise TokenRefused("malformed") from None
        _check_times(claims, now)
        return _subject(claims)

    def _claims(self, token: str, key: "PyJWK") -> dict[str, Any]:
        import jwt

        # PyJWT judges times by its own clock, so that is left to `_check_times`.
        return jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=self._audience,
            issuer=self._issuer,
            options={
                "require": list(REQUIRED),
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "enforce_minimum_key_length": True,
            },
        )


class OidcTokenCheck(SignedTokenCheck):
    """Tokens signed by an OpenID Connect provider, against the keys it publishes at `jwks_url`.

    The address must be https, or http on this machine; ValueError for any other. `timeout_s` bounds one
    fetch of the keys, in seconds.
    """

    def __init__(self, jwks_url: str, issuer: str, audience: str, *, timeout_s: float = 1.5) -> None:
        super().__init__(_KeySet(jwks_url, timeout_s), issuer, audience)


class OwnKeys:
    """The keys of a JWK set that is at hand, as the tokens are our own. Raises ValueError if it is none."""

    def __init__(self, document: bytes) -> None:
        self._keys = _parsed(document)

    def find(self, key_id: str | None, now: datetime) -> "PyJWK":
        """The key with this id. Raises TokenRefused."""
        if key_id not in self._keys:
            raise TokenRefused("key_unknown")
        return self._keys[key_id]


def _reason(error: Exception) -> str:
    import jwt

    reasons: dict[type[Exception], str] = {
        jwt.InvalidSignatureError: "signature",
        jwt.InvalidAlgorithmError: "algorithm",
        jwt.InvalidIssuerError: "issuer",
        jwt.InvalidAudienceError: "audience",
        jwt.MissingRequiredClaimError: "claim_missing",
    }
    return reasons.get(type(error), "malformed")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    at = now.timestamp()
    if at >= _seconds(claims["exp"]) + LEEWAY_S:
        raise TokenRefused("expired")
    if "nbf" in claims and at < _seconds(claims["nbf"]) - LEEWAY_S:
        raise TokenRefused("not_yet_valid")


def _seconds(value: object) -> float:
    """A NumericDate of RFC 7519: seconds since 1970, whole or not. NaN would pass any comparison."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("malformed")
    try:
        seconds = float(value)
    except OverflowError:
        raise TokenRefused("malformed") from None
    if not math.isfinite(seconds):
        raise TokenRefused("malformed")
    return seconds


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARACTERS:
        raise TokenRefused("malformed")
    return subject


class _KeySet:
    """The provider's published keys by key id, fetched when needed and not more often than allowed."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in _LOOPBACK):
            raise ValueError("The key set's address must begin with https://.")
        self._url = url
        self._timeout_s = timeout_s
        self._keys: Mapping[str | None, PyJWK] = {}
        self._fetched_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._lock = Lock()

    def find(self, key_id: str | None, now: datetime) -> "PyJWK":
        """The key with this id, or the only key where the token names none. Raises TokenRefused."""
        key = self._known(key_id) if self._age(now) < REFRESH_AFTER else None
        if key is None:
            with self._lock:
                self._refresh_if_due(key_id, now)
            key = self._known(key_id)
        if key is None:
            # Without an answer from the host nobody can say that the key does not exist.
            raise TokenRefused("keys_unavailable" if self._failed_at else "key_unknown")
        return key

    def _known(self, key_id: str | None) -> "PyJWK | None":
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _age(self, now: datetime) -> timedelta:
        return abs(now - self._fetched_at) if self._fetched_at else timedelta.max

    def _refresh_if_due(self, key_id: str | None, now: datetime) -> None:
        # Another thread may have fetched while this one waited for the lock.
        wanted = REFRESH_AFTER if self._known(key_id) else UNKNOWN_KEY_PAUSE
        if self._age(now) < wanted or (self._failed_at and abs(now - self._failed_at) < FAILURE_PAUSE):
            return
        try:
            self._keys = _parsed(self._fetch())
        except (OSError, ValueError, RecursionError) as error:
            log.warning("key set not available", extra={"reason": type(error).__name__})
            self._failed_at = now
            if self._age(now) > FORGET_AFTER:
                self._keys = {}
        else:
            self._fetched_at, self._failed_at = now, None

    def _fetch(self) -> bytes:
        # Imported here for the same reason as jwt above.
        from http.client import HTTPException
        from urllib.request import urlopen

        deadline = time.monotonic() + self._timeout_s
        try:
            with urlopen(self._url, timeout=self._timeout_s) as response:
                if response.url != self._url:
                    raise OSError("the address of the key set leads elsewhere")
                return _bounded(response, deadline)
        except HTTPException:
            raise OSError("the answer is no HTTP") from None


def _bounded(response: "HTTPResponse", deadline: float) -> bytes:
    content = b""
    while piece := response.read1(MAX_KEY_SET_BYTES):
        content += piece
        if len(content) > MAX_KEY_SET_BYTES or time.monotonic() > deadline:
            raise OSError("the key set is too large or too slow")
    return content


def _parsed(content: bytes) -> "dict[str | None, PyJWK]":
    """The usable signing keys of a JWK set (RFC 7517); raises ValueError if there is none."""
    document = json.loads(content)
    listed = document.get("keys") if isinstance(document, dict) else None
    members = listed if isinstance(listed, list) else []
    keys = {key.key_id: key for one in members if (key := _key(one)) is not None}
    if not keys:
        raise ValueError("no usable key")
    return keys


def _key(listed: object) -> "PyJWK | None":
    """One listed key, or None for a kind that is not used here: sets may hold kinds yet to be invented."""
    import jwt

    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(listed)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError):
        return None
    usable = key.algorithm_name in ALGORITHMS and isinstance(key.key_id, str | None)
    return key if usable else None
