"""What a shopper can ask of a kind of thing: what there is of it, within a size, a budget or a brand."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from skill.catalog import discovery
from skill.catalog.discovery import Wishes, amount_cents, brand_named, read_wishes
from skill.catalog.index import SkuFacts
from skill.catalog.packs import saving_percent
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.orders.replies import items_of, quote_reply, shopper
from skill.orders.service import Orders
from skill.orders.shelf import Shelf, shelf, skus_named, spoken
from skill.orders.spoken_items import LONGEST_WORDS, Wanted, as_json
from skill.understanding.words import phrase

DISCOVERED = "orders.discovered"
BROWSE = "BrowseProductsIntent"
INDIFFERENT: Mapping[str, frozenset[str]] = {
    "en": frozenset(("any", "anything", "whatever", "whichever", "matter", "care", "mind", "all")),
    "de": frozenset(("egal", "irgendeine", "irgendwelche", "beliebig", "alle", "wurst")),
}
"""Words of an answer that leaves it open which."""
SPOKEN_SIZES = 8
SPOKEN_BRANDS = 4


@intent(
    "BrowseProductsIntent",
    Slot("product", "PRODUCT", elicited=True),
    Slot("size", "SIZE", elicited=True),
    Slot("brand", "BRAND", elicited=True),
    Slot("budget", "AMAZON.NUMBER", elicited=True),
    Slot("cents", "AMAZON.NUMBER"),
    Slot("currency", "CURRENCY"),
    Slot("cheap", "CHEAP"),
)
def browse_products(turn: Turn, orders: Orders) -> Reply:
    """Name one or two things of a kind, own purchases first; where many fit, one question narrows them."""
    asked = _asked(turn)
    wishes = _wishes(turn, orders, asked)
    if not wishes.words:
        return Reply("BrowseProductsIntent.what", elicit="BrowseProductsIntent.product")
    skus = skus_named(orders, wishes.words, turn.language)
    if not skus:
        raise SpokenError("FindProductIntent.not_sold", {"words": wishes.words})
    found = shelf(orders, skus, wishes, turn.at)
    if wishes.currency and found.currency and wishes.currency != found.currency:
        return _in_our_money(turn, wishes, found)
    if not found.fits:
        return _nothing_fits(turn, orders, wishes, found)
    if may_be_offered(turn) and not asked and _too_many(wishes, found):
        return _narrowed(turn, orders, wishes, found)
    return _named(turn, orders, wishes, found)


def may_be_offered(turn: Turn) -> bool:
    """Whether anything may be offered: to whoever can order it, so never to a child or in child mode."""
    return "order" in turn.caller.permissions


def offer(sku: SkuFacts, orders: Orders) -> Confirm:
    """The question whether to order a SKU; its yes leads to an ordinary quote with a question of its own."""
    quantity = orders.history.last_quantity(sku.sku_id) or 1
    return Confirm(DISCOVERED, {"items": [[sku.sku_id, quantity]]}, "order")


@on_yes(DISCOVERED)
def order_discovered(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote what was named; it still needs its own yes."""
    made = orders.quotes.make(shopper(turn), items_of(payload), "item")
    return quote_reply(orders, made, "OrderItemIntent.quoted")


