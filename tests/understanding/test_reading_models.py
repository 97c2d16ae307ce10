"""Any wrapping of an interaction model is read; a broken one is one line that names the place."""

import copy
from datetime import datetime
from typing import Any

import pytest

from skill.understanding import ModelError, compile_model


def test_every_wrapping_is_read(corner_raw: dict[str, Any], saturday: datetime) -> None:
    inside = corner_raw["interactionModel"]
    for wrapped in (corner_raw, inside, inside["languageModel"]):
        assert compile_model(wrapped).resolve("order milk", now=saturday).intent == "OrderItemIntent"


def broken(raw: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of the language model with one place replaced; `path` uses dots and indexes."""
    changed = copy.deepcopy(raw["interactionModel"]["languageModel"])
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = changed
    for part in above:
        place = place[part]
    place[last] = value
    return {"languageModel": changed}


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("intents", {}, "languageModel.intents: expected a list, found an object"),
        ("intents.0", "x", r"languageModel.intents\[0\]: expected an object, found text"),
        ("intents.0.name", "", r"languageModel.intents\[0\].name: expected text, found no text"),
        ("intents.1.name", "OrderItemIntent", r"intents\[1\]: the intent OrderItemIntent is declared twice"),
        ("intents.0.samples.0", "order {thing}", r"'order {thing}' uses the slot 'thing', which is not"),
        ("intents.0.samples.0", "order {product", r"the braces of sample 'order {product' do not pair"),
        ("intents.0.samples.0", 7, r"samples\[0\]: expected text, found a number"),
        ("intents.0.slots.1.samples", ["{other}"], "uses the slot 'other'"),
        (
            "intents.0.slots.0.type",
            "NOBODY",
            r"intents\[0\] OrderItemIntent.slots\[0\] quantity: nobody declares the type NOBODY",
        ),
        ("intents.0.slots.1.name", "quantity", r"slots\[1\]: the slot quantity is declared twice"),
        ("types.0.values.0.name", "milk", r"types\[0\] PRODUCT.values\[0\].name: expected an object"),
        ("types.0.values.0.name.value", None, r"values\[0\].name.value: expected text, found null"),
        ("types.0.name", 3, r"types\[0\].name: expected text, found a number"),
    ],
)
def test_a_broken_model_names_the_place(
    corner_raw: dict[str, Any], path: str, value: object, says: str
) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        compile_model(broken(corner_raw, path, value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("raw", [{}, {"interactionModel": []}, {"interactionModel": {"dialog": {}}}])
def test_what_is_no_model_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        compile_model(raw)


@pytest.mark.parametrize("language", ["", "french", "f", "日本"])
def test_what_is_no_language_is_refused(corner_raw: dict[str, Any], language: str) -> None:
    with pytest.raises(ModelError, match=f"'{language}' names no language, as en or fr-FR do"):
        compile_model(corner_raw, language=language)


def test_a_model_without_samples_refuses_every_sentence(saturday: datetime) -> None:
    model = compile_model({"intents": [{"name": "EmptyIntent", "samples": []}]})
    assert model.resolve("anything at all", now=saturday).stage == "none"


def test_a_type_filled_from_a_catalogue_takes_any_words(saturday: datetime) -> None:
    supplied = {"type": "CatalogValueSupplier", "valueCatalog": {"catalogId": "amzn1.x", "version": "1"}}
    model = compile_model(
        {
            "intents": [
                {
                    "name": "PlayIntent",
                    "slots": [{"name": "song", "type": "SONG"}],
                    "samples": ["play {song}"],
                }
            ],
            "types": [{"name": "SONG", "valueSupplier": supplied}],
        }
    )
    found = model.resolve("play moonlight sonata", now=saturday)
    assert found.slots["song"].value == "moonlight sonata"


def test_a_synonym_and_a_value_of_one_name_give_the_value(saturday: datetime) -> None:
    values = [
        {"id": "A", "name": {"value": "apple", "synonyms": ["pear"]}},
        {"id": "P", "name": {"value": "pear"}},
    ]
    intent = {
        "name": "EatIntent",
        "slots": [{"name": "fruit", "type": "FRUIT"}],
        "samples": ["eat a {fruit}"],
    }
    model = compile_model({"intents": [intent], "types": [{"name": "FRUIT", "values": values}]})
    assert model.resolve("eat a pear", now=saturday).slots["fruit"].id == "P"
