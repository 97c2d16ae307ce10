"""The dialogs of an interaction model are read whole, and what is broken in them is named with its place."""

from collections.abc import Callable
from typing import Any

import pytest

from skill.simulator.dialog_model import Prompt, read_dialogs
from skill.simulator.skill_model import skill_model
from skill.understanding import ModelError
from skill.understanding.model import read_model
from tests.simulator.ride_skill import MODEL, Envelope, changed


def read(raw: Envelope = MODEL) -> Any:
    return read_dialogs(raw, read_model(raw))


def book(inside: Envelope) -> Envelope:
    found: Envelope = inside["dialog"]["intents"][0]
    return found


def test_a_dialog_is_read_slot_by_slot_in_its_order() -> None:
    ride = read().intents["BookRideIntent"]
    assert [slot.name for slot in ride.slots] == ["place", "seats", "day"]
    assert (ride.auto, ride.confirms) == (True, "Confirm.ride")
    assert [slot.confirms for slot in ride.slots] == [None, "Confirm.seats", None]
    assert [rule.kind for rule in ride.slots[1].validations] == ["isGreaterThan", "isLessThanOrEqualTo"]


def test_an_intents_own_strategy_wins_over_the_skills() -> None:
    dialogs = read()
    assert dialogs.auto
    assert not dialogs.intents["RateRideIntent"].auto


def test_without_a_strategy_the_skill_leads() -> None:
    dialogs = read(changed(lambda inside: inside["dialog"].pop("delegationStrategy")))
    assert not dialogs.intents["BookRideIntent"].auto


def test_prompts_keep_all_their_variations() -> None:
    prompts = read().prompts
    assert prompts["Elicit.place"] == (Prompt("Where to?"), Prompt("Where would you like to go?"))
    assert prompts["Confirm.ride"][0].ssml


def test_a_language_model_alone_has_no_dialogs() -> None:
    inside = MODEL["interactionModel"]["languageModel"]
    assert read_dialogs(inside, read_model(inside)).intents == {}


def test_a_prompt_that_is_not_due_need_not_exist() -> None:
    raw = changed(lambda inside: book(inside)["slots"][2].update(elicitationRequired=False, prompts={}))
    assert read(raw).intents["BookRideIntent"].slots[2].elicits is None


def test_kinds_of_validation_may_be_written_with_a_capital() -> None:
    def capital(inside: Envelope) -> None:
        book(inside)["slots"][0]["validations"][0]["type"] = "HasEntityResolutionMatch"

    rules = read(changed(capital)).intents["BookRideIntent"].slots[0].validations
    assert rules[0].kind == "hasEntityResolutionMatch"


def _rule(**rule: object) -> Callable[[Envelope], None]:
    def change(inside: Envelope) -> None:
        book(inside)["slots"][1]["validations"] = [{"prompt": "Few.seats", **rule}]

    return change


BROKEN: list[tuple[Callable[[Envelope], Any], str]] = [
    (lambda inside: inside.update(dialog=[]), "dialog: expected an object, found list"),
    (lambda inside: inside.update(prompts={}), "prompts: expected a list, found dict"),
    (lambda inside: inside["dialog"].update(intents=3), "dialog.intents: expected a list, found int"),
    (lambda inside: inside["dialog"].update(intents=["x"]), "dialog.intents[0]: expected an object"),
    (lambda inside: book(inside).update(name=" "), "dialog.intents[0].name: expected text"),
    (lambda inside: book(inside).update(name="Other"), "dialog.intents[0]: the model has no intent Other"),
    (lambda inside: inside["dialog"]["intents"].append(book(inside)), "BookRideIntent is declared twice"),
    (
        lambda inside: book(inside).update(delegationStrategy="NEVER"),
        "dialog.intents[0] BookRideIntent.delegationStrategy: expected ALWAYS or SKILL_RESPONSE",
    ),
    (lambda inside: inside["dialog"].update(delegationStrategy=7), "dialog.delegationStrategy: expected"),
    (lambda inside: book(inside).update(prompts={}), "there is no prompt for the confirmation"),
    (
        lambda inside: book(inside)["prompts"].update(confirmation="Nope"),
        "BookRideIntent.prompts.confirmation: there is no prompt Nope",
    ),
    (
        lambda inside: book(inside)["slots"][0].update(name="colour"),
        "slots[0]: the intent BookRideIntent has no slot colour",
    ),
    (
        lambda inside: book(inside)["slots"][0].update(type="AMAZON.DATE"),
        "slots[0] place.type: 'AMAZON.DATE', but the intent declares PLACE",
    ),
    (_rule(type="isPrime"), "slots[1] seats.validations[0].type: there is no validation 'isPrime'"),
    (_rule(type="isLessThan"), "validations[0] isLessThan.value: expected a number"),
    (_rule(type="isLessThan", value=True), "validations[0] isLessThan.value: expected a number"),
    (
        _rule(type="isLessThan", value="lots"),
        "isLessThan.value: expected a number, found 'lots'",
    ),
    (_rule(type="isInSet", values=[]), "validations[0] isInSet.values: there is no value"),
    (_rule(type="isInDuration", start="soon"), "isInDuration.start: expected a duration such as PT2H"),
    (_rule(type="isInSet", prompt="Nope"), "isInSet.prompt: there is no prompt Nope"),
    (
        lambda inside: inside["prompts"].append({"id": "Elicit.day", "variations": []}),
        "the prompt Elicit.day is declared twice",
    ),
    (
        lambda inside: inside["prompts"].append({"id": "New", "variations": []}),
        "New.variations: there is none",
    ),
    (
        lambda inside: inside["prompts"][0]["variations"][1].update(type="Song"),
        "prompts[0] Elicit.place.variations[1].type: expected PlainText or SSML, found 'Song'",
    ),
    (
        lambda inside: inside["prompts"][0]["variations"][1].update(value=None),
        "prompts[0] Elicit.place.variations[1].value: expected text, found None",
    ),
]


@pytest.mark.parametrize(("change", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_broken_part_is_named_with_its_place(change: Callable[[Envelope], Any], message: str) -> None:
    with pytest.raises(ModelError) as raised:
        skill_model(changed(lambda inside: [change(inside), None][1]), "en-US")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
