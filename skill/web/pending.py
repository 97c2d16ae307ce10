"""The page behind a card's link: sign in, see the order that waits at today's price, and order it or not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from skill.conversation.errors import SpokenError
from skill.conversation.locale_files import load_spoken
from skill.conversation.turn import Caller
from skill.conversation.wording import Money, Wording
from skill.household.directory import Found
from skill.household.passwords import sign_in
from skill.orders.baskets import Basket, Baskets, CodeWrong, Outcome
from skill.orders.card_links import CardLinks
from skill.orders.gifts import spoken_lines
from skill.orders.guards import Held
from skill.orders.placing import Changed
from skill.orders.quotes import Duplicate, Quoted, Shopper, Shortage
from skill.orders.service import Orders
from skill.web.page_guard import PageGuard
from skill.web.page_texts import texts
from skill.web.program import Program

LOCALES = {"en": "en-US", "de": "de-DE"}


@dataclass(frozen=True)
class Shown:
    """What a page says: the key of its sentence, the basket to answer, and whether the code is asked for."""

    told: str = ""
    basket: Basket | None = None
    code: bool = False


def pending_pages(program: Program, guard: PageGuard, links: CardLinks) -> Blueprint:
    """Everything under /pending."""
    pages = Blueprint("pending", "skill.web", template_folder="templates")
    face = _Pages(program, guard, links)
    for path, view, method in (
        ("/pending/<token>", face.ask_who, "GET"),
        ("/pending/<token>", face.open, "POST"),
        ("/pending/order/<uuid:basket_id>", face.show, "GET"),
        ("/pending/order/<uuid:basket_id>", face.answer, "POST"),
    ):
        pages.add_url_rule(path, view.__name__, view, methods=[method], provide_automatic_options=False)
    return pages


class _Pages:
    """One method for each route."""

    def __init__(self, program: Program, guard: PageGuard, links: CardLinks) -> None:
        self._program = program
        self._guard = guard
        self._links = links

    def ask_who(self, token: str) -> Response:
        """The form to sign in with; a link that is none gets a page that says so."""
        if self._links.read(token, self._program.now()) is None:
            return self._page("problem.html", 404, problem="gone")
        return self._page("sign_in.html", 200, problem="")

    def open(self, token: str) -> Response:
        """Sign in, ask the shop for today's terms, and go to the page of the order."""
        quote_id = self._links.read(token, self._program.now())
        if quote_id is None:
            return self._page("problem.html", 404, problem="gone")
        if not self._guard.is_own_form(request):
            return self._page("sign_in.html", 403, problem="form")
        login, password = request.form.get("login", ""), request.form.get("password", "")
        found = sign_in(self._program.database, login, password, self._program.now())
        if found is None:
            return self._page("sign_in.html", 400, problem="wrong")
        shown = self._in_unit(found, partial(_opened, quote_id=quote_id))
        if shown.basket is None:
            return self._page("problem.html", 404 if shown.told == "gone" else 409, problem=shown.told)
        answer = redirect(f"/pending/order/{shown.basket.id}", 303)
        self._guard.remember(answer, found)
        return self._guard.protect(answer, self._guard.form_token(request))

    def show(self, basket_id: UUID) -> Response:
        """The order, with a button for yes and one for no."""
        return self._answered(partial(_shown, basket_id=basket_id))

    def answer(self, basket_id: UUID) -> Response:
        """The yes or the no."""
        if not self._guard.is_own_form(request):
            return self._page("problem.html", 403, problem="form")
        wanted = request.form.get("do") == "place"
        code = request.form.get("voice_code") or None
        return self._answered(partial(_answered, basket_id=basket_id, place=wanted, code=code))

    def _answered(self, work: "Work") -> Response:
        found = self._guard.signed_in(request)
        if found is None:
            return self._page("problem.html", 404, problem="gone")
        shown = self._in_unit(found, work)
        if shown.basket is None:
            done = shown.told in ("placed", "dropped", "unknown")
            status = 200 if done else 404 if shown.told == "gone" else 409
            return self._page(
                "problem.html", status, problem=shown.told, title="waiting" if done else "problem"
            )
        return self._page("order.html", 200, shown=shown, offers=self._offers(shown.basket))

    def _in_unit(self, found: Found, work: "Work") -> Shown:
        program, (language, _texts) = self._program, texts(request)
        caller = program.identity.known(found)
        language, _, region = LOCALES[language].partition("-")
        shopper = Shopper(program.now(), language, caller.zone, caller.member_id, region, "api")
        try:
            return program.database.run(
                found.household_id, lambda unit: work(program.orders(unit), shopper, caller)
            )
        except SpokenError as error:
            return Shown("gone" if error.reply.prompt == "YesIntent.already_answered" else "not_now")

    def _offers(self, basket: Basket) -> list[dict[str, object]]:
        wording = Wording(load_spoken(LOCALES[texts(request)[0]]))
        with self._program.database.reading(basket.quotes[0].household_id) as unit:
            orders = self._program.orders(unit)
            return [
                {
                    "seller": quote.seller_name,
                    "lines": [
                        (one["quantity"], wording.items([one]) if "gift" in one else one["name"])
                        for one in spoken_lines(orders.quotes.lines(quote))
                    ],
                    "delivery": wording.date(quote.delivery_date),
                    "address": quote.address_label,
                    "payment": quote.payment_label,
                    "tax": wording.money(Money(quote.tax_cents, quote.currency)),
                    "charge": wording.money(Money(quote.delivery_cents, quote.currency)),
                    "total": wording.money(Money(quote.total_cents, quote.currency)),
                }
                for quote in basket.quotes
            ]

    def _page(self, template: str, status: int, **values: object) -> Response:
        token = self._guard.form_token(request)
        language, told = texts(request)
        page = render_template(f"account/{template}", form_token=token, t=told, language=language, **values)
        return self._guard.protect(make_response(page, status), token)


