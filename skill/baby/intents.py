"""What a parent can say about feeds and diapers."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from skill.baby import rules
from skill.baby.children import child_of, named, which_child
from skill.baby.heard import asked_for, continued, question, slot_id, unlisted
from skill.baby.models import Child
from skill.baby.moments import moment_of, settled
from skill.baby.rules import Change, Feed
from skill.baby.service import Diary, Draft, Told
from skill.baby.size_intents import still_size
from skill.baby.sizes import is_old
from skill.baby.spoken import change_of, feed_of, kind_of
from skill.baby.stock import Count
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.quotes import Duplicate, Quoted
from skill.orders.replies import quote_reply, shopper

AGAIN, LARGE, MORE = "baby.again", "baby.large", "baby.more"
ENTRY = "entry"
"""In the session: the saved change of which it was asked what was in the diaper."""
CHILD = Slot("child", "AMAZON.FirstName", elicited=True)
KIND = Slot("kind", "DIAPER_KIND")
ACTIVITY = Slot("activity", "ACTIVITY")
COUNT = Slot("count", "AMAZON.NUMBER")
MOMENT = (
    Slot("time", "AMAZON.TIME", elicited=True),
    Slot("time_ago", "AMAZON.DURATION"),
    Slot("day", "AMAZON.DATE"),
    Slot("half", "DAY_HALF"),
)
"""A clock time, or "twenty minutes ago"; `half` is heard in the answer to "in the morning or ...?"."""


@intent("LogDiaperIntent", CHILD, replace(KIND, elicited=True), COUNT, *MOMENT, needs="care")
def log_diaper(turn: Turn, diary: Diary) -> Reply:
    """Keep a diaper change; what was in it is asked for once when it was not said."""
    open_entry = _open_entry(turn, diary)
    if open_entry is not None:
        return _completed(turn, diary, open_entry)
    turn = settled(continued(turn))
    if turn.heard("count") not in (None, "1"):
        raise SpokenError("LogDiaperIntent.one_at_a_time")
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
    Slot("duration", "AMAZON.DURATION"),
    *MOMENT,
    needs="care",
)
def log_feeding(turn: Turn, diary: Diary) -> Reply:
    """Keep a feed; its amount, way and side are kept when they were said, how long it took is not."""
    turn = settled(continued(turn))
    feed, moment = feed_of(turn, diary), moment_of(turn)
    draft = Draft(child_of(turn, diary).id, moment, feed)
    if rules.is_large(feed.amount, feed.unit):
        values = {"amount": feed.amount, "unit": feed.unit}
        return Reply("LogFeedingIntent.large_amount", values, confirm=Confirm(LARGE, draft.to_json()))
    return _logged(turn, diary, draft)


@on_yes(LARGE)
def log_large(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """The amount was right: go on with it."""
    return _logged(turn, diary, Draft.from_json(payload))


@on_no(LARGE)
def drop_large(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """The amount was wrong: nothing is kept."""
    return Reply("NoIntent.amount_dropped")


def _open_entry(turn: Turn, diary: Diary) -> UUID | None:
    """The saved change whose content was asked for, unless the turn tells of another child."""
    asked = (turn.session.choice or {}).get(ENTRY)
    if not asked_for(turn, "kind") or turn.heard("kind") is None or not isinstance(asked, Mapping):
        return None
    match asked:
        case {"id": str(entry_id), "child": str(name)}:
            child = named(turn.heard("child") or "", diary.children())
            return _uuid(entry_id) if child is None or child.name == name else None
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:  # the session comes back over the wire
        return None


def _completed(turn: Turn, diary: Diary, entry_id: UUID) -> Reply:
    kind = kind_of(turn)
    told = diary.complete(entry_id, kind) if kind else None
    if told is None:
        return Reply("LogDiaperIntent.kind_left")
    return Reply("LogDiaperIntent.logged", {**_spoken(turn, told), "notice": False})


def _logged(turn: Turn, diary: Diary, draft: Draft) -> Reply:
    known = diary.double(draft)
    if known is not None:
        return Reply(_key(draft, "again"), _spoken(turn, known), confirm=Confirm(AGAIN, draft.to_json()))
    return _saved(turn, diary, draft)


def _saved(turn: Turn, diary: Diary, draft: Draft) -> Reply:
    notice = diary.agree(turn.caller.member_id, turn.at)
    told = diary.save(draft, turn.caller.member_id, turn.at)
    values = {**_spoken(turn, told), "notice": notice}
    if draft.what == Change() and turn.heard("kind") is None:
        asked = {ENTRY: {"id": str(told.entry_id), "child": told.child}}
        return Reply("LogDiaperIntent.what_kind", values, elicit="LogDiaperIntent.kind", choice=asked)
    return Reply(_key(draft, "logged"), values)


@on_yes(AGAIN)
def log_again(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """It was another one: keep it too."""
    return _saved(turn, diary, Draft.from_json(payload))


@on_no(AGAIN)
def keep_one(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """It was the same one: nothing changes."""
    return Reply("NoIntent.one_entry_kept")


@intent("LastActivityIntent", CHILD, replace(ACTIVITY, elicited=True), KIND, needs="care")
def last_activity(turn: Turn, diary: Diary) -> Reply:
    """Tell how long ago the child last ate or had a diaper, or a diaper of the kind asked about."""
    turn = continued(turn)
    kind = kind_of(turn)
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


@intent("UndoLastEntryIntent", CHILD, ACTIVITY, KIND, needs="care")
def undo_last_entry(turn: Turn, diary: Diary) -> Reply:
    """Take back the caller's own last entry of the last ten minutes, of the kind and child that were said."""
    turn = continued(turn)
    if unlisted(turn, "activity") or unlisted(turn, "kind"):
        raise SpokenError("UndoLastEntryIntent.not_kept")
    kind = kind_of(turn)
    activity = rules.DIAPER if kind else slot_id(turn, "activity")
    child = child_of(turn, diary) if turn.heard("child") else None
    kinds = rules.KINDS_OF.get(kind or "", ())
    told = diary.undo(turn.caller.member_id, turn.at, child=child, activity=activity, kinds=kinds)
    if told is None:
        asked = {"window": rules.UNDO_WINDOW, "activity": activity, "child": child.name if child else None}
        raise SpokenError("UndoLastEntryIntent.nothing", asked)
    return Reply("UndoLastEntryIntent.removed", _spoken(turn, told))


