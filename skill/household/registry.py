"""Export, import and erase of a household: each feature registers its tables, this does the rest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete
from sqlmodel import SQLModel, select

from skill.storage.database import Unit

FORMAT = "restock-household-1"


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

        Raises ImportRefused when the file is of another kind or household, or rows exist already.
        """
        if exported.get("format") != FORMAT or exported.get("household_id") != str(unit.household):
            raise ImportRefused("the file is not an export of this household")
        if any(_rows(unit, model) for _feature, model in self.tables()):
            raise ImportRefused("the household already holds data")
        for feature, model in self.tables():
            for values in exported.get(feature, {}).get(_table(model).name, []):
                unit.session.add(_from_json(model, values))
            unit.session.flush()

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
    return {
        name: _plain(getattr(row, name)) for name in [column.name for column in _table(type(row)).columns]
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _from_json(model: type[SQLModel], values: Mapping[str, Any]) -> SQLModel:
    try:
        return model(**{name: _typed(model, name, value) for name, value in values.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise ImportRefused(f"a row of {_table(model).name} cannot be read") from error


def _typed(model: type[SQLModel], name: str, value: Any) -> Any:
    kind = _table(model).c[name].type.python_type
    if value is None or not isinstance(value, str):
        return value
    if kind is UUID:
        return UUID(value)
    if kind in (datetime, date, time):
        return kind.fromisoformat(value)
    return value