Work = Callable[[Orders, Shopper, Caller], Shown]


def _opened(orders: Orders, shopper: Shopper, caller: Caller, quote_id: UUID) -> Shown:
    """Today's terms in the place of the quote of a link, which is used up by it."""
    baskets = Baskets(orders, caller.member_id)
    basket = baskets.of_quote(quote_id, shopper.at)
    if basket is None:
        return Shown("gone")
    if basket.needs not in caller.permissions:
        return Shown("not_allowed")
    return _made(orders, shopper, baskets.renew(shopper, basket), "")


def _shown(orders: Orders, shopper: Shopper, caller: Caller, basket_id: UUID) -> Shown:
    basket = Baskets(orders, caller.member_id).get(basket_id)
    if basket is None:
        return Shown("gone")
    return Shown("", basket, any(quote.state == "awaiting_pin" for quote in basket.quotes))


def _answered(
    orders: Orders, shopper: Shopper, caller: Caller, basket_id: UUID, place: bool, code: str | None
) -> Shown:
    baskets = Baskets(orders, caller.member_id)
    basket = baskets.get(basket_id)
    if basket is None:
        return Shown("gone")
    if not place:
        baskets.drop(basket, shopper.at)
        return Shown("dropped")
    if basket.needs not in caller.permissions:
        return Shown("not_allowed")
    outcome = baskets.confirm(shopper, basket, code)
    if isinstance(outcome, list):
        orders.cross_off(outcome, shopper.language)
    return _came_of(orders, shopper, basket, outcome)


def _came_of(orders: Orders, shopper: Shopper, basket: Basket, outcome: Outcome) -> Shown:
    if isinstance(outcome, CodeWrong):
        return Shown("code_wrong", basket, code=True)
    if isinstance(outcome, Held):
        if outcome.code:
            return Shown("code_needed", basket, code=True)
        return Shown("locked" if outcome.reason == "locked" else "held")
    if isinstance(outcome, Duplicate):
        return Shown("double")
    if isinstance(outcome, Changed):
        return _made(orders, shopper, outcome.quoted, "fresh")
    states = {order.state for order in outcome}
    if states & {"unknown", "placing"}:
        return Shown("unknown")
    return Shown("placed" if "accepted" in states else "refused")


def _made(orders: Orders, shopper: Shopper, made: Quoted | Duplicate | Shortage, told: str) -> Shown:
    if isinstance(made, Duplicate):
        return Shown("double")
    if isinstance(made, Shortage):
        return Shown("not_now")
    said = " ".join(f"{quote.id} {quote.total_cents} {quote.currency}" for quote in made.quotes)
    return Shown(told, Baskets(orders, shopper.member_id).ask(shopper, made, said))
