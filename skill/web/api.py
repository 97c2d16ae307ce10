"""The routes of /v1: the services behind the voice, for the shop's own site and for other assistants."""

import logging
import re
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Caller
from skill.loyalty.service import Loyalty
from skill.orders.baskets import Basket, Baskets
from skill.orders.models import Order
from skill.orders.replies import needs_of
from skill.orders.service import Orders
from skill.orders.states import COUNTED_STATES
from skill.storage.errors import DatabaseError
from skill.web.api_repeats import Repeatable, once
from skill.web.api_views import basket_view, made_answer, order_view, outcome_answer
from skill.web.api_wire import (
    Answer,
    Problem,
    body_of,
    caller_of,
    code_of,
    content_hash,
    key_of,
    nothing_of,
    problem,
    require,
    shopper_of,
    spoken_problem,
    wanted_of,
)
from skill.web.program import Program

log = logging.getLogger("restock.web")
SHOWN_STATES = (*COUNTED_STATES, "cancelled", "refused")
MOST_SHOWN, SHOWN = 100, 20
PREFIXES = ("/v1/orders", "/v1/quotes", "/v1/points", "/v1/pending")


def is_api(path: str) -> bool:
    """Whether a path is of this API, there or not."""
    return path.startswith(PREFIXES)


def shop_api(program: Program) -> Blueprint:
    """Everything of docs/http-api.yaml."""
    pages = Blueprint("api", "skill.web")
    routes = _Routes(program)
    for path, view, method in (
        ("/v1/orders", routes.list_orders, "GET"),
        ("/v1/orders/<uuid:order_id>", routes.read_order, "GET"),
        ("/v1/orders/<uuid:order_id>/cancel", routes.cancel_order, "POST"),
        ("/v1/quotes", routes.make_quote, "POST"),
        ("/v1/quotes/<uuid:quote_id>", routes.read_quote, "GET"),
        ("/v1/quotes/<uuid:quote_id>", routes.drop_quote, "DELETE"),
        ("/v1/quotes/<uuid:quote_id>/confirm", routes.confirm_quote, "POST"),
        ("/v1/points", routes.read_points, "GET"),
        ("/v1/pending", routes.list_pending, "GET"),
    ):
        pages.add_url_rule(
            path, view.__name__, _answered(view), methods=[method], provide_automatic_options=False
        )
    return pages


def _answered(view: Callable[..., Answer]) -> Callable[..., Response]:
    def answered(**path: UUID) -> Response:
        try:
            answer = view(**path)
        except Problem as refused:
            answer = refused.answer
        except SpokenError as error:
            answer = spoken_problem(error)
        except DatabaseError:
            answer = problem(503, "unavailable")
        if answer.status >= 400:
            log.info("api refused", extra={"reason": answer.body["reason"], "status": answer.status})
        return answer.response()

    return answered


