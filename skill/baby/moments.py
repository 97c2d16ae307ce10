"""Reads when something happened: now, a while ago, or at a clock time, in the half of the day meant."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from skill.baby import rules
from skill.baby.heard import asked_for, question, slot_id, unlisted
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Heard, Turn
from skill.understanding.wire import parse_date, parse_duration, parse_time

NOW = "PRESENT_REF"
SETTLED = "settled"
"""In place of the words of a half of the day that was asked for: any past will do then."""
HALF_OF = "half_of"
"""In the session: the clock time whose half of the day was asked for."""


def settled(turn: Turn) -> Turn:
    """The turn with the clock time it was asked about, in the half of the day that its answer names."""
    asked = (turn.session.choice or {}).get(HALF_OF)
    clock = _clock(asked) if asked_for(turn, "time") and isinstance(asked, str) else None
    said = turn.heard("time")
    if clock is None or (said is not None and said != asked and said not in rules.PARTS):
        return turn
    half = slot_id(turn, "half") or rules.half_meant(said or "", clock)
    slots = {**turn.slots, "time": Heard(str(asked)), "half": Heard(SETTLED, half)}
    return replace(turn, slots=slots)


def moment_of(turn: Turn) -> datetime:
    """When it happened: now unless said otherwise, never later than now.

    Raises SpokenError for the future, for more than seven days ago, and, as a question, for a time that is
    no clock time ("this morning") or that may be of either half of the day.
    """
    ago, said, day = _ago(turn), turn.heard("time"), _day(turn)
    if ago is not None:
        return _before(turn, ago)
    if said == NOW or (said is None and day is None and turn.heard("time_ago") is None):
        return turn.at
    clock = _clock(said or "")
    if clock is None or unlisted(turn, "half"):
        raise question(_without_half(turn), "Error.which_time", "time")
    half = slot_id(turn, "half")
    if half == rules.LAST_EVENING:
        half, day = rules.AFTERNOON, turn.local.date() - timedelta(days=1)
    if half is not None:
        clock = rules.in_half(clock, half)
    far = half == rules.NIGHT or turn.heard("half") == SETTLED
    sure = half is not None
    readings = rules.readings(clock, turn.local, day, sure=sure, far=far, language=turn.language)
    if not readings:
        raise SpokenError("Error.in_future")
    if len(readings) > 1:
        raise _which_half(turn, clock)
    return readings[0]


def _without_half(turn: Turn) -> Turn:
    return replace(turn, slots={name: one for name, one in turn.slots.items() if name != "half"})


def _which_half(turn: Turn, clock: time) -> SpokenError:
    early, late = rules.in_half(clock, rules.MORNING), rules.in_half(clock, rules.AFTERNOON)
    hour = late.hour - rules.DIAL_HOURS or rules.DIAL_HOURS
    dial = f"{hour}:{clock.minute:02d}" if clock.minute else str(hour)
    values = {"dial": dial, "hour": hour, "early": early, "late": late}
    return question(turn, "Error.which_half", "time", values, {HALF_OF: turn.heard("time")})


def _day(turn: Turn) -> date | None:
    """The one day that was named. Raises SpokenError for a longer time, the future and long ago."""
    said = turn.heard("day")
    if said is None:
        return None
    today = turn.local.date()
    try:
        first, behind = parse_date(said, today)
    except ValueError as error:
        raise SpokenError("Error.which_day") from error
    if behind - first != timedelta(days=1):
        raise SpokenError("Error.which_day")
    if first > today:
        raise SpokenError("Error.in_future")
    if today - first > rules.OLDEST:
        raise SpokenError("Error.too_long_ago", {"most": rules.OLDEST})
    return first


def _ago(turn: Turn) -> timedelta | None:
    try:
        return parse_duration(turn.heard("time_ago") or "")
    except ValueError:
        return None


def _before(turn: Turn, ago: timedelta) -> datetime:
    if ago > rules.OLDEST:
        raise SpokenError("Error.too_long_ago", {"most": rules.OLDEST})
    return (turn.at - ago).astimezone(UTC)


def _clock(wire: str) -> time | None:
    try:
        moment = parse_time(wire)
    except ValueError:
        return None
    return moment if isinstance(moment, time) else None
