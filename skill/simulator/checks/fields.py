"""Checks an object of a response against a table of its fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill.simulator.checks.problem import Problem, kind, refused

KINDS: Mapping[str, type | tuple[type, ...]] = {
    "a string": str,
    "an object": Mapping,
    "a list": list,
    "a number": (int, float),
    "a boolean": bool,
}


@dataclass(frozen=True)
class Field:
    """A field of an object: `path` with dots, and a kind ("a string") or the words that may stand there."""

    path: str
    allowed: str | frozenset[str] = "a string"
    required: bool = True


def words(path: str, *allowed: str, required: bool = True) -> Field:
    """A field that holds one of a few words."""
    return Field(path, frozenset(allowed), required)


def optional(path: str, allowed: str = "a string") -> Field:
    """A field that may be left out."""
    return Field(path, allowed, required=False)


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, None where a step is absent."""
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def faults(value: Mapping[str, Any], fields: Sequence[Field], place: str) -> Iterator[Problem]:
    """What is missing or of the wrong kind; null counts as absent, as it does on the wire."""
    for field in fields:
        found = at(value, field.path)
        where = f"{place}.{field.path}"
        if found is None:
            if field.required:
                yield refused("field-missing", f"{where} is missing.")
        elif isinstance(field.allowed, frozenset):
            if not isinstance(found, str) or found not in field.allowed:
                known = ", ".join(sorted(field.allowed))
                yield refused("field-value", f"{where} must be one of {known}, not {shown(found)}.")
        elif not _is(found, field.allowed):
            yield refused("field-kind", f"{where} must be {field.allowed}, not {kind(found)}.")


def _is(value: object, allowed: str) -> bool:
    # In Python a boolean is a number too; in JSON it is not.
    return isinstance(value, KINDS[allowed]) and (allowed == "a boolean" or not isinstance(value, bool))


def shown(value: object) -> str:
    """A value as a message shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
