"""Finds the things that were asked for in the catalogue; continues when one had to be asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skill.catalog.index import SkuFacts
from skill.catalog.service import Found, of_size
from skill.orders.choosing import chosen
from skill.orders.ports import Item
from skill.orders.quotes import Shopper
from skill.orders.service import Orders
from skill.orders.spoken_items import Wanted, as_json, from_mapping

PIECES = ("count", "roll", "sheet", "load")
"""Units of a pack whose pieces a shopper may count."""
SMALLEST_COUNT = 6
"""Pieces from which on a number is taken as pieces and not as packs: "a dozen eggs" is one carton."""


@dataclass(frozen=True)
class Resolved:
    """The things asked for, each found: items to quote, and words that name nothing sold."""

    items: Sequence[Item]
    unknown: Sequence[str]


@dataclass(frozen=True)
class Question:
    """One thing is ambiguous: what to choose between, and what the answer continues with (JSON)."""

    words: str
    options: Sequence[SkuFacts]
    by_size: bool
    state: Mapping[str, object]


def resolve(
    orders: Orders,
    shopper: Shopper,
    wanted: Sequence[Wanted],
    done: Sequence[Item] = (),
    unknown: Sequence[str] = (),
) -> Resolved | Question:
    """Find each thing in the catalogue, own purchases first; stop at the first that is ambiguous."""
    own = orders.history.own_skus()
    items, missing = list(done), list(unknown)
    for position, one in enumerate(wanted):
        found = orders.catalog.find(one.words, shopper.language, own, one.pack)
        if found.decision == "act":
            items.append(_item(orders, found.skus[0], one))
        elif found.decision == "decline":
            missing.append(one.words)
        else:
            state = _state(found.skus, one, wanted[position + 1 :], items, missing)
            return Question(one.words, found.skus, found.is_size_question, state)
    return Resolved(items, missing)


def from_found(orders: Orders, found: Found, one: Wanted) -> Resolved | Question:
    """The one thing that the catalogue was asked for, as `resolve` gives it."""
    if found.decision == "act":
        return Resolved([_item(orders, found.skus[0], one)], [])
    if found.decision == "decline":
        return Resolved([], [one.words])
    return Question(one.words, found.skus, found.is_size_question, _state(found.skus, one, [], [], []))


def choose(
    orders: Orders, shopper: Shopper, answer: Wanted, state: Mapping[str, object]
) -> Resolved | Question | None:
    """Continue a Question with the shopper's answer; None when the answer is none of the options.

    A quantity said now wins over the one asked for at first.
    """
    options = options_of(orders, shopper.language, state)
    picked = chosen(answer.words, options, shopper.language, lambda sku: _cents(orders, sku, shopper))
    asked = from_mapping(state, "asked")
    if not picked:
        return _between_packs(answer, options, asked, state)
    one = answer if answer.quantity or not asked else asked[0]
    done = [*_items(state.get("done")), *(_item(orders, sku, one) for sku in picked)]
    return resolve(orders, shopper, from_mapping(state, "rest"), done, _strings(state.get("unknown")))


def ask_again(
    orders: Orders, language: str, state: Mapping[str, object], quantity: int | None
) -> Question | None:
    """The same Question once more, with a quantity said meanwhile; None when it was repeated before."""
    options = options_of(orders, language, state)
    if state.get("again") or len(options) < 2:
        return None
    asked = [replace(one, quantity=quantity or one.quantity) for one in from_mapping(state, "asked")]
    by_size = len({sku.product_id for sku in options}) == 1 and len({sku.size for sku in options}) > 1
    words = asked[0].words if asked else ""
    return Question(words, options, by_size, {**state, "asked": as_json(asked), "again": True})


def options_of(orders: Orders, language: str, state: Mapping[str, object]) -> list[SkuFacts]:
    """What a Question offered, as far as it is still sold."""
    found = (orders.catalog.sku(sku_id, language) for sku_id in _strings(state.get("options")))
    return [sku for sku in found if sku is not None]


def packs(sku: SkuFacts, quantity: int, *, in_packs: bool = False) -> int:
    """How many packs `quantity` means: twelve eggs are one carton of a dozen, two diapers are two packs.

    `in_packs` tells that packs were counted: twelve packs are twelve, whatever they hold.
    """
    pieces = sku.pack_unit in PIECES and sku.pack_size >= SMALLEST_COUNT and not in_packs
    return quantity // sku.pack_size if pieces and quantity and quantity % sku.pack_size == 0 else quantity


def _item(orders: Orders, sku: SkuFacts, one: Wanted) -> Item:
    if one.quantity is None:
        return Item(sku.sku_id, orders.history.last_quantity(sku.sku_id) or 1)
    return Item(sku.sku_id, packs(sku, one.quantity, in_packs=one.in_packs))


def _cents(orders: Orders, sku: SkuFacts, shopper: Shopper) -> int | None:
    tag = orders.catalog.price(sku, shopper.at)
    return tag.price.amount_cents if tag else None


def _state(
    options: Sequence[SkuFacts],
    asked: Wanted,
    rest: Sequence[Wanted],
    done: Sequence[Item],
    unknown: Sequence[str],
) -> dict[str, object]:
    return {
        "options": [sku.sku_id for sku in options],
        "asked": as_json([asked]),
        "rest": as_json(rest),
        "done": [[item.sku_id, item.quantity] for item in done],
        "unknown": list(unknown),
    }


def _between_packs(
    answer: Wanted, options: Sequence[SkuFacts], asked: Sequence[Wanted], state: Mapping[str, object]
) -> Question | None:
    """After "size 2": which of the packs of that size; None when the answer names no size on offer."""
    found = of_size(answer.words, options)[:2]
    if len(found) < 2 or len(found) == len(options):
        return None
    kept = [replace(one, quantity=answer.quantity or one.quantity) for one in asked]
    words = asked[0].words if asked else answer.words
    narrowed = {**state, "options": [sku.sku_id for sku in found], "asked": as_json(kept)}
    return Question(words, found, by_size=False, state=narrowed)


def _strings(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _items(values: object) -> list[Item]:
    found = []
    for value in values if isinstance(values, list) else ():
        match value:
            case [str(sku_id), int(quantity)]:
                found.append(Item(sku_id, quantity))
    return found
