"""What an import left in a database, as plain values without the ids that differ from one to the next."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from skill.catalog.models import Price, Product, Seller, Sku, SkuName, Stock
from skill.household import directory
from skill.household.models import Household, Member
from skill.household.service import Households
from skill.orders.history import History
from skill.orders.models import Order, OrderHistory, OrderLine
from skill.shops.importing import customers
from skill.storage.database import Database, Unit


def everything(database: Database, numbers: Iterable[str]) -> dict[str, Any]:
    """The catalogue and, by customer number, the household with all its orders, hidden ones among them."""
    found: dict[str, Any] = {"catalogue": catalogue(database)}
    for number, customer in sorted(customers(database, numbers).items()):
        with database.reading(customer.household_id) as unit:
            found[number] = [customer.hidden, household(unit), orders(unit)]
    return found


def catalogue(database: Database) -> list[Any]:
    """Every row of the catalogue but the revision, which counts the imports."""
    with database.reading(None) as unit:
        rows: list[Any] = []
        for model in (Seller, Product, Sku, SkuName, Price, Stock):
            held = [row.model_dump(exclude={"revision"}) for row in unit.session.exec(select(model)).all()]
            rows.append(sorted(held, key=str))
        return rows


def household(unit: Unit) -> list[Any]:
    """The household's own row, its members and its default address."""
    home = unit.session.exec(select(Household).where(col(Household.household_id) == unit.household)).one()
    members = unit.session.exec(select(Member).where(col(Member.household_id) == unit.household)).all()
    return [
        home.model_dump(exclude={"household_id", "created_at"}),
        [(member.name, member.role, member.is_default) for member in members],
        Households(unit).default_address(),
    ]


def orders(unit: Unit) -> list[Any]:
    """Every order of the household by number, with its lines and its history."""
    rows = unit.session.exec(
        select(Order).where(col(Order.household_id) == unit.household).order_by(col(Order.number))
    ).all()
    hidden = {"household_id", "id", "batch_id", "member_id", "order_id"}
    return [
        [
            order.model_dump(exclude=hidden),
            [line.model_dump(exclude=hidden) for line in _lines(unit, order)],
            [row.model_dump(exclude=hidden) for row in _steps(unit, order)],
        ]
        for order in rows
    ]


def _lines(unit: Unit, order: Order) -> Iterable[OrderLine]:
    return History(unit).lines(order.id)


def _steps(unit: Unit, order: Order) -> Iterable[OrderHistory]:
    return unit.session.exec(
        select(OrderHistory).where(
            col(OrderHistory.household_id) == unit.household, col(OrderHistory.order_id) == order.id
        )
    ).all()


def visible(database: Database, numbers: Iterable[str]) -> dict[str, list[str]]:
    """What readers can reach: the references of counted orders by customer number."""
    found = {}
    for number in numbers:
        entry = directory.find(database, directory.CUSTOMER, number)
        if entry is not None:
            with database.reading(entry.household_id) as unit:
                found[number] = [order.reference for order in History(unit).recent(1000)]
    return found
