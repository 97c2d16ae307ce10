"""The Reminders service: what the skill asked Alexa to remind of, kept until it has rung.

Paths, statuses and fields: ask-sdk-model 1.82 (`services/reminder_management`) and the "Alexa Reminders API
Reference" (reminders are created in a session only). 401 is a missing permission and 403 a device or
session that cannot, as Amazon's own sample and Jovo's client read them. `ALERT_NOT_FOUND` and
`INVALID_ALERT_INFO` are words of the real service; the others and the number of reminders are unverified.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skill.simulator.account import Account
from skill.simulator.amazon.service import Asked, Refusal, Reply, Route, checked, iso
from skill.simulator.checks.fields import Field, faults, optional, words
from skill.simulator.checks.problem import part

SCOPE = "alexa::alerts:reminders:skill:readwrite"
MAX_REMINDERS = 250
BASE = "/v1/alerts/reminders"
FIELDS = (
    Field("requestTime"),
    words("trigger.type", "SCHEDULED_ABSOLUTE", "SCHEDULED_RELATIVE"),
    optional("trigger.timeZoneId"),
    optional("trigger.recurrence", "an object"),
    words("pushNotification.status", "ENABLED", "DISABLED", required=False),
)
CONTENT = (Field("locale"), Field("text"), optional("ssml"))
DAYS = frozenset({"SU", "MO", "TU", "WE", "TH", "FR", "SA"})


@dataclass(frozen=True)
class Reminder:
    """One reminder: what was asked, and when it rings; `rings_at` is None for a recurring one."""

    token: str
    asked: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    rings_at: datetime | None
    version: int = 1

    def status(self, now: datetime) -> str:
        """ON until it has rung, then COMPLETED."""
        return "COMPLETED" if self.rings_at is not None and self.rings_at <= now else "ON"


class Reminders:
    """The reminders of one skill in one account."""

    name = "reminders"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.kept: dict[str, Reminder] = {}
        one = BASE + "/{alertToken}"
        self.routes = (
            Route("POST", BASE, self._create, "json"),
            Route("GET", BASE, self._all),
            Route("GET", one, self._get),
            Route("PUT", one, self._update, "json"),
            Route("DELETE", one, self._delete),
        )

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}."""
        return Reply(refusal.status, {"code": refusal.code, "message": refusal.message})

    def denied(self) -> Refusal:
        """401, as when the customer did not permit reminders."""
        return Refusal(401, "UNAUTHORIZED", "Request is not authorized: reminders are not permitted.")

    def _allow(self, asked: Asked) -> str:
        """The device that asks. Raises Refusal without a valid token or without the permission."""
        if asked.grant is None or asked.grant.device_id is None:
            raise Refusal(401, "UNAUTHORIZED", "The authentication token is not valid.")
        if not self._account.granted(SCOPE):
            raise self.denied()
        return asked.grant.device_id

    def _create(self, asked: Asked) -> Reply:
        device_id = self._allow(asked)
        if asked.grant is None or not asked.grant.in_session:
            raise Refusal(403, "FORBIDDEN", "Reminders can only be created in a session.")
        if sum(each.status(asked.now) == "ON" for each in self.kept.values()) >= MAX_REMINDERS:
            raise Refusal(403, "MAX_REMINDERS_EXCEEDED", f"There are {MAX_REMINDERS} reminders already.")
        rings_at = self._rings_at(asked, device_id)
        made = Reminder(str(uuid4()), asked.body, asked.now, asked.now, rings_at)
        self.kept[made.token] = made
        return Reply(200, _receipt(made, asked.now))

    def _all(self, asked: Asked) -> Reply:
        self._allow(asked)
        alerts = [_whole(each, asked.now) for each in self.kept.values()]
        return Reply(200, {"totalCount": str(len(alerts)), "alerts": alerts, "links": None})

    def _get(self, asked: Asked) -> Reply:
        return Reply(200, _whole(self._found(asked), asked.now))

    def _update(self, asked: Asked) -> Reply:
        before = self._found(asked)
        rings_at = self._rings_at(asked, self._allow(asked))
        made = replace(
            before, asked=asked.body, updated_at=asked.now, rings_at=rings_at, version=before.version + 1
        )
        self.kept[made.token] = made
        return Reply(200, _receipt(made, asked.now))

    def _delete(self, asked: Asked) -> Reply:
        found = self._found(asked)
        del self.kept[found.token]
        return Reply(200)

    def _found(self, asked: Asked) -> Reminder:
        self._allow(asked)
        found = self.kept.get(asked.params["alertToken"])
        if found is None:
            raise Refusal(404, "ALERT_NOT_FOUND", "There is no reminder with this token.")
        return found

    def _rings_at(self, asked: Asked, device_id: str) -> datetime | None:
        """When a sound reminder rings, None for a recurring one. Raises Refusal 400."""
        body = checked(asked.body, FIELDS, "INVALID_REQUEST")
        _moment(body["requestTime"], ZoneInfo("UTC"), "INVALID_REQUEST_TIME_FORMAT")
        _check_content(body)
        trigger = body["trigger"]
        recurring = _check_recurrence(trigger.get("recurrence"))
        if trigger["type"] == "SCHEDULED_RELATIVE":
            return asked.now + timedelta(seconds=_offset(trigger))
        state = self._account.devices.get(device_id)
        zone = _zone(trigger.get("timeZoneId") or (state.zone if state else "UTC"))
        rings_at = _moment(trigger.get("scheduledTime"), zone, "INVALID_TRIGGER_SCHEDULED_TIME")
        if recurring:
            return None
        if rings_at <= asked.now:
            raise Refusal(400, "TRIGGER_SCHEDULED_TIME_IN_PAST", "trigger.scheduledTime is over.")
        return rings_at


