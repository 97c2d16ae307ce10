"""The services as a whole: faults, the record of calls, broken requests, and what is left behind."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from skill.simulator.amazon import DENIED, DOWN, EMPTY, THROTTLED, AmazonServices, Fault, fault_named, slow
from skill.simulator.amazon.customer import PROFILE
from skill.simulator.amazon.reminders import SCOPE
from skill.simulator.amazon.server import MAX_BODY_BYTES
from tests.simulator.amazon.caller import KITCHEN, Caller, Clock, household

NAME = "/v2/accounts/~current/settings/Profile.name"
ZONE = f"/v2/devices/{KITCHEN}/settings/System.timeZone"
PATHS = {
    "address": ("GET", f"/v1/devices/{KITCHEN}/settings/address"),
    "profile": ("GET", NAME),
    "settings": ("GET", ZONE),
    "reminders": ("GET", "/v1/alerts/reminders"),
    "timers": ("GET", "/v1/alerts/timers"),
    "directives": ("POST", "/v1/directives"),
    "events": ("POST", "/v1/proactiveEvents"),
    "messages": ("POST", "/v1/skillmessages/users/u"),
    "login": ("POST", "/auth/O2/token"),
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    ("fault", "statuses"), [(DENIED, {401, 403}), (EMPTY, {204}), (THROTTLED, {429}), (DOWN, {503})]
)
def test_every_service_can_misbehave(caller: Caller, name: str, fault: Fault, statuses: set[int]) -> None:
    method, path = PATHS[name]
    caller.services.behave(name, fault)
    answer = caller.ask(method, path, {} if method == "POST" else None)
    assert answer.status in statuses
    assert answer.body is None or "message" in answer.body or "error" in answer.body
    assert caller.services.calls[-1].service == name


def test_a_fault_is_of_one_service_and_ends(caller: Caller) -> None:
    caller.account.permissions[PROFILE["name"][0]] = True
    caller.services.behave("profile", DOWN)
    assert caller.get(NAME).status == 503
    assert caller.get(ZONE).status == 200
    caller.services.behave("profile", None)
    assert caller.get(NAME).status == 200
    with pytest.raises(ValueError, match="There is no service 'weather'"):
        caller.services.behave("weather", DOWN)


def test_a_slow_service_answers_rightly_after_its_time(caller: Caller) -> None:
    caller.services.behave("settings", slow(0.2))
    assert caller.get(ZONE) == (200, "America/New_York")
    (call,) = caller.services.calls
    assert call.ms >= 200


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", None),
        ("well", None),
        ("denied", DENIED),
        ("down", DOWN),
        ("slow 2.5", slow(2.5)),
        ("slow:3", slow(3)),
    ],
)
def test_a_fault_has_a_name(text: str, fault: Fault | None) -> None:
    assert fault_named(text) == fault


@pytest.mark.parametrize("text", ["slow", "broken", "slow -1", "slow 1e9"])
def test_an_unknown_fault_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="A service can be well, denied"):
        fault_named(text)


def test_every_call_is_recorded_in_order(caller: Caller) -> None:
    caller.get(NAME)
    caller.ask("POST", "/v1/directives", {"header": {}})
    caller.get("/v9/nothing")
    told = [(call.service, call.method, call.path, call.status, call.body) for call in caller.services.calls]
    assert told == [
        ("profile", "GET", NAME, 403, None),
        ("directives", "POST", "/v1/directives", 400, {"header": {}}),
        ("unknown", "GET", "/v9/nothing", 404, None),
    ]


def test_a_known_path_with_another_method_is_not_allowed(caller: Caller) -> None:
    assert caller.ask("DELETE", NAME).status == 405
    assert caller.ask("PATCH", "/v1/alerts/reminders").status == 405


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 50_000])
def test_a_body_that_is_no_json_is_refused(caller: Caller, content: bytes) -> None:
    caller.account.permissions[SCOPE] = True
    headers = {"Authorization": f"Bearer {caller.token()}"}
    assert caller.send("POST", "/v1/alerts/reminders", content, headers).status == 400


def test_a_body_above_the_limit_is_not_read(caller: Caller) -> None:
    assert caller.send("POST", "/v1/directives", b"a" * (MAX_BODY_BYTES + 1), {}).status == 413
    assert caller.send("POST", "/v1/directives", None, {"Content-Length": "-1"}).status == 400


def test_a_path_is_decoded_and_its_query_ignored(caller: Caller) -> None:
    assert caller.get(ZONE.replace("amzn1.ask", "amzn1%2Eask") + "?x=1").status == 200


def test_many_calls_at_once_are_all_answered(caller: Caller) -> None:
    caller.account.permissions[SCOPE] = True
    body = {
        "requestTime": "2026-11-21T12:00:00",
        "trigger": {"type": "SCHEDULED_RELATIVE", "offsetInSeconds": 5},
        "alertInfo": {"spokenInfo": {"content": [{"locale": "en-US", "text": "Hi"}]}},
    }
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: caller.ask("POST", "/v1/alerts/reminders", body), range(40)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["alertToken"] for answer in answers}) == len(caller.services.calls) == 40


def test_nothing_is_left_behind_even_by_those_who_wait() -> None:
    before = set(threading.enumerate())
    with AmazonServices(household(), Clock()) as services:
        caller = Caller(services, household())
        services.behave("settings", slow(60))
        host = urlsplit(services.address)
        assert host.hostname == "127.0.0.1"
        idle = socket.create_connection((host.hostname, host.port or 0))
        waiting = threading.Thread(target=lambda: caller.get(ZONE))
        waiting.start()
        idle.sendall(b"POST /v1/directives HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
        # Both are being served: beside them run the server's own thread and the one that waits here.
        while len(set(threading.enumerate()) - before) < 4:
            time.sleep(0.01)
    waiting.join()
    idle.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host.hostname, host.port or 0))
