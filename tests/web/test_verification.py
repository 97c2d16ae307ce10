"""The whole judgement over real signatures, real certificates and a real certificate host."""

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.web.verification import MAX_BODY_BYTES, Refused, RequestVerifier
from tests.alexa_ca import (
    PATH,
    URL,
    authority,
    clock_at,
    rsa_key,
    signature,
    signed,
)
from tests.file_server import Answer, FileServer
from tests.web.alexa_requests import SKILL, application, at, body, envelope, new_verifier, refusal, stamp


@pytest.fixture(scope="module")
def host() -> Iterator[FileServer]:
    with FileServer({PATH: authority().chain()}) as server:
        yield server


@pytest.fixture(scope="module")
def verifier(host: FileServer) -> RequestVerifier:
    return new_verifier(host)


def test_a_signed_request_is_returned_parsed_and_may_come_again(verifier: RequestVerifier) -> None:
    content = body()
    assert verifier.verify(content, signed(content)) == envelope()
    assert verifier.verify(content, signed(content)) == envelope()


def test_headers_are_found_in_any_case(verifier: RequestVerifier) -> None:
    content = body()
    for change in (str.lower, str.upper):
        assert verifier.verify(content, {change(name): value for name, value in signed(content).items()})


def test_a_body_of_many_scripts_is_judged_by_its_bytes(verifier: RequestVerifier) -> None:
    content = json.dumps(envelope(extra="Größe 尺寸 😀 حجم"), ensure_ascii=False).encode()
    assert verifier.verify(content, signed(content))["extra"] == "Größe 尺寸 😀 حجم"
    same_meaning = json.dumps(json.loads(content)).encode()
    assert refusal(verifier, same_meaning, signed(content)) == ("signature_wrong", 400)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("SignatureCertChainUrl", "certificate_url_missing"), ("Signature-256", "signature_missing")],
)
def test_a_missing_header_is_refused(verifier: RequestVerifier, name: str, reason: str) -> None:
    headers = signed(body())
    del headers[name]
    assert refusal(verifier, body(), headers) == (reason, 400)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("SIGNATURECERTCHAINURL", "certificate_url_twice"), ("signature-256", "signature_twice")],
)
def test_a_header_given_twice_is_refused(verifier: RequestVerifier, name: str, reason: str) -> None:
    assert refusal(verifier, body(), {**signed(body()), name: "x"}) == (reason, 400)


def test_the_older_signature_header_alone_is_refused(verifier: RequestVerifier) -> None:
    headers = {"SignatureCertChainUrl": URL, "Signature": signature(body())}
    assert refusal(verifier, body(), headers) == ("signature_missing", 400)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: "",
        lambda good: good[:-1],
        lambda good: good + "=",
        lambda good: good + "\n",
        lambda good: " " + good,
        lambda good: good[:10] + "-_" + good[12:],
        lambda good: good[:10] + "\n" + good[10:],
        lambda good: good + ", " + good,
        lambda good: good + "ä",
        lambda good: "\ud800",
        lambda good: good + "A" * 8000,
        lambda good: "!" * 344,
    ],
)
def test_a_signature_that_is_no_strict_base64_is_refused(verifier: RequestVerifier, spoil: Any) -> None:
    headers = signed(body()) | {"Signature-256": spoil(signature(body()))}
    assert refusal(verifier, body(), headers) == ("signature_encoding", 400)


def test_a_signature_has_one_spelling_only(verifier: RequestVerifier) -> None:
    good = signature(body())
    assert good.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelled = good[:-3] + alphabet[alphabet.index(good[-3]) + 1] + "=="
    assert base64.b64decode(respelled) == base64.b64decode(good)
    assert refusal(verifier, body(), signed(body()) | {"Signature-256": respelled})[0] == "signature_encoding"


def _by(key: rsa.RSAPrivateKey, content: bytes, digest: hashes.HashAlgorithm | None = None) -> bytes:
    return key.sign(content, PKCS1v15(), digest or hashes.SHA256())


# Made when a test asks, so that collecting the tests makes no keys.
WRONG_SIGNATURES: dict[str, Callable[[rsa.RSAPrivateKey, bytes], bytes]] = {
    "of another body": lambda key, content: _by(key, content + b" "),
    "by another key": lambda key, content: _by(rsa_key("stranger"), content),
    "with SHA-1": lambda key, content: _by(key, content, hashes.SHA1()),
    "with SHA-512": lambda key, content: _by(key, content, hashes.SHA512()),
    "with PSS": lambda key, content: key.sign(content, PSS(MGF1(hashes.SHA256()), 32), hashes.SHA256()),
    "cut short": lambda key, content: _by(key, content)[:-1],
    "with a byte more": lambda key, content: _by(key, content) + b"\x00",
    "with a changed byte": lambda key, content: bytes([_by(key, content)[0] ^ 1]) + _by(key, content)[1:],
    "of zeros": lambda key, content: bytes(256),
    "of one byte": lambda key, content: b"\x00",
    "larger than the modulus": lambda key, content: b"\xff" * 256,
}


@pytest.mark.parametrize("case", WRONG_SIGNATURES)
def test_a_wrong_signature_is_refused(verifier: RequestVerifier, case: str) -> None:
    wrong = WRONG_SIGNATURES[case](authority().key, body())
    headers = signed(body()) | {"Signature-256": base64.b64encode(wrong).decode()}
    assert refusal(verifier, body(), headers) == ("signature_wrong", 400)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content + b" ",
        lambda content: b" " + content,
        lambda content: content.replace(b"LaunchRequest", b"IntentRequest"),
        lambda content: content[:-1],
        lambda content: b"",
        lambda content: content + b"\n",
        lambda content: b"\xef\xbb\xbf" + content,
    ],
)
def test_a_tampered_body_is_refused(verifier: RequestVerifier, spoil: Any) -> None:
    content = body()
    assert refusal(verifier, spoil(content), signed(content)) == ("signature_wrong", 400)


