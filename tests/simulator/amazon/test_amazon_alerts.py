"""Reminders, timers and what is said in between."""

from datetime import timedelta
from typing import Any

import pytest

from skill.simulator.amazon import reminders as reminder_service
from skill.simulator.amazon import timers as timer_service
from skill.simulator.amazon.reminders import Reminders
from tests.simulator.amazon.caller import KITCHEN, Caller

REMINDERS = "/v1/alerts/reminders"
TIMERS = "/v1/alerts/timers"
CONTENT = [{"locale": "en-US", "text": "Order diapers"}]
RELATIVE: dict[str, Any] = {
    "requestTime": "2026-11-21T12:00:00.000",
    "trigger": {"type": "SCHEDULED_RELATIVE", "offsetInSeconds": 600},
    "alertInfo": {"spokenInfo": {"content": CONTENT}},
    "pushNotification": {"status": "ENABLED"},
}
TIMER: dict[str, Any] = {
    "duration": "PT1H30M",
    "timerLabel": "bottle",
    "creationBehavior": {"displayExperience": {"visibility": "VISIBLE"}},
    "triggeringBehavior": {
        "operation": {"type": "ANNOUNCE", "textToAnnounce": [{"locale": "en-US", "text": "Ready"}]},
        "notificationConfig": {"playAudible": True},
    },
}


@pytest.fixture
def allowed(caller: Caller) -> Caller:
    """A caller whose account permits reminders and timers."""
    caller.account.permissions |= {reminder_service.SCOPE: True, timer_service.SCOPE: True}
    return caller


def trigger(**fields: Any) -> dict[str, Any]:
    return {**RELATIVE, "trigger": {"type": "SCHEDULED_ABSOLUTE", **fields}}


def test_a_reminder_is_made_read_changed_and_deleted(allowed: Caller) -> None:
    status, made = allowed.ask("POST", REMINDERS, RELATIVE)
    assert status == 200
    assert made["status"] == "ON"
    assert made["version"] == "1"
    assert made["createdTime"] == "2026-11-21T12:00:00.000Z"
    one = f"{REMINDERS}/{made['alertToken']}"
    assert made["href"] == one

    allowed.clock.now += timedelta(minutes=5)
    assert allowed.get(one).body["trigger"] == RELATIVE["trigger"]
    status, changed = allowed.ask("PUT", one, RELATIVE)
    assert (status, changed["version"], changed["alertToken"]) == (200, "2", made["alertToken"])
    assert changed["updatedTime"] == "2026-11-21T12:05:00.000Z"
    assert allowed.get(REMINDERS).body["totalCount"] == "1"

    assert allowed.ask("DELETE", one) == (200, None)
    assert allowed.get(one).status == 404
    assert allowed.ask("DELETE", one).status == 404
    assert allowed.ask("PUT", one, RELATIVE).status == 404
    assert allowed.get(REMINDERS).body == {"totalCount": "0", "alerts": [], "links": None}


def test_a_reminder_has_rung_when_its_time_has_come(allowed: Caller) -> None:
    made = allowed.ask("POST", REMINDERS, RELATIVE).body
    one = f"{REMINDERS}/{made['alertToken']}"
    allowed.clock.now += timedelta(seconds=599)
    assert allowed.get(one).body["status"] == "ON"
    allowed.clock.now += timedelta(seconds=1)
    assert allowed.get(one).body["status"] == "COMPLETED"


def test_an_absolute_reminder_is_in_the_zone_of_the_device_or_its_own(allowed: Caller) -> None:
    # It is noon in UTC, so seven in the morning in New York and one in the afternoon in Berlin.
    assert allowed.ask("POST", REMINDERS, trigger(scheduledTime="2026-11-21T07:01:00")).status == 200
    late = trigger(scheduledTime="2026-11-21T12:59:00", timeZoneId="Europe/Berlin")
    assert allowed.ask("POST", REMINDERS, late).body["code"] == "TRIGGER_SCHEDULED_TIME_IN_PAST"
    allowed.account.devices[KITCHEN].zone = "Europe/Berlin"
    assert allowed.ask("POST", REMINDERS, trigger(scheduledTime="2026-11-21T07:01:00")).status == 400


