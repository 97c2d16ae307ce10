"""The offline speaker knows from the wire whether a yes is awaited, and hears its wake word in a session."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.simulator.fake_skill import FakeSkill, device

Envelope = dict[str, Any]


class Asking(FakeSkill):
    """A skill that keeps the session open with the given attributes and directives."""

    def __init__(self, attributes: Mapping[str, Any], directives: list[Envelope]) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._attributes = dict(attributes)
        self._directives = directives

    def handle(self, envelope: Envelope) -> Envelope:
        request = envelope["request"]
        self.heard.append(request.get("intent", {}).get("name") or request["type"])
        response = {"shouldEndSession": False, "directives": self._directives}
        return {"version": "1.0", "sessionAttributes": self._attributes, "response": response}


CONFIRMED = {"type": "Dialog.ConfirmIntent"}


@pytest.mark.parametrize(
    ("attributes", "directives", "is_yes"),
    [({"confirm": "q1"}, [], True), ({}, [CONFIRMED], True), ({}, [], False)],
)
def test_order_it_means_yes_only_while_a_question_is_open(
    attributes: Envelope, directives: list[Envelope], is_yes: bool
) -> None:
    skill = Asking(attributes, directives)
    speaker = device(skill)
    speaker.say("help")
    speaker.say("order it")
    assert (skill.heard[-1] == "AMAZON.YesIntent") is is_yes


def test_a_plain_yes_is_a_yes_anyway() -> None:
    skill = Asking({}, [])
    speaker = device(skill)
    speaker.say("help")
    speaker.say("yes")
    assert skill.heard[-1] == "AMAZON.YesIntent"


@pytest.mark.parametrize(
    ("sentence", "answer"), [("alexa yes", "AMAZON.YesIntent"), ("Echo, stop", "AMAZON.StopIntent")]
)
def test_the_wake_word_is_dropped_inside_a_session(sentence: str, answer: str) -> None:
    skill = Asking({"confirm": "q1"}, [])
    speaker = device(skill)
    speaker.say("help")
    speaker.say(sentence)
    assert skill.heard[-1] == answer
