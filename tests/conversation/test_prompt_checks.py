"""Faults of a template and the values it asks for are found without rendering it."""

import pytest

from skill.conversation.locale_files import Card, PromptText
from skill.conversation.prompt_checks import placeholders, template_faults


def test_the_values_a_prompt_asks_for_are_known() -> None:
    prompt = PromptText(
        ("{{ name }} {% if due %}{{ due|day }}{% endif %}",), ("{{ a.b }}?",), Card("{{ t }}", "x")
    )
    assert placeholders(prompt) == {"name", "due", "today", "a", "t"}


@pytest.mark.parametrize(
    ("speech", "fault"),
    [
        ("{{ name", "unexpected end of template"),
        ("{{ name|shout }}", "No filter named 'shout'"),
        ("Mac & Cheese", "no well-formed SSML"),
        ("<break>", "no well-formed SSML"),
    ],
)
def test_faults_of_a_template_are_told(speech: str, fault: str) -> None:
    (found,) = template_faults(PromptText((speech,)))
    assert found.startswith(fault)
    assert found.endswith(speech)


def test_a_good_template_has_no_faults() -> None:
    speech = "Hi {{ name|upper }} {% if a < 3 %}<amazon:effect name='whispered'>x</amazon:effect>{% endif %}"
    assert template_faults(PromptText((speech,), (), Card("A & B", "<"))) == []
