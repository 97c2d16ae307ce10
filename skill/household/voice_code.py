"""The voice code: four digits that a member says before a large order, kept only as a salted slow hash."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from skill.household.models import VoiceCode
from skill.storage.database import Unit

MOST_FAILURES = 3
LOCKED_FOR = timedelta(minutes=30)
COST, BLOCK, LANES = 2**14, 8, 1
"""scrypt's parameters for interactive use: about 16 MB and some 50 ms a try (RFC 7914, section 2)."""

Answer = Literal["right", "wrong", "locked"]


class VoiceCodes:
    """The voice codes of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def is_set(self, member_id: UUID | None) -> bool:
        """Whether the member has a code."""
        row = self._row(member_id)
        return row is not None and bool(row.digest)

    def is_locked(self, member_id: UUID | None, at: datetime) -> bool:
        """Whether three wrong codes keep the member from buying by voice, for 30 minutes."""
        row = self._row(member_id)
        return row is not None and row.locked_until is not None and at < row.locked_until

    def draft(self, member_id: UUID, code: str) -> bool:
        """Take a new code said for the first time; False when it is no good (see `is_guessable`)."""
        if not is_code(code) or is_guessable(code):
            return False
        row = self._row(member_id) or self._new(member_id)
        row.salt = row.salt or secrets.token_hex(16)
        row.draft = _hash(code, row.salt)
        self._keep(row)
        return True

    def settle(self, member_id: UUID, code: str) -> bool:
        """Make the drafted code the member's when it is said again; otherwise forget the draft."""
        row = self._row(member_id)
        if row is None or not row.draft:
            return False
        same = hmac.compare_digest(row.draft, _hash(code, row.salt))
        if same:
            row.digest, row.failures, row.locked_until = row.draft, 0, None
        row.draft = ""
        self._keep(row)
        return same

    def check(self, member_id: UUID | None, code: str, at: datetime) -> Answer:
        """Compare what was said with the member's code. The third wrong one in a row locks for 30 minutes."""
        row = self._row(member_id, lock=True)  # tries that come at once are counted one after the other
        if row is None or not row.digest:
            return "wrong"
        if row.locked_until is not None and at < row.locked_until:
            return "locked"
        if hmac.compare_digest(row.digest, _hash(code, row.salt)):
            row.failures, row.locked_until = 0, None
            self._keep(row)
            return "right"
        row.failures += 1
        if row.failures >= MOST_FAILURES:
            row.failures, row.locked_until = 0, at + LOCKED_FOR
        self._keep(row)
        return "wrong" if row.locked_until is None or at >= row.locked_until else "locked"

    def remove(self, member_id: UUID) -> None:
        """Forget the member's code."""
        row = self._row(member_id)
        if row is not None:
            row.digest = row.draft = ""
            self._keep(row)

    def offer(self, member_id: UUID | None, at: datetime) -> bool:
        """Whether to tell the member, once for ever, that a code can be set; remembers that it was told."""
        if member_id is None:
            return False
        row = self._row(member_id) or self._new(member_id)
        if row.digest or row.offered_at is not None:
            return False
        row.offered_at = at
        self._keep(row)
        return True

    def _row(self, member_id: UUID | None, *, lock: bool = False) -> VoiceCode | None:
        wanted = select(VoiceCode).where(
            col(VoiceCode.household_id) == self.unit.household, col(VoiceCode.member_id) == member_id
        )
        if lock:  # read anew, as another try may have been counted while this one waited
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        return self.unit.session.exec(wanted).first()

    def _new(self, member_id: UUID) -> VoiceCode:
        return VoiceCode(
            household_id=self.unit.household, member_id=member_id, salt=secrets.token_hex(16), digest=""
        )

    def _keep(self, row: VoiceCode) -> None:
        self.unit.session.add(row)
        self.unit.session.flush()


def is_code(code: str) -> bool:
    """Whether it is four digits."""
    return re.fullmatch("[0-9]{4}", code) is not None


def is_guessable(code: str) -> bool:
    """Whether it is tried first: one digit four times, digits in a row up or down, or a pair twice."""
    steps = {int(after) - int(before) for before, after in pairwise(code)}
    return steps in ({0}, {1}, {-1}) or code[:2] == code[2:]


def _hash(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=COST, r=BLOCK, p=LANES, dklen=32).hex()
