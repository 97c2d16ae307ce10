"""Every rule of lint finds what it is for, with the place, and says nothing of a model without faults."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from skill.understanding import ModelError
from skill.understanding.lint import RULES, Limits, lint
from skill.understanding.lint.draft import read_draft
from tests.understanding.lint.lint_models import (
    OPTIONS,
    Json,
    add_value,
    clean,
    intent,
    samples,
    spoiled,
    values,
)

MODEL = "interactionModel.languageModel"
ORDER = f"{MODEL}.intents[0]"


def add_sample(text: str, name: str = "OrderIntent") -> Callable[[Json], object]:
    return lambda whole: samples(whole, name).append(text)


def add_slot(name: str, kind: str) -> Callable[[Json], object]:
    return lambda whole: intent(whole)["slots"].append({"name": name, "type": kind})


def dialog_slot(whole: Json) -> Json:
    found: Json = whole["dialog"]["intents"][0]["slots"][0]
    return found


def both(*changes: Callable[[Json], object]) -> Callable[[Json], object]:
    def change(whole: Json) -> None:
        for each in changes:
            each(whole)

    return change


def name_it(name: str) -> Callable[[Json], object]:
    return lambda whole: whole["languageModel"].update(invocationName=name)


def without(name: str) -> Callable[[Json], object]:
    return lambda whole: whole["languageModel"]["intents"].remove(intent(whole, name))


def add_intent(name: str, *texts: str) -> Callable[[Json], object]:
    return lambda whole: whole["languageModel"]["intents"].append({"name": name, "samples": [*texts]})


def test_a_model_without_faults_has_no_findings() -> None:
    assert list(lint(clean(), OPTIONS)) == []


CASES: list[tuple[str, Callable[[Json], object], str, str]] = [
    ("missing-built-in", without("AMAZON.HelpIntent"), f"{MODEL}.intents", "AMAZON.HelpIntent is missing"),
    ("advised-built-in", without("AMAZON.FallbackIntent"), f"{MODEL}.intents", "FallbackIntent is missing"),
    ("invocation-name", name_it("open sesame shop"), f"{MODEL}.invocationName", "'open' is a launch or wake"),
    ("invocation-name", name_it("Corner Shop"), f"{MODEL}.invocationName", "only lower-case letters"),
    ("invocation-name", name_it("the shop"), f"{MODEL}.invocationName", "article or preposition 'the'"),
    ("one-word-name", name_it("shop"), f"{MODEL}.invocationName", "it needs two words"),
    (
        "duplicate-intent",
        add_intent("TrackIntent", "track it", "is it on its way"),
        f"{MODEL}.intents[8]",
        "TrackIntent: the intent is there 2 times",
    ),
    ("duplicate-slot", add_slot("count", "AMAZON.NUMBER"), ORDER, "the slot count is twice"),
    ("odd-name", add_slot("size-2", "AMAZON.NUMBER"), ORDER, "the name 'size-2' may hold"),
    ("no-samples", add_intent("QuietIntent"), f"{MODEL}.intents[8]", "QuietIntent: no samples"),
    ("thin-intent", add_intent("RareIntent", "be rare"), f"{MODEL}.intents[8]", "1 samples, at least 2"),
    ("undeclared-slot", add_sample("order {thing}"), f"{ORDER}.samples[4]", "slot 'thing', which is not"),
    ("repeated-slot", add_sample("swap {item} for {item}"), f"{ORDER}.samples[4]", "'item' twice"),
    ("odd-sign", add_sample("order {item}!"), f"{ORDER}.samples[4]", "holds !, which Alexa refuses"),
    ("odd-sign", add_sample("order {item"), f"{ORDER}.samples[4]", "holds {, which Alexa refuses"),
    ("digits", add_sample("order 2 {item}"), f"{ORDER}.samples[4]", "numbers are written as words"),
    ("glued-slot", add_sample("buy {item}s"), f"{ORDER}.samples[4]", "glued to a word"),
    ("long-sample", add_sample("buy " + "a" * 200), f"{ORDER}.samples[4]", "has 204 characters"),
    (
        "search-beside-slot",
        both(
            add_sample("hunt {what} {many}", "FindIntent"),
            lambda whole: intent(whole, "FindIntent")["slots"].append(
                {"name": "many", "type": "AMAZON.NUMBER"}
            ),
        ),
        f"{MODEL}.intents[2].samples[2]",
        "another slot beside a search phrase",
    ),
    ("bare-search", add_sample("{what}", "FindIntent"), f"{MODEL}.intents[2].samples[2]", "words around it"),
    ("bare-slot", add_sample("{item}"), f"{ORDER}.samples[4]", "would catch everything"),
    (
        "shared-sample",
        add_sample("Where is  my parcel"),
        f"{MODEL}.intents[1].samples[0]",
        "is also 'Where is  my parcel' of OrderIntent",
    ),
    ("duplicate-sample", add_sample("Order {item}"), f"{ORDER}.samples[4]", "is also 'order {item}'"),
    (
        "overlapping-samples",
        add_sample("order oat milk", "TrackIntent"),
        f"{MODEL}.intents[1].samples[2]",
        "'order oat milk' and 'order {item}' of OrderIntent are both 'order oat milk'",
    ),
    ("captured-sample", add_sample("never mind"), f"{ORDER}.samples[4]", "by AMAZON.CancelIntent"),
    ("captured-paraphrase", add_sample("be quiet"), f"{ORDER}.samples[4]", "by AMAZON.StopIntent"),
    (
        "captured-value",
        both(add_sample("never {item}"), lambda whole: add_value(whole, "mind")),
        f"{ORDER}.samples[4]",
        "'never {item}' can be 'never mind', a phrase of AMAZON.CancelIntent",
    ),
    ("unknown-type", add_slot("size", "SIZE"), f"{ORDER}.slots[2].type", "SIZE: no such slot type"),
    (
        "duplicate-type",
        lambda whole: whole["languageModel"]["types"].append(
            {"name": "ITEM", "values": [{"id": "x", "name": {"value": "soap"}}]}
        ),
        f"{MODEL}.types[1]",
        "ITEM: the type is there twice",
    ),
    (
        "unused-type",
        lambda whole: whole["languageModel"]["types"].append(
            {"name": "SIZE", "values": [{"name": {"value": "big"}}]}
        ),
        f"{MODEL}.types[1]",
        "SIZE: no slot uses this type",
    ),
    ("empty-type", lambda whole: values(whole).clear(), f"{MODEL}.types[0]", "a type without values"),
    ("odd-value", lambda whole: add_value(whole, "a{b}"), f"{MODEL}.types[0].values[2].name.value", "braces"),
    ("odd-value", lambda whole: add_value(whole, " "), f"{MODEL}.types[0].values[2].name.value", "is empty"),
    (
        "long-value",
        lambda whole: add_value(whole, "soap", "a" * 141),
        f"{MODEL}.types[0].values[2].name.synonyms[0]",
        "has 141 characters",
    ),
    (
        "duplicate-id",
        lambda whole: add_value(whole, "soap", id="milk"),
        f"{MODEL}.types[0].values[2].name.value",
        "the id milk is there twice",
    ),
    (
        "shared-value",
        lambda whole: add_value(whole, "oat drink", "Oat  Milk"),
        f"{MODEL}.types[0].values[2].name.synonyms[0]",
        "'oat milk' stands under milk and oat drink",
    ),
    (
        "sound-alike",
        lambda whole: add_value(whole, "bred"),
        f"{MODEL}.types[0].values[2].name.value",
        "'bread' (bread) and 'bred' (bred) sound alike",
    ),
    ("look-alike", add_sample("buy brеad now"), f"{ORDER}.samples[4]", "CYRILLIC SMALL LETTER IE"),
    (
        "look-alike",
        lambda whole: add_value(whole, "сосо"),
        f"{MODEL}.types[0].values[2].name.value",
        "'сосо'",
    ),
    (
        "mixed-scripts",
        add_sample("buy milkжж now"),
        f"{ORDER}.samples[4]",
        "mixes Cyrillic and Latin letters",
    ),
    ("invisible-sign", add_sample("buy mi\u00adlk now"), f"{ORDER}.samples[4]", "SOFT HYPHEN"),
    (
        "unknown-in-dialog",
        lambda whole: whole["dialog"]["intents"].append({"name": "LostIntent"}),
        "interactionModel.dialog.intents[1]",
        "LostIntent: no such intent",
    ),
    (
        "unknown-in-dialog",
        lambda whole: whole["dialog"]["intents"][0]["slots"].append({"name": "lost", "type": "ITEM"}),
        "interactionModel.dialog.intents[0].slots[1]",
        "OrderIntent.lost: no such slot",
    ),
    (
        "unknown-in-dialog",
        lambda whole: dialog_slot(whole).update(type="SIZE"),
        "interactionModel.dialog.intents[0].slots[0]",
        "type SIZE in the dialog, ITEM in the intent",
    ),
    (
        "no-question",
        lambda whole: dialog_slot(whole).update(confirmationRequired=True),
        "interactionModel.dialog.intents[0].slots[0]",
        "a confirmed slot without a question",
    ),
    (
        "no-question",
        lambda whole: whole["dialog"]["intents"][0].update(confirmationRequired=True),
        "interactionModel.dialog.intents[0]",
        "a confirmed intent without a question",
    ),
    (
        "no-slot-samples",
        lambda whole: intent(whole)["slots"][0].pop("samples"),
        "interactionModel.dialog.intents[0].slots[0]",
        "an elicited slot without samples",
    ),
    (
        "unknown-prompt",
        lambda whole: whole["prompts"].pop(0),
        "interactionModel.dialog.intents[0].slots[0]",
        "there is no prompt 'Ask.item'",
    ),
    (
        "unused-prompt",
        lambda whole: whole["prompts"].append({"id": "Lost", "variations": []}),
        "interactionModel.prompts[2]",
        "Lost: nothing names this prompt",
    ),
    (
        "too-many-variations",
        lambda whole: whole["prompts"][0].update(variations=[{}] * 6),
        "interactionModel.prompts[0]",
        "Ask.item: 6 variations, Alexa takes 5",
    ),
    (
        "unknown-validation",
        lambda whole: dialog_slot(whole)["validations"][0].update(type="isNice"),
        "interactionModel.dialog.intents[0].slots[0].validations[0]",
        "there is no validation 'isNice'",
    ),
    (
        "unusable-validation",
        lambda whole: dialog_slot(whole)["validations"][0].update(type="isGreaterThan", value="lots"),
        "interactionModel.dialog.intents[0].slots[0].validations[0].value",
        "isGreaterThan needs a number, found 'lots'",
    ),
    (
        "unusable-validation",
        lambda whole: dialog_slot(whole)["validations"][0].update(type="isInDuration", end="2026-12-24"),
        "interactionModel.dialog.intents[0].slots[0].validations[0].end",
        "isInDuration needs a duration as P7D or -PT2H, found '2026-12-24'",
    ),
    (
        "unusable-validation",
        lambda whole: dialog_slot(whole)["validations"][0].update(type="isNotInSet", values=[]),
        "interactionModel.dialog.intents[0].slots[0].validations[0]",
        "isNotInSet without values",
    ),
]


@pytest.mark.parametrize(("code", "change", "path", "says"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_is_found_at_its_place(
    code: str, change: Callable[[Json], object], path: str, says: str
) -> None:
    found = spoiled(change)
    assert (code, path) in [(finding.code, finding.spot.path) for finding in found]
    (finding,) = [finding for finding in found if finding.code == code]
    assert says in finding.message


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("too-many-intents", Limits(intents=3, thin=2)),
        ("model-too-large", Limits(model_bytes=100, thin=2)),
        ("too-many-values", Limits(words_of_types=2, thin=2)),
    ],
)
def test_a_limit_that_is_passed_is_the_only_finding(code: str, limits: Limits) -> None:
    found = spoiled(lambda whole: None, replace(OPTIONS, limits=limits))
    assert [finding.code for finding in found] == [code]
    assert found[0].severity == "error"


def test_a_models_size_is_counted_without_its_indentation() -> None:
    whole: Json = {"languageModel": {"invocationName": "corner shop", "intents": [], "types": []}}
    size = len('{"languageModel":{"invocationName":"corner shop","intents":[],"types":[]}}')
    assert read_draft(whole).size == size


def test_a_fault_that_no_rule_knows_is_told_as_the_reader_tells_it() -> None:
    def change(whole: Json) -> None:
        whole["languageModel"]["modelConfiguration"] = []
        whole["languageModel"]["modelConfiguration"].append(1)

    (finding,) = spoiled(change)
    assert (finding.code, finding.severity) == ("broken-model", "error")
    assert "modelConfiguration: expected an object, found a list" in finding.message


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole["languageModel"].update(intents={}),
        lambda whole: intent(whole).update(samples=[3]),
        lambda whole: whole["languageModel"]["types"][0].update(values=["soap"]),
        lambda whole: whole.update(dialog=[1]),
    ],
)
def test_what_has_not_the_shape_of_a_model_is_refused(change: Callable[[Json], object]) -> None:
    with pytest.raises(ModelError):
        spoiled(change)


def test_every_rule_for_a_single_model_has_a_test() -> None:
    elsewhere = {
        "broken-model",
        "too-many-intents",
        "model-too-large",
        "too-many-values",
        "unpredicted-sample",
        "locale-parity",
        "locale-text",
        "locale-prompt",
    }
    assert {rule.code for rule in RULES} == {case[0] for case in CASES} | elsewhere


def test_letters_of_other_languages_are_no_fault_by_themselves() -> None:
    def change(whole: Json) -> None:
        samples(whole).extend(
            ["заказать {item}", "{item} चाहिए", "schick mir äpfel und {item}", "牛乳 を {item}"]
        )

    assert spoiled(change, replace(OPTIONS, language="hi")) == []


def test_a_type_with_a_catalogue_elsewhere_is_not_empty() -> None:
    def change(whole: Json) -> None:
        supplier = {"type": "CatalogValueSupplier", "valueCatalog": {"catalogId": "amzn1.x", "version": "1"}}
        whole["languageModel"]["types"][0] = {"name": "ITEM", "valueSupplier": supplier}

    assert spoiled(change) == []


def test_another_number_of_samples_can_be_asked_of_an_intent() -> None:
    found = spoiled(lambda whole: None, replace(OPTIONS, least={"TrackIntent": 60}))
    assert [finding.message for finding in found] == ["TrackIntent: 2 samples, at least 60 are advised"]


def test_a_sample_that_the_others_do_not_lead_to_is_told() -> None:
    def change(whole: Json) -> None:
        samples(whole, "TrackIntent").extend(
            ["where is the parcel", "where is my parcel now", "when does the parcel come", "xylophone banana"]
        )

    found = spoiled(change, replace(OPTIONS, predict=True))
    assert {finding.code for finding in found} == {"unpredicted-sample"}
    assert any("'xylophone banana' would be refused without it" in finding.message for finding in found)
    assert not any("'where is my parcel now'" in finding.message for finding in found)


def test_no_more_samples_are_left_out_than_the_limit() -> None:
    strange = [f"{a}{b} {b}{a}" for a in "bdfgk" for b in "lmnpr"]

    def change(whole: Json) -> None:
        whole["languageModel"]["intents"].append({"name": "OddIntent", "samples": strange})

    limits = Limits(thin=2, held_out=4)
    found = spoiled(change, replace(OPTIONS, predict=True, limits=limits))
    assert 0 < len(found) <= 4
