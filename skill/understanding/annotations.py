"""Reads annotation sets: sentences with the intent and the slots that they should give."""

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skill.understanding.files import FileError, json_lines, kind_of, parse_json, read_text
from skill.understanding.model import FALLBACK_INTENT

MAX_BYTES = 100_000_000
MAX_DEPTH = 4
"""How deep a slot's value may be: slotValue, its values, each with a value."""
REFUSED = frozenset({"", FALLBACK_INTENT, "OUT_OF_SCOPE"})
"""Expected intents that, like null, say that the sentence is none of the skill's business."""

_SLOT_COLUMN = re.compile(r"slot\[([^\[\]]+)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Annotation:
    """A sentence and what it should be understood as.

    `intent` is None for a sentence that should be refused. `slots` maps every slot that should be filled to
    its values (one, but for slots of several), and no other may be; None where the set says nothing of slots.
    `place` is file:line, or file: [number]. `at` is Amazon's referenceTimestamp: what "today" is.
    """

    text: str
    intent: str | None
    slots: Mapping[str, tuple[str, ...]] | None
    place: str
    at: datetime | None = None


def read_annotations(path: Path) -> list[Annotation]:
    """The annotations of a file, in its order.

    Forms, told apart by the content: JSON lines or a JSON list of {"text" (or "utterance"), "intent",
    "slots"}, where a slot's value is text, a list of texts or {"value"} or {"values"}; Amazon's annotation
    set as JSON {"data": [{"inputs", "expected"}]} or CSV "utterance,referenceTimestamp,intent,slot[name]"
    (Skill Management API, NLU annotation sets). Raises FileError, one line with file and place.
    """
    name, text = os.fspath(path), read_text(path, MAX_BYTES)
    if path.suffix.lower() == ".csv":
        found = list(_csv(text, name))
    elif path.suffix.lower() == ".json" or text.lstrip()[:1] == "[":
        found = list(_json(text, name))
    else:
        found = [_entry(entry, f"{name}:{line}") for line, entry in json_lines(text, name)]
    if not found:
        raise FileError(f"{name}: there is no annotation in it")
    return found


def _json(text: str, name: str) -> Iterator[Annotation]:
    try:
        whole = parse_json(text, name)
    except FileError:
        if "\n" not in text.strip():
            raise
        # One object a line under the name .json is common enough; its own error names the line.
        yield from (_entry(entry, f"{name}:{line}") for line, entry in json_lines(text, name))
        return
    entries = whole
    if isinstance(whole, dict):
        entries = whole.get("data", [whole])
    if not isinstance(entries, list):
        raise FileError(f"{name}: expected a list of annotations, found {kind_of(entries)}")
    for number, entry in enumerate(entries):
        place = f"{name}: [{number}]"
        if not isinstance(entry, dict):
            raise FileError(f"{place}: expected an object, found {kind_of(entry)}")
        yield _amazon_entry(entry, place) if "inputs" in entry else _entry(entry, place)


def _entry(entry: Mapping[str, Any], place: str) -> Annotation:
    text = entry.get("text", entry.get("utterance"))
    return Annotation(
        text=_sentence(text, place),
        intent=_intent(entry.get("intent"), place),
        slots=_slots(entry.get("slots"), place),
        place=place,
        at=_moment(entry.get("referenceTimestamp"), place),
    )


def _amazon_entry(entry: Mapping[str, Any], place: str) -> Annotation:
    inputs, expected = entry.get("inputs"), entry.get("expected")
    if not isinstance(inputs, dict):
        raise FileError(f"{place}: inputs: expected an object, found {kind_of(inputs)}")
    # Amazon's form is a list, of which it describes and compares one.
    first = expected[0] if isinstance(expected, list) and expected else {}
    intent = first.get("intent") if isinstance(first, dict) else None
    if intent is not None and not isinstance(intent, dict):
        raise FileError(f"{place}: expected[0].intent: expected an object, found {kind_of(intent)}")
    return Annotation(
        text=_sentence(inputs.get("utterance"), place),
        intent=_intent((intent or {}).get("name"), place),
        slots=_slots((intent or {}).get("slots"), place),
        place=place,
        at=_moment(inputs.get("referenceTimestamp"), place),
    )


def _csv(text: str, name: str) -> Iterator[Annotation]:
    first = text.partition("\n")[0]
    # Spreadsheets of many countries write semicolons.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        heads = [head.strip() for head in next(rows, [])]
        columns = {head.lower(): column for column, head in enumerate(heads)}
        slots = {m[1]: column for column, head in enumerate(heads) if (m := _SLOT_COLUMN.fullmatch(head))}
        sentence = columns.get("utterance", columns.get("text"))
        if sentence is None or "intent" not in columns:
            raise FileError(f"{name}:1: the columns utterance and intent are missing")
        line = rows.line_num + 1
        for row in rows:
            place, line = f"{name}:{line}", rows.line_num + 1
            if any(cell.strip() for cell in row):
                yield _row(row, sentence, columns, slots, place)
    except csv.Error as error:
        raise FileError(f"{name}:{rows.line_num}: no CSV: {error}") from error


def _row(
    row: Sequence[str], sentence: int, columns: Mapping[str, int], slots: Mapping[str, int], place: str
) -> Annotation:
    def cell(column: int | None) -> str:
        return row[column].strip() if column is not None and column < len(row) else ""

    filled = {slot: (cell(column),) for slot, column in slots.items() if cell(column)}
    return Annotation(
        text=_sentence(cell(sentence), place),
        intent=_intent(cell(columns["intent"]), place),
        slots=filled if slots else None,
        place=place,
        at=_moment(cell(columns.get("referencetimestamp")) or None, place),
    )


def _sentence(text: object, place: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise FileError(f"{place}: text: there is no sentence")
    return text


def _intent(name: object, place: str) -> str | None:
    if name is not None and not isinstance(name, str):
        raise FileError(f"{place}: intent: expected a name or null, found {kind_of(name)}")
    return None if name is None or name.strip() in REFUSED else name.strip()


def _slots(raw: object, place: str) -> Mapping[str, tuple[str, ...]] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise FileError(f"{place}: slots: expected an object, found {kind_of(raw)}")
    read = {str(name): _values(value, f"{place}: slots.{name}") for name, value in raw.items()}
    return {name: values for name, values in read.items() if values}


def _values(raw: object, place: str, depth: int = 0) -> tuple[str, ...]:
    """The values in any of the forms: text or number, a list, {"value"}, {"values"}, {"slotValue": ...}."""
    if raw is None:
        return ()
    if isinstance(raw, str | int | float) and not isinstance(raw, bool):
        return (str(raw),)
    if isinstance(raw, list) and depth < MAX_DEPTH:
        return tuple(value for each in raw for value in _values(each, place, depth + 1))
    if isinstance(raw, dict) and depth < MAX_DEPTH:
        # A slot of several values in the form of `restock say` has both: the first, and all.
        key = next((key for key in ("slotValue", "values", "value") if key in raw), None)
        if key is not None:
            return _values(raw[key], place, depth + 1)
    raise FileError(f"{place}: expected a value, found {kind_of(raw)}")


def _moment(raw: object, place: str) -> datetime | None:
    """Amazon's referenceTimestamp, in UTC where it names no offset."""
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise FileError(f"{place}: referenceTimestamp: {raw!r} is no date and time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
