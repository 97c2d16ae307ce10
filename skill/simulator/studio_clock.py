"""A clock that can be moved, and the ways a person names the moment to move it to."""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these moments every calendar that takes part agrees; a clock cannot be moved out of them."""

MOMENT_HELP = "+2h, -30m, +1w3d, tomorrow 8:00, 18:30, 2026-12-24, 2026-12-24 18:30, or real"
_OFFSET = re.compile(r"([+-])((?:\d{1,6}(?:w|d|h|min|m|s))+)")
_PIECE = re.compile(r"(\d+)(w|d|h|min|m|s)")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "min": 60, "m": 60, "s": 1}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
_NOON_HOUR = 12
_HALF = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?")
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}


class StudioClock:
    """Starts at `start` (None: at the time that `real` tells) and runs on at the real pace, or stands still.

    Calling it gives the moment, aware and in UTC.
    """

    def __init__(
        self, real: Callable[[], datetime], start: datetime | None = None, *, running: bool = True
    ) -> None:
        self.real = real
        self._running = running
        self._began = time.monotonic()
        self._start = start

    def __call__(self) -> datetime:
        if self._start is None:
            return self.real()
        gone = time.monotonic() - self._began if self._running else 0.0
        return self._start + timedelta(seconds=gone)

    @property
    def moved(self) -> bool:
        """Whether it tells another time than the real one."""
        return self._start is not None

    def move(self, to: datetime | timedelta | None) -> datetime:
        """Go to a moment, on (or back) by a length of time, or with None to the real time; gives the moment.

        Raises ValueError, for a naive moment and outside EARLIEST to LATEST.
        """
        moment = None if to is None else self._target(to)
        self._start, self._began = moment, time.monotonic()
        return self()

    def _target(self, to: datetime | timedelta) -> datetime:
        try:
            moment = self() + to if isinstance(to, timedelta) else to
        except OverflowError:
            moment = None
        if moment is not None and moment.tzinfo is None:
            raise ValueError("a moment needs its offset from UTC")
        if moment is None or not EARLIEST <= moment < LATEST:
            raise ValueError("the clock goes from 1990 to 2199")
        return moment.astimezone(UTC)


def read_moment(text: str, now: datetime, zone: str) -> datetime | timedelta | None:
    """What a person typed for a clock: a length of time, a moment in the IANA `zone`, None for the real time.

    MOMENT_HELP shows the forms; ISO 8601 with an offset is one too. A time without a day is of today.
    Raises ValueError, one line with the forms.
    """
    words = text.strip().lower()
    if words in ("real", "now"):
        return None
    if offset := _OFFSET.fullmatch(words.replace(" ", "")):
        seconds = sum(int(count) * _SECONDS[unit] for count, unit in _PIECE.findall(offset[2]))
        return timedelta(seconds=-seconds if offset[1] == "-" else seconds)
    try:
        return _moment(words, text.strip(), now.astimezone(ZoneInfo(zone)))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{_short(text)} is no time; say {MOMENT_HELP}") from error


def _moment(words: str, text: str, local: datetime) -> datetime:
    first, _, rest = words.partition(" ")
    if first in _DAYS:
        day = local.date() + timedelta(days=_DAYS[first])
        return _at(day, _time(rest) if rest else local.time(), local)
    if _TIME.fullmatch(words) or _HALF.fullmatch(words):
        return _at(local.date(), _time(words), local)
    if rest and (_TIME.fullmatch(rest) or _HALF.fullmatch(rest)):
        return _at(date.fromisoformat(first), _time(rest), local)
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    dated_only = len(text) == len("2026-12-24")
    return _at(found.date(), local.time() if dated_only else found.time(), local)


def _at(day: date, at: time_of_day, local: datetime) -> datetime:
    return datetime.combine(day, at, local.tzinfo).astimezone(UTC)


def _time(text: str) -> time_of_day:
    if half := _HALF.fullmatch(text.strip()):
        hour = int(half[1])
        if not 0 < hour <= _NOON_HOUR:
            raise ValueError("no such hour")
        afternoon = _NOON_HOUR if half[3] == "p" else 0
        return time_of_day(hour % _NOON_HOUR + afternoon, int(half[2] or 0))
    if plain := _TIME.fullmatch(text.strip()):
        return time_of_day(int(plain[1]), int(plain[2]))
    raise ValueError("no time of day")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
