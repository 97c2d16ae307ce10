"""Reads the locale files: samples, prompts, examples, slot values and small word tables of one language."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

DEFAULT_LOCALE = "en-US"
LOCALE_FILE = "_locale.toml"
Table = Mapping[str, Any]

SAMPLES = re.compile(r"^samples = \[\n(?: +\".*\n|\n| *#.*\n)*\]\n", re.MULTILINE)
"""A list of samples as our files write it: most of a file, of no use to a turn, and slow to parse."""
INCLUDE = re.compile(r'{% include "(?P<name>\w+)" %}')
"""Where a prompt says what `[phrases]` of any file of its language holds."""
DEEPEST_PHRASE = 5


class LocaleFileError(ValueError):
    """A locale file says something that is not understood; the message names the file and the key."""


@dataclass(frozen=True)
class Card:
    """A card's title and text as plain-text templates."""

    title: str
    text: str


@dataclass(frozen=True)
class PromptText:
    """The templates of one prompt: variants to say, variants of the reprompt (a question), a card."""

    speech: tuple[str, ...]
    reprompt: tuple[str, ...] = ()
    card: Card | None = None


@dataclass(frozen=True)
class Example:
    """A sentence that works, for help and fallback, and the short name of the intent it reaches."""

    say: str
    intent: str


@dataclass(frozen=True)
class LocaleTexts:
    """All texts of one locale. Intents go by their short names; `files` says where each key was found.

    `prompts` is keyed "Intent.outcome", `examples` "feature.name", `slot_samples` and `elicitations`
    (intent, slot); `types` holds slot type -> value id -> the value and its synonyms.
    """

    locale: str
    language: str
    invocation_name: str
    regions: tuple[str, ...] = ()
    samples: dict[str, list[str]] = field(default_factory=dict)
    slot_samples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    elicitations: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    prompts: dict[str, PromptText] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
    types: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def load(locale: str) -> LocaleTexts:
    """The texts of `locale`; an unknown region gets its language's first, an unknown language en-US.

    Read once per process. Raises LocaleFileError when a file of the locale is wrong.
    """
    return _load(choose(locale))


def load_spoken(locale: str) -> LocaleTexts:
    """The texts of `locale` that a turn speaks from: everything but samples, in a fraction of the time."""
    return _load(choose(locale), samples=False)


def available_locales() -> list[str]:
    """Every region of every language, as ["en-US", "en-GB", "de-DE"]: the default's language first."""
    return [region for regions in _regions().values() for region in regions]


def choose(locale: str) -> str:
    """The available locale that serves `locale` best."""
    wanted = locale.lower()
    for known in available_locales():
        if known.lower() == wanted:
            return known
    regions = _regions().get(wanted.split("-")[0], ())
    return regions[0] if regions else DEFAULT_LOCALE


def from_tables(locale: str, tables: Mapping[str, Table]) -> LocaleTexts:
    """Texts from tables in memory, keyed by file name as "orders.toml".

    Without a `_locale.toml` among them, the shipped one of the locale is used. Raises LocaleFileError.
    """
    if LOCALE_FILE not in tables:
        tables = {LOCALE_FILE: _folder_tables(choose(locale))[LOCALE_FILE][1], **tables}
    return _parse(locale, {name: (name, table) for name, table in tables.items()})


@cache
def _load(locale: str, *, samples: bool = True) -> LocaleTexts:
    return _parse(locale, _folder_tables(locale, samples=samples))


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    default = DEFAULT_LOCALE.split("-")[0]
    languages = [folder.name for folder in _root().iterdir() if folder.is_dir() and "-" not in folder.name]
    found = {}
    for language in sorted(languages, key=lambda name: (name != default, name)):
        file = _root() / language / LOCALE_FILE
        if file.is_file():
            table = _read(file, f"{language}/{LOCALE_FILE}")
            found[language] = tuple(_texts(table.get("regions"), f"{language}/{LOCALE_FILE}", "regions"))
    return found


def _root() -> Traversable:
    return resources.files("skill") / "locales"


def _folder_tables(locale: str, *, samples: bool = True) -> dict[str, tuple[str, Table]]:
    """File name -> (the label that errors use, the table), the region's file merged over the language's."""
    tables: dict[str, tuple[str, Table]] = {}
    for folder in (locale.split("-")[0], locale):
        path = _root() / folder
        files = sorted(path.iterdir(), key=lambda file: file.name) if path.is_dir() else []
        for file in files:
            if not file.name.endswith(".toml"):
                continue
            label = f"{folder}/{file.name}"
            table = _read(file, label, samples=samples)
            if file.name in tables:
                below, base = tables[file.name]
                label, table = f"{label} over {below}", _merged(base, table)
            tables[file.name] = (label, table)
    return tables


def _read(file: Traversable, label: str, *, samples: bool = True) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text if samples else SAMPLES.sub("", text))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LocaleFileError(f"{label}: {error}") from error


