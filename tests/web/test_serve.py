"""`restock serve` as a process on a port, with the real clock, asked by signed requests over HTTP."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from skill.bootstrap import OFFLINE_USER
from tests.alexa_ca import PATH, authority, pem, signed
from tests.file_server import FileServer
from tests.web.served_shop import SKILL, Server, serving


@pytest.fixture(scope="module")
def server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server in development with the tests' own authority, and the host of its certificates."""
    folder = tmp_path_factory.mktemp("serving")
    (folder / "shop.db").write_bytes(demo_file.read_bytes())
    (folder / "roots.pem").write_bytes(pem(authority().root.certificate))
    now = datetime.now(UTC)
    signer = authority().signer(not_before=now - timedelta(days=1), not_after=now + timedelta(days=1))
    with FileServer({PATH: authority().chain(signer)}) as host:
        settings = {
            "RESTOCK_ENV": "development",
            "RESTOCK_SKILL_ID": SKILL,
            "RESTOCK_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
            "RESTOCK_TEST_CA_FILE": str(folder / "roots.pem"),
            "RESTOCK_TEST_CERT_BASE": host.base,
        }
        with serving(folder, settings) as running:
            yield running
            assert running.send(b"{}")[0] == 400
        refusals = [line for line in running.log if line["message"] == "refused"]
        assert refusals
        assert all(line["reason"] and line["status"] for line in refusals)


def envelope(intent: str | None = None, attributes: dict[str, Any] | None = None) -> bytes:
    application, user = {"applicationId": SKILL}, {"userId": OFFLINE_USER}
    request: dict[str, Any] = {
        "type": "IntentRequest" if intent else "LaunchRequest",
        "requestId": f"amzn1.echo-api.request.{uuid4()}",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "locale": "en-US",
    }
    if intent:
        request["intent"] = {"name": intent, "confirmationStatus": "NONE", "slots": {}}
    return json.dumps(
        {
            "version": "1.0",
            "session": {
                "new": not attributes,
                "sessionId": "s",
                "application": application,
                "user": user,
                "attributes": attributes or {},
            },
            "context": {"System": {"application": application, "user": user, "device": {"deviceId": "d"}}},
            "request": request,
        }
    ).encode()


def test_a_signed_launch_is_welcomed(server: Server) -> None:
    body = envelope()
    status, answer = server.send(body, signed(body))
    assert status == 200
    assert "Anna" in answer["response"]["outputSpeech"]["ssml"]


def test_an_unsigned_request_is_refused(server: Server) -> None:
    assert server.send(envelope()) == (400, {"error": "refused"})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_refused(server: Server, method: str) -> None:
    assert server.send(method=method)[0] == 405


@pytest.mark.parametrize("kilobytes", [300, 600])
def test_a_body_that_is_too_large_is_refused(server: Server, kilobytes: int) -> None:
    body = b" " * (kilobytes * 1024)
    assert server.send(body, signed(body))[0] == 413


def test_a_signed_list_is_refused(server: Server) -> None:
    assert server.send(b"[]", signed(b"[]")) == (400, {"error": "refused"})


def test_the_same_signed_yes_sixteen_times_at_once_places_one_order(server: Server) -> None:
    body = envelope("ReorderUsualIntent")
    _status, asked = server.send(body, signed(body))
    yes = envelope("AMAZON.YesIntent", asked["sessionAttributes"])
    headers = signed(yes)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: server.send(yes, headers), range(16)))
    assert {status for status, _answer in answers} == {200}
    assert [answer for _status, answer in answers] == [answers[0][1]] * 16
