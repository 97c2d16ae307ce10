"""Writes a merchant's products, names, prices and stock into the catalogue, and what is there stays."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from skill.catalog.index import ANY_LANGUAGE
from skill.catalog.models import Price, Product, Seller, Sku, SkuName, Stock
from skill.orders.imported import SoldBy
from skill.shops.import_rules import ImportedProduct
from skill.storage.database import Database, Unit

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the first price that we learn of a product is taken to hold."""


def taken_ids(database: Database, seller_id: str) -> set[str]:
    """The ids of products and SKUs that other sellers have."""
    with database.reading(None) as unit:
        rows = unit.session.exec(
            select(Product.id, Sku.id).where(
                col(Sku.product_id) == col(Product.id), col(Product.seller_id) != seller_id
            )
        ).all()
    return {id_ for row in rows for id_ in row}


def currency_of(database: Database, seller_id: str) -> str | None:
    """The currency in which a seller that is there already sells."""
    with database.reading(None) as unit:
        return unit.session.exec(select(Seller.currency).where(col(Seller.id) == seller_id)).first()


def write_catalogue(unit: Unit, sold_by: SoldBy, products: Iterable[ImportedProduct], at: datetime) -> None:
    """Add what is new and bring names, taxes, stock and prices up to date; a changed price holds from `at`.

    Products that the seller has and `products` lack are kept: orders of the past name them.
    """
    _write_seller(unit, sold_by)
    held = {product.id: product for product in _held(unit, sold_by.seller_id)}
    offered = list(products)
    _insert_new(unit, sold_by.seller_id, [one for one in offered if one.product_id not in held])
    _update(
        unit,
        sold_by.seller_id,
        [(held[one.product_id], one) for one in offered if one.product_id in held],
        at,
    )
    for product in offered:
        if product.stock is not None:
            counted = Stock(sku_id=product.product_id, quantity=product.stock, counted_at=at)
            unit.session.merge(counted)
    unit.session.flush()


def _write_seller(unit: Unit, sold_by: SoldBy) -> None:
    seller = unit.session.get(Seller, sold_by.seller_id)
    if seller is None:
        seller = Seller(id=sold_by.seller_id, name=sold_by.name, currency=sold_by.currency, revision=0)
    seller.name = sold_by.name
    seller.revision += 1  # every process reads the catalogue anew
    unit.session.add(seller)
    unit.session.flush()


def _held(unit: Unit, seller_id: str) -> Sequence[Product]:
    return unit.session.exec(select(Product).where(col(Product.seller_id) == seller_id)).all()


def _insert_new(unit: Unit, seller_id: str, products: Sequence[ImportedProduct]) -> None:
    if not products:
        return
    for model, row in ((Product, _product), (Sku, _sku), (SkuName, _name), (Price, _first_price)):
        unit.session.execute(insert(model), [row(product, seller_id) for product in products])


def _update(
    unit: Unit, seller_id: str, pairs: Sequence[tuple[Product, ImportedProduct]], at: datetime
) -> None:
    names, cents = _names(unit, seller_id), _prices(unit, seller_id, at)
    for held, product in pairs:
        held.tax_bp = product.tax_bp
        name = names.get(held.id) or SkuName(sku_id=held.id, language=ANY_LANGUAGE, name=product.name)
        name.name = name.product_name = product.name
        unit.session.add_all([held, name])
        if cents.get(held.id) != product.price_cents:
            unit.session.merge(Price(sku_id=held.id, valid_from=at, price_cents=product.price_cents))


def _names(unit: Unit, seller_id: str) -> dict[str, SkuName]:
    rows = unit.session.exec(
        select(SkuName).where(
            col(SkuName.sku_id) == col(Sku.id),
            col(Sku.product_id) == col(Product.id),
            col(Product.seller_id) == seller_id,
            col(SkuName.language) == ANY_LANGUAGE,
        )
    ).all()
    return {row.sku_id: row for row in rows}


def _prices(unit: Unit, seller_id: str, at: datetime) -> dict[str, int]:
    rows = unit.session.exec(
        select(Price.sku_id, Price.price_cents)
        .where(
            col(Price.sku_id) == col(Sku.id),
            col(Sku.product_id) == col(Product.id),
            col(Product.seller_id) == seller_id,
            col(Price.valid_from) <= at,
        )
        .order_by(col(Price.valid_from))
    ).all()
    return dict(rows)  # the newest of each SKU comes last


def _product(product: ImportedProduct, seller_id: str) -> dict[str, Any]:
    return {
        "id": product.product_id,
        "seller_id": seller_id,
        "brand": "",
        "need": "",
        "tax_bp": product.tax_bp,
    }


def _sku(product: ImportedProduct, _seller_id: str) -> dict[str, Any]:
    return {
        "id": product.product_id,
        "product_id": product.product_id,
        "size": "",
        "pack_size": 1,
        "pack_unit": "count",
        "facts": {},
    }


def _name(product: ImportedProduct, _seller_id: str) -> dict[str, Any]:
    return {
        "sku_id": product.product_id,
        "language": ANY_LANGUAGE,
        "name": product.name,
        "product_name": product.name,
        "synonyms": [],
    }


def _first_price(product: ImportedProduct, _seller_id: str) -> dict[str, Any]:
    return {"sku_id": product.product_id, "valid_from": ALWAYS, "price_cents": product.price_cents}
