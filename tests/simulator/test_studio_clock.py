"""The clock that can be moved, and the words that move it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.simulator.studio_clock import StudioClock, read_moment

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday, ten in the morning in New York
ZONE = "America/New_York"


def real() -> datetime:
    return NOW


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("+2h", timedelta(hours=2)),
        ("-30m", timedelta(minutes=-30)),
        ("+30min", timedelta(minutes=30)),
        ("+1w 3d", timedelta(days=10)),
        ("real", None),
        ("tomorrow 8:00", local("2026-11-21T08:00:00")),
        ("Tomorrow 8 pm", local("2026-11-21T20:00:00")),
        ("yesterday", local("2026-11-19T10:00:00")),
        ("18:30", local("2026-11-20T18:30:00")),
        ("12 am", local("2026-11-20T00:00:00")),
        ("12:15 p.m.", local("2026-11-20T12:15:00")),
        ("2026-12-24", local("2026-12-24T10:00:00")),
        ("2026-12-24 18:30", local("2026-12-24T18:30:00")),
        ("2026-12-24 6:30", local("2026-12-24T06:30:00")),
        ("2026-12-24T18:30:00+01:00", datetime(2026, 12, 24, 17, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_named_as_people_name_it(said: str, meant: datetime | timedelta | None) -> None:
    assert read_moment(said, NOW, ZONE) == meant


@pytest.mark.parametrize(
    "said", ["", "soon", "25:00", "13 pm", "tomorrow tea", "2026-13-01", "+", "+2x", "99999999999", "0 pm"]
)
def test_what_is_no_moment_is_refused_in_one_line(said: str) -> None:
    with pytest.raises(ValueError, match=r"is no time; say \+2h") as refused:
        read_moment(said, NOW, ZONE)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_refused(said: str) -> None:
    found: object = None
    with suppress(ValueError):
        found = read_moment(said, NOW, ZONE)
    assert not isinstance(found, datetime) or found.tzinfo is not None


def test_a_moved_clock_runs_on_and_goes_back_to_the_real_time() -> None:
    clock = StudioClock(real)
    untouched = clock.moved
    assert clock.move(timedelta(days=2)) >= NOW + timedelta(days=2)
    assert (untouched, clock.moved) == (False, True)
    first = clock()
    assert clock() >= first
    assert clock.move(None) == NOW


def test_a_stopped_clock_stands_still_until_it_is_moved() -> None:
    clock = StudioClock(real, NOW, running=False)
    assert clock() == clock() == NOW
    assert clock.move(NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (datetime(2026, 1, 1), "offset"),
        (datetime(1800, 1, 1, tzinfo=UTC), "1990 to 2199"),
        (timedelta(days=999_999), "1990 to 2199"),
        (timedelta.max, "1990 to 2199"),
    ],
)
def test_a_clock_is_not_moved_where_no_calendar_goes(to: datetime | timedelta, reason: str) -> None:
    clock = StudioClock(real, NOW, running=False)
    with pytest.raises(ValueError, match=reason):
        clock.move(to)
    assert clock() == NOW
