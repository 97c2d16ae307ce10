"""The rules of points: what a delivery earns, which accounts a movement touches, when a hold lapses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from skill.conversation.confirmation import LIFETIME
from skill.conversation.wording import MINOR_DIGITS
from skill.orders.shares import part, shared

AVAILABLE, HELD = "available", "held"
"""The member's own accounts: points to spend, and points set aside for a claim that awaits its "yes"."""
ISSUED, REDEEMED = "issued", "redeemed"
"""The shop's side: what it gave out (negative: its debt to the member) and what was spent with it."""
OWED = "owed"
"""What the member owes (negative): points of returned goods that were spent already. It is paid first from
whatever is free next, so that no other account ever goes below zero."""
ACCOUNTS = (AVAILABLE, HELD, ISSUED, REDEEMED, OWED)

EARN, HOLD, CAPTURE, VOID, LAPSE, CORRECT = "earn", "hold", "capture", "void", "lapse", "correct"
REPAY = "repay"
MOVES: Mapping[str, tuple[str, str]] = {
    EARN: (ISSUED, AVAILABLE),
    HOLD: (AVAILABLE, HELD),
    CAPTURE: (HELD, REDEEMED),
    VOID: (HELD, AVAILABLE),
    LAPSE: (HELD, AVAILABLE),
    REPAY: (AVAILABLE, OWED),
}
"""Kind of movement -> (the account that gives, the account that receives)."""

HOLD_LIFETIME: timedelta = LIFETIME
"""A hold lives exactly as long as the question that it waits for."""


class DatedRule(Protocol):
    """What a rule needs to be chosen by date: in force from `valid_from` until before `valid_until`."""

    @property
    def currency(self) -> str:
        """ISO 4217 code of the purchases that the rule is for."""

    @property
    def valid_from(self) -> datetime:
        """The first instant at which the rule holds."""

    @property
    def valid_until(self) -> datetime | None:
        """The first instant at which it no longer holds; None while no end is known."""

    @property
    def points_per_unit(self) -> int:
        """Points for each whole unit of the currency."""


class ReturnedShare(Protocol):
    """A line of an order: its worth in minor units, its pieces, and how many of them were returned."""

    @property
    def line_cents(self) -> int:
        """What the whole line cost."""

    @property
    def quantity(self) -> int:
        """How many pieces it held."""

    @property
    def returned(self) -> int:
        """How many of them were returned so far."""


Rule = TypeVar("Rule", bound=DatedRule)


@dataclass(frozen=True)
class Balance:
    """Points of a household: to spend (`available`), set aside for open claims (`held`), and `owed` for
    returned goods whose points were spent; while something is owed nothing is available."""

    available: int
    held: int
    owed: int = 0

    @property
    def total(self) -> int:
        """All points that the household owns."""
        return self.available + self.held


def rule_at(rules: Iterable[Rule], currency: str, at: datetime) -> Rule | None:
    """The rule for purchases in `currency` at the instant `at`; the one that began last when several hold."""
    holding = [
        rule
        for rule in rules
        if rule.currency == currency
        and rule.valid_from <= at
        and (rule.valid_until is None or at < rule.valid_until)
    ]
    return max(holding, key=lambda rule: rule.valid_from, default=None)


def points_earned(goods_cents: int, rule: DatedRule | None) -> int:
    """Whole points for goods worth `goods_cents` minor units: a started unit of the currency earns nothing.

    Without a rule nothing is earned. Raises ValueError for a negative amount.
    """
    if goods_cents < 0:
        raise ValueError("goods cannot be worth less than nothing")
    if rule is None:
        return 0
    minor_per_unit: int = 10 ** MINOR_DIGITS.get(rule.currency, 2)
    return goods_cents // minor_per_unit * rule.points_per_unit


def points_returned(points: int, lines: Sequence[ReturnedShare]) -> int:
    """How many of an order's `points` go back for all that was returned of it so far.

    The points are shared over the lines by largest remainder, and over the pieces of a line: so the shares
    sum to the points, and parts of a return take back together what the whole would.
    """
    shares = shared(points, [line.line_cents for line in lines])
    return sum(part(share, line.returned, line.quantity) for share, line in zip(shares, lines, strict=True))


def entries(kind: str, points: int) -> dict[str, int]:
    """The two entries of a movement, account -> signed points; they sum to zero.

    Raises ValueError unless `points` is positive.
    """
    if points <= 0:
        raise ValueError("a movement needs a positive number of points")
    giver, receiver = MOVES[kind]
    return {giver: -points, receiver: points}


def taken_back(points: int, available_points: int) -> dict[str, int]:
    """The entries that take `points` back: from what is available, and as a debt what is not there."""
    there = min(points, max(0, available_points))
    found = {AVAILABLE: -there, OWED: there - points, ISSUED: points}
    return {account: moved for account, moved in found.items() if moved}


def is_live(expires_at: datetime, at: datetime) -> bool:
    """Whether a hold still stands at `at`; the last instant counts, as it does for the question itself."""
    return at <= expires_at


def missing(cost_points: int, available_points: int) -> int:
    """How many points are lacking for something that costs `cost_points`; 0 when there are enough."""
    return max(0, cost_points - available_points)
