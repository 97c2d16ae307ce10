"""Reminders to order something on a day: Alexa's own, with Amazon's permission and a yes to each of them."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from skill.conversation import prompts
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.reminding import NotReminded
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS
from skill.orders.subscription_rules import FARTHEST_DAYS
from skill.understanding.wire import parse_date, parse_time

PERMISSION = "alexa::alerts:reminders:skill:readwrite"
"""What Amazon asks the customer for ("Alexa Reminders API Reference")."""
KIND = "orders.remind"
AT_NINE = time(9)
"""When a reminder rings for which no time was said."""
PARTS = {"MO": AT_NINE, "AF": time(14), "EV": time(18), "NI": time(20)}
"""When a part of a day begins for this, by its word on Alexa's wire."""


@intent(
    "SetReminderIntent",
    Slot("product", "PRODUCT"),
    Slot("day", "AMAZON.DATE"),
    Slot("time", "AMAZON.TIME"),
    needs="orders",
)
def set_reminder(turn: Turn, orders: Orders) -> Reply:
    """Ask whether to remind of ordering something, with the day and the time; or for Amazon's permission."""
    rings_at = _moment(turn)
    if rings_at is None:
        raise SpokenError("SetReminderIntent.which_day")
    if turn.reminders is None:
        raise SpokenError("SetReminderIntent.not_here")
    words = turn.heard("product")
    name = orders.catalog.spelled(words[:LONGEST_WORDS], turn.language) if words else ""
    orders.unit.release()  # no lock is held while Amazon is asked
    try:
        turn.reminders.check()
    except NotReminded as refused:
        return _refused(refused)
    payload = {"name": name, "rings_at": rings_at.isoformat(), "zone": turn.caller.zone}
    values = {"name": name, "day": rings_at.date(), "at": rings_at}
    return Reply("SetReminderIntent.sure", values, confirm=Confirm(KIND, payload))


@on_yes(KIND)
def remind(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Set the reminder that was agreed to; a repeat of the yes sets none."""
    rings_at = datetime.fromisoformat(str(payload["rings_at"])).astimezone(ZoneInfo(str(payload["zone"])))
    if turn.reminders is None:
        raise SpokenError("SetReminderIntent.not_here")
    text = prompts.for_locale(turn.locale).render("Mail.reminder", {"name": payload["name"]}).speech
    orders.unit.release()  # no lock is held while Amazon is asked, and the yes is used up
    try:
        turn.reminders.create(text, turn.locale, rings_at, turn.at)
    except NotReminded as refused:
        return _refused(refused)
    return Reply("YesIntent.reminder_set", {"day": rings_at.date(), "at": rings_at})


@on_no(KIND)
def do_not_remind(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Set none."""
    return Reply("NoIntent.reminder_dropped")


def _refused(refused: NotReminded) -> Reply:
    if refused.reason == "not_permitted":
        return Reply("SetReminderIntent.permit", permissions=(PERMISSION,))
    return Reply("SetReminderIntent.unavailable")


def _moment(turn: Turn) -> datetime | None:
    """When it shall ring, on the household's clock; None where no day was said. Raises SpokenError."""
    wire, said = turn.heard("day"), turn.heard("time")
    if wire is None:
        return None
    today = turn.local.date()
    try:
        first, behind = parse_date(wire, today)
        clock = PARTS[said] if said in PARTS else parse_time(said) if said else AT_NINE
    except ValueError as error:
        raise SpokenError("Error.date_unclear") from error
    on = max(first, today) if behind > today else first
    if on > today + timedelta(days=FARTHEST_DAYS):
        raise SpokenError("Error.date_too_far")
    if not isinstance(clock, time):
        clock = AT_NINE
    zone = ZoneInfo(turn.caller.zone)
    rings_at = datetime.combine(on, clock, zone)
    if rings_at <= turn.at and said is None:
        rings_at = datetime.combine(on, PARTS["EV"], zone)
    if rings_at <= turn.at:
        raise SpokenError("SetReminderIntent.past")
    return rings_at
