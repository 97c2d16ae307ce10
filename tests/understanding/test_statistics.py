"""What no sample covers is guessed at, and believed only where margin and likeness allow it."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from skill.understanding import CompiledModel, Context, compile_model
from skill.understanding.compiler import build
from skill.understanding.features import CLASSIFYING, LIKENING, Unit, kindred, vector
from skill.understanding.guess import GATES, least_evidence
from skill.understanding.language import LANGUAGES, load_language
from skill.understanding.linear import BIAS, BLOCK, MAX_WORK, Trainer, margins, train
from skill.understanding.model import read_model
from skill.understanding.polarity import asks, denies
from skill.understanding.resolver import MAX_KEPT
from skill.understanding.statistical import MAX_PER_INTENT, MAX_SAMPLES

EN = load_language("en")


def words(sentence: str) -> list[Unit]:
    """The units of plain words."""
    return [Unit((word,)) for word in sentence.split()]


def test_no_word_stands_in_two_groups_of_like_words() -> None:
    for code in LANGUAGES:
        known = kindred(code)
        assert all(known[head] == head for head in set(known.values()))


def test_a_vector_has_length_one_and_like_words_share_a_feature() -> None:
    buy, purchase = (vector(words(f"{verb} milk"), EN, LIKENING) for verb in ("buy", "purchase"))
    assert sum(weight * weight for weight in buy.values()) == pytest.approx(1.0)
    assert {feature for feature in buy.keys() & purchase.keys() if feature.startswith("k")}
    assert vector([], EN, CLASSIFYING).keys() == {"p| |"}


def test_the_classifier_tells_classes_apart_and_knows_when_it_knows_nothing() -> None:
    said = [
        "buy some milk",
        "order bread",
        "get me eggs",
        "where is my parcel",
        "track my order",
        "has it come",
    ]
    vectors = [vector(words(text), EN, CLASSIFYING) for text in said]
    weights = train(vectors, [0, 0, 0, 1, 1, 1])
    for text, expected in (("purchase eggs", 0), ("where is it", 1)):
        found = margins(weights, vector(words(text), EN, CLASSIFYING), 2)
        assert found.index(max(found)) == expected
    assert margins(weights, vector(words("zyx"), EN, CLASSIFYING), 2) == [BIAS, BIAS]


def test_more_classes_than_a_block_holds_are_told_apart() -> None:
    vectors = [
        vector(words(f"{chr(97 + n % 26) * 4}{n} thing"), EN, CLASSIFYING) for n in range(2 * BLOCK + 1)
    ]
    weights = train(vectors, list(range(len(vectors))))
    for number, one in enumerate(vectors):
        found = margins(weights, one, len(vectors))
        assert found.index(max(found)) == number


def test_training_stops_when_its_work_is_spent() -> None:
    vectors = [vector(words(f"word{n} thing{n % 7} same"), EN, CLASSIFYING) for n in range(200)]
    trainer = Trainer(vectors, [n % 50 for n in range(200)])
    trainer.work = MAX_WORK - 1
    assert len(trainer.run(range(200))) == 1
    assert trainer.run(range(200)) == []


def _of_sizes(*counts: int) -> dict[str, Any]:
    return {
        "intents": [
            {"name": f"I{i}Intent", "samples": [f"paint {i} the house number n{n}" for n in range(count)]}
            for i, count in enumerate(counts)
        ]
    }


@pytest.mark.parametrize(
    ("counts", "learnt"),
    [
        ((MAX_PER_INTENT * 3, 3), MAX_PER_INTENT + 3),
        ((MAX_PER_INTENT,) * (MAX_SAMPLES // MAX_PER_INTENT), MAX_SAMPLES),
        ((MAX_PER_INTENT,) * 10, 10 * (MAX_PER_INTENT * 3 // 4)),
    ],
)
def test_a_large_model_is_thinned_evenly_over_its_intents(counts: tuple[int, ...], learnt: int) -> None:
    assert build(read_model(_of_sizes(*counts)), EN).statistics.size == learnt


def test_what_was_not_learnt_is_still_known_word_for_word(saturday: datetime) -> None:
    model = compile_model(_of_sizes(MAX_PER_INTENT * 2))
    for number in (1, MAX_PER_INTENT * 2 - 1):
        assert model.resolve(f"paint 0 the house number n{number}", now=saturday).intent == "I0Intent"


def test_lacking_something_denies_nothing() -> None:
    assert denies(["do", "not", "order", "milk"], EN)
    assert not denies(["i", "do", "not", "know", "my", "balance"], EN)
    assert asks(["where", "is"], EN)
    assert not asks([], EN)


def test_a_guess_explains_itself(corner_en: CompiledModel, saturday: datetime) -> None:
    found = corner_en.resolve("could you tell me where the order is now", now=saturday)
    assert (found.intent, found.stage) == ("OrderStatusIntent", "nearest")
    assert found.margin is not None
    assert found.likeness is not None
    assert 0.2 <= found.likeness <= 1.0
    assert found.matched in {
        sample for intent in corner_en.made.intents.values() for sample in intent.samples
    }
    refused = corner_en.resolve("how tall is the eiffel tower", now=saturday)
    assert refused.margin is not None
    assert refused.rivals


def test_without_refusal_the_best_intent_is_named(corner_en: CompiledModel, saturday: datetime) -> None:
    sentence = "whatever became of the things i bought"
    assert corner_en.resolve(sentence, now=saturday, refuse=False).stage == "nearest"
    assert corner_en.resolve("", now=saturday, refuse=False).stage == "fallback"


@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        ("do not order any milk", "OrderItemIntent"),
        ("i never want to reorder my usual", "ReorderUsualIntent"),
        ("yes and no i suppose", "AMAZON.YesIntent"),
        ("did i order milk yesterday", "OrderItemIntent"),
        ("ordr mlk", "AMAZON.YesIntent"),
    ],
)
def test_a_weak_guess_changes_nothing(
    corner_en: CompiledModel, saturday: datetime, sentence: str, never: str
) -> None:
    for asked in (False, True):
        context = Context(expects_yes_no=asked)
        assert corner_en.resolve(sentence, now=saturday, context=context).intent != never


def test_the_gate_rises_with_sensitivity_and_size(
    corner_en: CompiledModel, corner_raw: dict[str, Any]
) -> None:
    assert GATES["LOW"] < GATES["MEDIUM"] < GATES["HIGH"]
    intents = corner_raw["interactionModel"]["languageModel"]["intents"]
    small = compile_model(
        {
            "intents": [intent for intent in intents if intent["name"] == "OrderItemIntent"],
            "types": corner_raw["interactionModel"]["languageModel"]["types"],
        }
    )
    assert least_evidence(small.made) < least_evidence(corner_en.made)


def test_a_model_is_compiled_once_and_few_are_kept(corner_raw: dict[str, Any]) -> None:
    assert compile_model(corner_raw) is compile_model(json.loads(json.dumps(corner_raw)))
    assert MAX_KEPT >= 8


def test_the_hash_seed_changes_no_guess(corner_raw: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(corner_raw), encoding="utf-8")
    script = (
        "import json,sys;from datetime import datetime,UTC;from skill.understanding import compile_model;"
        "m=compile_model(json.load(open(sys.argv[1],encoding='utf-8')));n=datetime(2026,11,21,12,tzinfo=UTC);"
        "print([repr(m.resolve(s,now=n,refuse=False)) for s in"
        " ('wher did my ordr go','tell me abot the delivry','i sort of want bred and mlk','qwerty uiop')])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(answers) == 1
