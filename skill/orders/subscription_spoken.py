"""Reads what is said about subscriptions: how often, which day, and which one is meant."""

from collections.abc import Mapping
from datetime import date, timedelta

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.orders.ports import Item
from skill.orders.replies import items_of, shopper
from skill.orders.resolving import Question, Resolved, choose, resolve
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS, read, wanted
from skill.orders.subscription_models import Subscription, SubscriptionLine
from skill.orders.subscription_rules import FARTHEST_DAYS, Rhythm, read_rhythm
from skill.orders.subscriptions import Subscriptions
from skill.understanding.wire import parse_date

NEED = "need"
"""The id of the rhythm "when we need it"."""
KEPT_SLOTS = ("interval", "until", "start", "quantity")
Picked = tuple[Subscription, SubscriptionLine | None]


def asked(turn: Turn) -> Mapping[str, object]:
    """What a question of the turn's own intent chooses between; empty when it answers no such question."""
    if turn.session.elicit is None or turn.session.elicit[0] != turn.intent:
        return {}
    return turn.session.choice or {}


def said(turn: Turn, slot: str) -> str | None:
    """What was heard for `slot`, now or in the sentence that the open question is about."""
    before = asked(turn).get("said")
    kept = before.get(slot) if isinstance(before, Mapping) else None
    return turn.heard(slot) or (kept if isinstance(kept, str) else None)


def kept(turn: Turn) -> dict[str, str]:
    """What the answer to a question must not lose."""
    named = rhythm_id(turn)
    found = {slot: words for slot in KEPT_SLOTS if (words := said(turn, slot)) is not None}
    return {**found, "rhythm": named} if named else found


def rhythm_id(turn: Turn) -> str | None:
    """The id of a rhythm said in one word ("weekly"), now or before."""
    slot, before = turn.slots.get("rhythm"), asked(turn).get("said")
    if slot is not None and slot.id:
        return slot.id
    named = before.get("rhythm") if isinstance(before, Mapping) else None
    return named if isinstance(named, str) else None


def rhythm(turn: Turn, subscriptions: Subscriptions, items: list[Item]) -> Rhythm | None:
    """How often, for `items`; None when it was not said. Raises SpokenError for what cannot be done."""
    wire = said(turn, "interval") or rhythm_id(turn)
    if wire is None:
        return None
    if wire == NEED:
        return subscriptions.need(items, turn.caller.zone)
    found = read_rhythm(wire)
    if found is None:
        raise SpokenError("StartSubscriptionIntent.absurd")
    return found


def day(turn: Turn, slot: str) -> date | None:
    """The first day that a date names; None when none was said.

    Raises SpokenError for one that is past, today, or more than a year away.
    """
    wire = said(turn, slot)
    if wire is None:
        return None
    today = turn.local.date()
    try:
        first, behind = parse_date(wire, today)
    except ValueError as error:
        raise SpokenError("Error.date_unclear") from error
    first = max(first, today + timedelta(days=1)) if behind > today + timedelta(days=1) else first
    if first <= today:
        raise SpokenError("Error.date_past", {"date": first})
    if first > today + timedelta(days=FARTHEST_DAYS):
        raise SpokenError("Error.date_too_far")
    return first


def things(turn: Turn, orders: Orders) -> list[Item] | Reply:
    """What is subscribed to, or the question that has to be answered first. Raises SpokenError."""
    if items_of(asked(turn)):
        return items_of(asked(turn))
    found = _answer(turn, orders)
    if found is None:
        named = [*wanted(turn, "product", "quantity"), *wanted(turn, "more_product", "more_quantity")]
        if not named:
            return Reply("StartSubscriptionIntent.what", elicit="product", choice={"said": kept(turn)})
        found = resolve(orders, shopper(turn), named)
    if isinstance(found, Question):
        names = [option.name for option in found.options[:2]]
        return Reply(
            "StartSubscriptionIntent.which",
            {"options": names},
            elicit="product",
            choice={**found.state, "said": kept(turn)},
        )
    if found.unknown or not found.items:
        raise SpokenError("Error.not_sold", {"words": list(found.unknown)})
    return list(found.items)


def _answer(turn: Turn, orders: Orders) -> Resolved | Question | None:
    state, words = asked(turn), turn.heard("product")
    if "options" not in state or words is None:
        return None
    return choose(orders, shopper(turn), read(words, turn.language), state)


def pick(turn: Turn, subscriptions: Subscriptions, among: list[Subscription]) -> Picked | Reply:
    """The subscription that is meant, with the line that was named; a question when it may be several.

    Raises SpokenError when there is none, or none with what was named.
    """
    if not among:
        raise SpokenError("Error.no_subscriptions")
    words = turn.heard("product")
    if words is not None:
        ids = {one.id for one in among}
        found = [pair for pair in subscriptions.holding(words, turn.language) if pair[0].id in ids]
        if not found:
            raise SpokenError("Error.not_subscribed", {"words": words[:LONGEST_WORDS]})
        return found[0] if len(found) == 1 else _which(turn, subscriptions, [line for _one, line in found])
    if len(among) == 1:
        return among[0], None
    return _which(turn, subscriptions, [subscriptions.lines(one)[0] for one in among])


def pick_line(turn: Turn, subscriptions: Subscriptions, one: Subscription) -> SubscriptionLine | Reply:
    """The only line of a subscription, or the question which one."""
    lines = list(subscriptions.lines(one))
    return lines[0] if len(lines) == 1 else _which(turn, subscriptions, lines)


def _which(turn: Turn, subscriptions: Subscriptions, lines: list[SubscriptionLine]) -> Reply:
    names = [subscriptions.name(line.sku_id, turn.language) for line in lines]
    return Reply(
        "ListSubscriptionsIntent.which",
        {"options": names if len(names) == 2 else [], "count": len(names)},
        elicit="product",
        choice={"said": kept(turn)},
    )
