"""The catalogue as one process holds it: every SKU with its names, ready for matching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from sqlmodel import col, select

from skill.catalog.matching import ProductMatcher
from skill.catalog.models import Need, Price, Product, Seller, Sku, SkuName, Stock
from skill.catalog.spoken_names import words
from skill.storage.database import Unit

ANY_LANGUAGE = ""


@dataclass(frozen=True)
class SkuFacts:
    """A SKU as it is spoken of in one language. The price is not here: it is read when it matters."""

    sku_id: str
    product_id: str
    seller_id: str
    need: str
    name: str
    product_name: str
    size: str
    pack_size: int
    pack_unit: str
    tax_bp: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    brand: str = ""
    sponsored: bool = False


class CatalogIndex:
    """All SKUs in one language with the matcher over their names."""

    def __init__(
        self,
        skus: Mapping[str, SkuFacts],
        names: Sequence[tuple[str, str]],
        needs: Mapping[str, str],
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        self.skus = dict(skus)
        self._names = list(names)
        self._needs = dict(needs)
        self._spellings = dict(spellings or {})
        self.by_need: dict[str, list[str]] = {}
        self.by_product: dict[str, list[str]] = {}
        for sku in self.skus.values():
            self.by_need.setdefault(sku.need, []).append(sku.sku_id)
            self.by_product.setdefault(sku.product_id, []).append(sku.sku_id)

    @cached_property
    def matcher(self) -> ProductMatcher:
        """Built at first use: a turn that names no product does not pay for it."""
        return ProductMatcher(self._names)

    @cached_property
    def _names_of(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for sku_id, said in self._names:
            found.setdefault(sku_id, []).append(said)
        return found

    @cached_property
    def brands(self) -> list[str]:
        """Every brand, by name."""
        return sorted({sku.brand for sku in self.skus.values()} - {""})

    def names(self, sku_id: str) -> list[str]:
        """Everything a SKU is called: its name, its product's name and their synonyms."""
        return self._names_of.get(sku_id, [])

    def spelled(self, spoken: str) -> str:
        """The words as the catalogue spells the kind of thing they name ("Windeln"); else as they are."""
        return self._spellings.get(" ".join(words(spoken)), spoken)

    def need(self, spoken: str) -> str | None:
        """The slug of the need that these very words mean ("nappies" -> diapers), or None."""
        return self._needs.get(" ".join(words(spoken)))


class CatalogCache:
    """Indexes by language for one database; a bumped price or product count makes them anew."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._indexes: dict[str, tuple[object, CatalogIndex]] = {}

    def index(self, unit: Unit, language: str) -> CatalogIndex:
        """The index for `language`, loaded again when the catalogue changed since."""
        version = catalog_version(unit)
        with self._lock:
            held = self._indexes.get(language)
            if held is not None and held[0] == version:
                return held[1]
            made = load_index(unit, language)
            self._indexes[language] = (version, made)
            return made


def catalog_version(unit: Unit) -> object:
    """Changes whenever a seed or an import touched the catalogue: each bumps a seller's revision."""
    return tuple(unit.session.exec(select(Seller.id, Seller.revision).order_by(col(Seller.id))).all())


def load_index(unit: Unit, language: str) -> CatalogIndex:
    """Read the whole catalogue in the words of `language`."""
    names = _names(unit, language)
    skus = {
        sku.id: SkuFacts(
            sku_id=sku.id,
            product_id=product.id,
            seller_id=product.seller_id,
            need=product.need,
            name=names[sku.id].name if sku.id in names else sku.id,
            product_name=names[sku.id].product_name if sku.id in names else sku.id,
            size=sku.size,
            pack_size=sku.pack_size,
            pack_unit=sku.pack_unit,
            tax_bp=product.tax_bp,
            facts=sku.facts,
            brand=product.brand,
            sponsored=product.sponsored,
        )
        for sku, product in unit.session.exec(
            select(Sku, Product).where(col(Sku.product_id) == col(Product.id)).order_by(col(Sku.id))
        ).all()
    }
    spoken = [
        (sku_id, said)
        for sku_id, name in sorted(names.items())
        for said in dict.fromkeys([name.name, name.product_name, *name.synonyms])
        if said
    ]
    rows = _needs(unit, language)
    needs = {" ".join(words(said)): row.slug for row in rows for said in (row.name, *row.words)}
    return CatalogIndex(skus, spoken, needs, {" ".join(words(row.name)): row.name for row in rows})


def _names(unit: Unit, language: str) -> dict[str, SkuName]:
    rows = unit.session.exec(
        select(SkuName)
        .where(col(SkuName.language).in_([ANY_LANGUAGE, language]))
        .order_by(col(SkuName.language))
    ).all()
    return {row.sku_id: row for row in rows}  # a row of the language replaces one for any language


def _needs(unit: Unit, language: str) -> Sequence[Need]:
    return unit.session.exec(
        select(Need).where(col(Need.language) == language).order_by(col(Need.slug).desc())
    ).all()


def prices(unit: Unit, sku_ids: Sequence[str], at: datetime) -> dict[str, int]:
    """Today's price of each SKU in minor units; SKUs without a price are left out."""
    rows = unit.session.exec(
        select(Price)
        .where(col(Price.sku_id).in_(list(sku_ids)), col(Price.valid_from) <= at)
        .order_by(col(Price.valid_from))
    ).all()
    return {row.sku_id: row.price_cents for row in rows}


def sold_out(unit: Unit, sku_ids: Sequence[str]) -> set[str]:
    """Those of the SKUs of which the shop knows that it has none."""
    rows = unit.session.exec(
        select(Stock.sku_id).where(col(Stock.sku_id).in_(list(sku_ids)), col(Stock.quantity) <= 0)
    ).all()
    return set(rows)
