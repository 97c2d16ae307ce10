"""The directory: from an outside identifier to a household and member, in a transaction of its own."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from skill.household.models import DirectoryEntry
from skill.storage.database import Database, Unit
from skill.storage.keys import hashed

ALEXA_USER, ALEXA_PERSON, ACCOUNT, CUSTOMER = "alexa_user", "alexa_person", "account", "customer"
OAUTH_CODE, OAUTH_REFRESH = "oauth_code", "oauth_refresh"


@dataclass(frozen=True)
class Found:
    """Whom an identifier stands for."""

    household_id: UUID
    member_id: UUID


def find(database: Database, kind: str, external_id: str) -> Found | None:
    """Look an identifier up by its hash."""
    with database.reading(None) as unit:
        entry = unit.session.exec(
            select(DirectoryEntry).where(col(DirectoryEntry.key_hash) == hashed(kind, external_id))
        ).first()
    return Found(entry.household_id, entry.member_id) if entry else None


def bind(unit: Unit, kind: str, external_id: str, member_id: UUID) -> None:
    """Bind an identifier to a member of the unit's household, replacing what it was bound to before."""
    key = hashed(kind, external_id)
    entry = unit.session.get(DirectoryEntry, key)
    if entry is None:
        entry = DirectoryEntry(key_hash=key, kind=kind, household_id=unit.household, member_id=member_id)
    entry.household_id, entry.member_id = unit.household, member_id
    unit.session.add(entry)


def unbind(database: Database, kind: str, external_id: str) -> None:
    """Forget an identifier; no effect when it is not known."""
    with database.unit(None) as unit:
        entry = unit.session.get(DirectoryEntry, hashed(kind, external_id))
        if entry is not None:
            unit.session.delete(entry)
