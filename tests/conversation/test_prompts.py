"""Prompts render to well-formed SSML whatever the values hold, keep Alexa's limits and miss nothing."""

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation import locale_files, prompts
from skill.conversation.locale_files import from_tables
from skill.conversation.prompts import SPEECH_LIMIT, PromptError, Prompts
from skill.conversation.wording import Money, Wording

WORDING = Wording(locale_files.load("en-US"))
ANY_TEXT = st.text(st.characters(), max_size=200)  # with control characters and lone surrogates


def made(prompt: dict[str, Any], locale: str = "en-US") -> Prompts:
    texts = from_tables(locale, {"orders.toml": {"OrderIntent": {"prompts": {"done": prompt}}}})
    return Prompts(texts, Wording(texts))


def said(speech: str, values: dict[str, object], locale: str = "en-US") -> str:
    return made({"speech": [speech]}, locale).render("OrderIntent.done", values).speech


PROMPTS = made(
    {
        "speech": ['{{ name }}: <emphasis level="{{ name }}">{{ [name, name]|list }}</emphasis>.'],
        "reprompt": ["{{ name|upper }}?"],
        "card": {"title": "{{ name }}", "text": "{{ name }}"},
    }
)


@given(ANY_TEXT)
def test_any_text_gives_well_formed_ssml(name: str) -> None:
    rendered = PROMPTS.render("OrderIntent.done", {"name": name})
    for ssml in (rendered.ssml, rendered.reprompt_ssml):
        assert ssml is not None
        root = ElementTree.fromstring(ssml.encode())
        assert root.tag == "speak"
    root = ElementTree.fromstring(rendered.ssml.encode())
    assert " ".join("".join(root.itertext()).split()) == rendered.speech
    assert [child.tag for child in root] == ["emphasis"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=50))
def test_printable_text_arrives_in_the_speech_unchanged(name: str) -> None:
    assert said("{{ name }}", {"name": name}) == " ".join(name.split())


@given(ANY_TEXT, st.integers(0, 400))
def test_any_cut_is_well_formed_and_within_the_limit(text: str, limit: int) -> None:
    body = f"<p>Hello. {prompts.environment(WORDING, True).from_string('{{ t }}').render(t=text)}</p> bye"
    room = max(limit, len("<p></p>"))
    cut = prompts.shortened(body, room)
    assert len(cut) <= room
    ElementTree.fromstring(f"<speak>{cut}</speak>".encode())


def test_long_speech_is_cut_behind_a_sentence() -> None:
    rendered = made({"speech": ["<p>{{ text }}</p>"]}).render(
        "OrderIntent.done", {"text": "Milk & honey for all. " * 1000}
    )
    assert SPEECH_LIMIT - 40 < len(rendered.ssml) <= SPEECH_LIMIT
    assert rendered.ssml.endswith("for all.</p></speak>")


def test_long_speech_without_sentences_is_cut_behind_a_word() -> None:
    rendered = made({"speech": ["Hi. {{ text }}"]}).render("OrderIntent.done", {"text": "wipes " * 5000})
    assert SPEECH_LIMIT - 40 < len(rendered.ssml) <= SPEECH_LIMIT
    assert rendered.ssml.endswith("wipes</speak>")


def test_a_single_endless_word_is_cut_too() -> None:
    rendered = made({"speech": ["{{ text }}"]}).render("OrderIntent.done", {"text": "&" * 10_000})
    assert len(rendered.ssml) <= SPEECH_LIMIT
    assert set(rendered.speech) == {"&"}


def test_a_card_is_plain_text_within_the_limit() -> None:
    prompt = {"speech": ["Done."], "card": {"title": "A & B", "text": "{{ name }}"}}
    card = made(prompt).render("OrderIntent.done", {"name": "Mac & Cheese\x00 <x>"}).card
    assert card == {"title": "A & B", "text": "Mac & Cheese <x>"}
    card = made(prompt).render("OrderIntent.done", {"name": "x" * 9000}).card
    assert card is not None
    assert len(card["title"] + card["text"]) == SPEECH_LIMIT


