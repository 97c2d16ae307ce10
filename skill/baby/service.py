"""The baby diary: keeps entries of each child, guards against doubles, undoes, and tells what was last."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from skill.baby import rules
from skill.baby.models import Child, DiaperChange, DiaryEntry, Feeding
from skill.baby.rules import Change, Feed
from skill.baby.stock import Count, DiaperStock
from skill.household.service import Households
from skill.orders.service import Orders
from skill.storage.database import Unit
from skill.storage.keys import new_id

CONSENT = "baby_diary"


@dataclass(frozen=True)
class Draft:
    """An entry that is not saved yet."""

    child_id: UUID
    happened_at: datetime
    what: Feed | Change

    def to_json(self) -> dict[str, Any]:
        """The draft as the payload of a confirmation."""
        kind = "feed" if isinstance(self.what, Feed) else "change"
        return {
            "child": str(self.child_id),
            "happened_at": self.happened_at.isoformat(),
            kind: asdict(self.what),
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> "Draft":
        """The inverse of `to_json`."""
        what = Feed(**payload["feed"]) if "feed" in payload else Change(**payload["change"])
        return cls(UUID(payload["child"]), datetime.fromisoformat(payload["happened_at"]), what)


@dataclass(frozen=True)
class Told:
    """An entry as it is spoken of."""

    entry_id: UUID
    child: str
    what: Feed | Change
    happened_at: datetime


class Diary:
    """The diary of the unit's household."""

    def __init__(self, unit: Unit, orders: Orders) -> None:
        self.unit = unit
        self.orders = orders
        self.stock = DiaperStock(unit, orders)

    def add_child(
        self, name: str, born_on: date, diaper_size: str = "", sized_on: date | None = None
    ) -> Child:
        """Add a child by first name or nickname; `sized_on` is when it was known to wear the size."""
        child = Child(
            household_id=self.unit.household,
            id=new_id(),
            name=name,
            born_on=born_on,
            diaper_size=diaper_size,
            sized_on=sized_on,
        )
        self.unit.session.add(child)
        self.unit.session.flush()
        return child

    def record_size(self, child: Child, size: str, day: date) -> None:
        """Keep that the child wears the size of diapers on `day`."""
        child.diaper_size, child.sized_on = size, day
        self.unit.session.add(child)
        self.unit.session.flush()

    def children(self) -> Sequence[Child]:
        """Every child of the household, in the order they were added."""
        return self.unit.session.exec(
            select(Child).where(col(Child.household_id) == self.unit.household).order_by(col(Child.id))
        ).all()

    def agree(self, member_id: UUID | None, at: datetime) -> bool:
        """Record the member's consent with their first entry; whether it was the first and must be told."""
        households = Households(self.unit)
        if member_id is None or households.has_consent(member_id, CONSENT):
            return False
        households.give_consent(member_id, CONSENT, at)
        return True

    def double(self, draft: Draft) -> Told | None:
        """An entry of the same child and content within two minutes of `draft`, from whatever device."""
        near = rules.REPEAT_WINDOW
        entries = self.unit.session.exec(
            select(DiaryEntry)
            .where(
                *self._kept(draft.child_id, _activity(draft.what)),
                col(DiaryEntry.happened_at) >= draft.happened_at - near,
                col(DiaryEntry.happened_at) <= draft.happened_at + near,
            )
            .order_by(col(DiaryEntry.happened_at).desc())
        ).all()
        told = (self._told(entry) for entry in entries)
        return next((one for one in told if rules.is_same(one.what, draft.what)), None)

    def save(self, draft: Draft, member_id: UUID | None, at: datetime) -> Told:
        """Keep the entry; a diaper change takes one from the stock of the child's size."""
        entry = DiaryEntry(
            household_id=self.unit.household,
            id=new_id(),
            child_id=draft.child_id,
            activity=_activity(draft.what),
            happened_at=draft.happened_at,
            logged_at=at,
            member_id=member_id,
        )
        self.unit.session.add(entry)
        self.unit.session.flush()
        self._save_content(entry, draft.what)
        self.unit.session.flush()
        return self._told(entry)

    def last(self, child: Child, activity: str, kinds: Collection[str] = ()) -> Told | None:
        """The newest entry of an activity for the child; `kinds` narrows diapers to these."""
        query = select(DiaryEntry).where(*self._kept(child.id, activity))
        if kinds:
            query = query.where(*self._of_kinds(kinds))
        entry = self.unit.session.exec(
            query.order_by(col(DiaryEntry.happened_at).desc(), col(DiaryEntry.id).desc()).limit(1)
        ).first()
        return self._told(entry) if entry else None

    def usual_unit(self) -> str | None:
        """The unit of the household's newest feed that has one."""
        return self.unit.session.exec(
            select(Feeding.unit)
            .where(
                col(Feeding.household_id) == self.unit.household,
                col(DiaryEntry.household_id) == self.unit.household,
                col(Feeding.entry_id) == col(DiaryEntry.id),
                col(Feeding.unit).is_not(None),
                col(DiaryEntry.removed_at).is_(None),
            )
            .order_by(col(DiaryEntry.logged_at).desc())
            .limit(1)
        ).first()

    def complete(self, entry_id: UUID, kind: str) -> Told | None:
        """Add what was in the diaper to an entry that does not say it; None when there is no such entry."""
        found = self.unit.session.exec(
            select(DiaryEntry, DiaperChange).where(
                col(DiaryEntry.household_id) == self.unit.household,
                col(DiaperChange.household_id) == self.unit.household,
                col(DiaryEntry.id) == entry_id,
                col(DiaperChange.entry_id) == col(DiaryEntry.id),
                col(DiaperChange.kind).is_(None),
                col(DiaryEntry.removed_at).is_(None),
            )
        ).first()
        if found is None:
            return None
        entry, change = found
        change.kind = kind
        self.unit.session.add(change)
        if not rules.uses_diaper(kind):
            self.stock.put_back(entry.id)
        return self._told(entry)

    def undo(
        self,
        member_id: UUID | None,
        at: datetime,
        *,
        child: Child | None = None,
        activity: str | None = None,
        kinds: Collection[str] = (),
    ) -> Told | None:
        """Take back the member's own newest entry of the last ten minutes, from whatever device.

        `child`, `activity` and `kinds` of diapers narrow it. The row stays, marked as removed, and a
        diaper goes back to the stock. None when there is none.
        """
        query = select(DiaryEntry).where(
            col(DiaryEntry.household_id) == self.unit.household,
            col(DiaryEntry.member_id) == member_id,
            col(DiaryEntry.removed_at).is_(None),
            col(DiaryEntry.logged_at) >= at - rules.UNDO_WINDOW,
        )
        if child is not None:
            query = query.where(col(DiaryEntry.child_id) == child.id)
        if activity is not None:
            query = query.where(col(DiaryEntry.activity) == activity)
        if kinds:
            query = query.where(*self._of_kinds(kinds))
        newest = query.order_by(col(DiaryEntry.logged_at).desc(), col(DiaryEntry.id).desc()).limit(1)
        entry = self.unit.session.exec(newest).first()
        if entry is None:
            return None
        entry.removed_at, entry.removed_by_id = at, member_id
        self.unit.session.add(entry)
        self.stock.put_back(entry.id)
        return self._told(entry)

    def count_diapers(self, child: Child, at: datetime, zone: str, language: str) -> Count | None:
        """What is left of the child's size; None when no pack of it was ever delivered."""
        self.stock.note_deliveries(language)
        wearers = [one for one in self.children() if one.diaper_size == child.diaper_size]
        return self.stock.count(child.diaper_size, wearers, at, zone)

    def children_with_stock(self, language: str) -> list[Child]:
        """The children of whose size packs were delivered, one for each size."""
        self.stock.note_deliveries(language)
        known = self.stock.known_sizes()
        by_size = {child.diaper_size: child for child in reversed(self.children())}
        return [child for child in by_size.values() if child.diaper_size in known]

    def has_entries(self) -> bool:
        """Whether anything is in the diary."""
        return (
            self.unit.session.exec(
                select(DiaryEntry.id).where(
                    col(DiaryEntry.household_id) == self.unit.household,
                    col(DiaryEntry.removed_at).is_(None),
                )
            ).first()
            is not None
        )

    def _kept(self, child_id: UUID, activity: str) -> tuple[Any, ...]:
        return (
            col(DiaryEntry.household_id) == self.unit.household,
            col(DiaryEntry.child_id) == child_id,
            col(DiaryEntry.activity) == activity,
            col(DiaryEntry.removed_at).is_(None),
        )

    def _of_kinds(self, kinds: Collection[str]) -> tuple[Any, ...]:
        return (
            col(DiaperChange.household_id) == self.unit.household,
            col(DiaperChange.entry_id) == col(DiaryEntry.id),
            col(DiaperChange.kind).in_(kinds),
        )

    def _save_content(self, entry: DiaryEntry, what: Feed | Change) -> None:
        household = self.unit.household
        if isinstance(what, Feed):
            self.unit.session.add(Feeding(household_id=household, entry_id=entry.id, **asdict(what)))
            return
        self.unit.session.add(DiaperChange(household_id=household, entry_id=entry.id, kind=what.kind))
        if rules.uses_diaper(what.kind):
            self.stock.take(entry.id, self._child(entry).diaper_size, entry.happened_at)

    def _told(self, entry: DiaryEntry) -> Told:
        return Told(entry.id, self._child(entry).name, self._content(entry), entry.happened_at)

    def _child(self, entry: DiaryEntry) -> Child:
        return self.unit.session.exec(
            select(Child).where(
                col(Child.household_id) == self.unit.household, col(Child.id) == entry.child_id
            )
        ).one()

    def _content(self, entry: DiaryEntry) -> Feed | Change:
        if entry.activity == rules.DIAPER:
            change = self.unit.session.exec(
                select(DiaperChange).where(
                    col(DiaperChange.household_id) == self.unit.household,
                    col(DiaperChange.entry_id) == entry.id,
                )
            ).one()
            return Change(change.kind)
        feeding = self.unit.session.exec(
            select(Feeding).where(
                col(Feeding.household_id) == self.unit.household, col(Feeding.entry_id) == entry.id
            )
        ).one()
        return Feed(feeding.method, feeding.side, feeding.amount, feeding.unit, feeding.amount_ml)


def _activity(what: Feed | Change) -> str:
    return rules.FEEDING if isinstance(what, Feed) else rules.DIAPER
