"""What a skill's own client may do: tokens, proactive events, messages to the skill."""

from datetime import timedelta
from typing import Any

import pytest

from skill.simulator.amazon.events import EVENT_SCOPE, MESSAGE_SCOPE, NOTIFICATIONS
from tests.simulator.amazon.caller import NOW, USER, Caller

EVENTS = "/v1/proactiveEvents/"
DEVELOPMENT = "/v1/proactiveEvents/stages/development"
ORDER = "AMAZON.OrderStatus.Updated"
SELLER = {"locale": "en-US", "seller": "Corner Shop"}


def payload(**state: Any) -> dict[str, Any]:
    return {
        "state": {"status": "ORDER_SHIPPED", **state},
        "order": {"seller": {"name": "localizedattribute:seller"}},
    }


def event(reference: str = "order-1", **changes: Any) -> dict[str, Any]:
    """An order on its way, told to Anna."""
    return {
        "timestamp": "2026-11-21T12:00:00Z",
        "referenceId": reference,
        "expiryTime": (NOW + timedelta(hours=1)).isoformat(),
        "event": {"name": ORDER, "payload": payload()},
        "localizedAttributes": [SELLER],
        "relevantAudience": {"type": "Unicast", "payload": {"user": USER}},
        **changes,
    }


@pytest.mark.parametrize("path", [EVENTS, DEVELOPMENT, "/v1/proactiveEvents"])
def test_a_sound_event_is_taken(caller: Caller, path: str) -> None:
    caller.account.permissions[NOTIFICATIONS] = True
    assert caller.ask("POST", path, event(), caller.client_token(EVENT_SCOPE)) == (202, None)
    (taken,) = caller.services.events
    assert (taken.reference_id, taken.name, taken.audience, taken.delivered) == ("order-1", ORDER, USER, True)


def test_an_event_reaches_nobody_who_did_not_permit_notifications(caller: Caller) -> None:
    token = caller.client_token(EVENT_SCOPE)
    everybody = {"type": "Multicast", "payload": {}}
    stranger = {"type": "Unicast", "payload": {"user": "amzn1.ask.account.stranger"}}
    assert caller.ask("POST", EVENTS, event(relevantAudience=everybody), token).status == 202
    caller.account.permissions[NOTIFICATIONS] = True
    assert caller.ask("POST", EVENTS, event("order-2", relevantAudience=everybody), token).status == 202
    assert caller.ask("POST", EVENTS, event(relevantAudience=stranger), token).status == 202
    assert [each.delivered for each in caller.services.events] == [False, True, False]


def test_a_reference_is_used_once_for_a_customer(caller: Caller) -> None:
    token = caller.client_token(EVENT_SCOPE)
    assert caller.ask("POST", EVENTS, event(), token).status == 202
    status, body = caller.ask("POST", EVENTS, event(), token)
    assert (status, body["code"]) == (409, 409)
    assert caller.ask("POST", EVENTS, event("order-2"), token).status == 202


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "now"},
        {"timestamp": "2026-11-21T12:00:00"},
        {"referenceId": ""},
        {"referenceId": 7},
        {"expiryTime": (NOW + timedelta(minutes=4)).isoformat()},
        {"expiryTime": (NOW + timedelta(hours=25)).isoformat()},
        {"event": {"name": "AMAZON.Order", "payload": payload()}},
        {"event": {"name": ORDER, "payload": {}}},
        {"event": {"name": ORDER, "payload": payload(status="LOST")}},
        {"event": {"name": ORDER, "payload": payload(deliveredOn="yesterday")}},
        {"event": {"name": ORDER, "payload": payload(deliveryDetails={"expectedArrival": "soon"})}},
        {"localizedAttributes": []},
        {"localizedAttributes": [{"locale": "en-US"}]},
        {"localizedAttributes": [SELLER, {"locale": "de-DE", "seller": "Laden"}]},
        {"localizedAttributes": ["en-US"]},
        {"relevantAudience": {"type": "Unicast", "payload": {}}},
        {"relevantAudience": {"type": "Everybody", "payload": {}}},
    ],
)
def test_an_event_that_breaks_its_schema_is_refused(caller: Caller, changes: dict[str, Any]) -> None:
    assert caller.ask("POST", EVENTS, event(**changes), caller.client_token(EVENT_SCOPE)).status == 400
    assert caller.services.events == ()


