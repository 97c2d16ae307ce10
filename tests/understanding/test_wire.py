"""Wire strings become Python values, and garbage is an error."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.understanding.wire import parse_date, parse_duration, parse_number, parse_time

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(("wire", "value"), [("2", 2), ("-1", -1), ("1000000", 1_000_000), ("2.5", 2.5)])
def test_a_number(wire: str, value: float) -> None:
    assert parse_number(wire) == value
    assert isinstance(parse_number(wire), type(value))


@pytest.mark.parametrize(
    ("wire", "length"),
    [
        ("PT20M", timedelta(minutes=20)),
        ("PT1H30M", timedelta(hours=1, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT12H", timedelta(days=1, hours=12)),
        ("P1Y2M", timedelta(days=365 + 60)),
        ("PT90S", timedelta(seconds=90)),
        ("PT0M", timedelta(0)),
    ],
)
def test_a_duration(wire: str, length: timedelta) -> None:
    assert parse_duration(wire) == length


@pytest.mark.parametrize(
    ("wire", "first", "behind"),
    [
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 25)),
        ("2016-W01", date(2016, 1, 4), date(2016, 1, 11)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 4)),
        ("2026-W47-WE", date(2026, 11, 21), date(2026, 11, 23)),
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-12-XX", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-XX-XX", date(2026, 1, 1), date(2027, 1, 1)),
        ("202X", date(2020, 1, 1), date(2030, 1, 1)),
        ("20XX", date(2000, 1, 1), date(2100, 1, 1)),
        ("2026-WI", date(2026, 12, 1), date(2027, 3, 1)),
        ("2026-SP", date(2026, 3, 1), date(2026, 6, 1)),
        ("2026-SU", date(2026, 6, 1), date(2026, 9, 1)),
        ("2026-FA", date(2026, 9, 1), date(2026, 12, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("PRESENT_REF", TODAY, date(2026, 11, 22)),
    ],
)
def test_a_date_is_a_half_open_range(wire: str, first: date, behind: date) -> None:
    assert parse_date(wire, TODAY) == (first, behind)


@pytest.mark.parametrize(
    ("wire", "value"),
    [("14:30", time(14, 30)), ("00:00", time(0)), ("07:05:09", time(7, 5, 9)), ("EV", "EV")],
)
def test_a_time(wire: str, value: object) -> None:
    assert parse_time(wire) == value


def dated(wire: str) -> object:
    """parse_date on the fixed day."""
    return parse_date(wire, TODAY)


@pytest.mark.parametrize(
    ("parse", "wire"),
    [
        (parse_number, "?"),
        (parse_number, ""),
        (parse_number, "two"),
        (parse_number, "١"),
        (parse_number, "9" * 500),
        (parse_duration, "P"),
        (parse_duration, "PT"),
        (parse_duration, "P1DT"),
        (parse_duration, "20 minutes"),
        (parse_time, "25:00"),
        (parse_time, "14:60"),
        (parse_time, "noon"),
        (dated, "2026-02-30"),
        (dated, "2026-13"),
        (dated, "2021-W53"),
        (dated, "2026-Q5"),
        (dated, "9999-12-31"),
        (dated, "0000"),
        (dated, "XXXX"),
        (dated, "tomorrow"),
        (dated, "2026-11-24\n"),
    ],
)
def test_garbage_is_an_error(parse: Callable[[str], object], wire: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(wire)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_a_week_of_any_day_holds_that_day(day: date) -> None:
    year, week, _ = day.isocalendar()
    first, behind = parse_date(f"{year:04d}-W{week:02d}", TODAY)
    assert first <= day < behind
    assert (behind - first).days == 7


@given(st.text(max_size=20))
def test_any_text_is_a_value_or_a_value_error(wire: str) -> None:
    for parse in (parse_number, parse_duration, parse_time, dated):
        try:
            parse(wire)
        except ValueError:
            continue
