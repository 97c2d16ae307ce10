"""`restock talk --endpoint`: a conversation with a skill behind HTTP, whoever wrote it."""

import json
import socket
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from skill.simulator.signing import CHAIN_PATH
from tests.cli.speaking import Ran, Restock
from tests.simulator.fake_skill import MODEL, FakeSkill


class Endpoint:
    """The small skill behind HTTP, and the requests that came."""

    def __init__(self) -> None:
        self.skill = FakeSkill()
        self.signed: list[bool] = []
        self.server = HTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/alexa"


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            envelope = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.signed.append("Signature-256" in self.headers)
            body = json.dumps(endpoint.skill.handle(envelope)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def talk(restock: Restock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Restock:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "model.json").write_text(json.dumps(MODEL), encoding="utf-8")

    def piped(url: str, *lines: str, options: tuple[str, ...] = (), terminal: bool = False) -> Ran:
        said = "\n".join([*lines, ""])
        return restock(
            "talk", "--endpoint", url, "--model", "model.json", *options, typed=said, terminal=terminal
        )

    return piped


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_another_skill_is_talked_to_with_signed_requests(
    talk: Restock, endpoint: Endpoint, tmp_path: Path
) -> None:
    ran = talk(endpoint.url, "order diapers", "yes", "/state", "/why 2", options=("--skill-id", "amzn1.x"))
    assert (ran.code, ran.err) == (0, "")
    assert "Mac & Cheese is $12.40. Shall I?" in ran.out
    assert "Nobody here can tell what the skill keeps." in ran.out
    assert "OrderItemIntent" in ran.out
    assert endpoint.skill.placed == 1
    assert set(endpoint.signed) == {True}
    assert endpoint.skill.requests[0]["session"]["application"]["applicationId"] == "amzn1.x"
    key = tmp_path / ".local" / "state" / "restock" / "signer" / "signer.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not (tmp_path / "restock.db").exists()


def test_a_replay_asks_the_skill_again(talk: Restock, endpoint: Endpoint) -> None:
    ran = talk(endpoint.url, "order diapers", "yes", "/replay", "/save")
    assert "2 said again, 0 answered otherwise." in ran.out
    assert endpoint.skill.placed == 2
    assert 'speech = "Done."' in Path("order-diapers.toml").read_text(encoding="utf-8")


def _tell_the_address(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the skill say what the address service answers it."""
    plain = endpoint.skill.handle

    def handle(envelope: dict[str, Any]) -> dict[str, Any]:
        system, answer = envelope["context"]["System"], plain(envelope)
        asked = Request(
            f"{system['apiEndpoint']}/v1/devices/{system['device']['deviceId']}/settings/address",
            headers={"Authorization": f"Bearer {system['apiAccessToken']}"},
        )
        try:
            with urlopen(asked) as told:
                text = str(json.load(told)["addressLine1"])
        except HTTPError as error:
            text = f"I was told {error.code}."
        answer["response"]["outputSpeech"] = {"type": "PlainText", "text": text}
        return answer

    monkeypatch.setattr(endpoint.skill, "handle", handle)


def test_a_skill_that_may_ask_for_the_address_gets_one(
    talk: Restock, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tell_the_address(endpoint, monkeypatch)
    ran = talk(endpoint.url, "order diapers", "/permissions address yes", "order diapers", "/json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.index("I was told 403.") < ran.out.index("12 Example Street")
    assert "address: GET /v1/devices/amzn1.ask.device.offline-speaker/settings/address, 200" in ran.out


def test_a_script_is_told_why_an_answer_is_refused(
    talk: Restock, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = {"type": "SSML", "ssml": "<speak><wow/></speak>"}
    answer = {"version": "1.0", "response": {"outputSpeech": speech}}
    monkeypatch.setattr(endpoint.skill, "handle", lambda _: answer)
    ran = talk(endpoint.url, "order diapers")
    assert "Amazon would object: " in ran.out
    assert "[ssml-tag]" in ran.out


def test_a_dialog_that_cannot_be_played_is_one_line_with_the_file(
    talk: Restock, endpoint: Endpoint, tmp_path: Path
) -> None:
    broken = json.loads(json.dumps(MODEL))
    broken["interactionModel"]["prompts"] = 7
    (tmp_path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    ran = talk(endpoint.url, "order diapers", options=("--model", "broken.json"))
    assert (ran.code, ran.err) == (2, "restock: broken.json: prompts: expected a list, found int\n")


def test_a_skill_that_is_not_there_is_one_line_and_two_for_a_script(talk: Restock) -> None:
    ran = talk(f"http://127.0.0.1:{free_port()}/", "order diapers")
    assert ran.code == 2
    assert ran.err.startswith("restock: http://127.0.0.1:")
    assert "cannot be reached" in ran.err
    assert ran.err.count("\n") == 1


def test_a_person_is_told_that_the_skill_is_not_there_and_goes_on(talk: Restock) -> None:
    ran = talk(f"http://127.0.0.1:{free_port()}/", "order diapers", "/why", "order diapers", terminal=True)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("The skill failed: http://127.0.0.1:") == 2


@pytest.mark.parametrize("url", ["lunch", "ftp://x/", "http://"])
def test_an_endpoint_that_is_no_address_is_one_line_and_two(talk: Restock, url: str) -> None:
    ran = talk(url, "help")
    assert (ran.code, ran.out) == (2, "")
    assert "Invalid value for --endpoint: An endpoint is an http or https address" in ran.err


def test_the_certificates_are_handed_out_where_they_are_wished_for(
    talk: Restock, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, found = free_port(), []
    plain = endpoint.skill.handle

    def fetching(envelope: dict[str, object]) -> dict[str, object]:
        with urlopen(f"http://127.0.0.1:{port}{CHAIN_PATH}", timeout=10) as chain:
            found.append(chain.read())
        return plain(envelope)

    monkeypatch.setattr(endpoint.skill, "handle", fetching)
    assert talk(endpoint.url, "help", options=("--chain-port", str(port))).code == 0
    assert found[0].startswith(b"-----BEGIN CERTIFICATE-----")


def test_a_port_that_is_taken_is_one_line_and_two(talk: Restock, endpoint: Endpoint) -> None:
    port = str(endpoint.server.server_port)
    ran = talk(endpoint.url, "help", options=("--chain-port", port))
    assert (ran.code, ran.out) == (2, "")
    assert "Invalid value for --chain-port" in ran.err
