"""A transcript line holds the wire's side of a turn and, in process, what was behind it."""

import json

from skill.simulator.transcript import Witness, entry
from tests.simulator.fake_skill import QUOTE, FakeSkill, device

KEYS = [
    *("utterance", "intent", "slots", "heard", "reply", "speech", "ssml", "reprompt", "session_open"),
    *("directives", "quote", "order", "quotes", "orders", "ms"),
]


def test_a_line_has_every_key_in_its_order() -> None:
    skill, witness = FakeSkill(), Witness()
    skill.observe(witness)
    line = entry(device(skill).say("order two diapers"), witness.take(), "en")
    assert list(line) == KEYS
    assert json.loads(json.dumps(line)) == line


def test_quotes_and_orders_come_from_the_answer_behind_the_wire() -> None:
    skill, witness = FakeSkill(), Witness()
    skill.observe(witness)
    line = entry(device(skill).say("order two diapers"), witness.take(), "en")
    assert line["reply"] == "OrderItemIntent.said"
    assert line["quote"] == QUOTE
    assert line["quotes"] == [QUOTE]
    assert line["order"] is None
    assert line["orders"] == []
    assert line["heard"] == {"quantity": 2, "product": "DIAPER-4"}
    assert line["slots"]["quantity"] == {"value": "2", "id": None}


def test_a_slot_that_takes_several_values_lists_even_a_single_one() -> None:
    line = entry(device(FakeSkill()).say("order two diapers"), None, "en")
    heard = {"value": "diapers", "id": "DIAPER-4"}
    assert line["slots"]["product"] == {**heard, "values": [heard]}


def test_over_http_only_the_wire_is_known() -> None:
    line = entry(device(FakeSkill()).say("order two diapers"), None, "en")
    assert [line[key] for key in ("reply", "quote", "order", "quotes", "orders")] == [None] * 5
    assert line["speech"] == "Mac & Cheese is $12.40. Shall I?"
    assert line["session_open"] is True


def test_a_directive_is_shown_as_it_was_sent() -> None:
    line = entry(device(FakeSkill()).say("order something"), None, "en")
    assert line["directives"][0]["type"] == "Dialog.ElicitSlot"
    assert line["slots"] == {}


def test_a_witness_tells_an_answer_once() -> None:
    skill, witness = FakeSkill(), Witness()
    skill.observe(witness)
    device(skill).say("help")
    assert witness.take() is not None
    assert witness.take() is None
