"""Reads what a merchant reports, as `ShopEvent` in docs/shop-api.yaml has it."""

import re
from datetime import UTC, datetime
from uuid import UUID

from skill.catalog.news import CatalogueNews
from skill.orders.ports import Item, ShopUnavailable
from skill.orders.shop_events import ENDS, KINDS, RETURNS, NewsRefused, OrderNews, shopper_id
from skill.shops import http_json as read
from skill.shops.http_answers import CLOCKS_DIFFER, MOST_LINES, MOST_QUANTITY, OLDEST_STEP
from skill.shops.http_json import Told

PRICE, STOCK = "price", "stock"
TYPES = (*KINDS, PRICE, STOCK)
_REFERENCE = re.compile("R-[0-9a-f]{32}")
_REASON = re.compile("[a-z][a-z_]{0,28}[a-z]")


def read_event(body: bytes, now: datetime) -> tuple[UUID | None, OrderNews | CatalogueNews]:
    """The report, with the household that it concerns (none: the catalogue).

    Raises NewsRefused: 400 for what is no JSON object, 422 with the name of a field that is not as
    documented, 404 for a shopper that cannot be one of ours.
    """
    try:
        told = read.document(body)
    except ShopUnavailable:
        raise NewsRefused("bad_request", 400) from None
    try:
        kind, at = _kind(told), _moment(told, now)
        if kind in (PRICE, STOCK):
            return None, _catalogue_news(told, kind, at)
        return shopper_id(read.text(told, "shopper", 80)), _order_news(told, kind, at)
    except ShopUnavailable as error:
        raise NewsRefused(f"bad_{error}", 422) from None


def _kind(told: Told) -> str:
    kind = read.text(told, "type", 20)
    if kind not in TYPES:
        raise ShopUnavailable("type")
    return kind


def _moment(told: Told, now: datetime) -> datetime:
    at = read.moment(told, "at")
    if at is None or not now - OLDEST_STEP <= at <= now + CLOCKS_DIFFER:
        raise ShopUnavailable("at")
    return at.astimezone(UTC)


def _catalogue_news(told: Told, kind: str, at: datetime) -> CatalogueNews:
    seller_id, sku_id = read.text(told, "seller_id", 60), read.text(told, "sku_id", 80)
    if kind == STOCK:
        return CatalogueNews(at, seller_id, sku_id, read.whole(told, "available"))
    currency = read.text(told, "currency", 3)
    return CatalogueNews(at, seller_id, sku_id, read.whole(told, "price_cents"), currency)


def _order_news(told: Told, kind: str, at: datetime) -> OrderNews:
    reference = read.text(told, "reference", 34)
    if not _REFERENCE.fullmatch(reference):
        raise ShopUnavailable("reference")
    if kind in RETURNS:
        return OrderNews(kind, at, reference, read.text(told, "return", 100), _items(told))
    reason = read.text(told, "reason", 30) if kind == ENDS[0] else ""
    if reason and not _REASON.fullmatch(reason):
        raise ShopUnavailable("reason")
    return OrderNews(kind, at, reference, reason=reason)


def _items(told: Told) -> tuple[Item, ...]:
    if told.get("items") is None:
        return ()
    items = tuple(
        Item(read.text(one, "sku_id", 80), read.whole(one, "quantity", 1, MOST_QUANTITY))
        for one in read.entries(told, "items", MOST_LINES)
    )
    if len({item.sku_id for item in items}) != len(items):
        raise ShopUnavailable("items")
    return items
