"""Skills behind HTTP: answers, every way to fail in one line, and our own server with signed requests."""

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.bootstrap import OFFLINE_USER
from skill.simulator.account import Account, DeviceState
from skill.simulator.checks import check
from skill.simulator.device import Device
from skill.simulator.remote import (
    RemoteError,
    RemoteSkill,
    SkillAnswerUnreadable,
    SkillRefused,
    SkillTimedOut,
    SkillUnreachable,
)
from skill.simulator.signing import ChainHost, Signer
from skill.simulator.skill_model import skill_model
from tests.simulator.canned_http import CannedServer, http
from tests.web.served_shop import ROOT, SKILL, serving

ANSWER = {"version": "1.0", "response": {}}


@pytest.fixture(scope="module")
def signer() -> Signer:
    """A signer that is valid now."""
    return Signer.new(datetime.now(UTC))


def test_the_envelope_goes_out_and_the_answer_comes_back() -> None:
    with CannedServer(http(json.dumps(ANSWER).encode())) as server:
        assert RemoteSkill(server.url)({"request": {"type": "LaunchRequest"}}) == ANSWER
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /alexa HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head
    assert b"Signature-256" not in head
    assert json.loads(body) == {"request": {"type": "LaunchRequest"}}


def test_a_signer_proves_the_very_bytes(signer: Signer) -> None:
    with CannedServer(http(b"{}")) as server:
        RemoteSkill(server.url + "?stage=test", signer)({"request": {"text": "Grüße"}})
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert head.startswith(b"POST /alexa?stage=test ")
    assert {name: lines[name.encode()].decode() for name in signer.headers(body)} == signer.headers(body)


@pytest.mark.parametrize("body", [b"", b" \n", b"null", b"{}"])
def test_an_event_may_be_answered_with_nothing(body: bytes) -> None:
    with CannedServer(http(body)) as server:
        assert RemoteSkill(server.url)({}) == {}


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            http(b'{"error": "refused"}', "400 Bad Request"),
            SkillRefused,
            'answered 400: {"error": "refused"}',
        ),
        (
            http(b"<h1>\nOops</h1>" * 50, "502 Bad Gateway"),
            SkillRefused,
            "answered 502: <h1> Oops</h1><h1> Oops",
        ),
        (http(b"", "302 Found"), SkillRefused, "answered 302: (nothing)"),
        (http(b"\x1b[2J\x07hi", "500 No"), SkillRefused, "answered 500: ?[2J?hi"),
        (http(b"Hello world"), SkillAnswerUnreadable, "answered no JSON: Hello world"),
        (http(b"\xff\xfe"), SkillAnswerUnreadable, "answered no JSON: "),
        (http(b"[" * 100_000), SkillAnswerUnreadable, "answered no JSON: [[["),
        (http(b"[1]"), SkillAnswerUnreadable, "answered no JSON object: [1]"),
        (http(b"a" * 1_000_001), SkillAnswerUnreadable, "answered more than 1,000,000 bytes."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", SkillUnreachable, "cannot be reached: SSH-2.0-OpenSSH_9.2"),
        (b"", SkillUnreachable, "cannot be reached: Remote end closed connection without response"),
        (http(b"abc")[:-1], SkillUnreachable, "cannot be reached: IncompleteRead"),
    ],
    ids=[
        *("refused", "proxy", "redirect", "controls", "text", "bytes", "nested", "list", "huge"),
        *("no http", "hang up", "cut off"),
    ],
)
def test_a_wrong_answer_is_one_line_that_says_what_came(
    answer: bytes, error: type[RemoteError], message: str
) -> None:
    with CannedServer(answer) as server, pytest.raises(error) as raised:
        RemoteSkill(server.url)({})
    assert str(raised.value).startswith(f"{server.url} {message}")
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 250


def test_the_status_of_a_refusal_is_kept() -> None:
    with CannedServer(http(b"", "404 Not Found")) as server, pytest.raises(SkillRefused) as raised:
        RemoteSkill(server.url)({})
    assert raised.value.status == 404


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        with pytest.raises(SkillUnreachable, match="cannot be reached: Connection refused"):
            RemoteSkill(url)({})


SLOW_BODY = http(b"{" + b" " * 1_000 + b"}")
SLOW_HEAD = b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100


@pytest.mark.parametrize(
    "answer",
    [None, SLOW_BODY, http(b"{}" * 500, length=False), SLOW_HEAD],
    ids=["silence", "body", "no length", "head"],
)
def test_an_endpoint_that_hangs_or_drips_is_given_up(answer: bytes | None) -> None:
    with (
        CannedServer(answer, drip=0.01) as server,
        pytest.raises(SkillTimedOut, match=r"did not answer within 0\.3 seconds\."),
    ):
        RemoteSkill(server.url, timeout_s=0.3)({})


def test_plain_http_behind_an_https_address_is_unreachable() -> None:
    with CannedServer(http(b"{}")) as server, pytest.raises(SkillUnreachable):
        RemoteSkill(server.url.replace("http://", "https://"), tls=ssl.create_default_context(), timeout_s=3)(
            {}
        )


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://example.com/", "https://", "file:///etc/passwd"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="An endpoint is an http or https address"):
        RemoteSkill(url)


@pytest.fixture(scope="module")
def shop(demo_file: Path, tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Iterator[str]:
    """`restock serve` in a process of its own that trusts the signer; gives its address."""
    folder = tmp_path_factory.mktemp("remote")
    (folder / "shop.db").write_bytes(demo_file.read_bytes())
    signer.save(folder / "signing")
    with ChainHost(signer) as host:
        settings = {
            "RESTOCK_ENV": "development",
            "RESTOCK_SKILL_ID": SKILL,
            "RESTOCK_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
            "RESTOCK_TEST_CA_FILE": str(folder / "signing" / "roots.pem"),
            "RESTOCK_TEST_CERT_BASE": host.base,
        }
        with serving(folder, settings) as server:
            yield f"http://127.0.0.1:{server.port}/alexa"


def test_the_offline_speaker_drives_the_served_skill(shop: str, signer: Signer) -> None:
    model = skill_model(json.loads((ROOT / "interaction_models" / "en-US.json").read_bytes()), "en-US")
    state = DeviceState()
    device = Device(
        RemoteSkill(shop, signer),
        model,
        account=Account(OFFLINE_USER, {state.device_id: state}),
        state=state,
        skill_id=SKILL,
        clock=lambda: datetime.now(UTC),
    )
    for sentence in ("open corner shop", "reorder my usual", "no"):
        spoken = device.say(sentence)
        assert spoken.speech
        assert spoken.request is not None
        assert check(spoken.request, spoken.response, spoken.ms) == []


def test_a_served_skill_refuses_what_is_not_signed_for_it(shop: str, signer: Signer) -> None:
    stranger = Signer.new(datetime.now(UTC) - timedelta(days=1))
    for proof in (None, stranger):
        with pytest.raises(SkillRefused, match=r'answered 400: \{"error":\s?"refused"\}'):
            RemoteSkill(shop, proof)({"request": {"type": "LaunchRequest"}})
