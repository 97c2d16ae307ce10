"""A sample's own words take whatever product is named after them, and other requests keep their sentences."""

from datetime import datetime

import pytest

from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, Context, Understood, compile_model
from skill.understanding.slot_types import LONGEST_LISTED

CHOICE = Context(elicit=("OrderItemIntent", "product"))


@pytest.fixture(scope="module")
def shop_en() -> CompiledModel:
    return compile_model(interaction_model("en-US"))


@pytest.fixture(scope="module")
def shop_de() -> CompiledModel:
    return compile_model(interaction_model("de-DE"), language="de")


def heard(found: Understood) -> dict[str, list[str]]:
    """All values of every slot."""
    return {name: [part.value for part in fill.values or (fill,)] for name, fill in found.slots.items()}


@pytest.mark.parametrize(
    ("sentence", "intent", "slots"),
    [
        (
            "how much are softleaf diapers size 2 pack of 74",
            "FindProductIntent",
            {"product": ["softleaf diapers size 2 pack of 74"]},
        ),
        ("do you have glitter glue sticks", "FindProductIntent", {"product": ["glitter glue sticks"]}),
        ("order flargle bargle boo", "OrderItemIntent", {"product": ["flargle bargle boo"]}),
        ("order size 4 softleaf diapers", "OrderItemIntent", {"product": ["size 4 softleaf diapers"]}),
        ("order size four diapers", "OrderItemIntent", {"product": ["size four diapers"]}),
        ("order zero diapers", "OrderItemIntent", {"quantity": ["0"], "product": ["diapers"]}),
        ("order minus one oat milk", "OrderItemIntent", {"quantity": ["-1"], "product": ["oat milk"]}),
        ("order a million oat milk", "OrderItemIntent", {"quantity": ["1000000"], "product": ["oat milk"]}),
        ("order <script> diapers", "OrderItemIntent", {"product": ["script diapers"]}),
        (
            "order robert'); drop table orders; --",
            "OrderItemIntent",
            {"product": ["robert", "drop table orders"]},
        ),
        ("order cat litter from the corner", "OrderItemIntent", {"product": ["cat litter from the corner"]}),
        ("order milk for the baby", "OrderItemIntent", {"product": ["milk for the baby"]}),
        (
            "order three oat milk and a pack of wipes",
            "OrderItemIntent",
            {
                "quantity": ["3"],
                "product": ["oat milk"],
                "more_single": ["a pack of"],
                "more_product": ["wipes"],
            },
        ),
        (
            "order two packs of wipes and a box of diapers",
            "OrderItemIntent",
            {
                "quantity": ["2"],
                "product": ["wipes"],
                "more_single": ["a box of"],
                "more_product": ["diapers"],
            },
        ),
        (
            "reorder the coffee and two oat milk",
            "OrderItemIntent",
            {"product": ["coffee", "two oat milk"]},
        ),
        ("order mac and cheese", "OrderItemIntent", {"product": ["mac and cheese"]}),
        (
            "order mac and cheese and milk",
            "OrderItemIntent",
            {"product": ["mac and cheese"], "more_product": ["milk"]},
        ),
        (
            "add two oat milk, purple glue and milk to my list",
            "AddToListIntent",
            {"quantity": ["2"], "product": ["oat milk", "purple glue", "milk"]},
        ),
        (
            "take purple glitter glue off my list",
            "RemoveFromListIntent",
            {"product": ["purple glitter glue"]},
        ),
    ],
)
def test_any_product_may_be_named(
    shop_en: CompiledModel, saturday: datetime, sentence: str, intent: str, slots: dict[str, list[str]]
) -> None:
    found = shop_en.resolve(sentence, now=saturday)
    assert (found.intent, heard(found)) == (intent, slots)


