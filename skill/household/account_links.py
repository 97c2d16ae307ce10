"""Account links: codes that are used once, and refresh tokens that change at each use."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, delete, select, update

from skill.household import directory
from skill.household.account_models import AccountLink, AccountToken
from skill.household.directory import OAUTH_CODE, OAUTH_REFRESH, Found
from skill.household.models import DirectoryEntry
from skill.storage.database import Database, Unit
from skill.storage.keys import hashed, new_id

CODE_LIFETIME = timedelta(minutes=5)
"""RFC 6749, section 4.1.2 recommends ten minutes at most."""
REFRESH_LIFETIME = timedelta(days=400)
"""Alexa refreshes only when the shopper speaks; whoever is away longer signs in again."""
REPEATED_WITHIN = timedelta(seconds=60)
"""A client whose answer was lost, or which refreshes twice at once, asks again so soon; later it is theft."""


@dataclass(frozen=True)
class Presented:
    """A code or refresh token that is good now, and what it is bound to."""

    found: Found
    kind: str
    token_hash: str
    link_id: UUID
    client_id: str
    redirect_uri: str
    code_challenge: str


def grant_code(
    database: Database, found: Found, client_id: str, redirect_uri: str, challenge: str, at: datetime
) -> str:
    """Start a link for a member who signed in; gives the code that the client exchanges for tokens."""
    code = secrets.token_urlsafe(32)
    with database.unit(found.household_id) as unit:
        link = AccountLink(
            household_id=unit.household,
            id=new_id(),
            member_id=found.member_id,
            client_id=client_id,
            linked_at=at,
        )
        unit.session.add(link)
        unit.session.flush()
        _keep(unit, found, link.id, OAUTH_CODE, code, at + CODE_LIFETIME, redirect_uri, challenge)
    return code


def present(database: Database, kind: str, token: str, client_id: str, at: datetime) -> Presented | None:
    """What a client presents, if it was given to that client, is current, and was not used before.

    One that was used before ends its whole link, since somebody else has it too (RFC 9700, section 4.14); a
    refresh token may be used again for 60 seconds.
    """
    found = directory.find(database, kind, token)
    if found is None:
        return None
    with database.unit(found.household_id) as unit:
        key = hashed(kind, token)
        row = unit.session.exec(
            select(AccountToken).where(
                col(AccountToken.household_id) == unit.household, col(AccountToken.token_hash) == key
            )
        ).first()
        link = _link(unit, row.link_id) if row else None
        if row is None or link is None or link.client_id != client_id:
            return None
        if link.revoked_at is not None or at >= row.expires_at:
            return None
        if _is_stolen(row, at):
            link.revoked_at = at
            unit.session.add(link)
            return None
        return Presented(found, kind, key, link.id, link.client_id, row.redirect_uri, row.code_challenge)


def exchange(database: Database, presented: Presented, refresh: str, at: datetime) -> bool:
    """Use up what was presented and keep `refresh` in its place, in one transaction.

    False, and nothing is kept, when somebody was faster with the same code or the link ended meanwhile.
    """
    with database.unit(presented.found.household_id) as unit:
        link = _link(unit, presented.link_id, lock=True)
        if link is None or link.revoked_at is not None:
            return False
        used = unit.session.execute(
            update(AccountToken)
            .where(
                col(AccountToken.household_id) == unit.household,
                col(AccountToken.token_hash) == presented.token_hash,
                col(AccountToken.used_at).is_(None),
            )
            .values(used_at=at)
            .execution_options(synchronize_session=False)
        )
        if used.rowcount != 1 and presented.kind == OAUTH_CODE:  # type: ignore[attr-defined]  # CursorResult
            return False
        _keep(unit, presented.found, presented.link_id, OAUTH_REFRESH, refresh, at + REFRESH_LIFETIME)
    return True


def revoke(database: Database, presented: Presented, at: datetime) -> None:
    """End a link: none of its tokens can be exchanged any more."""
    with database.unit(presented.found.household_id) as unit:
        link = _link(unit, presented.link_id)
        if link is not None and link.revoked_at is None:
            link.revoked_at = at
            unit.session.add(link)


def revoke_all(unit: Unit, member_id: UUID, at: datetime) -> None:
    """End every link of a member of the unit's household, as a new password does."""
    unit.session.execute(
        update(AccountLink)
        .where(
            col(AccountLink.household_id) == unit.household,
            col(AccountLink.member_id) == member_id,
            col(AccountLink.revoked_at).is_(None),
        )
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )


def forget_expired(unit: Unit, at: datetime) -> int:
    """Delete codes and refresh tokens that ran out, with how they were found; gives how many there were."""
    keys = unit.session.exec(
        select(AccountToken.token_hash).where(
            col(AccountToken.household_id) == unit.household, col(AccountToken.expires_at) < at
        )
    ).all()
    if keys:
        tokens = delete(AccountToken).where(
            col(AccountToken.household_id) == unit.household, col(AccountToken.token_hash).in_(keys)
        )
        entries = delete(DirectoryEntry).where(
            col(DirectoryEntry.household_id) == unit.household, col(DirectoryEntry.key_hash).in_(keys)
        )
        for statement in (tokens, entries):
            unit.session.execute(statement, execution_options={"synchronize_session": False})
    return len(keys)


def _is_stolen(row: AccountToken, at: datetime) -> bool:
    if row.used_at is None:
        return False
    return row.kind == OAUTH_CODE or at - row.used_at > REPEATED_WITHIN


def _link(unit: Unit, link_id: UUID, *, lock: bool = False) -> AccountLink | None:
    wanted = select(AccountLink).where(
        col(AccountLink.household_id) == unit.household, col(AccountLink.id) == link_id
    )
    return unit.session.exec(wanted.with_for_update() if lock else wanted).first()


def _keep(
    unit: Unit,
    found: Found,
    link_id: UUID,
    kind: str,
    token: str,
    expires_at: datetime,
    redirect_uri: str = "",
    code_challenge: str = "",
) -> None:
    directory.bind(unit, kind, token, found.member_id)
    unit.session.add(
        AccountToken(
            household_id=unit.household,
            token_hash=hashed(kind, token),
            link_id=link_id,
            kind=kind,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            expires_at=expires_at,
        )
    )
