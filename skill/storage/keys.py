"""Keys of rows: time-ordered, made by the application, the same on every database."""

from hashlib import sha256
from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562, section 5.7): unique and sortable by creation time."""
    return UUID(bytes=uuid7().bytes)


def hashed(kind: str, external_id: str) -> str:
    """The key under which an outside identifier is kept, so that the identifier itself is not stored."""
    return sha256(f"{kind}:{external_id}".encode()).hexdigest()