def _merged(base: Table, over: Table) -> dict[str, Any]:
    """`over` on top of `base`, table by table; a list or a text replaces what was there."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = _merged(below, value) if both and isinstance(below, Mapping) else value
    return result


def _parse(locale: str, tables: Mapping[str, tuple[str, Table]]) -> LocaleTexts:
    label, head = tables[LOCALE_FILE]
    _known(head, {"invocation_name", "regions", "words"}, label, "")
    texts = LocaleTexts(
        locale=locale,
        language=locale.split("-")[0],
        invocation_name=_text(head.get("invocation_name"), label, "invocation_name"),
        regions=tuple(_texts(head.get("regions", [locale]), label, "regions")),
        words=dict(_table(head.get("words", {}), label, "words")),
    )
    features = [(name, *tables[name]) for name in sorted(tables) if name != LOCALE_FILE]
    phrases: dict[str, str] = {}
    for _name, label, table in features:
        _add_phrases(phrases, label, _table(table.get("phrases", {}), label, "phrases"))
    for name, label, table in features:
        _add_feature(texts, name.removesuffix(".toml"), label, table, phrases)
    return texts


def _add_phrases(phrases: dict[str, str], label: str, table: Table) -> None:
    for name, content in table.items():
        if name in phrases:
            raise LocaleFileError(f"{label}: phrases.{name} is in another file too")
        phrases[name] = _text(content, label, f"phrases.{name}")


def _filled(source: str, phrases: Mapping[str, str], where: str, depth: int = 0) -> str:
    """A prompt's text with its phrases put in, so that all else sees whole templates."""

    def phrase(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in phrases:
            raise LocaleFileError(f"{where}: there is no phrase {name}")
        if depth == DEEPEST_PHRASE:
            raise LocaleFileError(f"{where}: the phrase {name} holds itself")
        return _filled(phrases[name], phrases, where, depth + 1)

    return INCLUDE.sub(phrase, source)


def _add_feature(
    texts: LocaleTexts, feature: str, label: str, table: Table, phrases: Mapping[str, str]
) -> None:
    for group, content in table.items():
        entries = _table(content, label, group)
        if group == "phrases":
            continue
        if group == "examples":
            _add_examples(texts, feature, label, entries)
        elif group == "types":
            _add_types(texts, label, entries)
        elif group[:1].isupper() and group.isalnum():
            _add_intent(texts, label, group, entries, phrases)
        else:
            raise LocaleFileError(f"{label}: unknown key {group}")


def _add_examples(texts: LocaleTexts, feature: str, label: str, entries: Table) -> None:
    for name, content in entries.items():
        where = f"examples.{name}"
        entry = _table(content, label, where)
        _known(entry, {"say", "intent"}, label, where)
        say = _text(entry.get("say"), label, f"{where}.say")
        intent = _text(entry.get("intent"), label, f"{where}.intent")
        _claim(texts, f"examples.{feature}.{name}", label)
        texts.examples[f"{feature}.{name}"] = Example(say, intent)


def _add_types(texts: LocaleTexts, label: str, entries: Table) -> None:
    for name, content in entries.items():
        where = f"types.{name}"
        _claim(texts, where, label)
        values = _table(content, label, where).items()
        texts.types[name] = {key: _texts(value, label, f"{where}.{key}") for key, value in values}


def _add_intent(
    texts: LocaleTexts, label: str, intent: str, entries: Table, phrases: Mapping[str, str]
) -> None:
    # "Error" and "Launch" group prompts of no intent, so nobody can say a sample of theirs.
    allowed = {"samples", "slots", "prompts"} if intent.endswith("Intent") else {"prompts"}
    _known(entries, allowed, label, intent)
    if "samples" in entries:
        _claim(texts, f"{intent}.samples", label)
        texts.samples[intent] = _texts(entries["samples"], label, f"{intent}.samples")
    for slot, content in _tables(entries.get("slots", {}), label, f"{intent}.slots"):
        _add_slot(texts, label, intent, slot, content)
    for outcome, content in _tables(entries.get("prompts", {}), label, f"{intent}.prompts"):
        key = f"{intent}.{outcome}"
        _claim(texts, key, label)
        texts.prompts[key] = _prompt(content, label, key, phrases)


def _add_slot(texts: LocaleTexts, label: str, intent: str, slot: str, entry: Table) -> None:
    where = f"{intent}.slots.{slot}"
    _known(entry, {"samples", "elicit"}, label, where)
    _claim(texts, where, label)
    if "samples" in entry:
        texts.slot_samples[intent, slot] = _texts(entry["samples"], label, f"{where}.samples")
    if "elicit" in entry:
        texts.elicitations[intent, slot] = _texts(entry["elicit"], label, f"{where}.elicit")


def _prompt(entry: Table, label: str, key: str, phrases: Mapping[str, str]) -> PromptText:
    _known(entry, {"speech", "reprompt", "card"}, label, key)
    where = f"{label}: {key}"

    def filled(name: str) -> tuple[str, ...]:
        return tuple(
            _filled(text, phrases, where) for text in _texts(entry.get(name), label, f"{key}.{name}")
        )

    card = None
    if "card" in entry:
        content = _table(entry["card"], label, f"{key}.card")
        _known(content, {"title", "text"}, label, f"{key}.card")
        title, text = (_text(content.get(part), label, f"{key}.card.{part}") for part in ("title", "text"))
        card = Card(_filled(title, phrases, where), _filled(text, phrases, where))
    return PromptText(filled("speech"), filled("reprompt") if "reprompt" in entry else (), card)


def _claim(texts: LocaleTexts, key: str, label: str) -> None:
    if key in texts.files:
        raise LocaleFileError(f"{key} is in two files: {texts.files[key]} and {label}")
    texts.files[key] = label


def _known(table: Table, allowed: set[str], label: str, where: str) -> None:
    for key in table:
        if key not in allowed:
            raise LocaleFileError(f"{label}: unknown key {where + '.' if where else ''}{key}")


def _tables(value: object, label: str, where: str) -> Iterator[tuple[str, Table]]:
    for name, content in _table(value, label, where).items():
        yield name, _table(content, label, f"{where}.{name}")


def _table(value: object, label: str, where: str) -> Table:
    if not isinstance(value, Mapping):
        raise LocaleFileError(f"{label}: {where} must be a table")
    return value


def _text(value: object, label: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LocaleFileError(f"{label}: {where} must be a text that is not empty")
    return value


def _texts(value: object, label: str, where: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise LocaleFileError(f"{label}: {where} must be a list of texts that is not empty")
    return [_text(item, label, where) for item in value]
