"""Makes a demo household: Anna and Ben, Leo and Maya, and three delivered orders with their points."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from skill.baby.service import Diary
from skill.catalog.index import prices
from skill.catalog.models import Seller
from skill.household.models import Member
from skill.household.service import Households
from skill.orders.models import Order, OrderLine
from skill.orders.ports import Item
from skill.orders.rules import tax_cents
from skill.orders.service import Orders
from skill.shops.demo_catalogue import data
from skill.storage.database import Unit
from skill.storage.keys import new_id

LANGUAGE = "en"


@dataclass(frozen=True)
class Services:
    """The factories of the services through which the history is written."""

    orders: Callable[[Unit], Orders]
    diary: Callable[[Unit], Diary]


def seed_household(unit: Unit, services: Services, at: datetime) -> Member:
    """Fill the unit's new household with people and three orders as of `at`; gives the default member."""
    member = seed_people(unit, services, at)
    seed_orders(unit, services, member, at)
    return member


def seed_people(unit: Unit, services: Services, at: datetime, children: int | None = None) -> Member:
    """The people, the first `children` (default all), addresses and card; gives the default member."""
    seed = data("shop")["seed"]
    households = Households(unit)
    households.create(seed["household"], seed["zone"], at)
    for address in seed["address"]:
        households.add_address(address["label"], default=address["default"])
    households.add_payment_method(seed["payment"]["label"], default=True)
    members = [
        households.add_member(one["name"], one["role"], default=one["default"]) for one in seed["member"]
    ]
    diary = services.diary(unit)
    for child in seed["child"][:children]:
        born_on = (at - timedelta(days=child["age_days"])).date()
        diary.add_child(child["name"], born_on, child["diaper_size"], sized_on=at.date())
    return next(member for member in members if member.is_default)


def seed_orders(
    unit: Unit, services: Services, member: Member, at: datetime, most: int | None = None
) -> None:
    """The first `most` delivered orders of the demo history (all of them by default), oldest first."""
    for order in data("shop")["seed"]["order"][:most]:
        items = [Item(line["sku"], line["quantity"]) for line in order["lines"]]
        deliver(unit, services.orders(unit), member, items, at - timedelta(days=order["days_ago"]))


def deliver(unit: Unit, orders: Orders, member: Member, items: list[Item], placed: datetime) -> None:
    """Write an order of the past, as a merchant's books tell it; it arrived two days later."""
    order, lines = _order(unit, orders, member, items, placed)
    arrived = placed + timedelta(days=2)
    orders.lifecycle.begin_imported(order, lines, arrived.date(), "demo history")
    delivery = orders.history.delivery(order.id)
    assert delivery is not None  # begin() wrote it
    delivery.shipped_at, delivery.delivered_at = arrived - timedelta(days=1), arrived
    unit.session.add(delivery)
    orders.tracking.announce_delivery(order, arrived)


def _order(
    unit: Unit, orders: Orders, member: Member, items: list[Item], placed: datetime
) -> tuple[Order, list[OrderLine]]:
    skus = orders.catalog.index(LANGUAGE).skus
    cents = prices(unit, [item.sku_id for item in items], placed)
    seller = unit.session.get(Seller, skus[items[0].sku_id].seller_id)
    assert seller is not None  # the demo data is checked by its own test
    goods = sum(cents[item.sku_id] * item.quantity for item in items)
    tax = tax_cents((cents[item.sku_id] * item.quantity, skus[item.sku_id].tax_bp) for item in items)
    delivery = 0 if goods >= seller.free_from_cents else seller.delivery_cents
    order_id = new_id()
    order = Order(
        household_id=unit.household,
        id=order_id,
        number=orders.history.next_number(),
        reference=f"demo-history-{order_id}",
        seller_id=seller.id,
        seller_name=seller.name,
        origin="import",
        member_id=member.id,
        placed_at=placed,
        cancel_until=placed,
        currency=seller.currency,
        goods_cents=goods,
        tax_cents=tax,
        delivery_cents=delivery,
        total_cents=goods + tax + delivery,
        address_label="home",
        payment_label="the card ending in 4242",
    )
    return order, [
        _line(order, position, item, skus[item.sku_id].name, cents[item.sku_id])
        for position, item in enumerate(items)
    ]


def _line(order: Order, position: int, item: Item, name: str, price_cents: int) -> OrderLine:
    return OrderLine(
        household_id=order.household_id,
        order_id=order.id,
        position=position,
        sku_id=item.sku_id,
        name=name,
        quantity=item.quantity,
        price_cents=price_cents,
        line_cents=price_cents * item.quantity,
    )
