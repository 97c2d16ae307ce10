"""Reads what other tools wrote as fixtures: replay files of ask-cli, and annotation sets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skill.simulator.fixture_cases import DEFAULT_NOW, Expected, Fixture, FixtureError, Step
from skill.understanding.annotations import MAX_BYTES, Annotation, read_annotations
from skill.understanding.files import kind_of, parse_json, read_text

ANNOTATION_KINDS = (".jsonl", ".csv")
QUIT = ".quit"
_PLACE_LINE = re.compile(r":(\d+)$")
_SENTENCE_KEY = re.compile(r'"(?:text|utterance)"\s*:\s*"')
_JSON_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s\[\],:"]+')


def read_foreign(path: Path, locale: str, locales: Sequence[str]) -> list[Fixture]:
    """The fixtures of a JSON, JSON lines or CSV file. Raises FixtureError, or FileError of what it is given.

    A JSON object with `userInput` is a replay: a conversation that expects of each sentence that the skill
    answers and the answer is valid. All else is read as an annotation set: cases of intent and slots, which
    have no locale of their own.
    """
    text = read_text(path, MAX_BYTES)
    if path.suffix.lower() not in ANNOTATION_KINDS and '"userInput"' in text:
        found = parse_json(text, str(path))
        if isinstance(found, dict) and "userInput" in found:
            return [_replay(path, text, found, locale, locales)]
    return list(_annotated(path, text, locale))


def _replay(path: Path, text: str, found: Mapping[str, Any], locale: str, locales: Sequence[str]) -> Fixture:
    """{"skillId", "locale", "type": "text", "userInput": [...]}, as `ask dialog --replay` reads it."""
    said = found["userInput"]
    if not isinstance(said, list) or not said:
        raise FixtureError(path, _line(text, "userInput"), "userInput: must be a list of sentences")
    kind = found.get("type", "text")
    if kind != "text":
        raise FixtureError(path, _line(text, "type"), f'type: only "text" is known, not {kind!r}')
    named = found.get("locale", locale)
    if named not in locales:
        raise FixtureError(path, _line(text, "locale"), f"locale: must be one of {', '.join(locales)}")
    lines = _input_lines(text)
    steps = []
    for sentence, line in zip(said, lines, strict=False):
        if not isinstance(sentence, str) or not sentence.strip():
            raise FixtureError(path, line, f"userInput: expected a sentence, found {kind_of(sentence)}")
        if sentence.strip() == QUIT:
            break
        steps.append(Step(line, say=sentence, answered=True))
    if not steps:
        raise FixtureError(path, _line(text, "userInput"), "userInput: says nothing")
    return Fixture(path, steps[0].line, path.stem, tuple(steps), locale=str(named))


def _annotated(path: Path, text: str, locale: str) -> Iterator[Fixture]:
    annotations = read_annotations(path)
    lines = _annotation_lines(text, annotations)
    for annotation, line in zip(annotations, lines, strict=True):
        step = Step(line, say=annotation.text, expected=_expected(annotation))
        yield Fixture(path, line, annotation.text, (step,), now=annotation.at or DEFAULT_NOW, locale=locale)


def _expected(annotation: Annotation) -> Expected:
    slots: dict[str, str | list[str]] | None = None
    if annotation.slots is not None:
        slots = {
            name: list(found) if len(found) > 1 else found[0] for name, found in annotation.slots.items()
        }
    return Expected(intent=annotation.intent or "", slots=slots if annotation.intent else None)


def _annotation_lines(text: str, annotations: Sequence[Annotation]) -> list[int]:
    """The line of each sentence: as its reader tells it, or that of each "utterance" of a JSON list."""
    told = [_PLACE_LINE.search(annotation.place) for annotation in annotations]
    if all(told):
        return [int(each[1]) for each in told if each]
    seen = list(_lines_at(text, (each.start() for each in _SENTENCE_KEY.finditer(text))))
    return seen if len(seen) == len(annotations) else [1] * len(annotations)


def _input_lines(text: str) -> Iterator[int]:
    """The lines of the values of `userInput`, in order; its own line when they run out."""
    start = text.index('"userInput"') + len('"userInput"')
    yield from _lines_at(text, (each.start() for each in _JSON_VALUE.finditer(text, start)))
    while True:
        yield _line_at(text, start)


def _line(text: str, key: str) -> int:
    return _line_at(text, max(text.find(f'"{key}"'), 0))


def _lines_at(text: str, places: Iterable[int]) -> Iterator[int]:
    """The lines of rising places, each counted on from the one before."""
    line, last = 1, 0
    for place in places:
        line, last = line + text.count("\n", last, place), place
        yield line


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
