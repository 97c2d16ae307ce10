"""The serializer that takes every envelope."""

import json

import pytest
from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import IntentRequest, RequestEnvelope, Session

from skill.alexa.serializer import ReceivedEnvelope, TolerantSerializer, UnmodelledRequest
from tests.alexa.envelopes import ENVELOPES, envelope

REFUSED_BY_THE_SDK = {
    "event_account_unlinked",
    "intent_integer_timestamp",
    "intent_unknown_enum",
    "launch_no_locale_no_id",
    "session_resumed_undeclared_cause",
    "unknown_request_type",
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_envelope_is_received_with_its_raw_json(name: str) -> None:
    received = TolerantSerializer().receive(envelope(name))
    assert isinstance(received, ReceivedEnvelope)
    assert received.raw == envelope(name)
    assert received.request is not None


@pytest.mark.parametrize("name", sorted(REFUSED_BY_THE_SDK))
def test_what_the_sdk_refuses_is_received_without_the_part_it_cannot_hold(name: str) -> None:
    text = json.dumps(envelope(name))
    with pytest.raises(SerializationException):
        DefaultSerializer().deserialize(text, RequestEnvelope)
    received = TolerantSerializer().deserialize(text, RequestEnvelope)
    assert isinstance(received.request, UnmodelledRequest)
    assert (received.session is not None) == ("session" in received.raw)


def test_what_the_sdk_can_hold_is_typed() -> None:
    received = TolerantSerializer().receive(envelope("intent_static_match"))
    assert isinstance(received.request, IntentRequest)
    assert received.context is not None


def test_a_session_the_sdk_cannot_hold_stays_a_session() -> None:
    raw = envelope("intent_no_slots")
    raw["session"]["attributes"] = ["no", "object"]
    assert isinstance(TolerantSerializer().receive(raw).session, Session)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", '"x"'])
def test_what_is_no_object_is_an_empty_envelope(text: str | None) -> None:
    assert TolerantSerializer().deserialize(text, RequestEnvelope).raw == {}


def test_other_types_are_read_as_the_sdk_reads_them() -> None:
    assert TolerantSerializer().deserialize('{"new": true}', Session).new is True
