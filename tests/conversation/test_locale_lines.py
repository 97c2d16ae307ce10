"""Samples, values, prompts and examples of our locale files are found on the line where they stand."""

import json
from pathlib import Path

import pytest

from skill.conversation import locale_files
from skill.conversation.locale_lines import line_of

LOCALES = Path(locale_files.__file__).parent.parent / "locales"


def at(place: str | None) -> str:
    """The line of text at "file:line"."""
    assert place is not None
    file, _, line = place.rpartition(":")
    return (LOCALES / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("locale", locale_files.available_locales())
def test_samples_and_values_are_found_on_the_line_where_they_stand(locale: str) -> None:
    texts = locale_files.load(locale)
    wordings = [(f"{name}.samples", listed) for name, listed in texts.samples.items()]
    wordings += [(f"{name}.slots.{slot}", listed) for (name, slot), listed in texts.slot_samples.items()]
    wordings += [
        (f"types.{name}", words) for name, values in texts.types.items() for words in values.values()
    ]
    for key, listed in wordings:
        for text in listed[::5]:
            assert json.dumps(text, ensure_ascii=False) in at(line_of(texts, key, text)), (key, text)


@pytest.mark.parametrize("locale", locale_files.available_locales())
def test_prompts_and_examples_are_found_at_their_section(locale: str) -> None:
    texts = locale_files.load(locale)
    for key in texts.prompts:
        intent = key.split(".")[0]
        assert at(line_of(texts, key)).startswith(f"[{intent}.prompts"), key
    for key in texts.examples:
        assert at(line_of(texts, f"examples.{key}")) == "[examples]"


def test_the_invocation_name_is_in_the_languages_own_file() -> None:
    texts = locale_files.load("en-GB")
    place = line_of(texts, "invocation_name", texts.invocation_name)
    assert texts.invocation_name in at(place)


def test_a_text_that_is_not_there_is_pointed_at_by_its_section() -> None:
    texts = locale_files.load("en-US")
    key = next(iter(texts.samples))
    assert at(line_of(texts, f"{key}.samples", "nobody wrote this")) == f"[{key}]"


def test_a_key_of_no_file_has_no_line() -> None:
    texts = locale_files.load("en-US")
    assert line_of(texts, "NobodyIntent.samples", "x") is None
    assert line_of(texts, "types.PRODUCT", "milk") is None
