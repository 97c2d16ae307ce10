"""The web application around the real program: signed requests, refusals, repeats, odd envelopes."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.alexa_ca import URL, rsa_key, signed
from tests.web.served_shop import ServedShop, reasons, served_shop


@pytest.fixture
def shop(demo_file: Path, tmp_path: Path) -> Iterator[ServedShop]:
    """The demo shop behind the test client."""
    with served_shop(demo_file, tmp_path) as made:
        yield made


def speech(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.json["response"]["outputSpeech"]["ssml"])


@pytest.mark.parametrize("path", ["/alexa", "/"])
def test_a_signed_launch_is_welcomed(shop: ServedShop, path: str) -> None:
    answer = shop.post(shop.envelope(), path)
    assert "Anna" in speech(answer)
    assert answer.json["response"]["shouldEndSession"] is False


def test_the_health_check_needs_no_signature(shop: ServedShop) -> None:
    answer = shop.client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_an_order_by_signed_requests_is_placed_once_however_often_they_come(shop: ServedShop) -> None:
    asked = shop.post(shop.envelope("ReorderUsualIntent")).json
    orders = shop.rows("shop_order")
    yes = shop.after(asked, "AMAZON.YesIntent")
    first = shop.post(yes)
    again = shop.post(yes)
    assert speech(first)
    assert first.json == again.json
    assert shop.rows("shop_order") == orders + 1


def test_the_same_request_id_with_another_intent_changes_nothing(shop: ServedShop) -> None:
    asked = shop.post(shop.envelope("ReorderUsualIntent")).json
    yes = shop.after(asked, "AMAZON.YesIntent")
    shop.post(yes)
    orders = shop.rows("shop_order")
    yes["request"]["intent"]["name"] = "ReorderLastOrderIntent"
    answer = shop.post(yes)
    assert speech(answer)
    assert answer.json["response"]["shouldEndSession"] is True
    assert shop.rows("shop_order") == orders


def test_an_unknown_request_type_gets_a_sentence(shop: ServedShop) -> None:
    envelope = shop.envelope()
    envelope["request"]["type"] = "Something.Invented"
    assert speech(shop.post(envelope))


def test_a_directive_gets_its_typed_error(shop: ServedShop) -> None:
    header = {"namespace": "Alexa.Discovery", "name": "Discover", "messageId": "m", "payloadVersion": "3"}
    answer = shop.post({"directive": {"header": header, "payload": {}}})
    assert answer.status_code == 200
    assert answer.json["event"]["header"]["name"] == "ErrorResponse"


def test_an_event_is_answered_without_speech(shop: ServedShop) -> None:
    envelope = shop.envelope()
    envelope["request"]["type"] = "AlexaSkillEvent.SkillDisabled"
    del envelope["session"]
    answer = shop.post(envelope)
    assert answer.status_code == 200
    assert "outputSpeech" not in answer.json.get("response", {})


def test_an_error_of_ours_is_a_sentence_and_not_a_status(
    shop: ServedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.app.identity, "caller", lambda speaker, at: 1 / 0)
    assert "where your order is" in speech(shop.post(shop.envelope("ReorderUsualIntent")))


def refused(
    shop: ServedShop, caplog: pytest.LogCaptureFixture, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    """The status and the one reason code in the log."""
    caplog.clear()
    caplog.set_level(logging.INFO, "restock")
    answer = shop.client.post("/alexa", data=body, headers=headers)
    assert answer.json == {"error": "refused"}
    (reason,) = reasons(caplog.records)
    return answer.status_code, reason


def test_every_refusal_is_a_400_with_a_reason_in_the_log(
    shop: ServedShop, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(shop.envelope()).encode()
    stale = shop.envelope()
    stale["request"]["timestamp"] = "2020-01-01T00:00:00Z"
    old = json.dumps(stale).encode()
    foreign = shop.envelope()
    foreign["session"]["application"]["applicationId"] = "amzn1.ask.skill.other"
    other = json.dumps(foreign).encode()
    before = shop.rows("turn_record")
    assert refused(shop, caplog, body, {}) == (400, "certificate_url_missing")
    assert refused(shop, caplog, body, {"SignatureCertChainUrl": URL}) == (400, "signature_missing")
    assert refused(shop, caplog, body, signed(body + b" ")) == (400, "signature_wrong")
    assert refused(shop, caplog, body, signed(body, key=rsa_key("other"))) == (400, "signature_wrong")
    assert refused(shop, caplog, body, signed(body, url="https://example.org/x")) == (400, "certificate_url")
    assert refused(shop, caplog, old, signed(old)) == (400, "timestamp_window")
    assert refused(shop, caplog, other, signed(other)) == (400, "application_wrong")
    for content, reason in ((b"[]", "body_shape"), (b"{", "body_json"), (b"\xff", "body_encoding")):
        assert refused(shop, caplog, content, signed(content)) == (400, reason)
    large = b" " * (300 * 1024)
    assert refused(shop, caplog, large, signed(large)) == (413, "body_size")
    assert shop.rows("turn_record") == before


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options", "trace"])
def test_any_other_method_is_a_405_with_a_reason_in_the_log(
    shop: ServedShop, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    answer = getattr(shop.client, method)("/alexa")
    assert answer.status_code == 405
    assert reasons(caplog.records) == ["method_not_allowed"]


def test_a_page_that_is_not_there_is_a_404(shop: ServedShop) -> None:
    assert shop.client.get("/static/secrets").status_code == 404
    assert shop.client.post("/healthz").status_code == 405


HEADERS = st.dictionaries(
    st.sampled_from(
        ["SignatureCertChainUrl", "Signature-256", "Signature", "Content-Type", "Content-Encoding"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), headers=HEADERS)
def test_whatever_is_sent_unsigned_is_a_400(shop: ServedShop, body: bytes, headers: dict[str, str]) -> None:
    assert shop.client.post("/alexa", data=body, headers=headers).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(["session", "context", "request"]),
    name=st.sampled_from(["attributes", "user", "intent", "locale", "type", "requestId", "System", "new"]),
    value=JSON,
)
def test_whatever_a_signed_envelope_holds_is_never_a_500(
    shop: ServedShop, part: str, name: str, value: Any
) -> None:
    envelope = shop.envelope("AMAZON.HelpIntent")
    envelope[part][name] = value
    assert shop.post(envelope).status_code in (200, 400)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
def test_any_signed_json_is_never_a_500(shop: ServedShop, value: Any) -> None:
    assert shop.post(value).status_code in (200, 400)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""]
)
def test_the_content_type_does_not_matter(shop: ServedShop, kind: str) -> None:
    body = json.dumps(shop.envelope()).encode()
    assert speech(shop.client.post("/alexa", data=body, headers=signed(body), content_type=kind))


def test_the_checks_of_the_adapter_cannot_be_switched_on(shop: ServedShop) -> None:
    assert shop.flask.config["ASK_SDK_VERIFY_SIGNATURE"] is False
    assert shop.flask.config["ASK_SDK_VERIFY_TIMESTAMP"] is False


def test_a_stranger_in_production_may_ask_but_must_link_an_account_to_order(
    demo_file: Path, tmp_path: Path
) -> None:
    with served_shop(demo_file, tmp_path, env="production") as shop:
        for intent, card in (("ListRewardsIntent", "Simple"), ("ReorderUsualIntent", "LinkAccount")):
            envelope = shop.envelope(intent)
            envelope["session"]["user"]["userId"] = "stranger"
            envelope["context"]["System"]["user"]["userId"] = "stranger"
            households = shop.rows("household")
            answer = shop.post(envelope)
            assert speech(answer)
            assert answer.json["response"].get("card", {}).get("type") == card
            assert shop.rows("household") == households
