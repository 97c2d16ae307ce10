"""Orders: the service behind the order and shopping-list intents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from skill.catalog.index import SkuFacts
from skill.catalog.service import Catalog, choose, of_size
from skill.conversation.errors import SpokenError
from skill.orders.events import Subscriber
from skill.orders.history import History
from skill.orders.models import Order
from skill.orders.placing import Placing
from skill.orders.ports import Item, Shop
from skill.orders.quotes import Quotes, Shopper
from skill.orders.rules import QUOTE_LIFETIME, USUAL_ORDERS, merged, usual
from skill.orders.shopping_list import ShoppingList
from skill.orders.spoken_items import Wanted, as_json, from_mapping
from skill.orders.tracking import Tracking
from skill.storage.database import Unit
from skill.understanding.language import LANGUAGES

_FIRST = {"en": {"first", "former"}, "de": {"erste", "ersten", "erstes"}}
_SECOND = {"en": {"second", "latter", "last"}, "de": {"zweite", "zweiten", "zweites", "letzte"}}


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


class Orders:
    """Everything a shopper does with orders, on one unit of work."""

    def __init__(
        self, unit: Unit, catalog: Catalog, shop: Shop, subscribers: Sequence[Subscriber] = ()
    ) -> None:
        self.unit = unit
        self.catalog = catalog
        self.history = History(unit)
        self.quotes = Quotes(unit, catalog, shop, self.history)
        self.placing = Placing(unit, shop, self.quotes, self.history, subscribers)
        self.tracking = Tracking(unit, shop, self.history, subscribers)
        self.list = ShoppingList(unit)

    def usual(self) -> list[Item]:
        """The household's usual basket; empty when there is none yet."""
        return usual([self._held(basket) for basket in self.history.baskets(USUAL_ORDERS)])

    def _held(self, basket: Sequence[Order]) -> list[Item]:
        return merged(item for order in basket for item in self.history.items(order.id))

    def resolve(
        self,
        shopper: Shopper,
        wanted: Sequence[Wanted],
        done: Sequence[Item] = (),
        unknown: Sequence[str] = (),
    ) -> Resolved | Question:
        """Find each thing in the catalogue, own purchases first; stop at the first that is ambiguous."""
        own = self.history.own_skus()
        items, missing = list(done), list(unknown)
        for position, one in enumerate(wanted):
            found = self.catalog.find(one.words, shopper.language, own)
            if found.decision == "act":
                items.append(self._item(found.skus[0], one.quantity))
            elif found.decision == "decline":
                missing.append(one.words)
            else:
                state = _state(found.skus, one, wanted[position + 1 :], items, missing)
                return Question(one.words, found.skus, found.is_size_question, state)
        return Resolved(items, missing)

    def choose(
        self, shopper: Shopper, answer: str, state: Mapping[str, object]
    ) -> Resolved | Question | None:
        """Continue a Question with the shopper's answer; None when the answer is none of the options."""
        options = [
            sku
            for sku_id in _strings(state.get("options"))
            if (sku := self.catalog.sku(sku_id, shopper.language)) is not None
        ]
        chosen = _by_position(answer, options, shopper.language) or choose(answer, options)
        asked = from_mapping(state, "asked")
        if chosen is None:
            return _between_packs(answer, options, asked, state)
        quantity = asked[0].quantity if asked else None
        done = [*_items(state.get("done")), self._item(chosen, quantity)]
        return self.resolve(shopper, from_mapping(state, "rest"), done, _strings(state.get("unknown")))

    def _item(self, sku: SkuFacts, quantity: int | None) -> Item:
        return Item(sku.sku_id, quantity or self.history.last_quantity(sku.sku_id) or 1)

    def cross_off(self, orders: Sequence[Order], *languages: str) -> None:
        """Take off the list what was ordered from it and accepted by the shop; `languages` are of its words.

        What was added after the list was quoted stays.
        """
        ids = [order.quote_id for order in orders if order.state == "accepted" and order.quote_id]
        quotes = [
            quote for quote in self.quotes.get([str(quote_id) for quote_id in ids]) if quote.source == "list"
        ]
        bought = {item.sku_id for item in self.quotes.items(quotes)}
        if not bought:
            return
        own, quoted_at = self.history.own_skus(), max(quote.quoted_at for quote in quotes)
        for item in self.list.items():
            found = [self.catalog.find(item.words, language, own).skus for language in languages]
            named = {sku.sku_id for skus in found for sku in skus}
            if item.added_at <= quoted_at and bought & (named | {item.sku_id}):
                self.list.clear([item])

    def settle(self, at: datetime, zone: str) -> int:
        """Find out what became of orders and cancellations that were cut off; gives how many were settled.

        Orders of the last two minutes are left to the turn that is placing them.
        """
        settled = 0
        for order in self.history.recent(1000, ("placing", "unknown", "cancel_requested")):
            if at - order.placed_at < QUOTE_LIFETIME:
                continue
            before = order.state
            if before == "cancel_requested":
                self.tracking.finish_cancelling(order, at)
            else:
                self.placing.find_out(order, at, zone)
            settled += order.state != before
            if order.state != before:
                self.cross_off([order], *LANGUAGES)  # nobody knows any more in which one the list was ordered
        return settled

    def last_items(self) -> list[Item]:
        """What the last order held, from all its sellers; raises SpokenError when there never was one."""
        baskets = self.history.baskets(1)
        if not baskets:
            raise SpokenError("Error.no_orders")
        return self._held(baskets[0])


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
    answer: str, options: Sequence[SkuFacts], asked: Sequence[Wanted], state: Mapping[str, object]
) -> Question | None:
    """After "size 2": which of the packs of that size; None when the answer names no size on offer."""
    packs = of_size(answer, options)[:2]
    if len(packs) < 2 or len(packs) == len(options):
        return None
    words = asked[0].words if asked else answer
    return Question(words, packs, by_size=False, state={**state, "options": [sku.sku_id for sku in packs]})


def _by_position(answer: str, options: Sequence[SkuFacts], language: str) -> SkuFacts | None:
    heard = set(answer.casefold().split())
    if options and heard & _FIRST.get(language, set()):
        return options[0]
    if len(options) == 2 and heard & _SECOND.get(language, set()):
        return options[1]
    return None


def _strings(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _items(values: object) -> list[Item]:
    found = []
    for value in values if isinstance(values, list) else ():
        match value:
            case [str(sku_id), int(quantity)]:
                found.append(Item(sku_id, quantity))
    return found
