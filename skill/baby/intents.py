"""What a parent can say about feeds and diapers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from skill.baby import rules
from skill.baby.models import Child
from skill.baby.rules import Change, Feed
from skill.baby.service import Diary, Draft, Told
from skill.baby.spoken import (
    change_of,
    child_of,
    continued,
    feed_of,
    moment_of,
    question,
    slot_id,
    unlisted,
    which_child,
)
from skill.baby.stock import Count
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.quotes import Duplicate, Quoted
from skill.orders.replies import quote_reply, shopper

AGAIN = "baby.again"
CHILD = Slot("child", "AMAZON.FirstName", elicited=True)
KIND = Slot("kind", "DIAPER_KIND")
TIME = Slot("time", "AMAZON.TIME", elicited=True)
TIME_AGO = Slot("time_ago", "AMAZON.DURATION")
"""Behind "time", so that both are one moment to who reads them: a clock time or "twenty minutes ago"."""


@intent("LogDiaperIntent", CHILD, KIND, TIME, TIME_AGO, needs="care")
def log_diaper(turn: Turn, diary: Diary) -> Reply:
    """Keep a diaper change; what was in it is kept when it was said."""
    turn = continued(turn)
    change, moment = change_of(turn), moment_of(turn)
    return _logged(turn, diary, Draft(child_of(turn, diary).id, moment, change))


@intent(
    "LogFeedingIntent",
    CHILD,
    Slot("amount", "AMAZON.NUMBER", elicited=True),
    Slot("amount_fraction", "FRACTION"),
    Slot("unit", "AMOUNT_UNIT", elicited=True),
    Slot("method", "FEED_METHOD"),
    Slot("side", "SIDE"),
    TIME,
    TIME_AGO,
    needs="care",
)
def log_feeding(turn: Turn, diary: Diary) -> Reply:
    """Keep a feed; its amount, way and side are kept when they were said."""
    turn = continued(turn)
    feed, moment = feed_of(turn, diary), moment_of(turn)
    return _logged(turn, diary, Draft(child_of(turn, diary).id, moment, feed))


def _logged(turn: Turn, diary: Diary, draft: Draft) -> Reply:
    known = diary.double(draft)
    if known is not None:
        return Reply(_key(draft, "again"), _spoken(turn, known), confirm=Confirm(AGAIN, draft.to_json()))
    return _saved(turn, diary, draft)


def _saved(turn: Turn, diary: Diary, draft: Draft) -> Reply:
    notice = diary.agree(turn.caller.member_id, turn.at)
    told = diary.save(draft, turn.caller.member_id, turn.at)
    return Reply(_key(draft, "logged"), {**_spoken(turn, told), "notice": notice})


@on_yes(AGAIN)
def log_again(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """It was another one: keep it too."""
    return _saved(turn, diary, Draft.from_json(payload))


@on_no(AGAIN)
def keep_one(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """It was the same one: nothing changes."""
    return Reply("NoIntent.one_entry_kept")


@intent("LastActivityIntent", CHILD, Slot("activity", "ACTIVITY", elicited=True), KIND, needs="care")
def last_activity(turn: Turn, diary: Diary) -> Reply:
    """Tell how long ago the child last ate or had a diaper, or a diaper of the kind asked about."""
    turn = continued(turn)
    kind = slot_id(turn, "kind")
    activity = rules.DIAPER if kind else slot_id(turn, "activity")
    if activity is None:
        if unlisted(turn, "activity") or unlisted(turn, "kind"):
            raise SpokenError("LastActivityIntent.not_kept")
        raise question(turn, "LastActivityIntent.which", "activity")
    child = child_of(turn, diary)
    told = diary.last(child, activity, rules.KINDS_OF.get(kind or "", ()))
    if told is None:
        asked = {"child": child.name, "activity": activity, "kind": kind}
        return Reply("LastActivityIntent.nothing_logged", asked)
    ago = max(timedelta(0), turn.at - told.happened_at)
    return Reply(f"LastActivityIntent.{activity}", {**_spoken(turn, told), "ago": ago})


@intent("UndoLastEntryIntent", needs="care")
def undo_last_entry(turn: Turn, diary: Diary) -> Reply:
    """Take back the caller's own last entry of the last ten minutes and say what it was."""
    told = diary.undo(turn.caller.member_id, turn.at)
    if told is None:
        raise SpokenError("UndoLastEntryIntent.nothing", {"window": rules.UNDO_WINDOW})
    return Reply("UndoLastEntryIntent.removed", _spoken(turn, told))


