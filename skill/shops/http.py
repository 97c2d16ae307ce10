"""A merchant's shop behind HTTP, as docs/shop-api.yaml has it: quotes, orders by reference, progress."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from skill.orders.ports import Agreed, Item, Offer, Placed, Progress, ReturnItem, ShopUnavailable
from skill.orders.rules import merged
from skill.shops import http_answers as answers
from skill.shops import http_json
from skill.shops.http_json import Told
from skill.shops.http_wire import Answer, MerchantServer

log = logging.getLogger("restock.shops")
ORDERS_AT_ONCE = 40
"""References in one request for progress: an address of 1.5 kB."""
NOT_AFTER = timedelta(minutes=10)
"""How long a shop may take to accept an order: less than the 15 minutes after which it is given up."""


@dataclass(frozen=True)
class TimeLimits:
    """Seconds for each call, retries included.

    Alexa waits about eight seconds for an answer. A "yes" asks for progress, the terms and the order: 7.5.
    """

    progress_s: float = 1.0
    offer_s: float = 2.5
    place_s: float = 4.0
    look_up_s: float = 3.0
    cancel_s: float = 4.0
    return_s: float = 4.0
    move_s: float = 4.0


@dataclass(frozen=True)
class HttpShop:
    """A Shop (see orders/ports.py) over HTTP for one household, which the merchant knows as `shopper`.

    `currency_of` gives the currency of a seller in our catalogue. Whatever is not the documented answer
    raises ShopUnavailable. Reading is tried a second time within the time limit; orders and
    cancellations are sent once, as their first attempt may have arrived: the look-up settles them.
    """

    server: MerchantServer
    currency_of: Callable[[str], str | None]
    shopper: str = ""
    limits: TimeLimits = TimeLimits()

    def acting_for(self, household_id: UUID) -> "HttpShop":
        """The same shop for one household."""
        return replace(self, shopper=str(household_id))

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Today's terms; the delivery day is not before the local day of `at`."""
        with _told("offer"):
            currency = self.currency_of(seller_id)
            if currency is None:
                raise ShopUnavailable("seller_id")
            asked = answers.Asked(seller_id, merged(items), currency, at.astimezone(ZoneInfo(zone)).date())
            body = self._basket(seller_id, asked.items, zone)
            answer = self._read("POST", "/quotes", self.limits.offer_s, body)
            return answers.offer(_document(answer), asked)

    def place(
        self,
        reference: str,
        seller_id: str,
        items: Sequence[Item],
        at: datetime,
        zone: str,
        agreed: Agreed | None = None,
    ) -> Placed:
        """Send the order once; the shop is to refuse it if it would charge more than `agreed`, when given."""
        with _told("place"):
            body = self._basket(seller_id, merged(items), zone)
            body["not_after"] = _instant(at + NOT_AFTER)
            if agreed is not None:
                body["agreed"] = {name: value for name, value in vars(agreed).items() if value != ""}
            answer = self._once("PUT", _path(reference), _until(self.limits.place_s), body)
            return answers.order(_document(answer, created=True), [reference]).outcome

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier `place`; None only if the shop says that this very reference is new."""
        with _told("look_up"):
            answer = self._read("GET", _path(reference), self.limits.look_up_s)
            if answer.status == 404 and answer.media_type == "application/problem+json":
                if answers.is_unknown(http_json.document(answer.body), reference):
                    return None
                raise ShopUnavailable("status 404")
            return answers.order(_document(answer), [reference]).outcome

    def cancel(self, reference: str, at: datetime) -> bool:
        """Ask once to cancel; True when nothing will come, False when the shop says that it is too late."""
        with _told("cancel"):
            answer = self._once("POST", _path(reference) + "/cancel", _until(self.limits.cancel_s))
            told = answers.order(_document(answer), [reference])
            return told.progress.state in answers.NOTHING_COMES

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        """Where the orders are, asked for in groups of forty, all within one time limit."""
        with _told("progress"):
            found: dict[str, Progress] = {}
            deadline = _until(self.limits.progress_s)
            for start in range(0, len(references), ORDERS_AT_ONCE):
                group = references[start : start + ORDERS_AT_ONCE]
                path = "/orders?references=" + ",".join(quote(reference, safe="") for reference in group)
                found.update(answers.orders(_document(self._twice("GET", path, deadline)), group, at))
            return found

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        """Ask once to send things back; the worker repeats it under the same reference if it has to."""
        with _told("request_return"):
            path = f"{_path(reference)}/returns/{quote(return_reference, safe='')}"
            items = [vars(line) for line in lines]
            body = {"shopper": self.shopper, "items": items, "refund_to": refund_to}
            answer = self._once("PUT", path, _until(self.limits.return_s), body)
            return answers.taken_back(_document(answer, created=True), return_reference)

    def move(self, reference: str, label: str, at: datetime) -> bool:
        """Ask once to deliver elsewhere; False when the order still goes to another address."""
        with _told("move"):
            body = {"shopper": self.shopper, "address_label": label}
            answer = self._once("POST", _path(reference) + "/move", _until(self.limits.move_s), body)
            return answers.address_label(_document(answer), reference) == label

    def _basket(self, seller_id: str, items: Sequence[Item], zone: str) -> dict[str, Any]:
        return {
            "shopper": self.shopper,
            "seller_id": seller_id,
            "items": [{"sku_id": item.sku_id, "quantity": item.quantity} for item in items],
            "zone": zone,
        }

    def _read(self, method: str, path: str, seconds: float, body: Told | None = None) -> Answer:
        return self._twice(method, path, _until(seconds), body)

    def _twice(self, method: str, path: str, deadline: float, body: Told | None = None) -> Answer:
        """What changes nothing at the shop may be asked again at once, while there is time."""
        try:
            answer = self._once(method, path, deadline, body)
        except ShopUnavailable:
            return self._once(method, path, deadline, body)
        return self._once(method, path, deadline, body) if answer.status >= 500 else answer

    def _once(self, method: str, path: str, deadline: float, body: Told | None = None) -> Answer:
        sent = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        return self.server.exchange(method, path, deadline, sent)


@contextmanager
def _told(operation: str) -> Iterator[None]:
    """Log why an answer was not used: the merchant has to know, the shopper hears only that it was so."""
    try:
        yield
    except ShopUnavailable as error:
        log.warning("the shop gave no usable answer", extra={"where": operation, "reason": str(error)})
        raise


def _document(answer: Answer, *, created: bool = False) -> Told:
    if answer.status != 200 and not (created and answer.status == 201):
        raise ShopUnavailable(f"status {answer.status}")
    if answer.media_type != "application/json":
        raise ShopUnavailable("media type")
    return http_json.document(answer.body)


def _path(reference: str) -> str:
    return f"/orders/{quote(reference, safe='')}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _until(seconds: float) -> float:
    return time.monotonic() + seconds
