"""Orders: the service behind the order and shopping-list intents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import product

from skill.catalog.service import Catalog
from skill.conversation.errors import SpokenError
from skill.orders.events import Subscriber
from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import ListItem, Order, Quote
from skill.orders.moving import Moves
from skill.orders.news import tell_late
from skill.orders.placing import Placing
from skill.orders.ports import Item, Progress, Shop, ShopUnavailable
from skill.orders.quotes import Quotes
from skill.orders.returns import Returns
from skill.orders.rules import QUOTE_LIFETIME, USUAL_ORDERS, merged, usual
from skill.orders.shop_events import ShopEvents
from skill.orders.shopping_list import ShoppingList
from skill.orders.substitutes import may_replace
from skill.orders.tracking import Tracking
from skill.storage.database import Unit
from skill.understanding.language import LANGUAGES


class Orders:
    """Everything a shopper does with orders, on one unit of work."""

    def __init__(
        self,
        unit: Unit,
        catalog: Catalog,
        shop: Shop,
        subscribers: Sequence[Subscriber] = (),
        card_link: Callable[[Quote], str] = lambda _quote: "",
    ) -> None:
        self.unit = unit
        self.card_link = card_link
        self.catalog = catalog
        self._shop = shop
        self.history = History(unit)
        self.lifecycle = Lifecycle(unit)
        self.quotes = Quotes(unit, catalog, shop, self.history, self.lifecycle)
        self.placing = Placing(unit, shop, self.quotes, self.history, self.lifecycle, subscribers)
        self.tracking = Tracking(unit, shop, self.history, self.lifecycle, subscribers)
        self.returns = Returns(unit, shop, self.history, self.lifecycle, subscribers)
        self.moves = Moves(unit, shop, self.history)
        self.list = ShoppingList(unit)
        self.shop_events = ShopEvents(
            unit,
            self.history,
            self.lifecycle,
            self.placing,
            self.tracking,
            self.returns,
            lambda order: self.cross_off([order], *LANGUAGES),
        )

    def usual(self) -> list[Item]:
        """The household's usual basket; empty when there is none yet."""
        baskets = (self._held(basket) for basket in self.history.baskets(USUAL_ORDERS))
        return usual([basket for basket in baskets if basket])

    def _held(self, basket: Sequence[Order]) -> list[Item]:
        return merged(item for order in basket for item in self.history.shown(order.id))

    def cross_off(self, orders: Sequence[Order], *languages: str) -> None:
        """Take off the list what was ordered from it and accepted by the shop; `languages` are of its words.

        What was added after the list was quoted stays; what took the place of something counts as that.
        """
        ids = [order.quote_id for order in orders if order.state == "accepted" and order.quote_id]
        quotes = [quote for quote in self.quotes.get([str(one) for one in ids]) if quote.source == "list"]
        bought = {item.sku_id for item in self.quotes.items(quotes)}
        if not bought:
            return
        own, quoted_at = self.history.own_skus(), max(quote.quoted_at for quote in quotes)
        named = {item.id: self._named(item, own, languages) for item in self.list.items()}
        others = bought.difference(*named.values())
        for item in self.list.items():
            of_it = bought & named[item.id] or self._replaced(named[item.id], others, languages[0])
            if item.added_at <= quoted_at and of_it:
                self.list.clear([item])

    def _named(self, item: ListItem, own: Sequence[str], languages: Sequence[str]) -> set[str]:
        """The SKUs that an entry of the list means."""
        found = [self.catalog.find(item.words, language, own).skus for language in languages]
        return {sku.sku_id for skus in found for sku in skus} | ({item.sku_id} if item.sku_id else set())

    def _replaced(self, skus: set[str], bought: set[str], language: str) -> bool:
        """Whether something bought, that the list does not name, can stand in for one of the SKUs."""
        known = self.catalog.index(language).skus
        pairs = product(skus & known.keys(), bought & known.keys())
        return any(may_replace(known[wanted], known[other]) for wanted, other in pairs)

    def settle(self, at: datetime, zone: str) -> int:
        """Find out what became of orders, cancellations and returns that were cut off; gives how many were.

        Orders of the last two minutes are left to the turn that is placing them.
        """
        settled = self.returns.settle(at)
        tell_late(self.unit, at, zone)
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
        return settled + self.shop_events.settle(at)

    def advance(self, at: datetime) -> int:
        """Ask the shop where orders and returns are and record each step; gives how many moved."""
        return self.follow(self.asked(at))

    def asked(self, at: datetime) -> Mapping[str, Progress]:
        """What the shop says of open orders and returns, by reference; nothing where it does not answer."""
        references = [
            *self.tracking.followed(),
            *(order.reference for _one, order in self.returns.followed()),
        ]
        if not references:
            return {}
        try:
            return self._shop.progress(list(dict.fromkeys(references)), at)
        except ShopUnavailable:
            return {}

    def follow(self, progress: Mapping[str, Progress]) -> int:
        """Record each step of orders and returns that the shop told of; gives how many moved."""
        return len(self.tracking.advance(progress)) + self.returns.advance(progress)

    def last_items(self) -> list[Item]:
        """What the last order held, from all its sellers, without gifts; the one before if that is none.

        Raises SpokenError when there never was one.
        """
        for basket in self.history.baskets(USUAL_ORDERS):
            if items := self._held(basket):
                return items
        raise SpokenError("Error.no_orders")
