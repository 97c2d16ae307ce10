"""Baskets that wait for a yes, by whatever way it comes: one question, one row, and at most one yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from skill.conversation import confirmation
from skill.conversation.confirmation import Confirmation
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm
from skill.household.voice_code import VoiceCodes
from skill.orders.guards import Held
from skill.orders.models import Order, Quote
from skill.orders.placing import Changed
from skill.orders.quotes import Duplicate, Quoted, Shopper, Shortage
from skill.orders.replies import PLACE, needs_of
from skill.orders.service import Orders
from skill.orders.states import WAITING

CONTINUE = "orders.continue"
"""The kind of the question at the beginning of a visit whether to go on with a basket."""
KEPT = timedelta(hours=24)
"""How long a basket that was neither confirmed nor refused can be taken up again."""
BY_API = "api"


@dataclass(frozen=True)
class Basket:
    """Quotes that one yes covers. `id` is that of the question; `needs` the permission for its yes.

    `left_out` names what was asked for and is not in it, `instead` what took something's place in it.
    """

    id: UUID
    quotes: Sequence[Quote]
    asked_at: datetime
    expires_at: datetime
    needs: str
    left_out: Sequence[str] = ()
    instead: Sequence[Mapping[str, str]] = ()

    @property
    def quote_ids(self) -> list[str]:
        """The ids of its quotes."""
        return [str(quote.id) for quote in self.quotes]


@dataclass(frozen=True)
class CodeWrong:
    """The voice code that came with a yes is not the member's."""


Outcome = list[Order] | Changed | Duplicate | Held | CodeWrong


class Baskets:
    """The waiting baskets of one member, in the unit of `orders`."""

    def __init__(self, orders: Orders, member_id: UUID | None) -> None:
        self._orders = orders
        self._member_id = member_id
        self.unit = orders.unit

    def ask(self, shopper: Shopper, made: Quoted, said: str, *, by: str = "") -> Basket:
        """Keep the question that `said` (what was shown) asks about quotes; `by` is BY_API or voice ("")."""
        ids = [str(quote.id) for quote in made.quotes]
        told = {
            "by": by,
            "left_out": [*made.unsold, *made.too_dear],
            "instead": [dict(one) for one in made.instead],
        }
        payload: dict[str, Any] = {"quotes": ids, **{name: value for name, value in told.items() if value}}
        needs = needs_of(made.quotes[0].source)
        key = confirmation.ask(self.unit, Confirm(PLACE, payload), needs, said, shopper.at)
        self.unit.session.flush()
        found = self.get(UUID(key))
        assert found is not None
        return found

    def get(self, basket_id: UUID) -> Basket | None:
        """The member's basket of this id, if it still waits."""
        row = self._row(basket_id)
        return self._basket(row) if row is not None else None

    def of_quote(self, quote_id: UUID, at: datetime) -> Basket | None:
        """The member's waiting basket that holds this quote."""
        found = (self._basket(row) for row in self._rows(at, PLACE))
        return next((one for one in found if one and str(quote_id) in one.quote_ids), None)

    def begun_by_voice(self, at: datetime) -> list[Basket]:
        """What was begun by voice within 24 hours and neither confirmed nor refused, newest first."""
        rows = [row for row in self._rows(at, PLACE) if row.payload.get("by") != BY_API]
        return [basket for row in rows if (basket := self._basket(row)) is not None]

    def was_asked_about(self, basket: Basket, at: datetime) -> bool:
        """Whether a visit began with the question about it already: nobody is asked twice."""
        return any(row.payload.get("basket") == str(basket.id) for row in self._rows(at, CONTINUE))

    def confirm(self, shopper: Shopper, basket: Basket, code: str | None) -> Outcome:
        """The yes to a basket, with the voice code where one was given: places it as a spoken yes would.

        Raises SpokenError when it was answered before. A wrong code counts as one that was spoken.
        """
        if all(quote.state == "quoted" for quote in basket.quotes):
            confirmation.take(self.unit, str(basket.id), shopper.at)
            outcome = self._orders.placing.place(shopper, basket.quote_ids, str(basket.id))
            if not isinstance(outcome, Held) or not outcome.code or code is None:
                return outcome
        if code is None:
            return Held("amount", code=True)
        checked = VoiceCodes(self.unit).check(shopper.member_id, code, shopper.at)
        if checked == "locked":
            self._orders.quotes.drop(basket.quotes, shopper.at, "locked")
            return Held("locked", code=False)
        if checked == "wrong":
            return CodeWrong()
        return self._orders.placing.place(shopper, basket.quote_ids, str(basket.id), proven=True)

    def renew(self, shopper: Shopper, basket: Basket) -> Quoted | Duplicate | Shortage:
        """Today's terms for what a basket holds; it is replaced by them."""
        return self._orders.placing.requote(shopper, basket.quote_ids)

    def drop(self, basket: Basket, at: datetime) -> None:
        """The no to a basket. Raises SpokenError when a yes was faster: it is ordered, and not dropped."""
        self._orders.quotes.drop(basket.quotes, at, "no")
        if any(quote.state != "cancelled" for quote in basket.quotes):
            raise SpokenError("YesIntent.already_answered")

    def _rows(self, at: datetime, kind: str) -> Sequence[Confirmation]:
        return self.unit.session.exec(
            select(Confirmation)
            .where(
                col(Confirmation.household_id) == self.unit.household,
                col(Confirmation.kind) == kind,
                col(Confirmation.asked_at) > at - KEPT,
            )
            .order_by(col(Confirmation.asked_at).desc(), col(Confirmation.id).desc())
        ).all()

    def _row(self, basket_id: UUID) -> Confirmation | None:
        return self.unit.session.exec(
            select(Confirmation).where(
                col(Confirmation.household_id) == self.unit.household,
                col(Confirmation.id) == basket_id,
                col(Confirmation.kind) == PLACE,
            )
        ).first()

    def _basket(self, row: Confirmation) -> Basket | None:
        quotes = self._orders.quotes.get(row.payload["quotes"])
        mine = all(quote.member_id in (None, self._member_id) for quote in quotes)
        if not quotes or not mine or any(quote.state not in WAITING for quote in quotes):
            return None
        left_out, instead = row.payload.get("left_out", ()), row.payload.get("instead", ())
        return Basket(row.id, quotes, row.asked_at, row.expires_at, row.needs, left_out, instead)
