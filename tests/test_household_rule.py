"""The household rule: keys, queries and transactions, its table of exceptions, and the rule's own test."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

import pytest
from sqlalchemy import (
    Column,
    Executable,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlmodel import SQLModel, col, delete, select, update

from skill import bootstrap, features
from skill.household.models import Address, Household, Member
from skill.household.service import Households
from skill.storage.database import Database
from skill.storage.keys import new_id
from skill.storage.scope import CROSSING_QUERIES, KEYED_OTHERWISE, REFERENCE_TABLES
from tests.household_rule import owned_tables

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SOURCES = Path(bootstrap.__file__).parent
OWNER = "household_id"


def broken_rules(table: Table) -> Iterator[str]:
    """How a table of households breaks the rule: the parts in which `household_id` is not first."""
    if OWNER not in table.columns:
        yield "no household_id"
        return
    if table.columns[OWNER].nullable:
        yield "household_id may be empty"
    if [column.name for column in table.primary_key.columns][:1] != [OWNER]:
        yield "primary key"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) or leads_to_a_household(constraint):
            named = [column.name for column in constraint.columns]
            if named[:1] != [OWNER]:
                yield f"{type(constraint).__name__} {named}"
    for index in table.indexes:
        named = [getattr(expression, "name", "") for expression in index.expressions]
        if named[:1] != [OWNER]:
            yield f"index {named}"


def leads_to_a_household(constraint: object) -> TypeGuard[ForeignKeyConstraint]:
    """Whether it is a foreign key to anything but a table that is the same for everybody."""
    if not isinstance(constraint, ForeignKeyConstraint):
        return False
    return constraint.elements[0].target_fullname.split(".")[0] not in REFERENCE_TABLES


@pytest.mark.parametrize("name", sorted(owned_tables()))
def test_every_key_of_an_owned_table_begins_with_the_household(name: str) -> None:
    assert list(broken_rules(owned_tables()[name])) == []


@pytest.mark.parametrize("name", sorted(owned_tables()))
def test_a_reference_to_an_owned_table_stays_in_the_household(name: str) -> None:
    for constraint in filter(leads_to_a_household, owned_tables()[name].foreign_key_constraints):
        assert next(iter(constraint.elements)).column.name == OWNER


def test_every_exception_is_a_table_that_exists() -> None:
    assert set(REFERENCE_TABLES) | set(KEYED_OTHERWISE) <= set(SQLModel.metadata.tables)


@pytest.mark.parametrize("name", sorted(REFERENCE_TABLES))
def test_a_reference_table_names_no_household(name: str) -> None:
    assert OWNER not in SQLModel.metadata.tables[name].columns


@pytest.mark.parametrize("name", sorted(KEYED_OTHERWISE))
def test_a_table_that_is_keyed_otherwise_needs_its_exception(name: str) -> None:
    table = SQLModel.metadata.tables[name]
    assert OWNER in table.columns
    assert list(broken_rules(table))


def test_every_exception_says_why() -> None:
    for reasons in (REFERENCE_TABLES, KEYED_OTHERWISE, CROSSING_QUERIES):
        assert all(reason.strip() for reason in reasons.values())


def test_every_owned_table_is_exported_and_erased_with_its_household() -> None:
    registered = {str(model.__tablename__) for _feature, model in features.registry().tables()}
    assert registered == set(owned_tables()) | set(KEYED_OTHERWISE)


def test_every_query_over_all_households_is_listed_and_every_listed_one_is_used() -> None:
    marks = re.compile(r"crosses_households=\"(\w+)\"")
    used = {mark for path in SOURCES.rglob("*.py") for mark in marks.findall(path.read_text("utf-8"))}
    assert used == set(CROSSING_QUERIES)


def test_a_planted_bad_table_is_caught() -> None:
    planted = Table(
        "planted",
        MetaData(),
        Column("id", Uuid, primary_key=True),
        Column(OWNER, Uuid, nullable=True),
        Column("label", String, unique=True),
        Column("parent_id", Uuid),
        Index("ix_planted", "label", OWNER),
        ForeignKeyConstraint(["parent_id"], ["planted.id"]),
    )
    assert sorted(broken_rules(planted)) == [
        "ForeignKeyConstraint ['parent_id']",
        "UniqueConstraint ['label']",
        "household_id may be empty",
        "index ['label', 'household_id']",
        "primary key",
    ]
    assert list(broken_rules(Table("stray", MetaData(), Column("id", Uuid)))) == ["no household_id"]


@pytest.mark.parametrize(
    "statement",
    [
        select(Address),
        select(Address).where(col(Address.label) == "home"),
        select(Address, Member).where(col(Address.household_id) == new_id()),
        select(col(Address.label)).where(col(Address.household_id) != new_id()),
        update(Address).values(is_default=True),
        delete(Address).where(col(Address.label) == "home"),
        select(Household).where(col(Household.household_id).in_(select(col(Address.household_id)))),
    ],
    ids=["all", "by label", "second table", "all others", "update", "delete", "inner query"],
)
def test_a_planted_query_without_a_household_is_caught(database: Database, statement: Executable) -> None:
    with database.reading(None) as unit, pytest.raises(AssertionError, match="no household is named"):
        unit.session.execute(statement)


def test_a_planted_row_without_a_household_is_caught(database: Database) -> None:
    with database.reading(None) as unit:
        incomplete: dict[str, Any] = {"label": "nowhere"}
        unit.session.add(Address(**incomplete))
        with pytest.raises(AssertionError, match="a row without a household"):
            unit.session.flush()


def test_a_planted_transaction_over_two_households_is_caught(database: Database) -> None:
    first, second = new_id(), new_id()
    with database.unit(first) as unit:
        Households(unit).create("First", "UTC", NOW)
    with database.reading(second) as unit:
        Households(unit).members()
        unit.household_id = first
        with pytest.raises(AssertionError, match="touches two households"):
            Households(unit).members()


def test_a_planted_insert_for_a_second_household_is_caught(database: Database) -> None:
    with database.reading(new_id()) as unit:
        Households(unit).create("First", "UTC", NOW)
        unit.session.add(Household(household_id=new_id(), name="Second", zone="UTC", created_at=NOW))
        with pytest.raises(AssertionError, match="touches two households"):
            unit.session.flush()


def test_a_planted_excuse_that_is_not_listed_is_caught(database: Database) -> None:
    with database.reading(None) as unit, pytest.raises(AssertionError):
        unit.session.exec(select(Address).execution_options(crosses_households="because")).all()


def test_one_connection_may_serve_one_household_after_another(database: Database) -> None:
    for name in ("First", "Second"):
        with database.unit(new_id()) as unit:
            Households(unit).create(name, "UTC", NOW)
