"""The rules of points: what a delivery earns, which accounts a movement touches, when a hold lapses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from skill.conversation.confirmation import LIFETIME
from skill.conversation.wording import MINOR_DIGITS

AVAILABLE, HELD = "available", "held"
"""The member's own accounts: points to spend, and points set aside for a claim that awaits its "yes"."""
ISSUED, REDEEMED = "issued", "redeemed"
"""The shop's side: what it gave out (negative: its debt to the member) and what was spent with it."""
ACCOUNTS = (AVAILABLE, HELD, ISSUED, REDEEMED)

EARN, HOLD, CAPTURE, VOID, LAPSE, CORRECT = "earn", "hold", "capture", "void", "lapse", "correct"
MOVES: Mapping[str, tuple[str, str]] = {
    EARN: (ISSUED, AVAILABLE),
    HOLD: (AVAILABLE, HELD),
    CAPTURE: (HELD, REDEEMED),
    VOID: (HELD, AVAILABLE),
    LAPSE: (HELD, AVAILABLE),
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


Rule = TypeVar("Rule", bound=DatedRule)


@dataclass(frozen=True)
class Balance:
    """Points of a household: to spend (`available`), and set aside for open claims (`held`)."""

    available: int
    held: int

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


def entries(kind: str, points: int) -> dict[str, int]:
    """The two entries of a movement, account -> signed points; they sum to zero.

    Raises ValueError unless `points` is positive.
    """
    if points <= 0:
        raise ValueError("a movement needs a positive number of points")
    giver, receiver = MOVES[kind]
    return {giver: -points, receiver: points}


def opposite(posted: Mapping[str, int]) -> dict[str, int]:
    """The entries that undo `posted`."""
    return {account: -points for account, points in posted.items()}


def is_live(expires_at: datetime, at: datetime) -> bool:
    """Whether a hold still stands at `at`; the last instant counts, as it does for the question itself."""
    return at <= expires_at


def missing(cost_points: int, available_points: int) -> int:
    """How many points are lacking for something that costs `cost_points`; 0 when there are enough."""
    return max(0, cost_points - available_points)
