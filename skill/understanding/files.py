"""Reads the files that tools are given; what is wrong with one is told in one line with the place."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_BYTES = 10_000_000
"""The largest file that is read whole. Amazon takes models of 1.5 MB, so this is more than any that works."""


class FileError(ValueError):
    """A file cannot be used; the message is one line that names the file and the place in it."""


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file, a byte order mark left out.

    Raises FileError for a file that is absent, no file, over `max_bytes` bytes or not UTF-8.
    """
    try:
        if path.is_dir():
            raise FileError(f"{path}: it is a folder, not a file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path}: {reason}") from error
    if len(data) > max_bytes:
        raise FileError(f"{path}: more than {max_bytes} bytes, which is the limit")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}:{line}: byte 0x{data[error.start]:02x} is no UTF-8") from error


def parse_json(text: str, name: str, line: int | None = None) -> Any:
    """The JSON value of `text`, which is the file `name` or one `line` of it. Raises FileError."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise FileError(
            f"{name}:{line or error.lineno}: no JSON: {error.msg} (column {error.colno})"
        ) from error
    except ValueError as error:  # NaN, or a number of more digits than Python reads
        raise FileError(f"{_at(name, line)}: no JSON: {error}") from error
    except RecursionError as error:
        raise FileError(f"{_at(name, line)}: no JSON: nested too deeply") from error


def read_json(path: Path, max_bytes: int = MAX_BYTES) -> Any:
    """The JSON value in a file. Raises FileError."""
    return parse_json(read_text(path, max_bytes), os.fspath(path))


def json_lines(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) of every line that is not blank. Raises FileError naming the line."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, json_object(line, name, number)


def json_object(text: str, name: str, line: int) -> dict[str, Any]:
    """The JSON object that is one line of a file. Raises FileError."""
    found = parse_json(text, name, line)
    if not isinstance(found, dict):
        raise FileError(f"{name}:{line}: expected an object, found {kind_of(found)}")
    return found


def kind_of(value: object) -> str:
    """What JSON calls a value."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return "text" if value.strip() else "no text"
    kinds = {dict: "an object", list: "a list", tuple: "a list", bool: "true or false"}
    return kinds.get(type(value), "a number")


def _at(name: str, line: int | None) -> str:
    return name if line is None else f"{name}:{line}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")
