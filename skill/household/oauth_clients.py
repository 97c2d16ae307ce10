"""The programs that may ask shoppers to sign in: added and removed by the merchant, found by id."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from sqlmodel import col, select

from skill.household.account_models import OAuthClient
from skill.storage.database import Unit

MOST_URI_CHARACTERS = 500
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ClientRefused(ValueError):
    """A client cannot be added as asked; the message says why, in one line."""


def add_client(
    unit: Unit, name: str, redirect_uris: Sequence[str], at: datetime, *, public: bool = False
) -> tuple[OAuthClient, str]:
    """Add a client; gives it with its secret, which is kept as a hash only ("" for a public client).

    Raises ClientRefused for an address that is not https (http is for this machine only).
    """
    if not redirect_uris:
        raise ClientRefused("a client needs an address to lead back to")
    for uri in redirect_uris:
        _check_address(uri)
    secret = "" if public else secrets.token_urlsafe(32)
    client = OAuthClient(
        id=f"client-{secrets.token_hex(8)}",
        name=name,
        secret_hash="" if public else _hashed(secret),
        redirect_uris=list(redirect_uris),
        added_at=at,
    )
    unit.session.add(client)
    return client, secret


def find_client(unit: Unit, client_id: str) -> OAuthClient | None:
    """One client by its id."""
    return unit.session.exec(select(OAuthClient).where(col(OAuthClient.id) == client_id)).first()


def clients(unit: Unit) -> Sequence[OAuthClient]:
    """All clients, in the order they were added."""
    return unit.session.exec(select(OAuthClient).order_by(col(OAuthClient.added_at))).all()


def is_secret(client: OAuthClient, secret: str) -> bool:
    """Whether it is the client's secret; a public client has none."""
    return bool(client.secret_hash) and hmac.compare_digest(client.secret_hash, _hashed(secret))


def _hashed(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def _check_address(uri: str) -> None:
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise ClientRefused("that is no address") from None
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if len(uri) > MOST_URI_CHARACTERS or not parts.hostname or parts.fragment or "*" in uri:
        raise ClientRefused("an address to lead back to is complete and without a fragment")
    if parts.scheme != "https" and not local:
        raise ClientRefused("an address to lead back to begins with https://")
