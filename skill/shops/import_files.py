"""Reads the files of an import row by row: CSV with the csv module, Parquet with duckdb, and the mapping."""

import codecs
import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TextIO

from skill.shops.import_rules import (
    CATALOGUE_COLUMNS,
    CATALOGUE_OPTIONS,
    ORDERS_COLUMNS,
    PRICE_IN_CURRENCY,
    Row,
)

PARQUET_MAGIC = b"PAR1"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ROWS_AT_ONCE = 5_000
KEYS = {
    "catalogue": {*CATALOGUE_COLUMNS, *CATALOGUE_OPTIONS},
    "orders": set(ORDERS_COLUMNS),
    "format": {"encoding", "delimiter", "time"},
}


class FileRefused(Exception):
    """A file cannot be read at all; the message is one line that names it and says what to do."""


@dataclass(frozen=True)
class Layout:
    """What the merchant's columns are called, and how the files are written where it differs from ours."""

    catalogue: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str = ","
    time_format: str | None = None


class SourceFile(Protocol):
    """A file of rows under a header."""

    name: str

    def header(self) -> list[str]:
        """The names of its columns. Raises FileRefused."""

    def rows(self, names: Sequence[str]) -> Iterator[Row]:
        """The cells of the columns `names` as text, row by row; no value is "". Raises FileRefused."""


def open_source(path: Path, layout: Layout) -> SourceFile:
    """A CSV or Parquet file, told apart by what is in it. Raises FileRefused for any other kind."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror}.") from error
    if start.startswith(PARQUET_MAGIC):
        return ParquetSource(path)
    is_utf_16 = start.startswith(UTF_16_MARKS)
    if path.suffix.casefold() == ".parquet" or (b"\0" in start and not is_utf_16):
        raise FileRefused(f"{path.name} is neither CSV nor Parquet.")
    return CsvSource(path, layout.encoding or ("utf-16" if is_utf_16 else "utf-8-sig"), layout.delimiter)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, by which an import that was cut off is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class CsvSource:
    """A CSV file (RFC 4180, with any one-letter delimiter)."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.name = path.name
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter

    def header(self) -> list[str]:
        """The first line."""
        with self._reader() as reader:
            return _first(reader)

    def rows(self, names: Sequence[str]) -> Iterator[Row]:
        """Every row after the header; empty lines are passed over, a row is on the line it begins."""
        with self._reader() as reader:
            header = _first(reader)
            places = [header.index(name) for name in names]
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Row(line, (), f"is not CSV up to line {reader.line_num}: {error}")
                    continue
                if cells:
                    yield self._row(line, cells, len(header), places)

    def _row(self, line: int, cells: Sequence[str], width: int, places: Sequence[int]) -> Row:
        if len(cells) != width:
            return Row(line, (), f"has {len(cells)} fields where the header has {width}")
        if not _is_text(cells):
            hint = "name its encoding in the mapping file"
            return Row(line, (), f"is not written in {self._encoding.removesuffix('-sig')}: {hint}")
        return Row(line, [cells[place] for place in places])

    @contextmanager
    def _reader(self) -> Iterator[Any]:
        file: TextIO
        try:
            # bytes that are no text come through as lone surrogates, so that their row can be named
            with self._path.open(encoding=self._encoding, errors="surrogateescape", newline="") as file:
                yield csv.reader(file, delimiter=self._delimiter, strict=True)
        except UnicodeError as error:
            raise FileRefused(f"{self.name} is not written in {self._encoding}.") from error


def _first(reader: Any) -> list[str]:
    try:
        return list(next(reader, []))
    except csv.Error:
        return []


def _is_text(cells: Sequence[str]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


class ParquetSource:
    """A Parquet file, read by duckdb, which is imported only for this."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path

    def header(self) -> list[str]:
        """The names of the columns."""
        with self._selected("*", "LIMIT 0") as result:
            return [column[0] for column in result.description]

    def rows(self, names: Sequence[str]) -> Iterator[Row]:
        """Every row, the first one as line 1. Numbers are written out in decimal by duckdb itself."""
        texts = ", ".join('CAST("{}" AS VARCHAR)'.format(name.replace('"', '""')) for name in names)
        with self._selected(texts) as result:
            lines = count(1)
            while rows := result.fetchmany(ROWS_AT_ONCE):
                for cells in rows:
                    yield Row(next(lines), ["" if cell is None else cell for cell in cells])

    @contextmanager
    def _selected(self, columns: str, rest: str = "") -> Iterator[Any]:
        duckdb = _duckdb()
        try:
            with duckdb.connect() as connection:
                connection.execute("SET TimeZone = 'UTC'")
                connection.execute("SET threads = 1")  # the other threads' buffers cost more than they save
                query = f"SELECT {columns} FROM read_parquet(?) {rest}"
                yield connection.execute(query, [str(self._path)])
        except duckdb.Error as error:
            told = str(error).partition("\n")[0]
            raise FileRefused(f"{self.name} cannot be read as Parquet: {told}") from error


def _duckdb() -> Any:
    try:
        import duckdb  # only here: Lambda and the server never need it
    except ImportError as error:
        raise FileRefused(
            "Parquet files need duckdb: install `restock[parquet]`, or give CSV files."
        ) from error
    return duckdb


def read_layout(path: Path) -> Layout:
    """The mapping file (TOML): [catalogue] and [orders], our name = "the file's", and [format].

    Raises FileRefused for anything else in it.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise FileRefused(f"{path.name} cannot be read as TOML: {error}") from error
    for name, table in tables.items():
        _check_table(path.name, name, table)
    written = tables.get("format", {})
    layout = Layout(
        catalogue=tables.get("catalogue", {}),
        orders=tables.get("orders", {}),
        encoding=written.get("encoding"),
        delimiter=written.get("delimiter", ","),
        time_format=written.get("time"),
    )
    _check_format(path.name, layout)
    return layout


def _check_table(file: str, name: str, table: object) -> None:
    if name not in KEYS or not isinstance(table, dict):
        raise FileRefused(f"{file} has {name!r}: it may have the tables {', '.join(KEYS)}.")
    for key, value in table.items():
        if key not in KEYS[name] and (name == "format" or not PRICE_IN_CURRENCY.fullmatch(key)):
            raise FileRefused(f"{file} has {key!r} in [{name}]: it may have {', '.join(sorted(KEYS[name]))}.")
        if not isinstance(value, str) or not value:
            raise FileRefused(f"{file} has no text for {key!r} in [{name}].")


def _check_format(file: str, layout: Layout) -> None:
    if len(layout.delimiter) != 1 or layout.delimiter in '"\r\n':
        raise FileRefused(f"{file} has {layout.delimiter!r} for the delimiter: it must be one character.")
    try:
        " ".encode(layout.encoding or "utf-8")
    except (LookupError, ValueError) as error:
        raise FileRefused(f"{file} names the encoding {layout.encoding!r}, which is not known.") from error
