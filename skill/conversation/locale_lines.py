"""Finds the line of a locale file on which a text stands, so that tools can point at it."""

from functools import cache
from importlib import resources

from skill.conversation.locale_files import LOCALE_FILE, LocaleTexts

OVER = " over "
"""Joins the labels of files that were merged, as in "en-GB/baby.toml over en/baby.toml"."""


def line_of(texts: LocaleTexts, key: str, text: str = "") -> str | None:
    """As "en/orders.toml:12", for a text under a key of `texts.files`, such as "OrderIntent.samples".

    Without the text, or where it is written with escapes, the line of its section; None for a key that no
    file has.
    """
    label = _label(texts, key)
    if label is None:
        return None
    files = label.split(OVER)
    found = [(file, *_find(file, key, text)) for file in files]
    for file, line, exact in found:
        if exact:
            return f"{file}:{line}"
    file, line, _ = next((each for each in found if each[1]), found[0])
    return f"{file}:{line or 1}"


def _label(texts: LocaleTexts, key: str) -> str | None:
    if key == "invocation_name":
        return f"{texts.language}/{LOCALE_FILE}"
    return texts.files.get(key)


def _find(file: str, key: str, text: str) -> tuple[int, bool]:
    """(line from 1, whether the text itself stands there); 0 where not even the section does."""
    lines = _lines(file)
    section = _section(lines, key)
    if section is None:
        return 0, False
    first, last = section
    if text:
        for number in range(first, last):
            if f'"{text}"' in lines[number]:
                return number + 1, True
    return first + 1, not text


def _section(lines: tuple[str, ...], key: str) -> tuple[int, int] | None:
    """The first line of the table or key that holds `key`, and the first line behind it."""
    if key == "invocation_name":
        return 0, len(lines)
    for head in _heads(key):
        for number, line in enumerate(lines):
            if line.startswith(f"[{head}]"):
                return number, _behind(lines, number, head.partition(".")[0])
    return None


def _heads(key: str) -> list[str]:
    """The tables in which a key may stand, the narrowest first; "Intent.outcome" is a prompt's key."""
    parts = key.split(".")
    prefixes = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    prompt = [f"{parts[0]}.prompts.{parts[1]}", f"{parts[0]}.prompts"] if len(parts) == 2 else []
    return [*prompt, *prefixes]


def _behind(lines: tuple[str, ...], start: int, group: str) -> int:
    """The end of a table: where one of another group begins, or another type."""
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if line.startswith("[") and not (line.startswith(f"[{group}.") and group != "types"):
            return number
    return len(lines)


@cache
def _lines(file: str) -> tuple[str, ...]:
    path = resources.files("skill") / "locales" / file
    return tuple(path.read_text(encoding="utf-8").split("\n")) if path.is_file() else ()