def _check_content(body: Mapping[str, Any]) -> None:
    content = part(part(body, "alertInfo"), "spokenInfo").get("content")
    if not isinstance(content, list) or not content:
        raise Refusal(400, "INVALID_ALERT_INFO", "alertInfo.spokenInfo.content says nothing.")
    for number, one in enumerate(content):
        place = f"alertInfo.spokenInfo.content[{number}]"
        if not isinstance(one, Mapping):
            raise Refusal(400, "INVALID_ALERT_INFO", f"{place} must be an object.")
        for problem in faults(one, CONTENT, place):
            raise Refusal(400, "INVALID_ALERT_INFO", problem.message)


def _offset(trigger: Mapping[str, Any]) -> int:
    offset = trigger.get("offsetInSeconds")
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 < offset <= 365 * 86_400:
        raise Refusal(400, "INVALID_TRIGGER_OFFSET", "trigger.offsetInSeconds must be a positive number.")
    return offset


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal(400, "INVALID_TRIGGER_TIME_ZONE", "trigger.timeZoneId is no IANA time zone.") from None


def _moment(text: Any, zone: ZoneInfo, code: str) -> datetime:
    """A time as the service takes it: ISO 8601, in `zone` where it names none."""
    try:
        stated = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refusal(400, code, f"{text!r:.60} is no ISO 8601 time.") from None
    return stated if stated.tzinfo else stated.replace(tzinfo=zone)


def _check_recurrence(recurrence: Any) -> bool:
    """Whether there is a recurrence. Raises Refusal 400 for one that cannot be followed."""
    if recurrence is None:
        return False
    rules = recurrence.get("recurrenceRules")
    if rules is not None:
        if not isinstance(rules, list) or not all(
            isinstance(rule, str) and "FREQ=" in rule for rule in rules
        ):
            raise Refusal(400, "INVALID_RECURRENCE", "recurrenceRules must be a list of iCalendar rules.")
        return bool(rules)
    days = recurrence.get("byDay") or []
    if recurrence.get("freq") not in ("DAILY", "WEEKLY") or not isinstance(days, list):
        raise Refusal(400, "INVALID_RECURRENCE", "recurrence.freq must be DAILY or WEEKLY.")
    if not all(isinstance(day, str) and day in DAYS for day in days):
        raise Refusal(400, "INVALID_RECURRENCE", "recurrence.byDay must hold days as MO.")
    return True


def _receipt(reminder: Reminder, now: datetime) -> dict[str, Any]:
    return {
        "alertToken": reminder.token,
        "createdTime": iso(reminder.created_at),
        "updatedTime": iso(reminder.updated_at),
        "status": reminder.status(now),
        "version": str(reminder.version),
        "href": f"{BASE}/{reminder.token}",
    }


def _whole(reminder: Reminder, now: datetime) -> dict[str, Any]:
    told = {name: value for name, value in _receipt(reminder, now).items() if name != "href"}
    return told | {name: reminder.asked.get(name) for name in ("trigger", "alertInfo", "pushNotification")}
