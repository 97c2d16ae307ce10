"""Tables of the catalogue: reference tables, the same for every household."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, false
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime


class Seller(SQLModel, table=True):
    """Who sells: the seller of record named before each purchase. `currency` is an ISO 4217 code;
    `code_from_cents` is the total from which a voice code is asked of members who have set one;
    `offer_from_percent` is how sure a need must be to be offered unasked (docs/replenishment.md);
    `return_days` is how long after its arrival something can be sent back, and `store_credit` says that a
    refund can be had as credit too; `revision` is bumped by every seed and import of its products."""

    __tablename__ = "seller"

    id: str = Field(primary_key=True, max_length=60)
    name: str = Field(max_length=80)
    currency: str = Field(max_length=3)
    delivery_cents: int = 0
    free_from_cents: int = 0
    delivery_days: int = 2
    cancel_minutes: int = 30
    code_from_cents: int = Field(default=10_000, sa_column_kwargs={"server_default": "10000"})
    offer_from_percent: int = Field(default=45, sa_column_kwargs={"server_default": "45"})
    return_days: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    store_credit: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    revision: int = 1


class Need(SQLModel, table=True):
    """A kind of thing ("diapers") in one language, with the words people use for it."""

    __tablename__ = "need"

    slug: str = Field(primary_key=True, max_length=60)
    language: str = Field(primary_key=True, max_length=5)
    name: str = Field(max_length=80)
    words: list[str] = Field(sa_column=Column(JSON, nullable=False))


class Product(SQLModel, table=True):
    """A product of a brand; its SKUs differ by size or pack. `tax_bp` is in basis points (825 = 8.25 %).

    `sponsored` says that its brand pays for its place, which is said aloud and never ranks anything.
    """

    __tablename__ = "product"

    id: str = Field(primary_key=True, max_length=80)
    seller_id: str = Field(foreign_key="seller.id", max_length=60, index=True)
    brand: str = Field(default="", max_length=80)
    need: str = Field(default="", max_length=60, index=True)
    tax_bp: int = 0
    sponsored: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Sku(SQLModel, table=True):
    """What is ordered. `facts` holds what only some SKUs have: weight band (g), mixing data; `allergens`
    (absent where the merchant declares none), `free_from` what it promises to be without ("lactose"), and
    `kind` what nothing of another kind can stand in for ("soy" formula). The stage of formula is its size."""

    __tablename__ = "sku"

    id: str = Field(primary_key=True, max_length=80)
    product_id: str = Field(foreign_key="product.id", max_length=80, index=True)
    size: str = Field(default="", max_length=20)
    pack_size: int = 1
    pack_unit: str = Field(default="count", max_length=10)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class SkuName(SQLModel, table=True):
    """What a SKU is called in one language; `language` "" serves every language without a row."""

    __tablename__ = "sku_name"

    sku_id: str = Field(primary_key=True, foreign_key="sku.id", max_length=80)
    language: str = Field(primary_key=True, max_length=5)
    name: str = Field(max_length=200)
    product_name: str = Field(default="", max_length=200)
    synonyms: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Price(SQLModel, table=True):
    """The price of a SKU from an instant on, in minor units, tax not included unless the product has none."""

    __tablename__ = "price"

    sku_id: str = Field(primary_key=True, foreign_key="sku.id", max_length=80)
    valid_from: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    price_cents: int


class Stock(SQLModel, table=True):
    """How many of a SKU the shop has; a SKU without a row is not tracked and always available.

    `counted_at` is when the merchant's shop counted them, where it told.
    """

    __tablename__ = "stock"

    sku_id: str = Field(primary_key=True, foreign_key="sku.id", max_length=80)
    quantity: int
    counted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class ProductRating(SQLModel, table=True):
    """How a product was rated: the mean in hundredths of a star (1 to 5), of how many ratings, and when."""

    __tablename__ = "product_rating"

    product_id: str = Field(primary_key=True, foreign_key="product.id", max_length=80)
    average_hundredths: int
    ratings: int
    as_of: date


class WishCount(SQLModel, table=True):
    """On how many wish lists of the shop's customers a product stood, counted when."""

    __tablename__ = "wish_count"

    product_id: str = Field(primary_key=True, foreign_key="product.id", max_length=80)
    wishes: int
    as_of: date


class Review(SQLModel, table=True):
    """What one buyer wrote about a product in a language, with 1 to 5 stars."""

    __tablename__ = "review"

    product_id: str = Field(primary_key=True, foreign_key="product.id", max_length=80)
    language: str = Field(primary_key=True, max_length=5)
    position: int = Field(primary_key=True)
    stars: int
    text: str = Field(max_length=400)
    written_on: date
