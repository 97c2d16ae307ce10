"""A child's name is never a command, a product or a clause; types of few values take no stray words."""

from datetime import datetime

import pytest

from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, Context, compile_model


@pytest.fixture(scope="module")
def shop_en() -> CompiledModel:
    return compile_model(interaction_model("en-US"))


@pytest.fixture(scope="module")
def shop_de() -> CompiledModel:
    return compile_model(interaction_model("de-DE"), language="de")


@pytest.mark.parametrize(
    ("sentence", "child"),
    [
        ("priya drank four ounces", "priya"),
        ("olive had a wet diaper", "olive"),
        ("mary jane had a wet diaper", "mary jane"),
        ("when did zephyr last eat", "zephyr"),
        ("leo's diaper was wet", "leo"),
        ("leo had both a wet and dirty diaper", "leo"),
    ],
)
def test_any_first_name_is_taken(
    shop_en: CompiledModel, saturday: datetime, sentence: str, child: str
) -> None:
    assert shop_en.resolve(sentence, now=saturday).slots["child"].value == child


@pytest.mark.parametrize(
    "sentence",
    [
        "cancel the diapers",
        "cancel drank four ounces",
        "wipes had a wet diaper",
        "log a wet diaper for cancel",
        "how many wipes are left",
        "two had a wet diaper",
        "order size 3 diapers",
    ],
)
def test_commands_products_and_numbers_are_no_names(
    shop_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    assert "child" not in shop_en.resolve(sentence, now=saturday).slots


def test_a_clause_is_no_name(shop_en: CompiledModel, saturday: datetime) -> None:
    found = shop_en.resolve("leo had a wet diaper and drank four ounces", now=saturday)
    assert "child" not in found.slots or found.slots["child"].value == "leo"


@pytest.mark.parametrize(
    ("sentence", "child"),
    [
        ("mohammed hat 120 ml getrunken", "mohammed"),
        ("anna lena hat eine nasse windel", "anna lena"),
        ("wie viele feuchttücher sind noch da", None),
    ],
)
def test_german_names(shop_de: CompiledModel, saturday: datetime, sentence: str, child: str | None) -> None:
    fill = shop_de.resolve(sentence, now=saturday).slots.get("child")
    assert (fill.value if fill else None) == child


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("log a green diaper for leo", "green"),
        ("log a very wet diaper", "wet"),
        ("mark a wet diaper for leo", "wet"),
    ],
)
def test_an_unlisted_kind_is_a_word_or_two_and_no_command(
    shop_en: CompiledModel, saturday: datetime, sentence: str, kind: str | None
) -> None:
    fill = shop_en.resolve(sentence, now=saturday).slots.get("kind")
    assert (fill.value if fill else None) == kind


def test_a_size_stays_with_the_product(shop_en: CompiledModel, saturday: datetime) -> None:
    found = shop_en.resolve("order size 3 diapers", now=saturday)
    assert found.intent == "OrderItemIntent"
    assert found.slots["product"].value == "size 3 diapers"


@pytest.mark.parametrize("asked", [("LogFeedingIntent", "child"), ("LogFeedingIntent", "amount")])
def test_a_complete_sentence_leaves_the_question(
    shop_de: CompiledModel, saturday: datetime, asked: tuple[str, str]
) -> None:
    found = shop_de.resolve("das baby hat eine flasche bekommen", now=saturday, context=Context(elicit=asked))
    assert (found.intent, found.stage) == ("LogFeedingIntent", "exact")


def test_a_bare_number_answers_the_question(shop_de: CompiledModel, saturday: datetime) -> None:
    asked = Context(elicit=("LogFeedingIntent", "amount"))
    found = shop_de.resolve("150", now=saturday, context=asked)
    assert (found.stage, found.slots["amount"].value) == ("elicited", "150")


def test_a_let_is_no_get(shop_en: CompiledModel, saturday: datetime) -> None:
    assert shop_en.resolve("let me know", now=saturday).intent == "AMAZON.FallbackIntent"
