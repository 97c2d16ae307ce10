"""The points ledger of one household: double entry, append-only, the balance always a sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, func, select

from skill.household.models import Household
from skill.loyalty import rules
from skill.loyalty.models import LoyaltyAccount, PointsEntry, PointsTransfer
from skill.storage.database import Unit
from skill.storage.keys import new_id


class SourceReused(ValueError):
    """Another request under the name of one that was posted already; nothing was written."""


class CorrectionRefused(ValueError):
    """More should be taken back than was ever earned."""


@dataclass(frozen=True)
class Movement:
    """A request to move `points`: its kind in rules.MOVES, what caused it, and what exactly was asked.

    A second request with the same `source` has no effect; `asked` tells whether it is the same one.
    """

    kind: str
    points: int
    source: str
    asked: str
    rule_id: str | None = None


class Ledger:
    """Posts movements of points and sums them up."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def lock(self, at: datetime) -> None:
        """Wait until no other transaction moves points of this household; the accounts exist afterwards.

        SQLite has the whole file to itself already (BEGIN IMMEDIATE) and ignores the row lock. Raises
        LookupError when there is no such household.
        """
        household = self.unit.session.exec(
            select(Household.household_id)
            .where(col(Household.household_id) == self.unit.household)
            .with_for_update(key_share=True)  # rows that refer to the household can still be added
        ).first()
        if household is None:
            raise LookupError("no such household")
        missing = set(rules.ACCOUNTS) - self._opened()
        for name in sorted(missing):
            self.unit.session.add(LoyaltyAccount(household_id=self.unit.household, name=name, opened_at=at))
        if missing:
            self.unit.session.flush()

    def sums(self) -> dict[str, int]:
        """The sum of all entries of each account, in points; every account is there."""
        total = func.sum(PointsEntry.points)
        found = self.unit.session.exec(
            select(PointsEntry.account, total)
            .where(col(PointsEntry.household_id) == self.unit.household)
            .group_by(col(PointsEntry.account))
        ).all()
        return dict.fromkeys(rules.ACCOUNTS, 0) | {account: int(points) for account, points in found}

    def post(self, movement: Movement, at: datetime) -> bool:
        """Move points as rules.MOVES says, once per source; gives whether it was new.

        The caller holds the lock. Raises SourceReused when the source was used for another request, and
        ValueError for points that are not positive.
        """
        entries = rules.entries(movement.kind, movement.points)
        asked_hash = sha256(f"{movement.kind}:{movement.asked}".encode()).hexdigest()
        known = self._find(movement.source)
        if known is not None:
            if known.input_hash != asked_hash:
                raise SourceReused(f"{movement.source} was posted for another request")
            return False
        transfer = self._transfer(movement.kind, movement.source, asked_hash, at)
        transfer.rule_id = movement.rule_id
        self._write(transfer, entries)
        return True

    def earned(self, source: str) -> int:
        """How many points were ever earned from `source`, before any correction; 0 when none."""
        transfer = self._find(source)
        if transfer is None or transfer.kind != rules.EARN:
            return 0
        return self.entries_of(transfer.id)[rules.AVAILABLE]

    def correct(self, source: str, taken: int, name: str, at: datetime) -> int:
        """Let `taken` points of what was earned from `source` be taken back in all; gives how many are now.

        A new transfer does it, called `name`, that names the one which stated the earning last; what was
        taken back before counts. Points that are spent or held become a debt. The caller holds the lock.
        Raises CorrectionRefused when so many were never earned from `source`.
        """
        if taken > self.earned(source):
            raise CorrectionRefused(f"{taken} points were never earned from {source}")
        last, before = self._stated_last(source)
        points = taken - before
        if points <= 0 or self._find(name) is not None:
            return 0
        transfer = self._transfer(rules.CORRECT, name, last.input_hash, at)
        transfer.corrects_id = last.id
        self._write(transfer, rules.taken_back(points, self.sums()[rules.AVAILABLE]))
        return points

    def _stated_last(self, source: str) -> tuple[PointsTransfer, int]:
        """The transfer that stated an earning last, and how many points were taken back from it by then."""
        last = self._find(source)
        if last is None:
            raise CorrectionRefused(f"nothing was earned from {source}")
        before = 0
        while (following := self._corrected_by(last.id)) is not None:
            before += self.entries_of(following.id)[rules.ISSUED]
            last = following
        return last, before

    def _corrected_by(self, transfer_id: UUID) -> PointsTransfer | None:
        return self.unit.session.exec(
            select(PointsTransfer).where(
                col(PointsTransfer.household_id) == self.unit.household,
                col(PointsTransfer.corrects_id) == transfer_id,
            )
        ).first()

    def entries_of(self, transfer_id: UUID) -> dict[str, int]:
        """The entries of one transfer, account -> signed points."""
        found = self.unit.session.exec(
            select(PointsEntry.account, PointsEntry.points).where(
                col(PointsEntry.household_id) == self.unit.household,
                col(PointsEntry.transfer_id) == transfer_id,
            )
        ).all()
        return dict(found)

    def _transfer(self, kind: str, source: str, input_hash: str, at: datetime) -> PointsTransfer:
        return PointsTransfer(
            household_id=self.unit.household,
            id=new_id(),
            kind=kind,
            source=source,
            input_hash=input_hash,
            at=at,
        )

    def _write(self, transfer: PointsTransfer, entries: Mapping[str, int]) -> None:
        self.unit.session.add(transfer)
        self.unit.session.flush()
        for account, points in entries.items():
            self.unit.session.add(
                PointsEntry(
                    household_id=self.unit.household,
                    transfer_id=transfer.id,
                    account=account,
                    points=points,
                )
            )
        self.unit.session.flush()

    def _find(self, source: str) -> PointsTransfer | None:
        return self.unit.session.exec(
            select(PointsTransfer).where(
                col(PointsTransfer.household_id) == self.unit.household,
                col(PointsTransfer.source) == source,
            )
        ).first()

    def _opened(self) -> set[str]:
        return set(
            self.unit.session.exec(
                select(LoyaltyAccount.name).where(col(LoyaltyAccount.household_id) == self.unit.household)
            ).all()
        )