def test_when_a_parcel_comes_may_be_told(caller: Caller) -> None:
    told = payload(
        deliveryDetails={"expectedArrival": "2026-11-23T10:00:00Z"}, deliveredOn="2026-11-23T09:00:00Z"
    )
    changed = event(event={"name": ORDER, "payload": told})
    assert caller.ask("POST", EVENTS, changed, caller.client_token(EVENT_SCOPE)).status == 202


def test_events_and_messages_need_a_token_of_their_own_scope(caller: Caller) -> None:
    path = f"/v1/skillmessages/users/{USER}"
    for token in ("", caller.token(), caller.client_token(MESSAGE_SCOPE)):
        assert caller.ask("POST", EVENTS, event(), token).status == 403
    for token in ("", caller.token(), caller.client_token(EVENT_SCOPE)):
        assert caller.ask("POST", path, {"data": {}}, token).status == 403
    token = caller.client_token(EVENT_SCOPE)
    caller.clock.now += timedelta(hours=1)
    assert caller.ask("POST", EVENTS, event(), token).status == 403


def test_a_message_to_the_skill_is_taken_for_a_user_that_exists(caller: Caller) -> None:
    token = caller.client_token(MESSAGE_SCOPE)
    path = f"/v1/skillmessages/users/{USER}"
    assert caller.ask("POST", path, {"data": {"order": "1"}, "expiresAfterSeconds": 60}, token) == (202, None)
    assert [(each.user_id, each.data) for each in caller.services.messages] == [(USER, {"order": "1"})]
    assert caller.ask("POST", path, {"data": {}, "expiresAfterSeconds": 59}, token).status == 400
    assert caller.ask("POST", path, {"data": "order"}, token).status == 400
    assert caller.ask("POST", "/v1/skillmessages/users/nobody", {"data": {}}, token).status == 404
    caller.account.enabled = False
    assert caller.ask("POST", path, {"data": {}}, token).status == 404


def test_a_client_gets_a_token_for_a_scope(caller: Caller) -> None:
    status, body = caller.login(grant_type="client_credentials", scope=EVENT_SCOPE)
    assert status == 200
    assert body["access_token"].startswith("Atc|")
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("bearer", EVENT_SCOPE, 3600)


def test_an_authorization_code_is_exchanged_once_and_refreshed_often(caller: Caller) -> None:
    code = caller.services.authorization_code(EVENT_SCOPE)
    first = caller.login(grant_type="authorization_code", code=code)
    assert first.status == 200
    again = caller.login(grant_type="authorization_code", code=code)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")
    for _ in range(2):
        fresh = caller.login(grant_type="refresh_token", refresh_token=first.body["refresh_token"])
        assert caller.ask("POST", EVENTS, event(str(_)), fresh.body["access_token"]).status == 202


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "client_credentials", "client_secret": "guess", "scope": EVENT_SCOPE},
            401,
            "invalid_client",
        ),
        ({"grant_type": "client_credentials"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "guess"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "guess"}, 400, "invalid_grant"),
    ],
)
def test_the_token_endpoint_says_why_not(
    caller: Caller, form: dict[str, str], status: int, error: str
) -> None:
    answer = caller.login(**form)
    assert (answer.status, answer.body["error"]) == (status, error)


def test_secrets_are_not_kept_in_the_record(caller: Caller) -> None:
    caller.login(grant_type="client_credentials", scope=EVENT_SCOPE)
    (call,) = caller.services.calls
    assert call.service == "login"
    assert "offline-secret" not in str(call)
    assert "client_credentials" in str(call.body)