@pytest.mark.parametrize(
    "recurrence",
    [
        {"freq": "DAILY"},
        {"freq": "WEEKLY", "byDay": ["MO", "FR"]},
        {"recurrenceRules": ["FREQ=DAILY;BYHOUR=6"]},
    ],
)
def test_a_recurring_reminder_never_ends_by_itself(allowed: Caller, recurrence: Any) -> None:
    made = allowed.ask("POST", REMINDERS, trigger(scheduledTime="2026-11-22T08:00:00", recurrence=recurrence))
    assert made.status == 200
    allowed.clock.now += timedelta(days=30)
    assert allowed.get(REMINDERS).body["alerts"][0]["status"] == "ON"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "INVALID_REQUEST"),
        ({**RELATIVE, "requestTime": "today"}, "INVALID_REQUEST_TIME_FORMAT"),
        ({**RELATIVE, "trigger": {"type": "SCHEDULED_SOON"}}, "INVALID_REQUEST"),
        ({**RELATIVE, "trigger": {"type": "SCHEDULED_RELATIVE"}}, "INVALID_TRIGGER_OFFSET"),
        (
            {**RELATIVE, "trigger": {"type": "SCHEDULED_RELATIVE", "offsetInSeconds": 0}},
            "INVALID_TRIGGER_OFFSET",
        ),
        (
            {**RELATIVE, "trigger": {"type": "SCHEDULED_RELATIVE", "offsetInSeconds": 10**30}},
            "INVALID_TRIGGER_OFFSET",
        ),
        (trigger(), "INVALID_TRIGGER_SCHEDULED_TIME"),
        (trigger(scheduledTime="tomorrow"), "INVALID_TRIGGER_SCHEDULED_TIME"),
        (
            trigger(scheduledTime="2026-11-22T08:00:00", timeZoneId="Mars/Olympus"),
            "INVALID_TRIGGER_TIME_ZONE",
        ),
        (trigger(scheduledTime="2026-11-22T08:00:00", timeZoneId="../../etc"), "INVALID_TRIGGER_TIME_ZONE"),
        (trigger(scheduledTime="2026-11-22T08:00:00", recurrence={"freq": "YEARLY"}), "INVALID_RECURRENCE"),
        (
            trigger(scheduledTime="2026-11-22T08:00:00", recurrence={"freq": "WEEKLY", "byDay": ["Monday"]}),
            "INVALID_RECURRENCE",
        ),
        (
            trigger(scheduledTime="2026-11-22T08:00:00", recurrence={"recurrenceRules": [1]}),
            "INVALID_RECURRENCE",
        ),
        ({**RELATIVE, "alertInfo": {}}, "INVALID_ALERT_INFO"),
        ({**RELATIVE, "alertInfo": {"spokenInfo": {"content": [1]}}}, "INVALID_ALERT_INFO"),
        (
            {**RELATIVE, "alertInfo": {"spokenInfo": {"content": [{"locale": "en-US", "ssml": "<speak/>"}]}}},
            "INVALID_ALERT_INFO",
        ),
        ({**RELATIVE, "pushNotification": {"status": "LOUD"}}, "INVALID_REQUEST"),
    ],
)
def test_a_reminder_that_cannot_ring_is_refused(allowed: Caller, body: Any, code: str) -> None:
    status, told = allowed.ask("POST", REMINDERS, body)
    assert (status, told["code"]) == (400, code)
    assert allowed.services.reminders == ()