def test_values_are_escaped_and_tags_of_the_template_are_kept() -> None:
    rendered = made({"speech": ["Got {{ name }}. <break time='1s'/> Bye."]}).render(
        "OrderIntent.done", {"name": "Mac & Cheese <b>"}
    )
    assert rendered.ssml == "<speak>Got Mac &amp; Cheese &lt;b&gt;. <break time='1s'/> Bye.</speak>"
    assert rendered.speech == "Got Mac & Cheese <b>. Bye."


def test_a_value_that_looks_escaped_is_said_as_it_is() -> None:
    assert said("{{ name }}", {"name": "&lt;b&gt; &amp;"}) == "&lt;b&gt; &amp;"


def test_variants_are_counted_round() -> None:
    several = made({"speech": ["one", "two", "three"], "reprompt": ["a?", "b?"]})
    rendered = [several.render("OrderIntent.done", {}, variant) for variant in range(4)]
    assert [each.speech for each in rendered] == ["one", "two", "three", "one"]
    assert [each.reprompt_ssml for each in rendered[:3]] == [
        "<speak>a?</speak>",
        "<speak>b?</speak>",
        "<speak>a?</speak>",
    ]
    assert rendered[0].variants == several.variants("OrderIntent.done") == 3


def test_a_prompt_without_a_question_has_no_reprompt_and_no_card() -> None:
    rendered = made({"speech": ["Done."]}).render("OrderIntent.done", {})
    assert (rendered.reprompt_ssml, rendered.card) == (None, None)


@pytest.mark.parametrize("key", ["OrderIntent.nope", "", "OrderIntent"])
def test_an_unknown_prompt_is_an_error_with_its_key(key: str) -> None:
    with pytest.raises(PromptError) as caught:
        PROMPTS.render(key, {"name": "Anna"})
    assert caught.value.key == key
    with pytest.raises(PromptError):
        PROMPTS.variants(key)


@pytest.mark.parametrize(
    ("speech", "values"),
    [
        ("{{ name }}", {}),
        ("{{ name }}", {"name": None}),
        ("{{ order.total }}", {"order": {}}),
        ("{{ total|money }}", {"total": 12.4}),
        ("{{ due|day }}", {"due": date(2026, 11, 24)}),
        ("{{ amount|amount('stone') }}", {"amount": 3}),
        ("{{ n|number }}", {"n": "many"}),
    ],
)
def test_a_missing_or_wrong_value_is_an_error(speech: str, values: dict[str, object]) -> None:
    with pytest.raises(PromptError, match=r"^OrderIntent\.done: ") as caught:
        made({"speech": [speech]}).render("OrderIntent.done", values)
    assert caught.value.key == "OrderIntent.done"


@pytest.mark.parametrize(
    ("speech", "english", "german"),
    [
        ("{{ total|money }}", "$12.40", "12,40 $"),
        ("{{ names|list }}", "A & B and C", "A & B und C"),
        ("{{ names|list('or') }}", "A & B or C", "A & B oder C"),
        ("{{ due|day }}", "on Tuesday", "am Dienstag"),
        ("{{ due|date }}", "November 24, 2026", "24. November 2026"),
        ("{{ points|plural('p', 'pp') }}", "1,240 pp", "1.240 pp"),
        ("{{ 3.5|amount('oz') }}", "3.5 ounces", "3,5 Unzen"),
        ("{{ 2|ordinal }}", "2nd", "2."),
        ("{{ lines|items }}", "2 Tea", "zweimal Tea"),
    ],
)
def test_filters_speak_the_language(speech: str, english: str, german: str) -> None:
    values: dict[str, object] = {
        "total": Money(1240, "USD"),
        "names": ["A & B", "C"],
        "due": date(2026, 11, 24),
        "today": date(2026, 11, 22),
        "points": 1240,
        "lines": [{"quantity": 2, "name": "Tea"}],
    }
    assert said(speech, values) == english
    assert said(speech, values, "de-DE") == german


def test_the_prompts_of_a_locale_are_made_once() -> None:
    assert prompts.for_locale("en-US") is prompts.for_locale("en-US")
