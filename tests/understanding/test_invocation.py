"""The invocation is taken off a sentence as the device does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.understanding import strip_invocation


@pytest.mark.parametrize(
    ("sentence", "kind", "rest"),
    [
        ("alexa, ask corner shop to reorder my usual", "ask", "reorder my usual"),
        ("Alexa open Corner Shop", "open", ""),
        ("open the corner shop please", "open", ""),
        ("hey alexa, start corner shop", "open", ""),
        ("ask corner shop for my points", "ask", "my points"),
        ("tell corner shop that I need milk", "ask", "I need milk"),
        ("ask corner shop where my order is", "ask", "where my order is"),
        ("ask cornershop how many points I have", "ask", "how many points I have"),
        ("alexa, ask coner shop, order diapers", "ask", "order diapers"),
        ("open corner shop and order milk", "ask", "order milk"),
        ("order milk from corner shop", "ask", "order milk"),
        ("alexa check my points with corner shop please", "ask", "check my points"),
        ("corner shop, what can you do?", "ask", "what can you do?"),
        ("corner shop", "open", ""),
        ("ask corner shop", "open", ""),
        ("alexa reorder my usual", "none", "reorder my usual"),
        ("reorder my usual", "none", "reorder my usual"),
        ("open sesame", "none", "open sesame"),
        ("alexa stop", "none", "stop"),
        ("Echo, yes please", "none", "yes please"),
        ("-3", "none", "-3"),
        ("alexa", "none", ""),
        ("", "none", ""),
    ],
)
def test_an_english_invocation(sentence: str, kind: str, rest: str) -> None:
    assert strip_invocation(sentence, "corner shop", "en") == (kind, rest)


@pytest.mark.parametrize(
    ("sentence", "kind", "rest"),
    [
        ("alexa, frag corner shop nach meinen punkten", "ask", "meinen punkten"),
        ("frage corner shop wo meine bestellung ist", "ask", "wo meine bestellung ist"),
        ("öffne corner shop", "open", ""),
        ("Alexa, starte bitte den Corner Shop", "none", "starte bitte den Corner Shop"),
        ("starte den corner shop", "open", ""),
        ("sag corner shop ich brauche milch", "ask", "ich brauche milch"),
        ("alexa, bestelle milch bei corner shop", "ask", "bestelle milch"),
        ("bestelle milch", "none", "bestelle milch"),
    ],
)
def test_a_german_invocation(sentence: str, kind: str, rest: str) -> None:
    assert strip_invocation(sentence, "corner shop", "de-DE") == (kind, rest)


def test_a_skill_without_a_name_is_never_named() -> None:
    assert strip_invocation("ask for milk", "", "en") == ("none", "ask for milk")


@given(st.text(max_size=200))
def test_any_text_has_an_answer(sentence: str) -> None:
    kind, rest = strip_invocation(sentence, "corner shop", "en")
    assert kind in ("open", "ask", "none")
    assert rest in sentence
