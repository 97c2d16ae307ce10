"""Watches every statement of the test suite and holds it to the household rule of storage/scope.py."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Delete, Engine, Insert, Select, Table, Update, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnClause
from sqlmodel import SQLModel

from skill.storage.scope import CROSSING_QUERIES, KEYED_OTHERWISE, REFERENCE_TABLES


def owned_tables() -> dict[str, Table]:
    """Every table whose rows belong to a household and are found by it."""
    return {
        name: table
        for name, table in SQLModel.metadata.tables.items()
        if name not in REFERENCE_TABLES and name not in KEYED_OTHERWISE
    }


def watch() -> None:
    """Check every statement of every engine from now on."""
    event.listen(Engine, "before_execute", _check)
    for moment in ("commit", "rollback"):
        event.listen(Engine, moment, _forget)


def _forget(connection: Connection) -> None:
    connection.info.pop("household", None)


def _check(
    connection: Connection, statement: Any, many: Any, one: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    if options.get("crosses_households") is not None:
        assert options["crosses_households"] in CROSSING_QUERIES
        return
    for named in households_named(statement, many, one):
        seen = connection.info.setdefault("household", named)
        assert seen == named, f"one transaction touches two households: {statement}"


def households_named(statement: Any, many: Any, one: Mapping[str, Any]) -> Iterator[str]:
    """The households that a statement names; AssertionError for an owned table without one."""
    rows = list(many) or [one]
    if isinstance(statement, Insert):
        if statement.table.name in owned_tables():
            yield from _inserted(statement, rows)
        return
    if not isinstance(statement, Select | Update | Delete):
        return
    equalities = dict(_equalities(statement.whereclause))
    for table in _tables(statement):
        assert table in equalities, f"no household is named for {table}: {statement}"
        found = _value(equalities[table], rows)
        if found is not None:
            yield found


def _inserted(statement: Insert, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    compiled = statement.compile().params
    for row in rows:
        value = {**compiled, **row}.get("household_id")
        assert value is not None, f"a row without a household: {statement}"
        yield str(value)


def _tables(statement: Select[Any] | Update | Delete) -> set[str]:
    froms = statement.get_final_froms() if isinstance(statement, Select) else [statement.table]
    tables = {
        element.name for source in froms for element in visitors.iterate(source) if isinstance(element, Table)
    }
    return tables & set(owned_tables())


def _equalities(where: Any) -> Iterator[tuple[str, Any]]:
    for element in visitors.iterate(where) if where is not None else ():
        if isinstance(element, BinaryExpression) and element.operator is operators.eq:
            column = element.left
            if isinstance(column, Column | ColumnClause) and column.name == "household_id":
                yield str(getattr(column.table, "name", "")), element.right


def _value(side: Any, rows: list[Mapping[str, Any]]) -> str | None:
    if not isinstance(side, BindParameter):
        return None
    value = next((row[side.key] for row in rows if side.key in row), side.effective_value)
    return None if value is None else str(value)
