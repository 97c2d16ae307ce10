"""What a merchant's answers mean, and whether they add up; see docs/shop-api.yaml for their form.

All functions raise ShopUnavailable for an answer that cannot be trusted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skill.orders.ports import Item, Offer, OfferedLine, Placed, Progress, ReturnProgress, ShopUnavailable
from skill.shops import http_json as read
from skill.shops.http_delivery import with_ways
from skill.shops.http_json import Told

STATES = ("accepted", "packed", "part_shipped", "shipped", "delivered", "cancelled", "refused")
NOTHING_COMES = ("cancelled", "refused")
RETURN_STATES = ("accepted", "declined")
MOST_RETURNS = 50
MOST_LINES = 200
MOST_QUANTITY = 10_000
LATEST_DELIVERY = timedelta(days=366)
OLDEST_STEP = timedelta(days=400)
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of ours the shop's clock may be."""
MOST_CANCEL_MINUTES = 7 * 24 * 60
_REASON = re.compile("[a-z][a-z_]{0,28}[a-z]")


@dataclass(frozen=True)
class Asked:
    """What a quote was asked for: an answer to anything else is not ours."""

    seller_id: str
    items: Sequence[Item]
    currency: str
    today: date


@dataclass(frozen=True)
class ShopOrder:
    """An order as the shop tells it."""

    reference: str
    outcome: Placed
    progress: Progress


def offer(told: Told, asked: Asked) -> Offer:
    """The quote, if it is for what was asked, in the seller's currency, and its sums are right."""
    if told.get("seller_id") != asked.seller_id or told.get("currency") != asked.currency:
        raise ShopUnavailable("currency" if told.get("seller_id") == asked.seller_id else "seller_id")
    lines = tuple(_line(line) for line in read.entries(told, "lines", MOST_LINES))
    short = tuple(_line(line) for line in read.entries(told, "short", MOST_LINES))
    if not all(line.in_stock for line in lines) or any(line.in_stock for line in short):
        raise ShopUnavailable("available")
    quoted = sorted((line.sku_id, line.quantity) for line in (*lines, *short))
    if quoted != sorted((item.sku_id, item.quantity) for item in asked.items):
        raise ShopUnavailable("lines")
    offered = Offer(
        seller_id=asked.seller_id,
        seller_name=read.text(told, "seller_name", 80),
        currency=asked.currency,
        lines=lines,
        short=short,
        goods_cents=read.whole(told, "goods_cents"),
        tax_cents=read.whole(told, "tax_cents"),
        delivery_cents=read.whole(told, "delivery_cents"),
        delivery_date=read.day(told, "delivery_date"),
        cancel_minutes=read.whole(told, "cancel_minutes", most=MOST_CANCEL_MINUTES),
    )
    _check_sums(offered, read.whole(told, "total_cents"))
    if not asked.today <= offered.delivery_date <= asked.today + LATEST_DELIVERY:
        raise ShopUnavailable("delivery_date")
    return with_ways(offered, told, asked.today, LATEST_DELIVERY)


def _line(told: Told) -> OfferedLine:
    available = None if told.get("available") is None else read.whole(told, "available")
    line = OfferedLine(
        sku_id=read.text(told, "sku_id", 80),
        quantity=read.whole(told, "quantity", 1, MOST_QUANTITY),
        price_cents=read.whole(told, "price_cents"),
        line_cents=read.whole(told, "line_cents"),
        available=available,
    )
    if line.line_cents != line.price_cents * line.quantity:
        raise ShopUnavailable("line_cents")
    return line


def _check_sums(offered: Offer, total_cents: int) -> None:
    if offered.goods_cents != sum(line.line_cents for line in offered.lines):
        raise ShopUnavailable("goods_cents")
    if offered.tax_cents > offered.goods_cents + offered.delivery_cents:
        raise ShopUnavailable("tax_cents")
    if offered.total_cents != total_cents:
        raise ShopUnavailable("total_cents")


def order(told: Told, references: Sequence[str], at: datetime | None = None) -> ShopOrder:
    """An order that was asked for; its steps lie in their order, and not after `at` if that is known."""
    reference = read.text(told, "reference", 80)
    state = read.text(told, "state", 20)
    if reference not in references or state not in STATES:
        raise ShopUnavailable("state" if reference in references else "reference")
    reason = read.text(told, "reason", 30) if state == "refused" else ""
    if reason and not _REASON.fullmatch(reason):
        raise ShopUnavailable("reason")
    progress = Progress(
        state,
        packed_at=read.moment(told, "packed_at"),
        part_shipped_at=read.moment(told, "part_shipped_at"),
        shipped_at=read.moment(told, "shipped_at"),
        delivered_at=read.moment(told, "delivered_at"),
        returns=_returns(told, at),
    )
    _check_steps(
        (progress.packed_at, progress.part_shipped_at, progress.shipped_at, progress.delivered_at), at
    )
    return ShopOrder(reference, Placed(state != "refused", reason), progress)


def _returns(told: Told, at: datetime | None) -> Mapping[str, ReturnProgress]:
    """The order's returns by their references, none twice."""
    if told.get("returns") is None:
        return {}
    found: dict[str, ReturnProgress] = {}
    for one in read.entries(told, "returns", MOST_RETURNS):
        progress = ReturnProgress(
            declined_at=read.moment(one, "declined_at"),
            returned_at=read.moment(one, "returned_at"),
            refunded_at=read.moment(one, "refunded_at"),
        )
        _check_steps((progress.declined_at,), at)
        _check_steps((progress.returned_at, progress.refunded_at), at)
        if found.setdefault(read.text(one, "reference", 100), progress) is not progress:
            raise ShopUnavailable("returns")
    return found


def _check_steps(moments: Sequence[datetime | None], at: datetime | None) -> None:
    steps = [moment for moment in moments if moment is not None]
    sane = at is None or all(at - OLDEST_STEP <= step <= at + CLOCKS_DIFFER for step in steps)
    if steps != sorted(steps) or not sane:
        raise ShopUnavailable("steps")


def taken_back(told: Told, return_reference: str) -> Placed:
    """Whether the shop takes this very return: accepted, or declined with a reason."""
    if told.get("reference") != return_reference:
        raise ShopUnavailable("reference")
    state = read.text(told, "state", 20)
    if state not in RETURN_STATES:
        raise ShopUnavailable("state")
    reason = read.text(told, "reason", 30) if state == "declined" else ""
    if reason and not _REASON.fullmatch(reason):
        raise ShopUnavailable("reason")
    return Placed(state != "declined", reason)


def address_label(told: Told, reference: str) -> str:
    """To which of the shopper's addresses this very order goes."""
    if told.get("reference") != reference:
        raise ShopUnavailable("reference")
    return read.text(told, "address_label", 80)


def orders(told: Told, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
    """Where each of the orders is that the shop knows; none but those that were asked for, and none twice."""
    found = [order(one, references, at) for one in read.entries(told, "orders", len(references))]
    progress = {one.reference: one.progress for one in found}
    if len(progress) != len(found):
        raise ShopUnavailable("orders")
    return progress


def is_unknown(told: Told, reference: str) -> bool:
    """Whether a problem says that the shop never saw this very reference: any other 404 says nothing."""
    return told.get("reason") == "unknown_reference" and told.get("reference") == reference