@intent("DiaperStockIntent", CHILD, needs="care")
def diaper_stock(turn: Turn, diary: Diary) -> Reply:
    """Tell how many diapers are left and for how long; when few are, with a quote, else only offering one."""
    child = _wearer(turn, diary)
    count = diary.count_diapers(child, turn.at, turn.caller.zone, turn.language)
    if count is None:
        return Reply("DiaperStockIntent.unknown", {"child": child.name, "size": child.diaper_size})
    values = _counted(child, count)
    if count.days > rules.LOW_DAYS and _may_reorder(turn, diary, count):
        more = Confirm(MORE, {"child": child.name}, needs="reorder")
        return Reply("DiaperStockIntent.plenty", values, confirm=more)
    return _with_quote(turn, diary, child, count, values)


@on_yes(MORE)
def order_more(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """More were wanted although enough are left: the usual quote, with its own "yes"."""
    child = named(payload["child"], diary.children()) or child_of(turn, diary)
    count = diary.count_diapers(child, turn.at, turn.caller.zone, turn.language)
    if count is None:
        return Reply("DiaperStockIntent.unknown", {"child": child.name, "size": child.diaper_size})
    return _with_quote(turn, diary, child, count, _counted(child, count))


@on_no(MORE)
def no_more(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """Enough are left."""
    return Reply("NoIntent.order_dropped")


def _may_reorder(turn: Turn, diary: Diary, count: Count) -> bool:
    known = diary.stock.reorder(count.size, turn.language)
    return known is not None and "reorder" in turn.caller.permissions


def _with_quote(turn: Turn, diary: Diary, child: Child, count: Count, values: dict[str, object]) -> Reply:
    """The count, with a quote for the usual pack where it can be ordered now; an old size is asked about."""
    today = turn.local.date()
    if _may_reorder(turn, diary, count) and is_old(child.diaper_size, child.sized_on, today):
        return still_size(child, today, "DiaperStockIntent.still_size", values)
    made = _reordered(turn, diary, count)
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
    child = named(turn.heard("child") or "", diary.children())
    if child is not None:
        return child
    known = diary.children_with_stock(turn.language)
    if len(known) > 1:
        raise which_child(turn, known)
    return known[0] if known else child_of(turn, diary)


def _reordered(turn: Turn, diary: Diary, count: Count) -> Quoted | Duplicate | None:
    """A quote for the usual pack of that size; None where it may not, or cannot, be ordered now."""
    item = diary.stock.reorder(count.size, turn.language)
    if item is None or "reorder" not in turn.caller.permissions:
        return None
    try:
        return diary.orders.quotes.make_as_agreed(shopper(turn), [item], "diaper stock")
    except SpokenError:
        return None  # out of stock or no answer of the shop: the count was asked for and is told


def _counted(child: Child, count: Count) -> dict[str, object]:
    return {
        "child": child.name,
        "size": count.size,
        "left": count.left,
        "days": count.days,
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
