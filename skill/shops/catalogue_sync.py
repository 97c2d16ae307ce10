"""Takes a merchant's catalogue over HTTP into ours: all pages are read and checked, then written as one."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlmodel import col, select

from skill.catalog.index import prices
from skill.catalog.models import Price, Product, Seller, Sku, Stock
from skill.orders.imported import SoldBy
from skill.orders.ports import ShopUnavailable
from skill.shops import http_json as read
from skill.shops.http_json import Told
from skill.shops.http_wire import Answer, MerchantServer
from skill.shops.import_catalogue import write_catalogue
from skill.shops.import_rules import ImportedProduct
from skill.storage.database import Database, Unit

PAGE_S = 15.0
"""Seconds for a page, both attempts together."""
MOST_ON_A_PAGE = 1_000
MOST_PAGES = 2_000
LONGEST_CURSOR = 200


@dataclass(frozen=True)
class Synced:
    """What the catalogue held."""

    sellers: int
    products: int
    pages: int


@dataclass(frozen=True)
class Listed:
    """One product of a page. `seller_name` is empty where the page does not tell it."""

    seller_id: str
    seller_name: str
    currency: str
    product: ImportedProduct


def sync(database: Database, server: MerchantServer, at: datetime) -> Synced:
    """Bring our catalogue up to the merchant's as of `at`; the same again changes nothing.

    Products that the merchant no longer lists stay: orders of the past name them. Raises ShopUnavailable
    with what is wrong, and then nothing is written.
    """
    pages = list(_pages(server))
    listed = [_listed(one) for page in pages for one in read.entries(page, "products", MOST_ON_A_PAGE)]
    if len({one.product.product_id for one in listed}) != len(listed):
        raise ShopUnavailable("a SKU stands in it twice")
    sellers = database.run(None, lambda unit: _write(unit, listed, at))
    return Synced(sellers, len(listed), len(pages))


def _pages(server: MerchantServer) -> Iterator[Told]:
    seen: set[str] = set()
    path = "/catalogue"
    while True:
        page = _page(server, path)
        yield page
        cursor = page.get("next")
        if cursor is None:
            return
        if not isinstance(cursor, str) or not 0 < len(cursor) <= LONGEST_CURSOR or cursor in seen:
            raise ShopUnavailable("next")
        seen.add(cursor)
        if len(seen) >= MOST_PAGES:
            raise ShopUnavailable("there are too many pages")
        path = f"/catalogue?cursor={quote(cursor, safe='')}"


def _page(server: MerchantServer, path: str) -> Told:
    """One page; reading changes nothing, so it is asked for again at once if it did not come."""
    deadline = time.monotonic() + PAGE_S
    try:
        answer = server.exchange("GET", path, deadline)
    except ShopUnavailable:
        answer = server.exchange("GET", path, deadline)
    if answer.status >= 500:
        answer = server.exchange("GET", path, deadline)
    return _document(answer)


def _document(answer: Answer) -> Told:
    if answer.status != 200:
        raise ShopUnavailable(f"status {answer.status}")
    if answer.media_type != "application/json":
        raise ShopUnavailable("media type")
    return read.document(answer.body)


def _listed(told: Told) -> Listed:
    currency = read.text(told, "currency", 3)
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise ShopUnavailable("currency")
    product = ImportedProduct(
        product_id=read.text(told, "sku_id", 80),
        name=read.text(told, "name", 200),
        price_cents=read.whole(told, "price_cents"),
        stock=None if told.get("stock") is None else read.whole(told, "stock"),
        tax_bp=0 if told.get("tax_bp") is None else read.whole(told, "tax_bp", most=10_000),
    )
    name = "" if told.get("seller_name") is None else read.text(told, "seller_name", 80)
    return Listed(read.text(told, "seller_id", 60), name, currency, product)


def _write(unit: Unit, listed: list[Listed], at: datetime) -> int:
    """Write the products seller by seller; gives how many sellers there are."""
    by_seller: dict[str, list[Listed]] = {}
    for one in listed:
        by_seller.setdefault(one.seller_id, []).append(one)
    held = _sellers_of_skus(unit)
    if any(held.get(one.product.product_id, one.seller_id) != one.seller_id for one in listed):
        raise ShopUnavailable("a SKU is another seller's")
    plain = {product_id for product_id, sku_id in _products_of_skus(unit) if product_id == sku_id}
    for seller_id, offered in sorted(by_seller.items()):
        sold_by = _sold_by(unit.session.get(Seller, seller_id), offered)
        products = [one.product for one in offered]
        new = [one for one in products if one.product_id in plain or one.product_id not in held]
        write_catalogue(unit, sold_by, new, at)
        _reprice(unit, [one for one in products if one not in new], at)
    return len(by_seller)


def _reprice(unit: Unit, products: list[ImportedProduct], at: datetime) -> None:
    """Price and stock of SKUs that our catalogue describes better than the page: as sizes of a product."""
    cents = prices(unit, [one.product_id for one in products], at)
    for one in products:
        if cents.get(one.product_id) != one.price_cents:
            unit.session.merge(Price(sku_id=one.product_id, valid_from=at, price_cents=one.price_cents))
        if one.stock is not None:
            unit.session.merge(Stock(sku_id=one.product_id, quantity=one.stock, counted_at=at))
    unit.session.flush()


def _products_of_skus(unit: Unit) -> list[tuple[str, str]]:
    return [(product_id, sku_id) for product_id, sku_id in unit.session.exec(select(Sku.product_id, Sku.id))]


def _sellers_of_skus(unit: Unit) -> dict[str, str]:
    found: dict[str, str] = {}
    for sku_id, product_id, seller_id in unit.session.exec(
        select(Sku.id, Product.id, Product.seller_id).where(col(Sku.product_id) == col(Product.id))
    ).all():
        found[sku_id] = found[product_id] = seller_id
    return found


def _sold_by(seller: Seller | None, offered: list[Listed]) -> SoldBy:
    """The seller as our catalogue names it, or by the name that the merchant tells."""
    currencies = {one.currency for one in offered} | ({seller.currency} if seller else set())
    if len(currencies) > 1:
        raise ShopUnavailable("a seller has two currencies")
    told = next((one.seller_name for one in offered if one.seller_name), seller.name if seller else "")
    if not told:
        raise ShopUnavailable("seller_name")
    return SoldBy(offered[0].seller_id, told, currencies.pop())
