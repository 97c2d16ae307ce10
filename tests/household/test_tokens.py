"""The token check against a real key set over HTTP and really signed tokens."""

import base64
import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, RSAAlgorithm

from skill.household.tokens import OidcTokenCheck, TokenRefused
from tests.file_server import Answer, FileServer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ISSUER = "https://shop.example/"
AUDIENCE = "restock"
PATH = "/keys.json"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(label: str = "first", bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwk(key: Key, key_id: str | None = "k1", **more: object) -> dict[str, Any]:
    public = (
        RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        if isinstance(key, rsa.RSAPrivateKey)
        else ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    )
    return {**public, **({"kid": key_id} if key_id else {}), **more}


def key_set(*keys: object) -> bytes:
    return json.dumps({"keys": keys}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims; each change replaces one, None removes it."""
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "shopper-1", "exp": int(NOW.timestamp()) + 3600}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(key: Key | None = None, key_id: str | None = "k1", algorithm: str = "RS256", **changes: Any) -> str:
    return signed(json.dumps(claims(**changes)).encode(), key, key_id, algorithm)


def signed(
    payload: bytes, key: Key | None = None, key_id: str | None = "k1", algorithm: str = "RS256"
) -> str:
    """Any bytes signed: PyJWT's own `encode` refuses to make some of the tokens a forger would send."""
    return jwt.PyJWS().encode(payload, key or rsa_key(), algorithm, headers={"kid": key_id} if key_id else {})


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def check() -> Iterator[OidcTokenCheck]:
    with FileServer({PATH: key_set(jwk(rsa_key()), jwk(ec_key(), "e1"))}) as host:
        yield new_check(host)


def new_check(host: FileServer, timeout_s: float = 1.5) -> OidcTokenCheck:
    return OidcTokenCheck(host.base + PATH, ISSUER, AUDIENCE, timeout_s=timeout_s)


def refusal(check: OidcTokenCheck, text: str, now: datetime = NOW) -> str:
    with pytest.raises(TokenRefused) as refused:
        check.subject(text, now)
    return refused.value.reason


def test_a_good_token_names_its_subject(check: OidcTokenCheck) -> None:
    assert check.subject(token(), NOW) == "shopper-1"
    assert check.subject(token(ec_key(), "e1", "ES256"), NOW) == "shopper-1"
    assert check.subject(token(aud=["other", AUDIENCE]), NOW) == "shopper-1"


def test_times_are_judged_by_the_moment_given_with_a_minute_of_leeway(check: OidcTokenCheck) -> None:
    at = int(NOW.timestamp())
    assert check.subject(token(exp=at - 59), NOW)
    assert refusal(check, token(exp=at - 60)) == "expired"
    assert check.subject(token(nbf=at + 60, iat=at + 9999), NOW)
    assert refusal(check, token(nbf=at + 61)) == "not_yet_valid"
    assert check.subject(token(exp=at + 0.5), NOW + timedelta(seconds=60))


def test_the_machines_own_clock_plays_no_part() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key()))}) as host:
        for year in (2001, 2099):
            moment = datetime(year, 1, 1, tzinfo=UTC)
            assert new_check(host).subject(token(exp=int(moment.timestamp()) + 10), moment) == "shopper-1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://shop.example"}, "issuer"),
        ({"iss": "https://evil.example/"}, "issuer"),
        ({"iss": [ISSUER]}, "issuer"),
        ({"aud": "other"}, "audience"),
        ({"aud": ["other"]}, "audience"),
        ({"aud": {AUDIENCE: True}}, "audience"),
        ({"iss": None}, "claim_missing"),
        ({"aud": None}, "claim_missing"),
        ({"sub": None}, "claim_missing"),
        ({"exp": None}, "claim_missing"),
        ({"sub": ""}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"sub": "x" * 256}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": "1795262400"}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": 10**400}, "malformed"),
        ({"nbf": float("nan")}, "malformed"),
        ({"nbf": "now"}, "malformed"),
    ],
)
def test_a_wrong_claim_is_refused(check: OidcTokenCheck, changes: dict[str, Any], reason: str) -> None:
    assert refusal(check, token(**changes)) == reason


def test_a_token_signed_by_another_key_is_refused(check: OidcTokenCheck) -> None:
    assert refusal(check, token(rsa_key("stranger"))) == "signature"


