"""The shelf that a category question is about: what the shop has of a kind, own purchases first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from skill.catalog import discovery
from skill.catalog.discovery import Wishes
from skill.catalog.index import SkuFacts, prices, sold_out
from skill.catalog.models import Seller
from skill.catalog.opinions import ratings_of, scores
from skill.conversation.wording import Money
from skill.orders.service import Orders


@dataclass(frozen=True)
class Shelf:
    """`kind` is everything of the kind that can be had, `fits` what of it is all that was asked for, ranked.

    `own` are the SKUs that this household bought; `cents` today's prices in minor units of `currency`.
    """

    kind: Sequence[SkuFacts]
    fits: Sequence[SkuFacts]
    own: frozenset[str]
    cents: Mapping[str, int]
    currency: str


def skus_named(orders: Orders, words: str, language: str) -> list[SkuFacts]:
    """Everything of the kind that `words` name; of other words what the matcher finds, or nothing."""
    index = orders.catalog.index(language)
    need = index.need(words)
    if need is not None:
        return [index.skus[sku] for sku in index.by_need.get(need, [])]
    return list(orders.catalog.find(words, language, own_skus(orders)).skus)


def shelf(orders: Orders, skus: Sequence[SkuFacts], wishes: Wishes, at: datetime) -> Shelf:
    """What can be had of `skus` today and fits `wishes`, ranked as discovery.ranked does."""
    ids = [sku.sku_id for sku in skus]
    cents, gone = prices(orders.unit, ids, at), sold_out(orders.unit, ids)
    kind = [sku for sku in skus if sku.sku_id in cents and sku.sku_id not in gone]
    own = own_skus(orders)
    liked = scores(ratings_of(orders.unit, {sku.product_id for sku in kind}))
    money = currency(orders, kind or skus)
    fits = discovery.fitting(kind, wishes, cents, money)
    ranked = discovery.ranked(fits, own, cents, liked, cheap=wishes.cheap)
    return Shelf(kind, ranked, frozenset(own), cents, money)


def own_skus(orders: Orders) -> list[str]:
    """What this household bought, most recent first; nothing for a caller without one."""
    return orders.history.own_skus() if orders.unit.household_id is not None else []


def currency(orders: Orders, skus: Sequence[SkuFacts]) -> str:
    """The currency in which the seller of the first of `skus` sells; "" for none."""
    seller = orders.unit.session.get(Seller, skus[0].seller_id) if skus else None
    return seller.currency if seller else ""


def spoken(orders: Orders, sku: SkuFacts, cents: int, own: frozenset[str] = frozenset()) -> dict[str, object]:
    """What a prompt says of a SKU: name, product, part (what tells it from its siblings), price, seller,
    sponsored, and own (bought by this household before)."""
    seller = orders.unit.session.get(Seller, sku.seller_id)
    part = sku.name.removeprefix(sku.product_name).strip(" ,")
    return {
        "name": sku.name,
        "product": sku.product_name,
        "part": part or sku.name,
        "unit": sku.pack_unit,
        "pack": sku.pack_size,
        "price": Money(cents, seller.currency if seller else ""),
        "seller": seller.name if seller else "",
        "sponsored": sku.sponsored,
        "own": sku.sku_id in own,
    }
