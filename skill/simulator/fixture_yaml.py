"""Finds the tables of a fixture file written in YAML; PyYAML (extra `yaml`) is imported when one is read."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from skill.simulator.fixture_cases import FixtureError, Table
from skill.simulator.fixture_source import Entries, Entry, Place, refuse_unknown

MAX_DEPTH = 20
"""How deep a file may nest: an expectation of a directive, with all around it, needs about ten."""
NO_YAML = "reading YAML takes PyYAML: pip install 'restock[yaml]'"
_TAG = "tag:yaml.org,2002:"
_PLAIN = {
    "bool": (r"^(?:true|false)$", "tf"),
    "int": (r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    "float": (r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    "null": (r"^(?:~|null|)$", ["~", "n", ""]),
}
"""What a plain scalar may be; "yes", "no", "on", "12:30" and days are texts, as people say them."""


def yaml_entries(path: Path, text: str, locales: tuple[str, ...]) -> Entries:
    """What a YAML file holds, under the same keys as TOML. Raises FixtureError.

    Aliases, a key given twice, several documents and nesting deeper than MAX_DEPTH are refused.
    """
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise FixtureError(path, None, NO_YAML) from error
    try:
        return _Reader(path, locales, yaml).entries(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or " ".join(str(error).split())
        raise FixtureError(path, mark.line + 1 if mark else None, f"no YAML: {reason}") from error


class _Reader:
    """One file being read."""

    def __init__(self, path: Path, locales: tuple[str, ...], yaml: Any) -> None:
        self._path, self._locales, self._yaml = path, locales, yaml
        self._loader_class = _loader(yaml)

    def entries(self, text: str) -> Entries:
        """All cases and conversations."""
        self._refuse_aliases(text)
        loader = self._loader_class(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return Entries((), ())
            top, places, nodes = self._table(loader, root)
            refuse_unknown(top, frozenset({"case", "conversation"}), places)
            cases = self._list(loader, nodes.get("case"), "case")
            talks = self._list(loader, nodes.get("conversation"), "conversation")
            return Entries(tuple(cases), tuple(talks))
        finally:
            loader.dispose()

    def _refuse_aliases(self, text: str) -> None:
        """Read the file once as a stream, which no alias can blow up and no nesting can exhaust."""
        depth = 0
        for event in self._yaml.parse(text, Loader=self._loader_class):
            if isinstance(event, self._yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self._error(event, "anchors and aliases are not read: write it out")
            if isinstance(event, self._yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, self._yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise self._error(event, f"nested more than {MAX_DEPTH} deep")

    def _list(self, loader: Any, node: Any, key: str) -> Iterator[Entry]:
        if node is None:
            return
        if not isinstance(node, self._yaml.SequenceNode):
            raise self._error(node, f"{key}: must be a list")
        for each in node.value:
            table, place, nodes = self._table(loader, each)
            turns: tuple[Entry, ...] = ()
            if key == "conversation":
                turns = tuple(self._list(loader, nodes.get("turn"), "turn"))
            yield Entry(table, place, turns)

    def _table(self, loader: Any, node: Any) -> tuple[Table, Place, dict[str, Any]]:
        """A mapping's values, the place of each of its keys, and the nodes of its values."""
        if not isinstance(node, self._yaml.MappingNode):
            raise self._error(node, "must be a table of keys and values")
        lines: dict[str, int] = {}
        nodes: dict[str, Any] = {}
        self._refuse_twice(node)
        for key, value in node.value:
            lines[str(key.value)] = key.start_mark.line + 1
            nodes[str(key.value)] = value
        line = node.start_mark.line + 1
        place = Place(self._path, line, lines, self._locales)
        entries = ("case", "conversation", "turn")
        values = {key: None if key in entries else self._value(loader, nodes[key], key) for key in nodes}
        return values, place, nodes

    def _value(self, loader: Any, node: Any, key: str) -> object:
        if node.tag == f"{_TAG}null":
            raise self._error(node, f"{key}: has no value")
        self._refuse_twice(node)
        try:
            found: object = loader.construct_object(node, deep=True)
        except (ValueError, OverflowError) as error:  # a number of 5,000 digits
            raise self._error(node, f"{key}: {error}") from error
        return found

    def _refuse_twice(self, node: Any) -> None:
        """A key given twice, which PyYAML takes the last of, or one that is no text: here and below."""
        if isinstance(node, self._yaml.SequenceNode):
            for each in node.value:
                self._refuse_twice(each)
        if not isinstance(node, self._yaml.MappingNode):
            return
        seen = set()
        for key, value in node.value:
            if not isinstance(key, self._yaml.ScalarNode) or key.tag != f"{_TAG}str":
                raise self._error(key, "a key must be a text")
            if key.value in seen:
                raise self._error(key, f"{key.value}: given twice")
            seen.add(key.value)
            self._refuse_twice(value)

    def _error(self, at: Any, reason: str) -> FixtureError:
        return FixtureError(self._path, at.start_mark.line + 1, reason)


@cache
def _loader(yaml: Any) -> Any:
    """PyYAML's safe loader, the one in C where there is one, that takes fewer texts for something else."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name, (pattern, firsts) in _PLAIN.items():
        for first in firsts:
            resolvers.setdefault(first, []).append((f"{_TAG}{name}", re.compile(pattern)))
    return type("FixtureLoader", (base,), {"yaml_implicit_resolvers": resolvers})
