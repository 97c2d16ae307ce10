"""The ledger against a slow plain one, over random days of a household's points."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.loyalty.ledger import SourceReused
from skill.loyalty.models import PointsEntry, PointsTransfer, Redemption
from skill.loyalty.rules import ACCOUNTS
from skill.loyalty.service import HoldClosed, Loyalty, NotEnoughPoints
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.loyalty.plain_ledger import PlainLedger, Refused
from tests.loyalty.small_shop import (
    NAMES,
    NOW,
    delivery,
    entries_by_transfer,
    line_returned,
    new_home,
    new_member,
    open_holds,
    open_shop,
    reward,
    rows,
)

Step = tuple[str, int, int, int]
"""What happens, two numbers that say to what, and the seconds that pass before it."""
WAITS = st.sampled_from([0, 1, 119, 120, 121])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(0, 2), st.integers(0, 1), WAITS),
        st.tuples(st.just("yes"), st.integers(0, 2), st.just(0), WAITS),
        st.tuples(st.just("no"), st.integers(0, 2), st.just(0), WAITS),
        st.tuples(st.just("earn"), st.integers(0, 2), st.sampled_from([0, 90, 250]), st.just(0)),
        st.tuples(st.just("correct"), st.integers(0, 2), st.integers(1, 3), WAITS),
        st.tuples(st.just("sweep"), st.just(0), st.just(0), WAITS),
    ),
    min_size=4,
    max_size=12,
)
REFUSALS = (Refused, SourceReused, NotEnoughPoints, HoldClosed)
in_one_database = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Day:
    """One household in the real ledger and in the plain one, on the same clock."""

    database: Database
    household: UUID
    members: list[UUID]
    orders: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(4)])
    holds: list[UUID] = field(default_factory=list)
    plain: PlainLedger = field(default_factory=PlainLedger)
    at: datetime = NOW

    def take(self, step: Step) -> None:
        """Do one thing in both; both do it or both refuse it."""
        name, one, other, seconds = step
        self.at += timedelta(seconds=seconds)
        if name in ("yes", "no"):
            if not self.holds:
                return
            one = max(0, len(self.holds) - 1 - one)  # counted from the newest claim
        real: Callable[[Loyalty, int, int], None] = getattr(self, f"_{name}")
        assert self._refuses(lambda: self._in_unit(real, one, other)) == self._refuses(
            lambda: self._in_plain(name, one, other)
        ), step

    def _in_unit(self, real: Callable[[Loyalty, int, int], None], one: int, other: int) -> None:
        with self.database.unit(self.household) as unit:
            real(Loyalty(unit), one, other)

    def _refuses(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except REFUSALS:
            return True
        return False

    def _earn(self, loyalty: Loyalty, order: int, dollars: int) -> None:
        loyalty.earn_on_delivery(delivery(self.household, dollars * 100 + 99, self.orders[order]))

    def _claim(self, loyalty: Loyalty, number: int, member: int) -> None:
        made = loyalty.claim(reward(list(NAMES)[number]), self.at, self.members[member])
        self.holds.append(made.hold_id)

    def _yes(self, loyalty: Loyalty, number: int, _other: int) -> None:
        loyalty.redeem(self.holds[number], self.at)

    def _no(self, loyalty: Loyalty, number: int, _other: int) -> None:
        loyalty.drop(self.holds[number], self.at)

    def _correct(self, loyalty: Loyalty, order: int, pieces: int) -> None:
        loyalty.correct_earning(line_returned(self.household, self.orders[order], pieces, self.at))

    def _sweep(self, loyalty: Loyalty, _one: int, _other: int) -> None:
        before = loyalty.balance(self.at)
        loyalty.expire_holds(self.at)
        assert loyalty.balance(self.at) == before

    def _in_plain(self, name: str, one: int, other: int) -> None:
        match name:
            case "earn":
                self.plain.earn(one, other)
            case "claim":
                self.plain.claim(list(NAMES.values())[one][0], other, self.at)
            case "yes":
                self.plain.say_yes(one, self.at)
            case "no":
                self.plain.say_no(one, self.at)
            case "correct":
                self.plain.correct(one, other)


def new_day(database: Database) -> Day:
    household = new_home(database)
    day = Day(database, household, [new_member(database, household, name) for name in ("Anna", "Ben")])
    day.take(("earn", 0, 400, 0))
    return day


def require_sound_books(day: Day, seen: dict[UUID, dict[str, int]]) -> None:
    """The invariants of the ledger; `seen` is what it held before and is brought up to date."""
    with day.database.reading(day.household) as unit:
        found = entries_by_transfer(unit)
        balance = Loyalty(unit).balance(day.at)
        redemptions = rows(unit, Redemption)
    assert all(found[transfer] == entries for transfer, entries in seen.items()), "an entry changed"
    assert all(sum(entries.values()) == 0 and len(entries) in (2, 3) for entries in found.values())
    sums = {name: sum(entries.get(name, 0) for entries in found.values()) for name in ACCOUNTS}
    assert balance == day.plain.balance(day.at)
    assert balance.total - balance.owed == -sums["issued"] - sums["redeemed"]
    assert balance.total - balance.owed == sums["available"] + sums["held"] + sums["owed"]
    assert min(sums["available"], sums["held"], -sums["owed"]) >= 0
    assert balance.available >= 0
    assert balance.held >= 0
    assert sums["redeemed"] == sum(redemption.points for redemption in redemptions)
    assert len(redemptions) == sum(claim.state == "captured" for claim in day.plain.claims)
    seen |= found


@in_one_database
@given(steps)
def test_any_day_of_points_agrees_with_the_plain_ledger(database: Database, day_steps: list[Step]) -> None:
    open_once(database)
    day, seen = new_day(database), dict[UUID, dict[str, int]]()
    for step in day_steps:
        day.take(step)
        require_sound_books(day, seen)


@in_one_database
@given(steps)
def test_when_the_sweep_runs_leaves_no_trace(database: Database, day_steps: list[Step]) -> None:
    open_once(database)
    swept, unswept = new_day(database), new_day(database)
    for step in day_steps:
        swept.take(step)
        swept.take(("sweep", 0, 0, 0))
        unswept.take(step)
    unswept.take(("sweep", 0, 0, 0))
    assert bookings(swept) == bookings(unswept)


def bookings(day: Day) -> list[tuple[datetime, str, str, int]]:
    """Everything posted in a day, without its keys."""
    with day.database.reading(day.household) as unit:
        assert open_holds(unit) == 0 or day.plain.balance(day.at).held > 0
        transfers = {transfer.id: transfer for transfer in rows(unit, PointsTransfer)}
        entries = rows(unit, PointsEntry)
    return sorted(
        (transfers[entry.transfer_id].at, transfers[entry.transfer_id].kind, entry.account, entry.points)
        for entry in entries
    )


def open_once(database: Database) -> None:
    """Open the shop in the database that all examples of a test share."""
    with database.reading(None) as unit:
        opened = bool(Loyalty(unit).rewards("en"))
    if not opened:
        open_shop(database)
