"""Pure guards of the purse: how much and how often a household may order before a voice code is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)

Reason = Literal["amount", "too_many", "too_much", "over_limit", "locked"]
"""amount: at or above what the merchant asks a code for | too_many, too_much: more orders or money in an
hour, a day or a month than usual | over_limit: above what the household allows at all | locked: too many
wrong codes."""


class Past(NamedTuple):
    """An order that counts: when it was placed and what it cost, in minor units of the same currency."""

    at: datetime
    total_cents: int


@dataclass(frozen=True)
class Limits:
    """What a household may order without a code, in minor units; None where there is no limit.

    `code_from_cents` is the merchant's: from that total on a code is asked of members who have one.
    `most_cents` is the household's own: nothing dearer is ordered by voice at all.
    """

    code_from_cents: int | None = 10_000
    most_cents: int | None = None
    orders_per_hour: int = 5
    orders_per_day: int = 10
    orders_per_month: int = 60
    cents_per_hour: int | None = 50_000
    cents_per_day: int | None = 80_000
    cents_per_month: int | None = 300_000


@dataclass(frozen=True)
class Held:
    """Why a basket is held back, and whether the member's voice code would let it through."""

    reason: Reason
    code: bool


def judge(
    limits: Limits, past: Sequence[Past], totals: Sequence[int], at: datetime, *, has_code: bool, proven: bool
) -> Held | None:
    """Why a basket of orders with these totals is held back; None when it may be placed.

    A member without a code orders past the merchant's amount, which only protects those who have set one;
    past the household's usual pace nobody does without a code. `proven` says that the code was given.
    """
    total = sum(totals)
    if limits.most_cents is not None and total > limits.most_cents:
        return Held("over_limit", code=False)
    if proven:
        return None
    pace = _pace(limits, past, len(totals), total, at)
    if pace is not None:
        return Held(pace, code=has_code)
    if has_code and limits.code_from_cents is not None and total >= limits.code_from_cents:
        return Held("amount", code=True)
    return None


def _pace(limits: Limits, past: Sequence[Past], orders: int, total: int, at: datetime) -> Reason | None:
    for span, most_orders, most_cents in (
        (HOUR, limits.orders_per_hour, limits.cents_per_hour),
        (DAY, limits.orders_per_day, limits.cents_per_day),
        (MONTH, limits.orders_per_month, limits.cents_per_month),
    ):
        recent = [order for order in past if abs(at - order.at) < span]  # clocks may differ either way
        if len(recent) + orders > most_orders:
            return "too_many"
        if most_cents is not None and sum(order.total_cents for order in recent) + total > most_cents:
            return "too_much"
    return None
