"""Instants survive both databases as what they were, and nothing naive gets in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from skill.storage.column_types import UtcDateTime
from skill.storage.database import Database

MOMENTS = Table("moments_of_a_test", MetaData(), Column("at", UtcDateTime))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
AWARE = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)


@pytest.fixture
def moments(database: Database) -> Database:
    """The database with a table of instants."""
    with database.engine.begin() as connection:
        MOMENTS.create(connection)
    return database


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=AWARE)
def test_an_instant_comes_back_as_the_same_instant_in_utc(moments: Database, at: datetime) -> None:
    with moments.engine.begin() as connection:
        connection.execute(MOMENTS.delete())
        connection.execute(insert(MOMENTS).values(at=at))
        found = connection.execute(select(MOMENTS.c.at)).scalar_one()
    assert found == at
    assert found.tzinfo is UTC


def test_nothing_comes_back_as_nothing(moments: Database) -> None:
    with moments.engine.begin() as connection:
        connection.execute(insert(MOMENTS).values(at=None))
        assert connection.execute(select(MOMENTS.c.at)).scalar_one() is None


def test_a_naive_time_is_refused(moments: Database) -> None:
    naive = datetime(2026, 11, 20, 15, 0)
    with (
        moments.engine.connect() as connection,
        pytest.raises(StatementError, match="a naive datetime cannot be stored"),
    ):
        connection.execute(insert(MOMENTS).values(at=naive))
