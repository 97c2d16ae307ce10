"""What a proven body must say: when it was sent, for which skill, and what a directive is spared."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from skill.web.verification import EVENT_TYPES, RequestVerifier, is_directive
from tests.alexa_ca import PATH, authority, signed
from tests.file_server import FileServer
from tests.web.alexa_requests import (
    OTHER,
    SKILL,
    application,
    at,
    body,
    envelope,
    new_verifier,
    refusal,
    stamp,
)


@pytest.fixture(scope="module")
def verifier() -> Iterator[RequestVerifier]:
    with FileServer({PATH: authority().chain()}) as host:
        yield new_verifier(host)


@pytest.mark.parametrize("request_part", [None, [], "LaunchRequest", 7, True])
def test_an_envelope_without_a_request_is_refused(verifier: RequestVerifier, request_part: object) -> None:
    content = json.dumps({**envelope(request=None), "request": request_part}).encode()
    assert refusal(verifier, content, signed(content)) == ("request_missing", 400)


@pytest.mark.parametrize("seconds", [-150, -149, 0, 149, 150])
def test_a_timestamp_within_150_seconds_either_way_is_accepted(
    verifier: RequestVerifier, seconds: int
) -> None:
    content = at(stamp(seconds))
    assert verifier.verify(content, signed(content))


@pytest.mark.parametrize("seconds", [-3600, -151, 151, 3600, 86_400 * 365])
def test_a_timestamp_further_away_is_refused(verifier: RequestVerifier, seconds: int) -> None:
    content = at(stamp(seconds))
    assert refusal(verifier, content, signed(content)) == ("timestamp_window", 400)


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
def test_an_event_may_be_an_hour_old_and_no_more(verifier: RequestVerifier, kind: str) -> None:
    for seconds in (-3600, 3600):
        content = at(stamp(seconds), kind)
        assert verifier.verify(content, signed(content))
    content = at(stamp(-3601), kind)
    assert refusal(verifier, content, signed(content)) == ("timestamp_window", 400)


@pytest.mark.parametrize(
    "kind",
    [
        "IntentRequest",
        "alexaskillevent.skillenabled",
        "AlexaSkillEvent.Invented",
        None,
        ["AlexaSkillEvent"],
        {},
    ],
)
def test_what_only_looks_like_an_event_has_150_seconds(verifier: RequestVerifier, kind: object) -> None:
    content = at(stamp(-151), kind)
    assert refusal(verifier, content, signed(content)) == ("timestamp_window", 400)


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-21T12:00:00.123Z",
        "2026-11-21T12:00:00.123456789Z",
        "2026-11-21T21:00:00+0900",
        "2026-11-21T07:00:00-05:00",
        "2026-11-21T12:00:00+00:00",
    ],
)
def test_every_spelling_alexa_uses_is_read(verifier: RequestVerifier, timestamp: str) -> None:
    content = at(timestamp)
    assert verifier.verify(content, signed(content))


@pytest.mark.parametrize(
    "timestamp",
    [
        None,
        "",
        1_795_262_400,
        1_795_262_400_000,
        "1795262400",
        True,
        ["2026-11-21T12:00:00Z"],
        "now",
        "2026-11-21",
        "2026-11-21T12:00:00",
        "2026-11-21 12:00:00Z",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00Z\n",
        "2026-11-21T12:00:00z",
        "2026-11-21T12:00:00,5Z",
        "2026-13-21T12:00:00Z",
        "2026-11-21T12:00:60Z",
        "2026-11-21T12:00:00+99:99",
        "0000-11-21T12:00:00Z",
        "٢٠٢٦-11-21T12:00:00Z",
    ],
)
def test_a_timestamp_that_names_no_moment_is_refused(verifier: RequestVerifier, timestamp: object) -> None:
    content = at(timestamp)
    assert refusal(verifier, content, signed(content)) == ("timestamp_unreadable", 400)


@pytest.mark.parametrize("timestamp", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_timestamp_at_the_ends_of_the_calendar_is_refused(
    verifier: RequestVerifier, timestamp: str
) -> None:
    content = at(timestamp)
    assert refusal(verifier, content, signed(content)) == ("timestamp_window", 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"session": None},
        {"context": None},
        {"context": {}},
        {"context": {"System": {}}},
        {"session": {"new": True}},
        {"session": {"application": None}},
    ],
)
def test_one_application_id_that_is_ours_is_enough(
    verifier: RequestVerifier, changes: dict[str, Any]
) -> None:
    content = body(**changes)
    assert verifier.verify(content, signed(content))


@pytest.mark.parametrize(
    "changes",
    [
        {"session": application(OTHER)},
        {"context": {"System": application(OTHER)}},
        {"session": application(OTHER), "context": {"System": application(OTHER)}},
        {"session": application(OTHER), "context": None},
        {"session": application(None)},
        {"session": application("")},
        {"session": application(SKILL.upper())},
        {"session": application(SKILL + " ")},
        {"session": application([SKILL])},
        {"session": application({"applicationId": SKILL})},
        {"session": {"application": {}}},
        {"session": {"application": SKILL}},
        {"session": [application(SKILL)]},
        {"context": {"System": [application(SKILL)]}},
        {"context": "System"},
    ],
)
def test_any_application_id_that_is_not_ours_is_refused(
    verifier: RequestVerifier, changes: dict[str, Any]
) -> None:
    content = body(**changes)
    assert refusal(verifier, content, signed(content)) == ("application_wrong", 400)


@pytest.mark.parametrize(
    "changes", [{"session": None, "context": None}, {"session": {}, "context": {"System": None}}]
)
def test_a_request_that_names_no_application_is_refused(
    verifier: RequestVerifier, changes: dict[str, Any]
) -> None:
    content = body(**changes)
    assert refusal(verifier, content, signed(content)) == ("application_missing", 400)


@pytest.mark.parametrize(
    "directive",
    [
        {"directive": {"header": {"namespace": "Alexa.Discovery", "name": "Discover"}, "payload": {}}},
        {"header": {"namespace": "Alexa.ConnectedHome.Discovery"}, "payload": {}},
    ],
)
def test_a_signed_directive_is_returned_for_its_own_face(
    verifier: RequestVerifier, directive: dict[str, Any]
) -> None:
    content = json.dumps(directive).encode()
    assert is_directive(verifier.verify(content, signed(content)))
    assert refusal(verifier, content, signed(content + b" ")) == ("signature_wrong", 400)


def test_a_directive_beside_a_request_does_not_spare_the_checks_of_a_request(
    verifier: RequestVerifier,
) -> None:
    for changes in ({"session": application(OTHER)}, {"request": {"timestamp": stamp(-600)}}):
        content = body(directive={"header": {}}, **changes)
        refusal(verifier, content, signed(content))


@pytest.mark.parametrize("directive", [None, "Discover", [], 1])
def test_a_directive_that_is_no_object_is_no_directive(verifier: RequestVerifier, directive: object) -> None:
    content = json.dumps({"directive": directive}).encode()
    assert refusal(verifier, content, signed(content)) == ("request_missing", 400)
