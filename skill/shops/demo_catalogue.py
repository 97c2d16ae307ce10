"""Writes the demo shop's catalogue from its TOML data into the reference tables."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from skill.catalog.models import (
    Need,
    Price,
    Product,
    ProductRating,
    Review,
    Seller,
    Sku,
    SkuName,
    Stock,
    WishCount,
)
from skill.catalog.spoken_names import words
from skill.storage.database import Unit

FOLDER = "demo_data"
LANGUAGES = ("en", "de")
LISTED_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""Since when the demo prices hold: before every instant that a test or a demo speaks of."""
FACTS = ("weight_min_g", "weight_max_g", "mixing")
PRODUCT_FACTS = ("kind", "free_from")


@cache
def data(name: str) -> dict[str, Any]:
    """One TOML file of the demo shop, by its name without ending."""
    return tomllib.loads((files("skill.shops") / FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def seed_catalogue(unit: Unit) -> None:
    """Write the demo catalogue with full stock, replacing what an earlier seed wrote; others' stay."""
    revisions = dict(
        unit.session.exec(select(Seller.id, Seller.revision).where(col(Seller.id).in_(_seller_ids()))).all()
    )
    products = select(Product.id).where(col(Product.seller_id).in_(_seller_ids()))
    skus = select(Sku.id).where(col(Sku.product_id).in_(products))
    for model in (Stock, Price, SkuName):
        unit.session.execute(delete(model).where(col(model.sku_id).in_(skus)))
    for opinion in (Sku, ProductRating, WishCount, Review):
        unit.session.execute(delete(opinion).where(col(opinion.product_id).in_(products)))
    unit.session.execute(delete(Product).where(col(Product.seller_id).in_(_seller_ids())))
    unit.session.execute(delete(Need))
    unit.session.execute(delete(Seller).where(col(Seller.id).in_(_seller_ids())))
    for rows in (_sellers(revisions), _needs(), *_products(), _opinions()):
        unit.session.add_all(rows)
        unit.session.flush()


def _seller_ids() -> list[str]:
    return [seller["id"] for seller in data("shop")["seller"]]


def _sellers(revisions: Mapping[str, int]) -> list[SQLModel]:
    shop = data("shop")
    return [
        Seller(
            id=seller["id"],
            name=seller["name"],
            currency=shop["currency"],
            delivery_cents=shop["delivery"][seller["id"]]["charge_cents"],
            free_from_cents=shop["delivery"][seller["id"]]["free_from_cents"],
            delivery_days=shop["delivery"][seller["id"]]["days"],
            store_credit=seller["store_credit"],
            revision=revisions.get(seller["id"], 0) + 1,  # every process reads the catalogue anew
        )
        for seller in shop["seller"]
    ]


def _needs() -> list[SQLModel]:
    return [
        Need(
            slug=slug,
            language=language,
            name=need[in_language("name", language)],
            words=[need[in_language("one", language)], *need.get(in_language("synonyms", language), [])],
        )
        for slug, need in data("needs")["needs"].items()
        for language in LANGUAGES
    ]


def _products() -> tuple[list[SQLModel], list[SQLModel], list[SQLModel]]:
    tax = data("shop")["tax"]
    products: list[SQLModel] = []
    skus: list[SQLModel] = []
    details: list[SQLModel] = []
    for product in _product_tables():
        products.append(
            Product(
                id=product["id"],
                seller_id=product["seller"],
                brand=product["brand"],
                need=product["need"],
                tax_bp=tax[f"{product['tax']}_bp"],
                sponsored=product["id"] in data("opinions")["sponsored"],
            )
        )
        for sku in product["sku"]:
            skus.append(_sku(product, sku))
            details += _details(product, sku)
    return products, skus, details


def _opinions() -> list[SQLModel]:
    as_of, rows = data("opinions")["as_of"], list[SQLModel]()
    for opinion in data("opinions")["opinion"]:
        product, wishes = opinion["product"], opinion["wishes"]
        average, ratings = opinion["average"], opinion["ratings"]
        rows.append(
            ProductRating(product_id=product, average_hundredths=average, ratings=ratings, as_of=as_of)
        )
        rows.append(WishCount(product_id=product, wishes=wishes, as_of=as_of))
        rows += [
            _review(product, position, review, language)
            for position, review in enumerate(opinion.get("review", []))
            for language in LANGUAGES
        ]
    return rows


def _review(product: str, position: int, review: dict[str, Any], language: str) -> Review:
    return Review(
        product_id=product,
        language=language,
        position=position,
        stars=review["stars"],
        text=review[in_language("text", language)],
        written_on=review["written_on"],
    )


def _product_tables() -> list[dict[str, Any]]:
    folder = files("skill.shops") / FOLDER
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [product for name in names for product in data(name.removesuffix(".toml")).get("product", [])]


def _sku(product: dict[str, Any], sku: dict[str, Any]) -> Sku:
    return Sku(
        id=sku["sku"],
        product_id=product["id"],
        size=sku.get("size", ""),
        pack_size=sku["pack_size"],
        pack_unit=sku["pack_unit"],
        facts={
            "allergens": product.get("allergens", []),  # this shop declares them all: none means none
            **{name: product[name] for name in PRODUCT_FACTS if name in product},
            **{name: sku[name] for name in FACTS if name in sku},
        },
    )


def _details(product: dict[str, Any], sku: dict[str, Any]) -> list[SQLModel]:
    names: list[SQLModel] = [
        SkuName(
            sku_id=sku["sku"],
            language=language,
            name=sku[in_language("name", language)],
            product_name=product[in_language("name", language)],
            synonyms=product.get(in_language("synonyms", language), []),
        )
        for language in LANGUAGES
    ]
    price = Price(sku_id=sku["sku"], valid_from=LISTED_SINCE, price_cents=sku["price_cents"])
    return [*names, price, Stock(sku_id=sku["sku"], quantity=sku["stock"])]


def in_language(name: str, language: str) -> str:
    """The key of a text in the demo data: English has the plain name."""
    return name if language == "en" else f"{name}_{language}"


def product_values(language: str) -> dict[str, list[str]]:
    """The values of the PRODUCT slot type: needs and products, id -> name and synonyms."""
    values = {
        slug: [
            need[in_language("name", language)],
            need[in_language("one", language)],
            *need.get(in_language("synonyms", language), []),
        ]
        for slug, need in data("needs")["needs"].items()
    }
    for product in _product_tables():
        names = [product[in_language("name", language)]]
        values[product["id"]] = names + product.get(in_language("synonyms", language), [])
    return values


def brand_values() -> dict[str, list[str]]:
    """The values of the BRAND slot type, the same in every language: slug -> the brand's name."""
    brands = sorted({product["brand"] for product in _product_tables()})
    return {"-".join(words(brand)): [brand] for brand in brands}