class _Routes:
    """One method for each operation; the names are the operationIds of the contract."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def list_orders(self) -> Answer:
        """The newest orders."""
        caller = self._caller("orders")
        limit = request.args.get("limit", str(SHOWN))
        if not re.fullmatch("[0-9]{1,3}", limit) or not 0 < int(limit) <= MOST_SHOWN:
            raise Problem(400, "malformed", name="limit")

        def read(orders: Orders) -> Answer:
            orders.advance(self._program.now())
            found = orders.history.recent(int(limit), SHOWN_STATES)
            return Answer(200, {"orders": [order_view(orders, order) for order in found]})

        return self._in_unit(caller, read)

    def read_order(self, order_id: UUID) -> Answer:
        """One order as the shop knows it now."""

        def read(orders: Orders) -> Answer:
            orders.advance(self._program.now())
            return Answer(200, order_view(orders, _order(orders, order_id)))

        return self._in_unit(self._caller("orders"), read)

    def cancel_order(self, order_id: UUID) -> Answer:
        """Cancel an order at the shop, while it can be."""
        caller = self._caller("cancel")
        body = body_of(request)
        nothing_of(body)

        def cancel(orders: Orders) -> Answer:
            _order(orders, order_id)
            cancelled = orders.tracking.cancel(str(order_id), self._program.now())
            return Answer(200, order_view(orders, cancelled))

        return self._once(caller, body, cancel)

    def make_quote(self) -> Answer:
        """Today's terms for a basket, which wait for a yes."""
        caller = self._caller("reorder")
        body = body_of(request)
        wanted, deliberate = wanted_of(body)
        source = {"usual": "usual", "last": "last order"}[wanted] if isinstance(wanted, str) else "item"
        require(caller, needs_of(source))
        shopper = shopper_of(self._program, request, caller)

        def make(orders: Orders) -> Answer:
            items = wanted if isinstance(wanted, list) else None
            if items is None:
                items = orders.usual() if wanted == "usual" else orders.last_items()
            if not items:
                raise Problem(409, "no_usual")
            made = orders.quotes.make(shopper, items, source, deliberate=deliberate)
            return made_answer(orders, shopper, made)

        return self._once(caller, body, make)

    def read_quote(self, quote_id: UUID) -> Answer:
        """A basket that waits."""
        caller = self._caller("reorder")
        return self._in_unit(
            caller, lambda orders: Answer(200, basket_view(orders, _basket(orders, caller, quote_id)))
        )

    def drop_quote(self, quote_id: UUID) -> Answer:
        """The no to a basket."""
        caller = self._caller("reorder")

        def drop(orders: Orders) -> Answer:
            Baskets(orders, caller.member_id).drop(_basket(orders, caller, quote_id), self._program.now())
            return Answer(200, {"id": str(quote_id), "state": "cancelled"})

        return self._in_unit(caller, drop)

    def confirm_quote(self, quote_id: UUID) -> Answer:
        """The yes to a basket, with the voice code where it is needed."""
        caller = self._caller("reorder")
        body = body_of(request)
        code = code_of(body)
        shopper = shopper_of(self._program, request, caller)

        def confirm(orders: Orders) -> Answer:
            basket = _basket(orders, caller, quote_id)
            require(caller, basket.needs)
            outcome = Baskets(orders, caller.member_id).confirm(shopper, basket, code)
            if isinstance(outcome, list):
                orders.cross_off(outcome, shopper.language)
            return outcome_answer(orders, shopper, outcome)

        return self._once(caller, body, confirm)

    def read_points(self) -> Answer:
        """The household's points."""
        caller = self._caller("points")

        def read(orders: Orders) -> Answer:
            balance = Loyalty(orders.unit).balance(self._program.now())
            return Answer(200, {"available": balance.available, "held": balance.held, "owed": balance.owed})

        return self._in_unit(caller, read)

    def list_pending(self) -> Answer:
        """What this member began by voice within 24 hours and neither confirmed nor refused."""
        caller = self._caller("reorder")

        def read(orders: Orders) -> Answer:
            found = Baskets(orders, caller.member_id).begun_by_voice(self._program.now())
            return Answer(200, {"quotes": [basket_view(orders, one) for one in found]})

        return self._in_unit(caller, read)

    def _caller(self, permission: str) -> Caller:
        caller = caller_of(self._program, request)
        require(caller, permission)
        return caller

    def _in_unit(self, caller: Caller, work: Callable[[Orders], Answer]) -> Answer:
        program = self._program
        return program.database.run(caller.household_id, lambda unit: work(program.orders(unit)))

    def _once(self, caller: Caller, body: dict[str, object], work: Callable[[Orders], Answer]) -> Answer:
        assert caller.household_id is not None
        asked = Repeatable(
            caller.household_id,
            caller.zone,
            key_of(request),
            content_hash(request, body),
            self._program.now(),
        )
        return once(self._program, asked, work)


def _order(orders: Orders, order_id: UUID) -> Order:
    """The household's order; 404 for any other, of whomever it is."""
    order = orders.history.get(order_id)
    if order is None or order.state not in SHOWN_STATES:
        raise Problem(404, "not_found")
    return order


def _basket(orders: Orders, caller: Caller, quote_id: UUID) -> Basket:
    """The member's waiting basket; 404 for any other."""
    basket = Baskets(orders, caller.member_id).get(quote_id)
    if basket is None:
        raise Problem(404, "not_found")
    return basket