@pytest.mark.parametrize(
    ("sentence", "intent", "slots"),
    [
        (
            "was kosten softleaf windeln größe 2 74 stück",
            "FindProductIntent",
            {"product": ["softleaf windeln größe 2 74 stück"]},
        ),
        (
            "bestell drei hafermilch und eine packung feuchttücher",
            "OrderItemIntent",
            {
                "quantity": ["3"],
                "product": ["hafermilch"],
                "more_single": ["eine packung"],
                "more_product": ["feuchttücher"],
            },
        ),
        ("bestell lila glitzer kleber", "OrderItemIntent", {"product": ["lila glitzer kleber"]}),
        ("bestell windeln größe vier", "OrderItemIntent", {"product": ["windeln größe vier"]}),
        (
            "setz milch, eine tube kleber und eier auf die liste",
            "AddToListIntent",
            {"product": ["milch", "eine tube kleber", "eier"]},
        ),
    ],
)
def test_any_product_may_be_named_in_german(
    shop_de: CompiledModel, saturday: datetime, sentence: str, intent: str, slots: dict[str, list[str]]
) -> None:
    found = shop_de.resolve(sentence, now=saturday)
    assert (found.intent, heard(found)) == (intent, slots)


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("order my list", "OrderListIntent"),
        ("order everything that is on my list", "OrderListIntent"),
        ("order my usual", "ReorderUsualIntent"),
        ("order my usual stuff please", "ReorderUsualIntent"),
        ("reorder my last order", "ReorderLastOrderIntent"),
        ("reorder the things from my last order", "ReorderLastOrderIntent"),
        ("cancel my order", "CancelOrderIntent"),
        ("what did i order last time", "LastOrderIntent"),
        ("get me my usual", "ReorderUsualIntent"),
        ("what can i say", "AMAZON.HelpIntent"),
    ],
)
def test_a_free_product_does_not_take_another_request(
    shop_en: CompiledModel, saturday: datetime, sentence: str, intent: str
) -> None:
    assert shop_en.resolve(sentence, now=saturday).intent == intent


@pytest.mark.parametrize(
    "sentence",
    [
        "purple glitter glue",
        "order it",
        "get me a ride to the airport before nine",
        "get me detailed county school statistics",
        "i need to know what the weather is like",
        "find out why the sky is blue",
    ],
)
def test_what_names_no_product_is_refused(shop_en: CompiledModel, saturday: datetime, sentence: str) -> None:
    assert shop_en.resolve(sentence, now=saturday).stage == "fallback"


def test_a_product_has_at_most_so_many_words(shop_en: CompiledModel, saturday: datetime) -> None:
    longest = " ".join(f"florp{letter}" for letter in "abcdefghijklmnop"[:LONGEST_LISTED])
    assert heard(shop_en.resolve(f"order {longest}", now=saturday)) == {"product": [longest]}
    assert shop_en.resolve(f"order {longest} flarp", now=saturday).stage == "fallback"


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("size 4", "size 4"),
        ("softleaf", "softleaf"),
        ("the big pack", "big pack"),
        ("the one with 74", "one with 74"),
        ("the 12 ounce bag", "12 ounce bag"),
        ("four", "four"),
    ],
)
def test_an_answer_to_which_one_keeps_its_words(
    shop_en: CompiledModel, saturday: datetime, sentence: str, words: str
) -> None:
    found = shop_en.resolve(sentence, now=saturday, context=CHOICE)
    assert (found.stage, heard(found)) == ("elicited", {"product": [words]})


@pytest.mark.parametrize(
    ("sentence", "word"), [("the size four one", "size four"), ("the second one", "second")]
)
def test_an_answer_to_which_one_names_size_or_place(
    shop_en: CompiledModel, saturday: datetime, sentence: str, word: str
) -> None:
    found = shop_en.resolve(sentence, now=saturday, context=CHOICE)
    assert found.stage == "elicited"
    assert heard(found)["product"][0].startswith(word)


@pytest.mark.parametrize("sentence", ["where is my order", "cancel", "no", "what is the weather like"])
def test_an_answer_to_which_one_may_be_another_request(
    shop_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    assert shop_en.resolve(sentence, now=saturday, context=CHOICE).stage != "elicited"
