"""What the skill asked just before decides how a short answer is read."""

from datetime import datetime

import pytest

from skill.understanding import CompiledModel, Context, ModelError

QUANTITY = Context(elicit=("OrderItemIntent", "quantity"))
PRODUCT = Context(elicit=("OrderItemIntent", "product"))
CHILD = Context(elicit=("LogSleepIntent", "child"))


@pytest.mark.parametrize(
    ("sentence", "context", "slots"),
    [
        ("two", QUANTITY, {"quantity": "2"}),
        ("two please", QUANTITY, {"quantity": "2"}),
        ("make it a dozen", QUANTITY, {"quantity": "12"}),
        ("just three", QUANTITY, {"quantity": "3"}),
        ("five packs", QUANTITY, {"quantity": "5"}),
        ("milk", PRODUCT, {"product": "milk"}),
        ("a kite", PRODUCT, {"product": "kite"}),
        ("i want rye bread", PRODUCT, {"product": "rye bread"}),
        ("two packs of wipes", PRODUCT, {"quantity": "2", "product": "wipes"}),
        ("ry bread", PRODUCT, {"product": "ry bread"}),
        ("it's leo", CHILD, {"child": "leo"}),
    ],
)
def test_an_answer_fills_the_slot_asked_for(
    corner_en: CompiledModel, saturday: datetime, sentence: str, context: Context, slots: dict[str, str]
) -> None:
    found = corner_en.resolve(sentence, now=saturday, context=context)
    assert {name: fill.value for name, fill in found.slots.items()} == slots
    assert context.elicit is not None
    assert (found.intent, found.stage) == (context.elicit[0], "elicited")


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("cancel", "AMAZON.CancelIntent"),
        ("help", "AMAZON.HelpIntent"),
        ("stop", "AMAZON.StopIntent"),
        ("reorder my usual", "ReorderUsualIntent"),
        ("where is my order", "OrderStatusIntent"),
        ("add milk to my list", "AddToListIntent"),
        ("what is the weather like today", "AMAZON.FallbackIntent"),
    ],
)
def test_another_request_is_not_swallowed_as_the_answer(
    corner_en: CompiledModel, saturday: datetime, sentence: str, intent: str
) -> None:
    assert corner_en.resolve(sentence, now=saturday, context=PRODUCT).intent == intent


def test_a_german_answer_fills_the_slot(corner_de: CompiledModel, saturday: datetime) -> None:
    context = Context(elicit=("OrderItemIntent", "quantity"))
    found = corner_de.resolve("ich nehme zwei bitte", now=saturday, context=context)
    assert (found.stage, found.slots["quantity"].value) == ("elicited", "2")


def test_an_unknown_slot_to_elicit_changes_nothing(corner_en: CompiledModel, saturday: datetime) -> None:
    context = Context(elicit=("OrderItemIntent", "nothing"))
    assert corner_en.resolve("order milk", now=saturday, context=context).stage == "exact"


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("yes", "AMAZON.YesIntent"),
        ("that sounds good", "AMAZON.YesIntent"),
        ("yes order it", "AMAZON.YesIntent"),
        ("no", "AMAZON.NoIntent"),
        ("no i want the other one", "AMAZON.NoIntent"),
        ("nope not today", "AMAZON.NoIntent"),
        ("add milk to my list", "AddToListIntent"),
        ("cancel my order", "CancelOrderIntent"),
    ],
)
def test_an_answer_to_a_yes_or_no_question(
    corner_en: CompiledModel, saturday: datetime, sentence: str, intent: str
) -> None:
    found = corner_en.resolve(sentence, now=saturday, context=Context(expects_yes_no=True))
    assert found.intent == intent


def test_dynamic_values_come_first(corner_en: CompiledModel, saturday: datetime) -> None:
    kite = {"id": "KIT-9", "name": {"value": "red kite", "synonyms": ["kite", "milk"]}}
    context = Context(dynamic={"PRODUCT": [kite]})
    fill = corner_en.resolve("order a kite", now=saturday, context=context).slots["product"]
    assert (fill.id, fill.resolved, fill.status) == ("KIT-9", "red kite", "ER_SUCCESS_MATCH")
    assert corner_en.resolve("order milk", now=saturday, context=context).slots["product"].id == "KIT-9"
    assert corner_en.resolve("order milk", now=saturday).slots["product"].id == "MLK-1"


def test_broken_dynamic_values_are_an_error_of_the_caller(
    corner_en: CompiledModel, saturday: datetime
) -> None:
    with pytest.raises(ModelError, match=r"PRODUCT\[0\]\.name"):
        corner_en.resolve("order milk", now=saturday, context=Context(dynamic={"PRODUCT": [{"id": "1"}]}))
