"""Explains every order of a world by the sentence that was said yes to: no path to an order skips that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from skill import bootstrap
from skill.conversation.confirmation import Confirmation
from skill.conversation.turn import Answer, Turn
from skill.conversation.wording import ITEMS_BY_NAME, ITEMS_WHEN_MANY, Money, Wording
from skill.orders.models import Delivery, Order, OrderLine
from skill.storage.database import Database

DELIVERY_WORDS = ("deliver", "arriv", "liefer", "kommt")
GIFT_WORDS = ("gift", "geschenk")
"""What stands in for the name of a hidden line, which is not said aloud; it may be shown again later."""


@dataclass(frozen=True)
class Said:
    """An answer as it was heard."""

    turn: Turn
    speech: str


@dataclass
class Witness:
    """Hears every answer given on a database from now on."""

    database: Database
    said: dict[str, Said] = field(default_factory=dict)
    before: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        """Remember which orders were there before anybody spoke."""
        self.before = frozenset(order.id for order in self._orders())

    def hear(self, turn: Turn, answer: Answer) -> None:
        """The observer."""
        self.said[sha256(answer.ssml.encode()).hexdigest()] = Said(turn, answer.speech)

    def unexplained(self) -> list[str]:
        """What is wrong with the yes behind each order since: one line each."""
        return [
            f"order {order.number} of {order.seller_name}: {fault}"
            for order in self._orders()
            if order.id not in self.before
            for fault in self._faults(order)
        ]

    def _orders(self) -> list[Order]:
        with self.database.reading(None) as unit:
            crossing = {"crosses_households": "fixtures"}
            return list(
                unit.session.exec(
                    select(Order).where(col(Order.origin) != "import").execution_options(**crossing)
                ).all()
            )

    def _faults(self, order: Order) -> Iterator[str]:
        with self.database.reading(order.household_id) as unit:
            home = order.household_id
            asked = unit.session.get(Confirmation, (home, order.confirmation_id))
            delivery = unit.session.get(Delivery, (home, order.id))
            lines = unit.session.exec(
                select(OrderLine).where(
                    col(OrderLine.household_id) == home, col(OrderLine.order_id) == order.id
                )
            ).all()
        if asked is None or asked.used_at is None:
            yield "no confirmation was used up for it"
            return
        said = self.said.get(asked.said_hash)
        if said is None:
            yield "nobody heard the question"
            return
        yield from _unspoken(order, lines, delivery, said)


def _unspoken(
    order: Order, lines: Sequence[OrderLine], delivery: Delivery | None, said: Said
) -> Iterator[str]:
    """What the sentence that asked did not name."""
    wording = Wording(bootstrap.speech(said.turn.locale).texts)
    if order.seller_name not in said.speech:
        yield f"the seller is not in {said.speech!r}"
    if wording.money(Money(order.total_cents, order.currency)) not in said.speech:
        yield f"the total {order.total_cents} is not in {said.speech!r}"
    spoken = [wording.items([{"name": line.name, "quantity": line.quantity}]) for line in lines]
    named = [one for one in spoken if one in said.speech]
    hidden = any(word in said.speech.lower() for word in GIFT_WORDS)
    if not hidden and len(named) < (len(lines) if len(lines) <= ITEMS_BY_NAME else ITEMS_WHEN_MANY):
        yield f"items or quantities are not in {said.speech!r}"
    day = wording.day(delivery.due_date, said.turn.local.date()) if delivery else DELIVERY_WORDS[0]
    if day not in said.speech and not any(word in said.speech.lower() for word in DELIVERY_WORDS):
        yield f"the delivery is not in {said.speech!r}"
