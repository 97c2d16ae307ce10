"""Reads and checks fixture files: sentences with what is expected of each, by file and line."""

from collections.abc import Sequence
from pathlib import Path

from skill.conversation import locale_files
from skill.simulator import fixture_keys
from skill.simulator.fixture_cases import Fixture, FixtureError
from skill.simulator.fixture_foreign import read_foreign
from skill.simulator.fixture_source import toml_entries
from skill.simulator.fixture_yaml import yaml_entries

TOML, YAML, FOREIGN = (".toml",), (".yaml", ".yml"), (".json", ".jsonl", ".csv")


def find(paths: Sequence[Path]) -> list[Path]:
    """The fixture files among `paths` and below those that are folders, sorted. Raises FixtureError.

    Below a folder, TOML and YAML are fixtures; the files of other tools are read when they are named, as
    most JSON of a project is something else.
    """
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise FixtureError(path, None, "there is no such file or folder")
        below = {each for kind in (*TOML, *YAML) for each in path.rglob(f"*{kind}")}
        found |= below if path.is_dir() else {path}
    return sorted(found)


def read(path: Path, *, locale: str | None = None, locales: Sequence[str] | None = None) -> list[Fixture]:
    """All fixtures of a file in their order. Raises FixtureError (or FileError) for the first thing wrong.

    `locales` are those that fixtures may name, our own skill's by default. The locale, unless a fixture
    names one or `locale` is given, comes from the nearest folder or file name part that is a language or a
    locale ("de" in tests/utterances/de/orders.toml and in chat.de.toml).
    """
    known = tuple(locales or locale_files.available_locales())
    default = locale or _locale_of(path, known)
    kind = path.suffix.lower()
    if kind in FOREIGN:
        return read_foreign(path, default, known)
    entries_of = yaml_entries if kind in YAML else toml_entries
    entries = entries_of(path, _text(path), known)
    fixtures = [
        *(fixture_keys.case(entry, default) for entry in entries.cases),
        *(fixture_keys.conversation(entry, default) for entry in entries.conversations),
    ]
    return sorted(fixtures, key=lambda fixture: fixture.line)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FixtureError(path, None, f"cannot be read: {error}") from error


def _locale_of(path: Path, locales: Sequence[str]) -> str:
    for part in (*reversed(path.stem.split(".")[1:]), *reversed(path.absolute().parent.parts)):
        for locale in locales:
            if part in (locale, locale.split("-")[0]):
                return locale
    return locales[0]
