"""A yes counts word for word only; hesitation, greetings and words left over never confirm anything."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, Context, compile_model
from skill.understanding.assent import Assent, assent_words
from skill.understanding.language import load_language, read_data

YES, NO, REFUSED = "AMAZON.YesIntent", "AMAZON.NoIntent", "AMAZON.FallbackIntent"
ASKED = Context(expects_yes_no=True)


@pytest.fixture(scope="module")
def shop_en() -> CompiledModel:
    return compile_model(interaction_model("en-US"))


@pytest.fixture(scope="module")
def shop_de() -> CompiledModel:
    return compile_model(interaction_model("de-DE"), language="de")


ASSENT_EN = """\
yes; yes please; yeah do it; yep that's right; yes I do; oh yes please; um yes; well okay; yesss
okayyy; uh-huh; mm-hmm; yes order it; yes please go ahead; yeah sure why not
sure go ahead and order it; okay order them now; alright then; sounds good thanks; that's fine
exacly; of corse; that's corect; please do; yes place the order; yes I think so; cool
that's a yes; yes alexa"""
ASSENT_DE = """\
ja; ja bitte; ja gerne; ja bitte bestellen; ja mach das; ja klar gerne; passt; geht klar; joa
toll; cool; jaaa; na klar; na gut; okay passt; super mach das; ja bestell das jetzt; gern
stimmt genau; das nehme ich; ja nimm die; genua"""
NOT_YET_EN = """\
hmm; hm; so; good grief; let me think about it; let me think; let me see; let me check; hold on
hang on; one second; just a minute please; do it tomorrow; do it later; do it next week
good morning; I'm hungry; hello; not sure; maybe; yes, three please; yes and add coffee
yes twice; yes but later; yes wait; wait yes; yes in size 4; yes two; do it twice; wine; supper
right now; yes order milk; yes cancel my order; I do not know; can you hear me; talk to a human
okay wait"""
NOT_YET_DE = """\
ach; ähm; hm; naja; na ja; ach so; ja morgen; ja später; ja und feuchttücher; ja zweimal
ja warte; warte kurz; okay warte; moment; weiß nicht; ich weiß nicht; hallo; guten morgen
ja aber erst morgen; mal sehen; vielleicht; klara; ja in größe vier; ja drei bitte; jein"""


def said(table: str) -> list[str]:
    """The sentences of a table."""
    return [sentence.strip() for line in table.splitlines() for sentence in line.split(";")]


@pytest.mark.parametrize("sentence", said(ASSENT_EN))
def test_assent_is_heard(shop_en: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_en.resolve(sentence, now=saturday, context=ASKED).intent == YES
    assert shop_en.resolve(sentence, now=saturday).intent == YES


@pytest.mark.parametrize("sentence", said(ASSENT_DE))
def test_german_assent_is_heard(shop_de: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_de.resolve(sentence, now=saturday, context=ASKED).intent == YES


@pytest.mark.parametrize("sentence", said(NOT_YET_EN))
def test_hesitation_and_words_left_over_are_no_answer(
    shop_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    assert shop_en.resolve(sentence, now=saturday, context=ASKED).intent == REFUSED
    assert shop_en.resolve(sentence, now=saturday).intent != YES


@pytest.mark.parametrize("sentence", said(NOT_YET_DE))
def test_german_hesitation_is_no_answer(shop_de: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_de.resolve(sentence, now=saturday, context=ASKED).intent == REFUSED
    assert shop_de.resolve(sentence, now=saturday).intent != YES


@pytest.mark.parametrize(
    "sentence", ["let me see", "hold on", "one second", "good morning", "hmm", "can you hear me"]
)
def test_hesitation_is_no_request_either(shop_en: CompiledModel, saturday: datetime, sentence: str) -> None:
    elicited = Context(elicit=("OrderItemIntent", "product"))
    assert shop_en.resolve(sentence, now=saturday).intent == REFUSED
    assert shop_en.resolve(sentence, now=saturday, context=elicited).intent == REFUSED


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("huh", "AMAZON.RepeatIntent"),
        ("read it again", "AMAZON.RepeatIntent"),
        ("that's all", "AMAZON.StopIntent"),
        ("okay stop", "AMAZON.StopIntent"),
        ("uh-uh", NO),
        ("yeah no", NO),
        ("i'm good", NO),
        ("no i want the other one", NO),
        ("get me my usual stuff again", "ReorderUsualIntent"),
        ("okay, where is my order", "OrderStatusIntent"),
    ],
)
def test_other_short_answers(shop_en: CompiledModel, saturday: datetime, sentence: str, intent: str) -> None:
    assert shop_en.resolve(sentence, now=saturday, context=ASKED).intent == intent


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [("ach nee", NO), ("ja nee", NO), ("das wars", "AMAZON.StopIntent"), ("hä", "AMAZON.RepeatIntent")],
)
def test_other_short_german_answers(
    shop_de: CompiledModel, saturday: datetime, sentence: str, intent: str
) -> None:
    assert shop_de.resolve(sentence, now=saturday, context=ASKED).intent == intent


@pytest.mark.parametrize("sentence", ["order it", "buy it", "get them", "place my order", "i'll take it"])
def test_order_it_answers_a_question_only(shop_en: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_en.resolve(sentence, now=saturday, context=ASKED).intent == YES
    if sentence != "i'll take it":
        assert shop_en.resolve(sentence, now=saturday).intent != YES


@pytest.mark.parametrize("sentence", ["kauf es", "nimm das", "bestellen", "bestell die bitte"])
def test_kauf_es_answers_a_question_only(shop_de: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_de.resolve(sentence, now=saturday, context=ASKED).intent == YES
    assert shop_de.resolve(sentence, now=saturday).intent != YES


def test_just_the_one_says_how_many(shop_en: CompiledModel, saturday: datetime) -> None:
    assert shop_en.resolve("just the one please", now=saturday, context=ASKED).intent != YES


def test_a_yes_before_a_request_is_passed_over_when_nothing_was_asked(
    shop_en: CompiledModel, saturday: datetime
) -> None:
    assert shop_en.resolve("yes order milk", now=saturday).intent == "OrderItemIntent"


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_phrase_is_both_assent_and_hesitation(code: str) -> None:
    language = load_language(code)
    raw = read_data(f"phrases_{code}.toml")["assent"]
    words = assent_words(raw, (), (), language)
    assent = Assent(words, frozenset())
    both = [phrase for phrase in words.idle if assent.is_yes(phrase, asked=True)]
    assert both == [], json.dumps(both, ensure_ascii=False)


@given(
    st.sampled_from(["yes", "yes please", "okay", "do it", "sure", "order it"]),
    st.sampled_from(
        ["three", "coffee", "milk", "tomorrow", "for leo", "not", "but", "instead", "later", "wipes"]
    ),
)
def test_a_yes_with_anything_more_is_no_yes(
    shop_en: CompiledModel, saturday: datetime, yes: str, more: str
) -> None:
    for sentence in (f"{yes} {more}", f"{more} {yes}"):
        assert shop_en.resolve(sentence, now=saturday, context=ASKED).intent != YES