def test_a_changed_token_is_refused(check: OidcTokenCheck) -> None:
    header, _, signature = token().split(".")
    assert refusal(check, f"{header}.{part(claims(sub='shopper-2'))}.{signature}") == "signature"


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "", None, 7, ["RS256"], "HS256", "RS512", "PS256", "rs256"]
)
def test_any_algorithm_but_the_two_is_refused(check: OidcTokenCheck, algorithm: object) -> None:
    header = part({"alg": algorithm, "kid": "k1"})
    for signature in ("", "QQ"):
        assert refusal(check, f"{header}.{part(claims())}.{signature}") == "algorithm"


def test_the_published_key_is_no_shared_secret(check: OidcTokenCheck) -> None:
    published = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(claims())}"
    forged = HMACAlgorithm(HMACAlgorithm.SHA256).sign(signing_input.encode(), published)
    signature = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()
    assert refusal(check, f"{signing_input}.{signature}") == "algorithm"


def test_a_key_checks_its_own_algorithm_only(check: OidcTokenCheck) -> None:
    assert refusal(check, token(ec_key(), "k1", "ES256")) == "algorithm"
    assert refusal(check, token(rsa_key(), "e1", "RS256")) == "algorithm"


DEEP = base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "garbage",
        "a.b.c",
        "ä.ö.ü",
        "\ud800",
        "\x00.\x00.\x00",
        pytest.param("a" * 16_385, id="too long"),
        pytest.param("." * 16_000, id="dots"),
        pytest.param(f"{DEEP}.{part({})}.QQ", id="deep header"),
        f"{part([])}.{part({})}.QQ",
        f"{part({'alg': 'RS256', 'kid': 7})}.{part({})}.QQ",
        f"{part({'alg': 'RS256', 'kid': 'k1', 'crit': ['exp']})}.{part({})}.QQ",
        f"{part({'alg': 'RS256', 'kid': 'k1', 'b64': False})}.{part({})}.QQ",
    ],
)
def test_what_is_no_token_is_refused(check: OidcTokenCheck, text: str) -> None:
    assert refusal(check, text) == "malformed"


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"null", b"not json", b"\xff", b"[" * 9000, b'{"exp":' + b"9" * 5000 + b"}"],
    ids=["list", "null", "text", "not UTF-8", "deep", "5,000 digits"],
)
def test_a_signed_payload_that_is_no_object_is_refused(check: OidcTokenCheck, payload: bytes) -> None:
    assert refusal(check, signed(payload)) == "malformed"


def test_a_token_that_names_no_key_is_checked_with_the_only_one() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key(), None))}) as host:
        assert new_check(host).subject(token(key_id=None), NOW) == "shopper-1"


def test_a_token_that_names_no_key_is_refused_where_there_are_two(check: OidcTokenCheck) -> None:
    assert refusal(check, token(key_id=None)) == "key_unknown"


def test_keys_that_cannot_be_used_are_passed_over() -> None:
    odd: list[object] = [
        "text",
        {},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"},
        {"kty": "RSA", "kid": "k1", "n": 7, "e": "AQAB"},
        {"kty": "RSA", "kid": "k1", "alg": ["RS256"], "n": "AQ", "e": "AQ"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "k1"},
        jwk(rsa_key("stranger"), "k1", use="enc"),
        jwk(rsa_key("stranger"), "k1", alg="RS512"),
        {**jwk(rsa_key("stranger")), "kid": 7},
    ]
    with FileServer({PATH: key_set(jwk(rsa_key()), *odd)}) as host:
        assert new_check(host).subject(token(), NOW) == "shopper-1"


def test_a_published_key_that_is_too_short_checks_nothing() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key("short", 1024)))}) as host:
        header = part({"alg": "RS256", "kid": "k1"})
        assert refusal(new_check(host), f"{header}.{part(claims())}.QQ") == "malformed"


def test_the_keys_are_fetched_once_for_many_tokens() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key()))}) as host:
        check = new_check(host)
        for minutes in range(0, 60, 10):
            check.subject(token(), NOW + timedelta(minutes=minutes))
        assert len(host.asked) == 1


def test_a_rotated_key_is_fetched_but_not_more_than_once_a_minute() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key()))}) as host:
        check = new_check(host)
        check.subject(token(), NOW)
        host.answers[PATH] = key_set(jwk(rsa_key()), jwk(rsa_key("second"), "k2"))
        rotated = token(rsa_key("second"), "k2")
        for seconds in range(60):
            assert refusal(check, rotated, NOW + timedelta(seconds=seconds)) == "key_unknown"
        assert len(host.asked) == 1
        assert check.subject(rotated, NOW + timedelta(seconds=60)) == "shopper-1"
        assert len(host.asked) == 2


