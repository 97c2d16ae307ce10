"""Reads what a parent said into a child, an amount and a moment; asks only for what is missing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from skill.baby import rules
from skill.baby.models import Child
from skill.baby.rules import Change, Feed
from skill.baby.service import Diary
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Heard, Turn
from skill.understanding.wire import parse_duration, parse_number, parse_time

NAMED_CHOICES = 2
NOW = "PRESENT_REF"
HEARD = "heard"


def question(turn: Turn, prompt: str, slot: str, values: Mapping[str, object] | None = None) -> SpokenError:
    """Ask for one slot and keep what was heard already: faces may send it back without its ids, or not."""
    heard = {name: [one.value, one.id] for name, one in turn.slots.items() if name != slot}
    return SpokenError(prompt, values, elicit=slot, choice={HEARD: heard})


def continued(turn: Turn) -> Turn:
    """The turn with what was heard before its question, when it answers one."""
    if not turn.session.elicit or turn.session.elicit[0] != turn.intent:
        return turn
    slots = dict(turn.slots)
    kept = (turn.session.choice or {}).get(HEARD)
    for name, pair in kept.items() if isinstance(kept, Mapping) else ():
        match pair:
            case [str(value), str() | None as value_id] if name not in slots or slots[name] == Heard(value):
                slots[name] = Heard(value, value_id)
    return replace(turn, slots=slots)


def child_of(turn: Turn, diary: Diary) -> Child:
    """The child that was named, or the only one. Raises SpokenError, a question when there are several."""
    children = diary.children()
    names = [child.name for child in children]
    heard = turn.heard("child")
    if heard is None and len(children) > 1:
        raise which_child(turn, names)
    forms = _forms(heard) if heard else {name.casefold() for name in names}
    named = [child for child in children if child.name.casefold() in forms]
    if named:
        return named[0]
    values = {"heard": (heard or "").title(), "names": names}
    if len(children) > 1:
        raise question(turn, "Error.unknown_child", "child", values)
    raise SpokenError("Error.no_such_child", values)


def which_child(turn: Turn, names: list[str]) -> SpokenError:
    """The question for the child; beyond two names it offers none."""
    offered = names if len(names) <= NAMED_CHOICES else []
    return question(turn, "Error.which_child", "child", {"names": offered})


def _forms(heard: str) -> set[str]:
    """The name as heard and without a possessive ending: "Leo's", and "Leos" in German."""
    name = heard.casefold()
    return {name, name.removesuffix("'s"), name.removesuffix("’s"), name.removesuffix("s")}


def slot_id(turn: Turn, slot: str) -> str | None:
    """The id of a listed value; None when the slot was not heard or holds no listed value."""
    found = turn.slots.get(slot)
    return found.id if found else None


def unlisted(turn: Turn, slot: str) -> bool:
    """Whether something was heard that the slot's type does not list: it may mean something else entirely."""
    return turn.heard(slot) is not None and slot_id(turn, slot) is None


def change_of(turn: Turn) -> Change:
    """The diaper that was said. Raises SpokenError for a kind that is none ("Leo had a bath")."""
    if unlisted(turn, "kind"):
        raise SpokenError("LogDiaperIntent.unknown_kind", {"heard": turn.heard("kind")})
    return Change(slot_id(turn, "kind"))


def feed_of(turn: Turn, diary: Diary) -> Feed:
    """The feed that was said.

    Raises SpokenError for something that is no feed ("Leo had a bath"), for an amount no feed can have,
    and, as a question, where an amount has no number or unit.
    """
    if unlisted(turn, "method"):
        raise SpokenError("LogFeedingIntent.unknown_method", {"heard": turn.heard("method")})
    side = slot_id(turn, "side")
    method = slot_id(turn, "method") or ("breast" if side else None)
    amount = _amount(turn)
    if amount is None:
        return Feed(method, side)
    unit = slot_id(turn, "unit")
    if not rules.fits(amount, unit):
        raise SpokenError("LogFeedingIntent.bad_amount", {"amount": amount})
    if not unlisted(turn, "unit"):
        unit = unit or rules.implied_unit(amount, diary.usual_unit())
    if unit is None:
        raise question(turn, "LogFeedingIntent.which_unit", "unit", {"amount": amount})
    return Feed(method, side, amount, unit, rules.in_ml(amount, unit, turn.locale))


def _amount(turn: Turn) -> float | None:
    """The number with its fraction; None when no amount was said.

    A number that was said but not understood is asked for: it must not be saved as nothing or as zero.
    """
    if unlisted(turn, "amount_fraction"):
        raise question(turn, "LogFeedingIntent.how_much", "amount")
    heard = turn.heard("amount")
    worth = rules.FRACTIONS.get(slot_id(turn, "amount_fraction") or "")
    if heard is None:
        if worth is None and turn.heard("unit") is not None:
            raise question(turn, "LogFeedingIntent.how_much", "amount")
        return worth
    try:
        return float(parse_number(heard)) + (worth or 0)
    except ValueError as error:
        raise question(turn, "LogFeedingIntent.how_much", "amount") from error


def moment_of(turn: Turn) -> datetime:
    """When it happened: now unless said otherwise, the most recent past for a time on the dial.

    Raises SpokenError for the future, for more than seven days ago, and, as a question, for a time that
    is no clock time ("this morning").
    """
    ago, said = _ago(turn), turn.heard("time")
    if ago is not None:
        return _before(turn, ago)
    if said == NOW or (said is None and turn.heard("time_ago") is None):
        return turn.at
    clock = _clock(said or "")
    if clock is None:
        raise question(turn, "Error.which_time", "time")
    moment = rules.at_clock(clock, turn.local)
    if moment is None:
        raise SpokenError("Error.in_future")
    return moment


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
