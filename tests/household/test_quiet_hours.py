"""Quiet hours on the household's own clock, across midnight and both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.household.quiet_hours import is_quiet

MINUTE = st.integers(0, 1439)
DAY = 24 * 60


def at(minute: int) -> datetime:
    return datetime(2026, 11, 20, minute // 60, minute % 60, 59, tzinfo=ZoneInfo("America/New_York"))


@given(minute=MINUTE, start=MINUTE, length=st.integers(0, DAY - 1))
def test_quiet_is_from_the_start_for_the_length(minute: int, start: int, length: int) -> None:
    assert is_quiet(at(minute), start, (start + length) % DAY) == ((minute - start) % DAY < length)


@given(minute=MINUTE, end=MINUTE)
def test_equal_ends_mean_no_quiet_hours(minute: int, end: int) -> None:
    assert not is_quiet(at(minute), end, end)


@given(minute=MINUTE, one=MINUTE, other=MINUTE)
def test_swapped_ends_are_the_rest_of_the_day(minute: int, one: int, other: int) -> None:
    if one != other:
        assert is_quiet(at(minute), one, other) != is_quiet(at(minute), other, one)


@pytest.mark.parametrize(
    ("utc", "quiet"),
    [
        (datetime(2026, 11, 1, 10, 59, tzinfo=UTC), True),  # 5:59 after the clock went back
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), False),  # 7:00
        (datetime(2026, 3, 8, 10, 59, tzinfo=UTC), True),  # 6:59 after the clock went forward
        (datetime(2026, 3, 8, 11, 0, tzinfo=UTC), False),  # 7:00
        (datetime(2026, 3, 9, 0, 59, tzinfo=UTC), False),  # 20:59
        (datetime(2026, 3, 9, 1, 0, tzinfo=UTC), True),  # 21:00
    ],
)
def test_the_clock_on_the_wall_decides(utc: datetime, quiet: bool) -> None:
    local = utc.astimezone(ZoneInfo("America/New_York"))
    assert is_quiet(local, 21 * 60, 7 * 60) == quiet
    assert is_quiet(local + timedelta(seconds=59), 21 * 60, 7 * 60) == quiet