def test_a_body_above_256_kib_is_refused_as_too_large(verifier: RequestVerifier) -> None:
    padding = MAX_BODY_BYTES - len(body(extra=""))
    largest = body(extra="x" * padding)
    assert len(largest) == MAX_BODY_BYTES
    assert verifier.verify(largest, signed(largest))
    larger = body(extra="x" * (padding + 1))
    assert refusal(verifier, larger, signed(larger)) == ("body_size", 413)


@pytest.mark.parametrize(
    "changes",
    [
        {"SignatureCertChainUrl": ""},
        {"SignatureCertChainUrl": "https://s3.amazonaws.com/elsewhere/x.pem"},
        {"Signature-256": ""},
        {"Signature-256": "no base64"},
        {"signature-256": "twice"},
    ],
)
def test_nothing_is_downloaded_for_headers_that_prove_nothing(changes: dict[str, str]) -> None:
    with FileServer({PATH: authority().chain()}) as fresh:
        refusal(new_verifier(fresh), body(), signed(body()) | changes)
        assert fresh.asked == []


def test_nothing_is_downloaded_for_a_body_that_is_too_large() -> None:
    with FileServer({PATH: authority().chain()}) as fresh:
        refusal(new_verifier(fresh), b"x" * (MAX_BODY_BYTES + 1), signed(b""))
        assert fresh.asked == []


def test_a_certificate_named_in_another_way_is_the_same_certificate() -> None:
    with FileServer({PATH: authority().chain()}) as fresh:
        verifier = new_verifier(fresh)
        for url in (
            URL,
            URL.replace("https", "HTTPS"),
            URL.replace("/echo.api/", ":443/echo.api/../echo.api/./"),
        ):
            assert verifier.verify(body(), signed(body(), url=url))
        assert fresh.asked == [PATH]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: Answer(status=404), "certificate_status"),
        (lambda: b"rubbish", "certificate_unreadable"),
        (lambda: authority("stranger").chain(), "certificate_untrusted"),
    ],
)
def test_a_certificate_that_is_not_right_refuses_the_request_until_it_is(
    answer: Callable[[], Answer | bytes], reason: str
) -> None:
    with FileServer({PATH: answer()}) as fresh:
        verifier = new_verifier(fresh)
        assert refusal(verifier, body(), signed(body())) == (reason, 400)
        fresh.answers[PATH] = authority().chain()
        assert verifier.verify(body(), signed(body()))


def test_without_the_test_roots_a_test_certificate_is_refused() -> None:
    with FileServer({PATH: authority().chain()}) as fresh:
        verifier = RequestVerifier(SKILL, clock=clock_at(), cert_base=fresh.base)
        assert refusal(verifier, body(), signed(body())) == ("certificate_untrusted", 400)


def test_the_roots_and_the_rules_stay_when_the_clock_leaves_the_certificate(host: FileServer) -> None:
    content = at("2027-01-21T12:00:00Z")
    late = new_verifier(host, datetime(2027, 1, 21, 12, tzinfo=UTC))
    assert refusal(late, content, signed(content)) == ("certificate_untrusted", 400)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b'{"request": NaN}',
        b"\xff\xfe",
        pytest.param(b"[" * 100_000, id="deep"),
        b'{"a":1,"a":2}',
    ],
)
def test_signed_bytes_that_are_no_json_object_are_refused(verifier: RequestVerifier, content: bytes) -> None:
    reason, status = refusal(verifier, content, signed(content))
    assert reason.startswith("body_")
    assert status == 400


def test_a_verifier_without_a_skill_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="application id"):
        RequestVerifier("", clock=clock_at())


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([SKILL, stamp(0)])
KEYS = st.sampled_from(
    [
        "request",
        "session",
        "context",
        "System",
        "application",
        "applicationId",
        "timestamp",
        "type",
        "directive",
    ]
)
SHAPES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


HEADER_NAMES = st.sampled_from(
    ["SignatureCertChainUrl", "signature-256", "Signature-256", "Signature", "Host"]
)
HEADER_VALUES = st.text(max_size=80) | st.sampled_from([URL, "", "QQ==", "A" * 342 + "=="])


@settings(deadline=None)
@given(st.dictionaries(HEADER_NAMES, HEADER_VALUES), st.binary(max_size=200) | st.just(body()))
def test_whatever_is_sent_unsigned_is_refused_and_never_fails_otherwise(
    verifier: RequestVerifier, headers: dict[str, str], content: bytes
) -> None:
    reason, status = refusal(verifier, content, headers)
    assert status == 400
    assert re.fullmatch("[a-z_]+", reason)


@settings(deadline=None)
@given(SHAPES)
def test_whatever_is_signed_is_returned_or_refused_and_never_fails_otherwise(
    verifier: RequestVerifier, shape: object
) -> None:
    content = json.dumps(shape).encode()
    with contextlib.suppress(Refused):
        assert verifier.verify(content, signed(content)) == shape


def test_no_reason_repeats_what_was_sent(verifier: RequestVerifier) -> None:
    marked = "xyzzy-secret"
    for content, headers in [
        (body(request={"timestamp": marked}), None),
        (body(session=application(marked)), None),
        (body(), {"SignatureCertChainUrl": f"https://{marked}", "Signature-256": marked}),
    ]:
        with pytest.raises(Refused) as refused:
            verifier.verify(content, headers or signed(content))
        assert marked not in str(refused.value)
        assert refused.value.__cause__ is None
