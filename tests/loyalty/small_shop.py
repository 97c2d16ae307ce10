"""A shop with three rewards and one point a dollar, and households that have ordered there."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select

from skill.household.service import Households
from skill.loyalty.models import EarnRule, Hold, PointsEntry, PointsTransfer, Reward, RewardName
from skill.loyalty.rewards import OfferedReward
from skill.loyalty.service import Loyalty
from skill.orders.events import LineReturned, OrderDelivered, ReturnedLine
from skill.storage.database import Database, Unit
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
RULE_FROM = NOW - timedelta(days=365)
NAMES = {
    "one-dollar-off": (100, "coupon", "one dollar off", "ein Dollar Rabatt"),
    "pack-of-wipes": (250, "product", "a pack of wipes", "eine Packung Feuchttücher"),
    "bag-of-coffee": (900, "product", "a bag of coffee", "eine Packung Kaffee"),
}
Row = TypeVar("Row", bound=SQLModel)


def open_shop(database: Database) -> None:
    """Write the earn rule and the rewards."""
    with database.unit(None) as unit:
        unit.session.add(EarnRule(id="one-a-dollar", currency="USD", points_per_unit=1, valid_from=RULE_FROM))
        for reward_id, (points, kind, english, german) in NAMES.items():
            unit.session.add(Reward(id=reward_id, kind=kind, points=points))
            unit.session.flush()
            unit.session.add(RewardName(reward_id=reward_id, language="en", name=english))
            unit.session.add(RewardName(reward_id=reward_id, language="de", name=german))


def close_shop(database: Database) -> None:
    """Take every reward off the list."""
    with database.unit(None) as unit:
        for reward in unit.session.exec(select(Reward)).all():
            reward.offered = False
            unit.session.add(reward)


def reward(reward_id: str) -> OfferedReward:
    """The reward as it is offered in English."""
    points, kind, name, _german = NAMES[reward_id]
    return OfferedReward(reward_id, name, points, kind)


def new_home(database: Database, dollars: int = 0) -> UUID:
    """A household whose one delivered order was worth so many dollars; gives its id."""
    household = new_id()
    with database.unit(household) as unit:
        Households(unit).create("Home", "UTC", NOW)
        if dollars:
            Loyalty(unit).earn_on_delivery(delivery(household, dollars * 100))
    return household


def new_member(database: Database, household: UUID, name: str) -> UUID:
    """Another adult of the household; gives the member's id."""
    with database.unit(household) as unit:
        return Households(unit).add_member(name, "adult").id


def delivery(household: UUID, goods_cents: int, order_id: UUID | None = None) -> OrderDelivered:
    """A delivery of goods worth so many cents."""
    return OrderDelivered(household, order_id or new_id(), None, goods_cents, "USD", NOW)


def rows(unit: Unit, model: type[Row]) -> list[Row]:
    """Every row of the household."""
    household = SQLModel.metadata.tables[str(model.__tablename__)].c.household_id
    return list(unit.session.exec(select(model).where(household == unit.household)).all())


def entries_by_transfer(unit: Unit) -> dict[UUID, dict[str, int]]:
    """transfer id -> account -> points, for every transfer of the household."""
    found: dict[UUID, dict[str, int]] = {transfer.id: {} for transfer in rows(unit, PointsTransfer)}
    for entry in rows(unit, PointsEntry):
        found[entry.transfer_id][entry.account] = entry.points
    return found


def open_holds(unit: Unit) -> int:
    """How many holds are still written down as open."""
    return len(
        unit.session.exec(
            select(Hold.id).where(col(Hold.household_id) == unit.household, col(Hold.state) == "open")
        ).all()
    )


def line_returned(household: UUID, order: UUID, pieces: int, at: datetime = NOW) -> LineReturned:
    """So many of the three pieces of an order's one line went back by now."""
    lines = (ReturnedLine(300, 3, pieces),)
    return LineReturned(household, order, new_id(), None, 100 * pieces, "USD", lines, at)
