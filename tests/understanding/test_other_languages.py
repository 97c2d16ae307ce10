"""Models of languages without tables of their own: sentences, slots and digits, and no words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from skill.understanding import CompiledModel, compile_model, strip_invocation
from skill.understanding.language import load_language
from skill.understanding.words import spoken, texts, tokenize

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def intent(name: str, *samples: str, **slots: str) -> dict[str, Any]:
    return {
        "name": name,
        "samples": list(samples),
        "slots": [{"name": slot, "type": kind} for slot, kind in slots.items()],
    }


def product(name: str, *synonyms: str) -> dict[str, Any]:
    return {"id": synonyms[0].upper(), "name": {"value": name, "synonyms": list(synonyms)}}


def model(language: str, intents: list[dict[str, Any]], *products: dict[str, Any]) -> CompiledModel:
    types = [{"name": "PRODUCT", "values": list(products)}]
    found = {"invocationName": "x", "intents": intents, "types": types}
    return compile_model(found, language=language)


@pytest.fixture(scope="module")
def french() -> CompiledModel:
    """A small shop in French."""
    intents = [
        intent("AMAZON.FallbackIntent"),
        intent("AMAZON.YesIntent", "oui", "d'accord"),
        intent("AMAZON.StopIntent"),
        intent(
            "OrderIntent",
            "commande {item}",
            "commande {count} {item}",
            "commande de l'{item}",
            "je voudrais {count} {item}",
            item="PRODUCT",
            count="AMAZON.NUMBER",
        ),
        intent("WhenIntent", "livre le {day} à {at}", "livre à {at}", day="AMAZON.DATE", at="AMAZON.TIME"),
        intent("WaitIntent", "attends {long}", long="AMAZON.DURATION"),
        intent("PickIntent", "prends le numéro {place}", place="AMAZON.Ordinal"),
        intent("StatusIntent", "où est ma commande", "quand arrive ma commande", "suis mon colis"),
    ]
    return model("fr-FR", intents, product("eau minérale", "eau"), product("lait", "lait entier"))


@pytest.fixture(scope="module")
def japanese() -> CompiledModel:
    """A small shop in Japanese, its samples spaced as Amazon wants them."""
    intents = [
        intent("AMAZON.FallbackIntent"),
        intent(
            "OrderIntent",
            "{item} を 注文 して",
            "{item} を {count} 個 注文 して",
            "{item} が 欲しい",
            item="PRODUCT",
            count="AMAZON.NUMBER",
        ),
        intent("StatusIntent", "注文 は どこ", "荷物 は いつ 届く"),
    ]
    return model("ja-JP", intents, product("牛乳", "ミルク"), product("コーヒー", "珈琲"))


def meaning(made: CompiledModel, sentence: str) -> tuple[str | None, dict[str, Any]]:
    found = made.resolve(sentence, now=NOW)
    return found.intent, {name: fill.value for name, fill in found.slots.items()}


@pytest.mark.parametrize(
    ("sentence", "name", "slots"),
    [
        ("où est ma commande", "StatusIntent", {}),
        ("Commande 12 lait entier !", "OrderIntent", {"count": "12", "item": "lait entier"}),
        ("je voudrais 1.250 lait", "OrderIntent", {"count": "1250", "item": "lait"}),
        ("commande de l’eau minérale", "OrderIntent", {"item": "eau minérale"}),
        ("livre le 2026-12-24 à 18:30", "WhenIntent", {"day": "2026-12-24", "at": "18:30"}),
        ("livre à 19h30", "WhenIntent", {"at": "19:30"}),
        ("attends PT1H30M", "WaitIntent", {"long": "PT1H30M"}),
        ("attends 20 min", "WaitIntent", {"long": "PT20M"}),
        ("prends le numéro 3", "PickIntent", {"place": "3"}),
        ("oui", "AMAZON.YesIntent", {}),
        ("quelle heure est-il", "AMAZON.FallbackIntent", {}),
    ],
)
def test_french_is_understood_by_samples_and_digits(
    french: CompiledModel, sentence: str, name: str, slots: dict[str, str]
) -> None:
    assert meaning(french, sentence) == (name, slots)


def test_a_listed_value_resolves_in_french(french: CompiledModel) -> None:
    found = french.resolve("commande de l'eau", now=NOW).slots["item"]
    assert (found.id, found.resolved) == ("EAU", "eau minérale")


@pytest.mark.parametrize(
    ("sentence", "stage"), [("comande lait", "fuzzy"), ("dis où est ma commande maintenant", "nearest")]
)
def test_slips_and_guesses_work_in_french(french: CompiledModel, sentence: str, stage: str) -> None:
    assert french.resolve(sentence, now=NOW).stage == stage


@pytest.mark.parametrize("sentence", ["stop", "arrête", "yes", "ja"])
def test_a_built_in_intent_is_what_its_samples_say(french: CompiledModel, sentence: str) -> None:
    assert meaning(french, sentence)[0] == "AMAZON.FallbackIntent"


def test_a_number_in_words_is_none_in_french(french: CompiledModel) -> None:
    assert "count" not in meaning(french, "commande douze lait")[1]


@pytest.mark.parametrize(
    ("sentence", "name", "slots"),
    [
        ("牛乳を注文して", "OrderIntent", {"item": "牛乳"}),
        ("牛乳 を 注文 して", "OrderIntent", {"item": "牛乳"}),
        ("ミルクを３個注文して", "OrderIntent", {"item": "ミルク", "count": "3"}),
        ("コーヒーが欲しい。", "OrderIntent", {"item": "コーヒー"}),
        ("紅茶を注文して", "OrderIntent", {"item": "紅茶"}),
        ("荷物はいつ届く", "StatusIntent", {}),
        ("天気はどう", "AMAZON.FallbackIntent", {}),
    ],
)
def test_japanese_is_understood_with_and_without_spaces(
    japanese: CompiledModel, sentence: str, name: str, slots: dict[str, str]
) -> None:
    assert meaning(japanese, sentence) == (name, slots)


@pytest.mark.parametrize(
    ("language", "sentence", "words", "said"),
    [
        ("fr", "l'eau, 2,5 & 3", ("l", "eau", "2.5", "&", "3"), "l'eau 2,5 & 3"),
        ("ja", "ミルク 10個", ("ミ", "ル", "ク", "10", "個"), "ミルク 10個"),
        ("hi", "ऑर्डर करो", ("ऑर्डर", "करो"), "ऑर्डर करो"),
        ("ar", "اطلُب حليب", ("اطلُب", "حليب"), "اطلُب حليب"),
    ],
)
def test_words_are_split_by_the_script(
    language: str, sentence: str, words: tuple[str, ...], said: str
) -> None:
    tokens = tokenize(sentence, load_language(language))
    assert texts(tokens) == words
    assert spoken(tokens).replace("2.5", "2,5") == said


@pytest.mark.parametrize(
    ("language", "sentence", "found"),
    [
        ("fr", "alexa, ouvre mon épicerie", ("open", "")),
        ("fr", "mon épicerie", ("open", "")),
        ("es", "Alexa, abre mon épicerie", ("open", "")),
        ("fr", "alexa, suis mon colis", ("none", "suis mon colis")),
    ],
)
def test_a_skill_is_opened_in_other_languages(language: str, sentence: str, found: tuple[str, str]) -> None:
    assert strip_invocation(sentence, "mon épicerie", language) == found