def test_reminders_need_permission_a_session_and_room(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert caller.ask("POST", REMINDERS, RELATIVE).status == 401
    assert caller.get(REMINDERS).status == 401
    caller.account.permissions[reminder_service.SCOPE] = True
    assert caller.ask("POST", REMINDERS, RELATIVE, token="").status == 401
    outside = caller.token(in_session=False)
    assert caller.ask("POST", REMINDERS, RELATIVE, outside).status == 403
    assert caller.get(REMINDERS, outside).status == 200
    monkeypatch.setattr(reminder_service, "MAX_REMINDERS", 1)
    assert caller.ask("POST", REMINDERS, RELATIVE).status == 200
    assert caller.ask("POST", REMINDERS, RELATIVE).body["code"] == "MAX_REMINDERS_EXCEEDED"


def test_a_timer_runs_waits_and_goes_on(allowed: Caller) -> None:
    status, made = allowed.ask("POST", TIMERS, TIMER)
    assert (status, made["status"], made["duration"]) == (200, "ON", "PT1H30M")
    assert made["triggerTime"] == "2026-11-21T13:30:00.000Z"
    one = f"{TIMERS}/{made['id']}"

    allowed.clock.now += timedelta(minutes=30, seconds=5)
    assert allowed.ask("POST", one + "/pause") == (200, None)
    paused = allowed.get(one).body
    assert (paused["status"], paused["remainingTimeWhenPaused"]) == ("PAUSED", "PT59M55S")
    assert paused["triggerTime"] is None
    assert allowed.ask("POST", one + "/pause").status == 400

    allowed.clock.now += timedelta(days=1)
    assert allowed.ask("POST", one + "/resume") == (200, None)
    assert allowed.ask("POST", one + "/resume").status == 400
    allowed.clock.now += timedelta(minutes=59, seconds=54)
    assert allowed.get(one).body["status"] == "ON"
    allowed.clock.now += timedelta(seconds=1)
    assert allowed.get(one).status == 404
    assert allowed.get(TIMERS).body == {"totalCount": 0, "timers": [], "nextToken": None}


def test_timers_are_cancelled_one_by_one_or_all(allowed: Caller) -> None:
    ids = [allowed.ask("POST", TIMERS, {**TIMER, "timerLabel": label}).body["id"] for label in "abc"]
    assert allowed.ask("DELETE", f"{TIMERS}/{ids[0]}") == (200, None)
    assert [each["id"] for each in allowed.get(TIMERS).body["timers"]] == ids[1:]
    assert allowed.ask("DELETE", TIMERS) == (200, None)
    assert allowed.get(TIMERS).body["totalCount"] == 0


def operation(**fields: Any) -> dict[str, Any]:
    return {**TIMER, "triggeringBehavior": {"operation": fields, "notificationConfig": {"playAudible": True}}}


TASK = {"name": "amzn1.ask.skill.x.Feed", "version": "1"}


@pytest.mark.parametrize(
    "body",
    [
        operation(type="NOTIFY_ONLY"),
        operation(type="LAUNCH_TASK", textToConfirm=[{"locale": "en-US", "text": "Log it?"}], task=TASK),
        {**TIMER, "duration": "P1D"},
    ],
)
def test_a_timer_may_notify_or_launch_a_task(allowed: Caller, body: Any) -> None:
    assert allowed.ask("POST", TIMERS, body).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**TIMER, "duration": "90"},
        {**TIMER, "duration": "PT"},
        {**TIMER, "duration": "PT25H"},
        {**TIMER, "duration": "PT9999H"},
        {**TIMER, "creationBehavior": {"displayExperience": {"visibility": "MAYBE"}}},
        operation(type="EXPLODE"),
        operation(type="ANNOUNCE"),
        operation(type="ANNOUNCE", textToAnnounce=[{"text": "Ready"}]),
        operation(type="LAUNCH_TASK", textToConfirm=[{"locale": "en-US", "text": "Log it?"}]),
    ],
)
def test_a_timer_that_cannot_ring_is_refused(allowed: Caller, body: Any) -> None:
    assert allowed.ask("POST", TIMERS, body).status == 400


def test_timers_need_permission_a_session_and_their_own_label(caller: Caller) -> None:
    assert caller.ask("POST", TIMERS, TIMER).status == 401
    caller.account.permissions[timer_service.SCOPE] = True
    assert caller.get(TIMERS, "").status == 401
    outside = caller.token(in_session=False)
    assert caller.ask("POST", TIMERS, TIMER, outside).status == 403
    assert caller.ask("POST", TIMERS, TIMER).status == 200
    assert caller.ask("POST", TIMERS, TIMER).body["code"] == "DUPLICATE_TIMER_LABEL"
    assert caller.ask("POST", TIMERS, {**TIMER, "timerLabel": None}).status == 200
    assert caller.get(TIMERS, outside).body["totalCount"] == 2


SPEAK = {"header": {"requestId": "r1"}, "directive": {"type": "VoicePlayer.Speak", "speech": "One moment."}}


def test_a_progressive_response_is_said_while_the_request_is_open(caller: Caller) -> None:
    assert caller.ask("POST", "/v1/directives", SPEAK) == (
        403,
        {"code": 403, "message": "Unrecognized requestId: r1"},
    )

    def skill(_envelope: dict[str, Any]) -> dict[str, Any]:
        assert caller.ask("POST", "/v1/directives", SPEAK) == (204, None)
        return {"version": "1.0", "response": {}}

    assert caller.services.around(skill)({"request": {"requestId": "r1"}}) == {
        "version": "1.0",
        "response": {},
    }
    assert [(each.request_id, each.speech) for each in caller.services.spoken] == [("r1", "One moment.")]
    assert caller.ask("POST", "/v1/directives", SPEAK).status == 403


def test_a_progressive_response_is_limited_and_checked(caller: Caller) -> None:
    with caller.services.asking("r1"):
        assert caller.ask("POST", "/v1/directives", SPEAK, token="").status == 401
        assert caller.ask("POST", "/v1/directives", {**SPEAK, "directive": {"type": "Speak"}}).status == 400
        answers = [caller.ask("POST", "/v1/directives", SPEAK).status for _ in range(6)]
    assert answers == [204] * 5 + [403]


def test_a_reminder_keeps_what_was_asked(allowed: Caller) -> None:
    allowed.ask("POST", REMINDERS, RELATIVE)
    (kept,) = allowed.services.reminders
    assert kept.asked == RELATIVE
    assert Reminders(allowed.account).kept == {}