@intent("DiaperStockIntent", CHILD, needs="care")
def diaper_stock(turn: Turn, diary: Diary) -> Reply:
    """Tell how many diapers are left and for how long, and quote the usual pack to who may reorder."""
    child = _wearer(turn, diary)
    count = diary.count_diapers(child, turn.at, turn.caller.zone, turn.language)
    if count is None:
        return Reply("DiaperStockIntent.unknown", {"child": child.name, "size": child.diaper_size})
    made = _reordered(turn, diary, count)
    values = _counted(child, count)
    if isinstance(made, Quoted):
        return quote_reply(diary.orders, made, "DiaperStockIntent.quoted", values, needs="reorder")
    if isinstance(made, Duplicate):
        delivery = diary.orders.history.delivery(made.order.id)
        values["due"] = delivery.due_date if delivery else None
        view = diary.orders.history.view(made.order)
        return Reply("DiaperStockIntent.on_its_way", values, orders=(view,))
    return Reply("DiaperStockIntent.counted", values)


def _wearer(turn: Turn, diary: Diary) -> Child:
    """The child whose diapers are meant; when none is named, the one whose diapers can be counted."""
    if turn.heard("child") is not None:
        return child_of(turn, diary)
    known = diary.children_with_stock(turn.language)
    if len(known) > 1:
        raise which_child(turn, [child.name for child in known])
    return known[0] if known else child_of(turn, diary)


def _reordered(turn: Turn, diary: Diary, count: Count) -> Quoted | Duplicate | None:
    """A quote for the usual pack of that size; None where it may not, or cannot, be ordered now."""
    item = diary.stock.reorder(count.size, turn.language)
    if item is None or "reorder" not in turn.caller.permissions:
        return None
    try:
        return diary.orders.quotes.make(shopper(turn), [item], "diaper stock")
    except SpokenError:
        return None  # out of stock or no answer of the shop: the count was asked for and is told


def _counted(child: Child, count: Count) -> dict[str, object]:
    return {
        "child": child.name,
        "size": count.size,
        "left": count.left,
        "days": count.days,
        "per_day": round(count.rate.per_day, 1),
        "own": count.rate.own,
    }


def _key(draft: Draft, outcome: str) -> str:
    return f"LogFeedingIntent.{outcome}" if isinstance(draft.what, Feed) else f"LogDiaperIntent.{outcome}"


def _spoken(turn: Turn, told: Told) -> dict[str, object]:
    """What a prompt needs to say of an entry; `moment` is on the household's clock."""
    nothing = {**asdict(Feed()), **asdict(Change())}
    activity = rules.FEEDING if isinstance(told.what, Feed) else rules.DIAPER
    moment = told.happened_at.astimezone(ZoneInfo(turn.caller.zone))
    said = {**nothing, **asdict(told.what)}
    return {"child": told.child, "activity": activity, "moment": moment, "day": moment.date(), **said}


def teach(turn: Turn, diary: Diary) -> list[str]:
    """A house with children hears how to log first, and what can be asked once something is logged."""
    if "care" not in turn.caller.permissions or not diary.children():
        return []
    if diary.has_entries():
        return ["baby.last_feed", "baby.diapers_left"]
    return ["baby.log_feed", "baby.log_diaper"]