@on_no(DISCOVERED)
def not_discovered(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered."""
    return Reply("NoIntent.order_dropped")


def _asked(turn: Turn) -> Mapping[str, Any]:
    """What a question of ours asked about before; empty when this is a question of the shopper's own.

    The dialog carries the thing along with the answer; another thing begins anew.
    """
    state = (turn.session.choice or {}).get("browse")
    own = turn.session.elicit is not None and turn.session.elicit[0] == BROWSE
    if not own or not isinstance(state, Mapping):
        return {}
    return state if turn.heard("product") in (None, state.get("said")) else {}


def _wishes(turn: Turn, orders: Orders, asked: Mapping[str, Any]) -> Wishes:
    """What was said in this turn, over what an earlier turn said that it answers."""
    index, said = orders.catalog.index(turn.language), (turn.heard("product") or "")[:LONGEST_WORDS]
    before = Wishes(**{name: asked[name] for name in asdict(Wishes()) if name in asked})
    wishes = read_wishes(said, index, turn.language) if said and not asked else before
    size, brand, budget = turn.slots.get("size"), turn.heard("brand"), turn.heard("budget")
    if size is not None and size.value.strip() and not _all_the_same(size.value, turn.language):
        wishes = replace(wishes, size=size.id or size.value)
    if brand and not _all_the_same(brand, turn.language):
        wishes = replace(wishes, brand=brand_named(brand, index) or brand)
    if budget:
        currency = turn.slots.get("currency")
        named = (currency.id or "") if currency is not None and currency.value.strip() else ""
        wishes = replace(wishes, most_hundredths=amount_cents(budget, turn.heard("cents")), currency=named)
    return replace(wishes, cheap=True) if turn.heard("cheap") else wishes


def _all_the_same(answer: str, language: str) -> bool:
    """ "It doesn't matter" is an answer to which size or brand."""
    return bool(INDIFFERENT.get(language, INDIFFERENT["en"]) & set(phrase(answer, language)))


def _too_many(wishes: Wishes, found: Shelf) -> bool:
    bought = any(sku.sku_id in found.own for sku in found.fits)
    return len(found.fits) > discovery.MOST_CHOICES and not bought and not wishes.cheap


def _kept(turn: Turn, wishes: Wishes) -> dict[str, object]:
    return {"browse": {**asdict(wishes), "said": turn.heard("product")}}


def _in_our_money(turn: Turn, wishes: Wishes, found: Shelf) -> Reply:
    """Another currency is not guessed at: what may it cost in ours?"""
    kept = replace(wishes, most_hundredths=None, currency="")
    return Reply(
        "BrowseProductsIntent.other_currency",
        {"currency": found.currency},
        elicit="BrowseProductsIntent.budget",
        choice=_kept(turn, kept),
    )


def _nothing_fits(turn: Turn, orders: Orders, wishes: Wishes, found: Shelf) -> Reply:
    """Say so, and the cheapest of what comes nearest: over the budget, of another brand, or of the kind."""
    if not found.kind:
        raise SpokenError("BrowseProductsIntent.sold_out", {"words": _spelled(turn, orders, wishes)})
    looser = {
        "budget": replace(wishes, most_hundredths=None),
        "brand": replace(wishes, most_hundredths=None, brand=""),
        "size": Wishes(),
    }
    reason, near = next(
        (reason, near)
        for reason, less in looser.items()
        if (near := discovery.fitting(found.kind, less, found.cents, found.currency))
    )
    nearest = min(near, key=lambda sku: (found.cents[sku.sku_id], sku.sku_id))
    values = {
        "words": _spelled(turn, orders, wishes),
        "reason": reason,
        "brand": wishes.brand,
        "most": Money(wishes.most_cents(found.currency) or 0, found.currency),
        "nearest": spoken(orders, nearest, found.cents[nearest.sku_id]),
    }
    return Reply("BrowseProductsIntent.nothing_fits", values)


def _narrowed(turn: Turn, orders: Orders, wishes: Wishes, found: Shelf) -> Reply:
    words, kept = _spelled(turn, orders, wishes), _kept(turn, wishes)
    dimension = discovery.question(found.fits, wishes)
    if dimension == "size":
        sizes = list(dict.fromkeys(sku.size for sku in sorted(found.fits, key=_by_size)))
        return Reply(
            "BrowseProductsIntent.which_size",
            {"words": words, "sizes": sizes[:SPOKEN_SIZES]},
            elicit="BrowseProductsIntent.size",
            choice=kept,
        )
    if dimension == "brand":
        brands = list(dict.fromkeys(sku.brand for sku in found.fits))
        return Reply(
            "BrowseProductsIntent.which_brand",
            {"words": words, "brands": brands[:SPOKEN_BRANDS]},
            elicit="BrowseProductsIntent.brand",
            choice=kept,
        )
    cents = sorted(found.cents[sku.sku_id] for sku in found.fits)
    return Reply(
        "BrowseProductsIntent.how_much",
        {
            "words": words,
            "count": len(cents),
            "least": Money(cents[0], found.currency),
            "most": Money(cents[-1], found.currency),
        },
        elicit="BrowseProductsIntent.budget",
        choice=kept,
    )


def _by_size(sku: SkuFacts) -> tuple[bool, int, str]:
    """Newborn first, then the numbers in their order, then words."""
    return sku.size != "newborn", int(sku.size) if sku.size.isdecimal() else 0, sku.size


def _named(turn: Turn, orders: Orders, wishes: Wishes, found: Shelf) -> Reply:
    """One or two things with their prices, and the question whether to order the first."""
    chosen = discovery.choices(found.fits, found.cents)
    options = [spoken(orders, sku, found.cents[sku.sku_id], found.own) for sku in chosen]
    if not may_be_offered(turn):  # what was asked is told; nothing is sold
        told = "FindProductIntent.found" if len(options) == 1 else "FindProductIntent.several"
        return Reply(told, {"options": options})
    if len(chosen) == 1:
        return Reply(
            "BrowseProductsIntent.one",
            {"options": options},
            confirm=offer(chosen[0], orders),
            choice={"options": [chosen[0].sku_id]},
        )
    values = {
        "options": options,
        "same": chosen[0].product_id == chosen[1].product_id,
        "saves": saving_percent(chosen[0], chosen[1], found.cents),
    }
    return Reply(
        "BrowseProductsIntent.two",
        values,
        confirm=offer(chosen[0], orders),
        elicit="OrderItemIntent.product",
        choice={
            "options": [sku.sku_id for sku in chosen],
            "asked": as_json([Wanted(wishes.words)]),
            "source": "item",
            "heard": {name: slot.value for name, slot in turn.slots.items()},
        },
    )


def _spelled(turn: Turn, orders: Orders, wishes: Wishes) -> str:
    return orders.catalog.spelled(wishes.words, turn.language)
