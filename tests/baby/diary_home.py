"""A home to speak in, and a small shop that answers, for the diary's tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from skill.baby import intents
from skill.baby.models import DiaryEntry
from skill.baby.service import Diary
from skill.catalog.index import CatalogCache
from skill.catalog.models import Product, Seller, Sku, SkuName
from skill.catalog.service import Catalog
from skill.conversation import intents as built_ins
from skill.conversation.declare import declared
from skill.conversation.dispatcher import Dispatcher, Speech
from skill.conversation.locale_files import load
from skill.conversation.prompts import for_locale
from skill.conversation.session import from_attributes
from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.roles import PERMISSIONS
from skill.household.service import Households
from skill.orders.models import Order, OrderLine
from skill.orders.ports import Agreed, Item, Offer, OfferedLine, Placed, Progress, ShopUnavailable
from skill.orders.service import Orders
from skill.storage.database import Database, Unit
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 19, 15, tzinfo=UTC)  # 2:15 PM in New York
ZONE = "America/New_York"
EVERYTHING = frozenset(PERMISSIONS)
PACKS = {"D2": ("diapers", "2", 74), "D3": ("diapers", "3", 62), "N5": ("overnight-diapers", "5", 40)}

T = TypeVar("T")
Slots = dict[str, str | tuple[str, str]]
"""Slot name to its wire value, or (value, id)."""


@dataclass
class CornerShop:
    """A shop with one seller that has everything, for two dollars a pack; `open` false does not answer."""

    open: bool = True

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        if not self.open:
            raise ShopUnavailable
        lines = tuple(OfferedLine(one.sku_id, one.quantity, 200, 200 * one.quantity) for one in items)
        goods = sum(line.line_cents for line in lines)
        day = (at + timedelta(days=2)).date()
        return Offer(seller_id, "Corner Shop", "USD", lines, (), goods, 0, 0, day, 30)

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        return Placed(accepted=True)

    def look_up(self, reference: str) -> Placed | None:
        return None

    def cancel(self, reference: str, at: datetime) -> bool:
        return False

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        return {}


@dataclass
class Home:
    """A household to speak in. `hear` is a turn of a member; the session of the last turn goes on."""

    database: Database
    dispatcher: Dispatcher
    household_id: UUID
    members: dict[str, UUID]
    shop: CornerShop
    orders_made: int = 0
    session: Mapping[str, object] = field(default_factory=dict)

    def diary(self, unit: Unit) -> Diary:
        diary = self.dispatcher.services["baby"](unit)
        assert isinstance(diary, Diary)
        return diary

    def do(self, work: Callable[[Diary], T]) -> T:
        """Run `work` with the diary in a unit of its own."""
        with self.database.unit(self.household_id) as unit:
            return work(self.diary(unit))

    def hear(
        self,
        intent: str,
        slots: Slots | None = None,
        *,
        at: datetime = NOW,
        by: str = "Anna",
        may: frozenset[str] = EVERYTHING,
        locale: str = "en-US",
    ) -> Answer:
        """The answer to an intent; the session of the answer before goes on."""
        heard = {
            name: Heard(value) if isinstance(value, str) else Heard(*value)
            for name, value in (slots or {}).items()
        }
        caller = Caller(self.household_id, self.members[by], by, "owner", may, ZONE)
        turn = Turn(str(new_id()), "intent", locale, at, caller, intent, heard, from_attributes(self.session))
        answer = self.dispatcher.answer(turn)
        self.session = answer.session
        return answer

    def deliver(self, sku_id: str, quantity: int, at: datetime, state: str = "delivered") -> None:
        """Put an order into the history."""
        self.orders_made += 1
        with self.database.unit(self.household_id) as unit:
            order = Order(
                household_id=self.household_id,
                id=new_id(),
                number=self.orders_made,
                reference=f"R-{self.orders_made}",
                seller_id="corner",
                seller_name="Corner Shop",
                state=state,
                origin="import",
                placed_at=at,
                cancel_until=at,
                currency="USD",
                goods_cents=200,
                tax_cents=0,
                delivery_cents=0,
                total_cents=200,
            )
            line = OrderLine(
                household_id=self.household_id,
                order_id=order.id,
                position=0,
                sku_id=sku_id,
                name=sku_id,
                quantity=quantity,
                price_cents=200,
                line_cents=200,
            )
            due = date(2026, 11, 22) if state == "shipped" else None
            self.diary(unit).orders.lifecycle.begin_imported(order, [line], due, "test")
            order.state = state
            unit.session.add(order)


def new_home(database: Database) -> Home:
    """Anna, Ben and the helper Gina, without children, orders or entries."""
    shop, cache, household_id = CornerShop(), CatalogCache(), new_id()

    def diary(unit: Unit) -> Diary:
        return Diary(unit, Orders(unit, Catalog(unit, cache), shop))

    def speech(locale: str) -> Speech:
        return Speech(load(locale), for_locale(locale))

    sell(database)
    with database.unit(household_id) as unit:
        households = Households(unit)
        households.create("Anna's household", ZONE, NOW)
        roles = {"Anna": "owner", "Ben": "adult", "Gina": "helper"}
        members = {name: households.add_member(name, role).id for name, role in roles.items()}
        households.add_address("home", default=True)
    dispatcher = Dispatcher(database, declared([built_ins, intents]), {"baby": diary}, speech)
    return Home(database, dispatcher, household_id, members, shop)


def sell(database: Database) -> None:
    with database.unit(None) as unit:
        unit.session.add(Seller(id="corner", name="Corner Shop", currency="USD"))
        unit.session.flush()
        for sku_id, (need, size, pack) in PACKS.items():
            unit.session.add(Product(id=f"p-{sku_id}", seller_id="corner", need=need))
            unit.session.flush()
            unit.session.add(Sku(id=sku_id, product_id=f"p-{sku_id}", size=size, pack_size=pack))
            unit.session.flush()
            name = f"Softleaf {need} size {size}"
            unit.session.add(SkuName(sku_id=sku_id, language="", name=name, product_name=name))


LEO: Slots = {"child": "leo"}
FOUR: Slots = {**LEO, "amount": "4", "unit": ("ounces", "oz")}
WET: Slots = {**LEO, "kind": ("wet", "wet")}
MINUTE = timedelta(minutes=1)


def entries(home: Home) -> int:
    """How many entries the diary holds."""
    with home.database.reading(home.household_id) as unit:
        return len(
            unit.session.exec(
                select(DiaryEntry.id).where(col(DiaryEntry.household_id) == home.household_id)
            ).all()
        )
