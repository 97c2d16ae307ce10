"""Export, import and erase of a household: each feature registers its tables, this does the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Table, TypeDecorator, delete
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import SQLModel, select

from skill.household.models import Household
from skill.storage.database import Unit

FORMAT = "restock-household-1"
PARSERS: Mapping[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
}
"""How the types that JSON does not have are read."""


class ImportRefused(Exception):
    """The file is not an export of this program, or the household is not empty; nothing was written."""


class Registry:
    """The household-owned tables of each feature, parents before children."""

    def __init__(self, features: Mapping[str, Sequence[type[SQLModel]]]) -> None:
        self._features = dict(features)

    def tables(self) -> Iterable[tuple[str, type[SQLModel]]]:
        """(feature, table model) in an order in which rows can be inserted."""
        for feature, models in self._features.items():
            for model in models:
                yield feature, model

    def export(self, unit: Unit) -> dict[str, Any]:
        """Everything kept about the unit's household, as JSON values."""
        found: dict[str, Any] = {"format": FORMAT, "household_id": str(unit.household)}
        for feature, model in self.tables():
            rows = [_to_json(row) for row in _rows(unit, model)]
            found.setdefault(feature, {})[_table(model).name] = rows
        return found

    def household_of(self, exported: Mapping[str, Any]) -> UUID:
        """The household that an export is of; raises ImportRefused for anything else."""
        try:
            return UUID(exported["household_id"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ImportRefused("the file is not an export of a household") from error

    def load(self, unit: Unit, exported: Mapping[str, Any]) -> None:
        """Write an export back into the unit's household, which must hold nothing yet.

        Raises ImportRefused when the file is of another kind or household or damaged, when rows exist
        already, or when an identifier in it belongs to another household by now.
        """
        if exported.get("format") != FORMAT or exported.get("household_id") != str(unit.household):
            raise ImportRefused("the file is not an export of this household")
        if any(_rows(unit, model) for _feature, model in self.tables()):
            raise ImportRefused("the household already holds data")
        read = [_section(exported, feature, model, unit.household) for feature, model in self.tables()]
        if sum(isinstance(row, Household) for rows in read for row in rows) != 1:
            raise ImportRefused("the file does not hold one household")
        for rows in read:
            unit.session.add_all(rows)
            try:
                unit.session.flush()
            except (IntegrityError, DataError, OverflowError, ValueError) as error:
                raise ImportRefused("the rows of the file do not fit together") from error

    def erase(self, unit: Unit) -> int:
        """Delete every row of the unit's household, children first; gives the number of rows deleted."""
        erased = 0
        for _feature, model in reversed(list(self.tables())):
            column = _table(model).c.household_id
            result = unit.session.execute(delete(model).where(column == unit.household))
            erased += result.rowcount  # type: ignore[attr-defined]  # CursorResult
        return erased


def _rows(unit: Unit, model: type[SQLModel]) -> Sequence[SQLModel]:
    table = _table(model)
    keys = list(table.primary_key.columns)
    return unit.session.exec(
        select(model).where(table.c.household_id == unit.household).order_by(*keys)
    ).all()


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def _to_json(row: SQLModel) -> dict[str, Any]:
    """The row as JSON; a column marked as `secret` leaves the house empty: four digits are soon tried."""
    return {
        column.name: "" if column.info.get("secret") else _plain(getattr(row, column.name))
        for column in _table(type(row)).columns
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _section(
    exported: Mapping[str, Any], feature: str, model: type[SQLModel], household_id: UUID
) -> list[SQLModel]:
    """The rows of one table in an export; a table that the exporting release did not have is empty."""
    tables = exported.get(feature, {})
    found = tables.get(_table(model).name, []) if isinstance(tables, Mapping) else None
    if not isinstance(found, list):
        raise ImportRefused(f"{feature} cannot be read")
    return [_from_json(model, values, household_id) for values in found]


def _from_json(model: type[SQLModel], values: Any, household_id: UUID) -> SQLModel:
    columns = _table(model).c
    try:
        row = {str(name): _typed(columns[name], value) for name, value in values.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ImportRefused(f"a row of {_table(model).name} cannot be read") from error
    if row.get("household_id") != household_id:
        raise ImportRefused(f"a row of {_table(model).name} is of another household")
    return model(**row)


def _typed(column: Column[Any], value: Any) -> Any:
    """The value as the column's type; raises TypeError or ValueError when it is none of it."""
    if isinstance(column.type, JSON) or (value is None and column.nullable):
        return value
    stored_as = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = stored_as.python_type
    if kind in PARSERS:
        value = PARSERS[kind](value)
    if type(value) is not kind or (kind is datetime and value.tzinfo is None):
        raise TypeError(f"{column.name} is of the wrong kind")
    return value
