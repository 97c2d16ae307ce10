"""A household at the demo shop for the order tests, with a clock that stands still until it is moved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from skill.bootstrap import OFFLINE_USER, App, seed
from skill.conversation.session import from_attributes
from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.identity import Speaker
from skill.orders.guards import Held
from skill.orders.models import Order
from skill.orders.placing import Changed
from skill.orders.ports import Item, Shop
from skill.orders.quotes import Duplicate, Quoted, Shopper
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MILK = "OM-ORI-OAT-MIL-64FL"
DIAPERS = "SL-DIA-2-74"


class Home:
    """The demo household on a database of its own."""

    def __init__(self, database: Database, shop: Shop | None = None) -> None:
        self.now = NOW
        self.app = App(Settings(env="development"), database, lambda: self.now, shop=shop)
        self.database = database
        seed(self.app)
        self.household_id = new_id()
        self.app.seed_household(self.household_id, OFFLINE_USER, NOW)
        self.caller: Caller = self.app.caller(Speaker(user_id=OFFLINE_USER), NOW)
        self._requests = 0

    @property
    def shopper(self) -> Shopper:
        """Anna, now."""
        return Shopper(self.now, "en", self.caller.zone, self.caller.member_id)

    def wait(self, **span: float) -> None:
        """Move the clock."""
        self.now += timedelta(**span)

    def turn(
        self,
        intent: str,
        after: Answer | None = None,
        slots: Mapping[str, str] | None = None,
        *,
        request_id: str | None = None,
        caller: Caller | None = None,
    ) -> Turn:
        """A turn as the Alexa face makes it; `after` is the answer whose session goes on."""
        self._requests += 1
        return Turn(
            request_id=request_id or f"request-{self._requests}",
            kind="intent",
            intent=intent,
            locale="en-US",
            at=self.now,
            caller=caller or self.caller,
            slots={name: Heard(value) for name, value in (slots or {}).items()},
            session=from_attributes(after.session if after else None),
            device_id="speaker",
        )

    def say(self, intent: str, after: Answer | None = None, **slots: str) -> Answer:
        """Answer one turn."""
        return self.app.answer(self.turn(intent, after, slots))

    def quote(self, *items: Item, deliberate: bool = False) -> list[str]:
        """Quote items; gives the quotes' ids."""
        with self.database.unit(self.household_id) as unit:
            made = self.app.orders(unit).quotes.make(self.shopper, items, "item", deliberate=deliberate)
            assert isinstance(made, Quoted)
            return [str(quote.id) for quote in made.quotes]

    def outcome(self, quote_ids: Sequence[str]) -> list[Order] | Changed | Duplicate | Held:
        """What a "yes" to quotes leads to."""
        with self.database.unit(self.household_id) as unit:
            return self.app.orders(unit).placing.place(self.shopper, quote_ids, str(new_id()))

    def place(self, quote_ids: Sequence[str]) -> list[Order]:
        """Place quotes as a "yes" would."""
        placed = self.outcome(quote_ids)
        assert isinstance(placed, list)
        return placed

    def bags(self) -> str:
        """A SKU of the second seller."""
        with self.database.reading(None) as unit:
            skus = self.app.catalog(unit).index("en").skus.values()
            return next(sku.sku_id for sku in skus if sku.seller_id == "green-pantry")

    def orders(self) -> list[Order]:
        """Every order since the demo history, newest first."""
        with self.database.reading(self.household_id) as unit:
            states = (
                "placing",
                "unknown",
                "accepted",
                "packed",
                "shipped",
                "delivered",
                "cancelled",
                "refused",
            )
            found = self.app.orders(unit).history.recent(1000, (*states, "cancel_requested"))
            return [order for order in found if order.origin != "import"]

    def stock(self, sku_id: str) -> int:
        """How many the shop has."""
        offer = DemoShop(self.database).offer("corner-shop", [Item(sku_id, 1)], self.now, self.caller.zone)
        return next(line.available or 0 for line in (*offer.lines, *offer.short))


def another_home(home: Home) -> UUID:
    """A second demo household at the same shop."""
    household_id = new_id()
    home.app.seed_household(household_id, "amzn1.ask.account.other", home.now)
    return household_id