def test_a_withdrawn_key_is_trusted_for_an_hour_at_most() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key()))}) as host:
        check = new_check(host)
        lasting = token(exp=2_000_000_000)
        check.subject(lasting, NOW)
        host.answers[PATH] = key_set(jwk(rsa_key("second"), "k2"))
        assert check.subject(lasting, NOW + timedelta(minutes=59))
        assert refusal(check, lasting, NOW + timedelta(hours=1)) == "key_unknown"


def test_known_keys_serve_on_for_a_day_while_the_host_is_down() -> None:
    with FileServer({PATH: key_set(jwk(rsa_key()))}) as host:
        check = new_check(host)
        lasting = token(exp=2_000_000_000)
        check.subject(lasting, NOW)
        host.answers[PATH] = Answer(status=503)
        assert check.subject(lasting, NOW + timedelta(hours=23))
        later = NOW + timedelta(hours=23, seconds=9)
        assert refusal(check, token(key_id="k2"), later) == "keys_unavailable"
        assert refusal(check, lasting, NOW + timedelta(hours=25)) == "keys_unavailable"
        host.answers[PATH] = key_set(jwk(rsa_key()))
        assert check.subject(lasting, NOW + timedelta(hours=25, seconds=5))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=500),
        Answer(status=302, headers={"Location": "ftp://127.0.0.1/keys.json"}),
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"keys": 7}',
        b'{"keys": []}',
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b" " * 300_000, id="large"),
        Answer(b"{}", after=60),
        Answer(b" " * 1000, drip=0.1),
    ],
)
def test_without_a_key_set_every_token_is_refused_and_the_host_left_in_peace(answer: Answer | bytes) -> None:
    with FileServer({PATH: answer}) as host:
        check = new_check(host, timeout_s=0.3)
        for seconds in (0, 1, 4):
            assert refusal(check, token(), NOW + timedelta(seconds=seconds)) == "keys_unavailable"
        assert len(host.asked) == 1
        host.answers[PATH] = key_set(jwk(rsa_key()))
        assert check.subject(token(), NOW + timedelta(seconds=5)) == "shopper-1"


def test_keys_from_another_address_than_the_one_set_are_not_used() -> None:
    with FileServer({"/other.json": key_set(jwk(rsa_key()))}) as host:
        host.answers[PATH] = Answer(status=302, headers={"Location": host.base + "/other.json"})
        assert refusal(new_check(host), token()) == "keys_unavailable"


@pytest.mark.parametrize(
    "said", [b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]
)
def test_an_answer_that_is_no_http_is_keys_unavailable(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        check = OidcTokenCheck(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", ISSUER, AUDIENCE, timeout_s=5
        )
        reason = pool.submit(refusal, check, token())
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(said)
        assert reason.result() == "keys_unavailable"


def test_a_host_that_is_down_is_keys_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        check = OidcTokenCheck(f"http://127.0.0.1:{unused.getsockname()[1]}/", ISSUER, AUDIENCE)
        assert refusal(check, token()) == "keys_unavailable"


@pytest.mark.parametrize(
    ("url", "issuer", "audience"),
    [
        ("http://shop.example/keys", ISSUER, AUDIENCE),
        ("file:///etc/passwd", ISSUER, AUDIENCE),
        ("shop.example/keys", ISSUER, AUDIENCE),
        ("https://shop.example/keys", "", AUDIENCE),
        ("https://shop.example/keys", ISSUER, ""),
    ],
)
def test_settings_that_would_weaken_the_check_are_refused(url: str, issuer: str, audience: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        OidcTokenCheck(url, issuer, audience)


def test_no_token_reaches_the_log_or_the_error(caplog: pytest.LogCaptureFixture) -> None:
    sent = token()
    caplog.set_level(logging.DEBUG)
    with FileServer({PATH: Answer(status=500)}) as host, pytest.raises(TokenRefused) as refused:
        new_check(host).subject(sent, NOW)
    assert str(refused.value) == "keys_unavailable"
    assert [record.getMessage() for record in caplog.records] == ["key set not available"]
    assert not any(piece in caplog.text for piece in sent.split("."))


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(["RS256", "ES256", "none", 1]),
        "kid": st.sampled_from(["k1", "e1", "x", 1, None]),
        "crit": st.lists(st.text(max_size=3)),
        "b64": st.booleans(),
    },
)
PIECES = st.text(max_size=9) | st.sampled_from([part({}), "QQ"])


@settings(deadline=None)
@given(st.text() | st.builds(lambda header, *rest: ".".join([part(header), *rest]), HEADERS, PIECES, PIECES))
def test_whatever_is_sent_is_refused_and_never_fails_otherwise(check: OidcTokenCheck, text: str) -> None:
    assert refusal(check, text)
