"""What a household always, or never, wants in the place of something that is out of stock."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from skill.catalog.index import SkuFacts
from skill.catalog.service import choose
from skill.conversation.declare import Slot, intent
from skill.conversation.turn import Reply, Turn
from skill.orders.service import Orders
from skill.orders.shortage_intents import named
from skill.orders.spoken_items import wanted
from skill.orders.substitutes import asks_always, may_replace
from skill.orders.substituting import ALWAYS, NEVER

PRODUCT, OTHER = Slot("product", "PRODUCT"), Slot("substitute", "PRODUCT")


@intent("SetSubstituteIntent", PRODUCT, OTHER, needs="order")
def set_substitute(turn: Turn, orders: Orders) -> Reply:
    """Keep what is to be taken when something is out of stock; no hard constraint is given up for it."""
    thing = named(turn, orders, "product")
    if thing is None or not turn.heard("substitute"):
        return Reply("SetSubstituteIntent.what")
    other = _other(turn, orders, thing)
    if other is None or other.product_id == thing.product_id:
        return Reply("SetSubstituteIntent.which", {"name": thing.product_name})
    values = {"name": thing.product_name, "other": other.product_name}
    if not any(may_replace(mine, its) for mine, its in _pairs(orders, turn, thing, other)):
        return Reply("SetSubstituteIntent.not_alike", values)
    orders.quotes.substituting.prefer(thing.product_id, ALWAYS, other.product_id, turn.at)
    return Reply("SetSubstituteIntent.kept", {**values, "asks": asks_always(thing, other)})


@intent("NeverSubstituteIntent", PRODUCT, needs="order")
def never_substitute(turn: Turn, orders: Orders) -> Reply:
    """Keep that nothing is to be offered in the place of something."""
    thing = named(turn, orders, "product")
    if thing is None:
        return Reply("NeverSubstituteIntent.what")
    orders.quotes.substituting.prefer(thing.product_id, NEVER, "", turn.at)
    return Reply("NeverSubstituteIntent.kept", {"name": thing.product_name})


@intent("ListSubstitutesIntent", needs="orders")
def list_substitutes(turn: Turn, orders: Orders) -> Reply:
    """Say what is kept."""
    kept = orders.quotes.substituting.preferences()
    if not kept:
        return Reply("ListSubstitutesIntent.none")
    told = [
        {
            "name": _called(orders, turn, one.product_id),
            "other": _called(orders, turn, one.other_product_id) if one.mode == ALWAYS else "",
        }
        for one in kept
    ]
    return Reply("ListSubstitutesIntent.told", {"kept": told})


@intent("ForgetSubstituteIntent", PRODUCT, needs="order")
def forget_substitute(turn: Turn, orders: Orders) -> Reply:
    """Forget what is kept for one thing: it is asked about again."""
    kept = [one.product_id for one in orders.quotes.substituting.preferences()]
    if not kept:
        return Reply("ListSubstitutesIntent.none")
    index = orders.catalog.index(turn.language)
    own = [sku for product in kept for sku in index.by_product.get(product, ())]
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("ForgetSubstituteIntent.what")
    found = orders.catalog.find(things[0].words, turn.language, own).skus
    thing = next((sku for sku in found if sku.product_id in kept), None)
    if thing is None:
        return Reply("ForgetSubstituteIntent.nothing", {"words": things[0].words})
    orders.quotes.substituting.forget(thing.product_id)
    return Reply("ForgetSubstituteIntent.forgotten", {"name": thing.product_name})


def _other(turn: Turn, orders: Orders, thing: SkuFacts) -> SkuFacts | None:
    """What is to take the place of `thing`: one of its kind ("the barista one"), else what the words name."""
    index = orders.catalog.index(turn.language)
    rivals = {
        sku.product_id: replace(sku, name=sku.product_name, size="")
        for sku in (index.skus[one] for one in index.by_need.get(thing.need, ()))
        if sku.product_id != thing.product_id
    }
    words = (turn.heard("substitute") or "").removesuffix(" one")
    same_kind = choose(words, list(rivals.values())) if thing.need and rivals else None
    if same_kind is not None:
        return index.skus[same_kind.sku_id]
    return named(turn, orders, "substitute")


def _pairs(
    orders: Orders, turn: Turn, thing: SkuFacts, other: SkuFacts
) -> Iterator[tuple[SkuFacts, SkuFacts]]:
    """Each pack or size of a product with each of another one."""
    index = orders.catalog.index(turn.language)
    mine, its = index.by_product[thing.product_id], index.by_product[other.product_id]
    return ((index.skus[one], index.skus[another]) for one, another in product(mine, its))


def _called(orders: Orders, turn: Turn, product_id: str) -> str:
    index = orders.catalog.index(turn.language)
    skus = index.by_product.get(product_id, ())
    return index.skus[skus[0]].product_name if skus else product_id
