"""Delivers the outbox: each message once its time has come, as far as the household agreed to be told."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from skill.household import notices
from skill.household.models import Household
from skill.household.notices import MESSAGE, ORDER_STATUS
from skill.household.quiet_hours import is_quiet
from skill.household.service import Households
from skill.storage.database import Database, Unit
from skill.storage.outbox import Outbox, OutboxMessage

log = logging.getLogger("restock.outbox")
PURCHASE = "purchase"
"""The purpose of what a purchase entails: it needs no consent, keeps no quiet hours and counts for no cap."""
ADDRESSED = {"order_status": ORDER_STATUS, "notice": MESSAGE}
"""Kinds that go to an Alexa user, and the event that this user must have subscribed to."""
LOUD = tuple(ADDRESSED)
"""Kinds that light up or sound in the house, and so keep the quiet hours."""
WEEK = timedelta(days=7)


class Undeliverable(Exception):
    """The message can never be delivered as it is; `str()` is a short reason without personal data."""


class NotPermitted(Undeliverable):
    """Whoever it is for has forbidden it at Amazon: nothing is sent there until it is permitted again."""


class TryLater(Exception):
    """The service is there but does not want it now; `seconds` is how long it asks us to wait."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Carrier(Protocol):
    """Takes one message to where it belongs. Safe to be asked twice for the same `message_id`."""

    def __call__(self, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """Raises Undeliverable when it never can be, anything else when it may be later."""


@dataclass(frozen=True)
class Delivered:
    """What one household's round of the outbox did."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0


def deliver(
    database: Database, carriers: Mapping[str, Carrier], household_id: UUID, clock: Callable[[], datetime]
) -> Delivered:
    """Send what is due in one household. A kind without a carrier waits until there is one.

    Each message is taken in one transaction, sent outside of any, and settled in another: a crash between
    them means that it is sent again after two minutes, under the same id.
    """
    done = Delivered()
    due = database.run(household_id, lambda unit: [(m.id, m.kind) for m in Outbox(unit).due(clock())])
    for message_id, kind in due:
        if kind in carriers:
            done = _one(database, carriers[kind], household_id, message_id, clock, done)
    database.run(household_id, lambda unit: Outbox(unit).forget(clock()))
    return done


def _one(
    database: Database,
    carrier: Carrier,
    household_id: UUID,
    message_id: UUID,
    clock: Callable[[], datetime],
    done: Delivered,
) -> Delivered:
    outcome, payload = database.run(household_id, lambda unit: _taken(unit, message_id, clock()))
    if outcome != "send":
        return replace(done, dropped=done.dropped + 1) if outcome == "dropped" else done
    try:
        carrier(message_id, payload)
    except Exception as error:  # whatever a carrier meets, the others still get their turn
        failed = partial(_failed, message_id=message_id, error=error, at=clock())
        state = database.run(household_id, failed)
        log.warning("a message was not delivered", extra={"error": type(error).__name__, "outcome": state})
        return replace(done, failed=done.failed + 1)
    database.run(household_id, lambda unit: Outbox(unit).settle(message_id, "sent", clock()))
    return replace(done, sent=done.sent + 1)


def _taken(unit: Unit, message_id: UUID, at: datetime) -> tuple[str, Mapping[str, Any]]:
    outbox, nothing = Outbox(unit), dict[str, Any]()
    message = next((one for one in outbox.due(at) if one.id == message_id), None)
    if message is None or not outbox.take(message, at):
        return "gone", nothing
    if _unwanted(unit, message, at):
        outbox.settle(message.id, "dropped", at)
        return "dropped", nothing
    home = Households(unit).get()
    if message.kind in LOUD and message.purpose != PURCHASE and _quiet(home, at):
        outbox.postpone(message.id, _after_quiet(home, at))
        return "postponed", nothing
    return "send", {**message.payload, **_addressee(unit, message)}


def _unwanted(unit: Unit, message: OutboxMessage, at: datetime) -> bool:
    """Whether it comes too late, the member does not agree to it, or the week's share is used up."""
    if message.until is not None and at > message.until:
        return True
    if message.purpose == PURCHASE:
        return False
    households = Households(unit)
    if message.member_id is None or not households.has_consent(message.member_id, message.purpose):
        return True
    if message.kind in ADDRESSED and not _addressee(unit, message):
        return True
    cap = households.cap(message.purpose)
    return cap is not None and Outbox(unit).sent_since(message.purpose, at - WEEK) >= cap


def _addressee(unit: Unit, message: OutboxMessage) -> dict[str, str]:
    """The Alexa user that a notice is for; empty where Amazon has no permission to deliver it."""
    if message.kind not in ADDRESSED or message.member_id is None:
        return {}
    user_id = notices.address(unit, message.member_id, ADDRESSED[message.kind])
    return {} if user_id is None else {"user": user_id}


def _quiet(home: Household, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(home.zone))
    return is_quiet(local, home.quiet_from_minute, home.quiet_until_minute)


def _after_quiet(home: Household, at: datetime) -> datetime:
    """The first minute after the quiet hours, found by the household's clock so that its changes are kept."""
    moment = at.replace(second=0, microsecond=0)
    while _quiet(home, moment):
        moment += timedelta(minutes=1)
    return moment


def _failed(unit: Unit, message_id: UUID, error: Exception, at: datetime) -> str:
    outbox = Outbox(unit)
    reason = str(error) if isinstance(error, Undeliverable | TryLater) else type(error).__name__
    if isinstance(error, NotPermitted):
        for message in outbox.all("waiting"):
            if message.id == message_id and message.member_id is not None:
                notices.forget(unit, message.member_id)
    wait = timedelta(seconds=error.seconds) if isinstance(error, TryLater) else timedelta(0)
    return outbox.fail(message_id, reason, at, for_good=isinstance(error, Undeliverable), wait=wait)
