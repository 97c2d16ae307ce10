"""Reads what a parent said of a diaper or a feed; asks only for what is missing."""

from skill.baby import rules
from skill.baby.heard import question, slot_id, unlisted
from skill.baby.rules import Change, Feed
from skill.baby.service import Diary
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Turn
from skill.understanding.wire import parse_number

UNKNOWN_KIND = "unknown"
"""The id of "I don't know" as the answer to what was in the diaper."""


def kind_of(turn: Turn) -> str | None:
    """Wet, dirty, both or dry; None when it was not said or is not known."""
    kind = slot_id(turn, "kind")
    return None if kind == UNKNOWN_KIND else kind


def change_of(turn: Turn) -> Change:
    """The diaper that was said. Raises SpokenError for a kind that is none ("Leo had a bath")."""
    if unlisted(turn, "kind"):
        raise SpokenError("LogDiaperIntent.unknown_kind")
    return Change(kind_of(turn))


def feed_of(turn: Turn, diary: Diary) -> Feed:
    """The feed that was said.

    Raises SpokenError for something that is no feed ("Leo had a bath"), for an amount no feed can have,
    and, as a question, where an amount has no number or unit.
    """
    if unlisted(turn, "method"):
        raise SpokenError("LogFeedingIntent.unknown_method")
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
