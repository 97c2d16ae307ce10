"""Collects fixture files as tests of pytest, in any project that asks for it; elsewhere it does nothing.

pytest loads this module at every start, so nothing of the package is imported before a fixture is read.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from skill.cli.understanding import Source
    from skill.simulator.fixture_cases import Fixture
    from skill.simulator.fixtures import Outcome

KINDS = (".toml", ".yaml", ".yml")
"""What is a fixture file below a folder; files of other kinds are read when they are named."""
WILDCARDS = frozenset("*?[")


class FixtureDiffers(Exception):
    """What is said where a fixture fails: one line with file and line."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings that opt in."""
    group = parser.getgroup("restock", "sentences and dialogs of Alexa skills (restock fixtures)")
    group.addoption("--restock-model", metavar="FILE", help="Interaction model that fixtures are run on.")
    group.addoption("--restock-endpoint", metavar="URL", help="Skill that fixtures are run on, over HTTP.")
    parser.addini("restock_fixtures", "Files, folders or patterns of fixtures.", "paths", [])
    parser.addini("restock_model", "As --restock-model, beside the file of settings.", "paths", [])
    parser.addini("restock_endpoint", "As --restock-endpoint.", default="")
    parser.addini("restock_locale", "Locale of the model, or of fixtures that name none.", default="")
    parser.addini("restock_skill_id", "The application id that requests carry.", default="")
    parser.addini("restock_chain_port", "Hand certificates of signed requests out there.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Look whether anybody asked for fixtures. Raises UsageError for those that are not there."""
    fixtures = config.getini("restock_fixtures")
    model, endpoint = config.getoption("--restock-model"), config.getoption("--restock-endpoint")
    if not (fixtures or model or endpoint):
        return
    files, folders = set(), set()
    for path in fixtures:
        found = _matching(path)
        if not found:
            raise pytest.UsageError(f"restock_fixtures: {path}: there is no such file or folder")
        files |= {each for each in found if each.is_file()}
        folders |= {each for each in found if each.is_dir()}
    told = config.getini("restock_model")
    config.stash[_ASKED] = asked = _Asked(
        frozenset(files),
        frozenset(folders),
        model=config.invocation_params.dir / model if model else next(iter(told), None),
        endpoint=endpoint or config.getini("restock_endpoint") or None,
        locale=config.getini("restock_locale") or None,
        skill_id=config.getini("restock_skill_id") or None,
        chain_port=_port(config.getini("restock_chain_port")),
    )
    config.add_cleanup(asked.close)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "FixtureFile | None":
    """Take a file of fixtures that was asked for, by the settings or by its name on the command line."""
    asked = parent.config.stash.get(_ASKED, None)
    if asked is None or not asked.takes(file_path, named=parent.session.isinitpath(file_path)):
        return None
    return FixtureFile.from_parent(parent, path=file_path)


def _matching(path: Path) -> list[Path]:
    """The path itself if it is there, or what a pattern finds."""
    if path.exists() or not WILDCARDS & set(str(path)):
        return [path] if path.exists() else []
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _port(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise pytest.UsageError(f"restock_chain_port: {text!r} is no port")
    return int(text)


@dataclass
class _Asked:
    """What is asked for, and what runs it: made at the first fixture, closed with the session."""

    files: frozenset[Path]
    folders: frozenset[Path]
    model: Path | None
    endpoint: str | None
    locale: str | None
    skill_id: str | None
    chain_port: int | None
    _open: ExitStack = field(default_factory=ExitStack)

    def takes(self, path: Path, *, named: bool) -> bool:
        """Whether a file is one of the fixtures; `named` are those of the command line."""
        below = not self.folders.isdisjoint(path.parents)
        fixture = path.suffix.lower() in KINDS
        return path in self.files or (below and (fixture or named)) or (fixture and named)

    def read(self, path: Path) -> "list[Fixture]":
        """The fixtures of a file. Raises what the command `restock fixtures` does."""
        from skill.cli.fixture_hosts import read_fixtures

        return read_fixtures([path], self._source, self.locale)

    @cached_property
    def _source(self) -> "Source | None":
        from skill.cli.understanding import source

        return source(self.model, self.locale) if self.model else None

    @cached_property
    def examine(self) -> "Callable[[Fixture], Outcome]":
        """What runs a fixture. Raises what the command does."""
        from skill.cli.fixture_hosts import Wish, examining

        wish = Wish(self._source, self.endpoint, chain_port=self.chain_port)
        if self.skill_id:
            wish = replace(wish, skill_id=self.skill_id)
        return self._open.enter_context(examining(wish))

    def close(self) -> None:
        """Give free what ran the fixtures."""
        self._open.close()


_ASKED = pytest.StashKey[_Asked]()


class FixtureFile(pytest.File):
    """A file of fixtures."""

    def collect(self) -> "Iterator[FixtureItem]":
        """Read the file; one that is malformed is told in one line with its place."""
        from skill.simulator.fixture_junit import case_names

        shown = self.path.relative_to(self.config.rootpath) if self._is_inside else self.path
        try:
            fixtures = self.config.stash[_ASKED].read(self.path)
        except Exception as error:
            raise self.CollectError(_known(error).replace(str(self.path), str(shown))) from None
        for name, fixture in zip(case_names(fixtures), fixtures, strict=True):
            told = " ".join(name.split())
            yield FixtureItem.from_parent(self, name=told, fixture=replace(fixture, path=shown))

    @property
    def _is_inside(self) -> bool:
        return self.path.is_relative_to(self.config.rootpath)


class FixtureItem(pytest.Item):
    """One case or conversation of a file."""

    def __init__(self, *, fixture: "Fixture", **others: Any) -> None:
        super().__init__(**others)
        self.fixture = fixture

    def runtest(self) -> None:
        """Run it to its first difference; skip it where nothing of it can be looked at."""
        try:
            found = self.config.stash[_ASKED].examine(self.fixture)
        except Exception as error:
            raise FixtureDiffers(_known(error)) from None
        if found.failure is not None:
            raise FixtureDiffers(str(found.failure))
        unchecked = ", ".join(dict.fromkeys(found.unchecked))
        if not found.examined:
            pytest.skip(f"there is only a model, which cannot tell: {unchecked or 'what is answered'}")
        if unchecked:
            self.user_properties.append(("not looked at", unchecked))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """One line for a difference; a fault of ours keeps its traceback."""
        if isinstance(excinfo.value, FixtureDiffers):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line (from 0) and the name, which pytest shows."""
        return self.path, self.fixture.line - 1, self.name


def _known(error: Exception) -> str:
    """The one line of an error that the person can put right; any other is raised again."""
    from typer.exceptions import TyperException

    from skill.cli.root import is_known

    if isinstance(error, TyperException):
        return error.format_message()
    if is_known(error):
        return str(error)
    raise error
