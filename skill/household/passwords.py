"""Passwords for signing in on the web: set on the command line, kept only as salted slow hashes."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from skill.household import directory
from skill.household.account_models import MemberPassword
from skill.household.directory import Found
from skill.household.models import DirectoryEntry
from skill.household.service import Households
from skill.storage.database import Database, Unit
from skill.storage.keys import hashed

LOGIN = "login"
"""The directory's kind for what a member signs in with."""
LEAST_CHARACTERS, MOST_CHARACTERS = 10, 200
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
COST, BLOCK, LANES = 2**14, 8, 5
"""scrypt's parameters for stored passwords (OWASP Password Storage Cheat Sheet, scrypt): 16 MB a try."""


class PasswordRefused(ValueError):
    """The password or the name to sign in with will not do; the message says why, in one line."""


def set_password(unit: Unit, member_id: UUID, password: str, login: str | None = None) -> str:
    """Give a member of the unit's household a password; gives what they sign in with.

    That is `login`, or else their e-mail address or their name, in whatever letter case. Raises
    PasswordRefused when it is somebody else's already or the password is too short or too long.
    """
    member = Households(unit).member(member_id)
    if member is None:
        raise PasswordRefused("there is no such member")
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise PasswordRefused(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
    chosen = (login or member.email or member.name).strip()
    taken = unit.session.get(DirectoryEntry, hashed(LOGIN, chosen.casefold()))
    if taken is not None and (taken.household_id, taken.member_id) != (unit.household, member_id):
        raise PasswordRefused("somebody else signs in with that already: choose another --login")
    for former in _logins(unit, member_id):
        if former is not taken:
            unit.session.delete(former)
    directory.bind(unit, LOGIN, chosen.casefold(), member_id)
    directory.bind(unit, directory.ACCOUNT, str(member_id), member_id)
    row = _row(unit, member_id) or MemberPassword(
        household_id=unit.household, member_id=member_id, salt="", digest=""
    )
    row.salt = secrets.token_hex(16)
    row.digest, row.failures, row.locked_until = _hash(password, row.salt), 0, None
    unit.session.add(row)
    return chosen


def sign_in(database: Database, login: str, password: str, at: datetime) -> Found | None:
    """Whom a login and its password stand for; None when they do not match or the login is locked.

    The fifth wrong password in a row locks the login for 15 minutes. A login that nobody has takes as long as
    one that somebody has, and nothing tells the two apart.
    """
    found = directory.find(database, LOGIN, login.strip().casefold())
    row = None
    if found is not None:
        with database.reading(found.household_id) as unit:
            row = _row(unit, found.member_id)
    salt = row.salt if row else ""
    digest = _hash(password, salt or "00" * 16)  # slow, so it must not keep others from writing
    if found is None or not salt:
        return None
    matched = database.run(found.household_id, lambda unit: _matches(unit, found.member_id, salt, digest, at))
    return found if matched else None


def _matches(unit: Unit, member_id: UUID, salt: str, digest: str, at: datetime) -> bool:
    Households(unit).lock()  # tries that come at once are counted one after the other
    row = _row(unit, member_id)
    if row is None or row.salt != salt or (row.locked_until is not None and at < row.locked_until):
        return False
    unit.session.add(row)
    if hmac.compare_digest(row.digest, digest):
        row.failures, row.locked_until = 0, None
        return True
    row.failures += 1
    if row.failures >= MOST_FAILURES:
        row.failures, row.locked_until = 0, at + LOCKED_FOR
    return False


def _logins(unit: Unit, member_id: UUID) -> Sequence[DirectoryEntry]:
    return unit.session.exec(
        select(DirectoryEntry).where(
            col(DirectoryEntry.household_id) == unit.household,
            col(DirectoryEntry.member_id) == member_id,
            col(DirectoryEntry.kind) == LOGIN,
        )
    ).all()


def _row(unit: Unit, member_id: UUID) -> MemberPassword | None:
    return unit.session.exec(
        select(MemberPassword).where(
            col(MemberPassword.household_id) == unit.household, col(MemberPassword.member_id) == member_id
        )
    ).first()


def _hash(password: str, salt: str) -> str:
    clipped = password[:MOST_CHARACTERS].encode("utf-8", "replace")
    return hashlib.scrypt(clipped, salt=bytes.fromhex(salt), n=COST, r=BLOCK, p=LANES, dklen=32).hex()
