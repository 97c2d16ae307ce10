"""The Timers service: timers that run, wait and ring on the clock.

Paths, statuses and fields: ask-sdk-model 1.82 (`services/timer_management`) and the "Timers REST API
Reference": timers are made, paused and resumed in a session only, and labels are unique, else 400. That a
missing permission is 401, the longest duration and the code words are unverified.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from skill.simulator.account import Account
from skill.simulator.amazon.service import Asked, Refusal, Reply, Route, checked, iso
from skill.simulator.checks.fields import Field, faults, optional, words
from skill.simulator.checks.problem import part

SCOPE = "alexa::alerts:timers:skill:readwrite"
LONGEST = timedelta(hours=24)
BASE = "/v1/alerts/timers"
FIELDS = (
    Field("duration"),
    optional("timerLabel"),
    words("creationBehavior.displayExperience.visibility", "VISIBLE", "HIDDEN"),
    words("triggeringBehavior.operation.type", "ANNOUNCE", "LAUNCH_TASK", "NOTIFY_ONLY"),
    Field("triggeringBehavior.notificationConfig.playAudible", "a boolean"),
)
TEXT = (Field("locale"), Field("text"))
DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")


@dataclass(frozen=True)
class Timer:
    """One timer; `left` is what remained when it was paused, None while it runs."""

    id: str
    asked: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    rings_at: datetime
    left: timedelta | None = None

    def status(self, now: datetime) -> str:
        """PAUSED, ON, or OFF once it has rung."""
        if self.left is not None:
            return "PAUSED"
        return "ON" if now < self.rings_at else "OFF"


class Timers:
    """The timers of one skill in one account; those that have rung are forgotten."""

    name = "timers"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.kept: dict[str, Timer] = {}
        one = BASE + "/{id}"
        self.routes = (
            Route("POST", BASE, self._create, "json"),
            Route("GET", BASE, self._all),
            Route("DELETE", BASE, self._delete_all),
            Route("GET", one, self._get),
            Route("DELETE", one, self._delete),
            Route("POST", one + "/pause", self._pause),
            Route("POST", one + "/resume", self._resume),
        )

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}."""
        return Reply(refusal.status, {"code": refusal.code, "message": refusal.message})

    def denied(self) -> Refusal:
        """401, as when the customer did not permit timers."""
        return Refusal(401, "UNAUTHORIZED", "Request is not authorized: timers are not permitted.")

    def _running(self, asked: Asked, *, in_session: bool = False) -> dict[str, Timer]:
        """The timers that have not rung. Raises Refusal where the call is not allowed."""
        if asked.grant is None or asked.grant.device_id is None:
            raise Refusal(401, "UNAUTHORIZED", "The authentication token is not valid.")
        if not self._account.granted(SCOPE):
            raise self.denied()
        if in_session and not asked.grant.in_session:
            raise Refusal(403, "FORBIDDEN", "Timers are made, paused and resumed in a session only.")
        self.kept = {id_: each for id_, each in self.kept.items() if each.status(asked.now) != "OFF"}
        return self.kept

    def _create(self, asked: Asked) -> Reply:
        running = self._running(asked, in_session=True)
        body = checked(asked.body, FIELDS, "INVALID_REQUEST")
        _check_operation(body["triggeringBehavior"]["operation"])
        label = body.get("timerLabel")
        if label is not None and any(each.asked.get("timerLabel") == label for each in running.values()):
            raise Refusal(400, "DUPLICATE_TIMER_LABEL", "There is a timer with this label already.")
        made = Timer(str(uuid4()), body, asked.now, asked.now, asked.now + _duration(body["duration"]))
        running[made.id] = made
        return Reply(200, _wire(made, asked.now))

    def _all(self, asked: Asked) -> Reply:
        timers = [_wire(each, asked.now) for each in self._running(asked).values()]
        return Reply(200, {"totalCount": len(timers), "timers": timers, "nextToken": None})

    def _delete_all(self, asked: Asked) -> Reply:
        self._running(asked).clear()
        return Reply(200)

    def _get(self, asked: Asked) -> Reply:
        return Reply(200, _wire(self._found(asked), asked.now))

    def _delete(self, asked: Asked) -> Reply:
        found = self._found(asked)
        del self.kept[found.id]
        return Reply(200)

    def _pause(self, asked: Asked) -> Reply:
        found = self._found(asked, in_session=True)
        if found.left is not None:
            raise Refusal(400, "INVALID_TIMER_STATE", "The timer is paused already.")
        left = found.rings_at - asked.now
        self.kept[found.id] = replace(found, left=left, updated_at=asked.now)
        return Reply(200)

    def _resume(self, asked: Asked) -> Reply:
        found = self._found(asked, in_session=True)
        if found.left is None:
            raise Refusal(400, "INVALID_TIMER_STATE", "The timer is running already.")
        self.kept[found.id] = replace(found, left=None, rings_at=asked.now + found.left, updated_at=asked.now)
        return Reply(200)

    def _found(self, asked: Asked, *, in_session: bool = False) -> Timer:
        found = self._running(asked, in_session=in_session).get(asked.params["id"])
        if found is None:
            raise Refusal(404, "NOT_FOUND", "Timer not found.")
        return found


def _duration(text: str) -> timedelta:
    matched = DURATION.fullmatch(text)
    days, hours, minutes, seconds = (int(each or 0) for each in matched.groups()) if matched else (0, 0, 0, 0)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta() < length <= LONGEST:
        raise Refusal(400, "INVALID_DURATION", "duration must be an ISO 8601 duration of up to 24 hours.")
    return length


def _written(length: timedelta) -> str:
    """A duration as ISO 8601 has it, in hours, minutes and seconds."""
    seconds = int(length.total_seconds())
    parts = (seconds // 3600, "H"), (seconds % 3600 // 60, "M"), (seconds % 60, "S")
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")


def _check_operation(operation: Mapping[str, Any]) -> None:
    """ANNOUNCE needs words to say; LAUNCH_TASK a task, and words that ask whether to go on."""
    needed = {"ANNOUNCE": "textToAnnounce", "LAUNCH_TASK": "textToConfirm"}.get(operation["type"])
    if needed is None:
        return
    texts = operation.get(needed)
    if not isinstance(texts, list) or not texts:
        raise Refusal(400, "INVALID_TRIGGERING_BEHAVIOR", f"operation.{needed} is missing.")
    for text in texts:
        if not isinstance(text, Mapping) or any(True for _ in faults(text, TEXT, "")):
            raise Refusal(400, "INVALID_TRIGGERING_BEHAVIOR", f"operation.{needed} needs locale and text.")
    if needed == "textToConfirm" and any(
        True for _ in faults(part(operation, "task"), (Field("name"), Field("version")), "")
    ):
        raise Refusal(400, "INVALID_TRIGGERING_BEHAVIOR", "operation.task needs name and version.")


def _wire(timer: Timer, now: datetime) -> dict[str, Any]:
    running = timer.left is None
    return {
        "id": timer.id,
        "status": timer.status(now),
        "duration": timer.asked["duration"],
        "triggerTime": iso(timer.rings_at) if running else None,
        "timerLabel": timer.asked.get("timerLabel"),
        "createdTime": iso(timer.created_at),
        "updatedTime": iso(timer.updated_at),
        "remainingTimeWhenPaused": None if timer.left is None else _written(timer.left),
    }
