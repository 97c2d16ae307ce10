"""What a parent can say to order diapers for a child: in its latest size, which is questioned when old."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from skill.baby import sizes
from skill.baby.children import child_of, named, which_child
from skill.baby.heard import HEARD, continued, slot_id, unlisted
from skill.baby.models import Child
from skill.baby.service import Diary
from skill.baby.stock import NEED
from skill.catalog.service import Found
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.replies import found_reply, require
from skill.orders.resolving import from_found
from skill.orders.spoken_items import Wanted, spoken_number

STILL = "baby.still_size"
CANCEL_WORD = "AMAZON.CancelIntent"
CHILD = Slot("child", "AMAZON.FirstName", elicited=True)
SIZE = Slot("size", "SIZE", elicited=True)
QUANTITY = Slot("quantity", "AMAZON.NUMBER")


@intent("OrderDiapersIntent", QUANTITY, CHILD, SIZE, needs="reorder")
def order_diapers(turn: Turn, diary: Diary) -> Reply:
    """Quote diapers in the child's latest size; one that was said is recorded, an old one is asked about."""
    turn = continued(turn)
    quantity, today = spoken_number(turn, "quantity"), turn.local.date()
    if not diary.children():
        return _as_anything(turn, diary, quantity)
    child = _wearer(turn, diary)
    if unlisted(turn, "size"):
        return _which_size(turn, child, quantity)
    said = slot_id(turn, "size")
    if said is not None:
        known = diary.stock.sold_sizes(turn.language)
        if said not in known:
            values = {"child": child.name, "size": said, "sizes": known}
            return Reply("OrderDiapersIntent.not_sold", values)
        diary.record_size(child, said, today)
    if not child.diaper_size:
        return _which_size(turn, child, quantity)
    if sizes.is_old(child.diaper_size, child.sized_on, today):
        return still_size(child, today, "OrderDiapersIntent.still_size", quantity=quantity)
    return _offered(turn, diary, child, quantity)


def still_size(
    child: Child,
    today: date,
    prompt: str,
    values: Mapping[str, object] | None = None,
    *,
    quantity: int | None = None,
) -> Reply:
    """Ask with `prompt` whether the child still wears its size: a yes orders, another size is recorded."""
    told = {"child": child.name, "size": child.diaper_size}
    return Reply(
        prompt,
        {**(values or {}), **told, "weeks": sizes.weeks_ago(child.sized_on, today)},
        confirm=Confirm(STILL, {**told, "quantity": quantity}, needs="reorder"),
        elicit="OrderDiapersIntent.size",
        choice=_kept(child, quantity),
    )


@on_yes(STILL)
def same_size(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """The size still fits: that is recorded, and diapers in it are quoted, with their own "yes"."""
    child = named(payload["child"], diary.children())
    if child is None:  # taken out of the diary meanwhile: another one's size is not touched
        return Reply("NoIntent.order_dropped")
    diary.record_size(child, payload["size"], turn.local.date())
    return _offered(turn, diary, child, payload.get("quantity"))


@on_no(STILL)
def other_size(turn: Turn, diary: Diary, payload: Mapping[str, Any]) -> Reply:
    """The size fits no longer: which one does? "Cancel" asks for nothing."""
    child = named(payload["child"], diary.children())
    if child is None or turn.intent == CANCEL_WORD:
        return Reply("NoIntent.order_dropped")
    return _which_size(turn, child, payload.get("quantity"))


def _which_size(turn: Turn, child: Child, quantity: int | None) -> Reply:
    values = {"child": child.name}
    choice = _kept(child, quantity)
    return Reply("OrderDiapersIntent.which_size", values, elicit="OrderDiapersIntent.size", choice=choice)


def _kept(child: Child, quantity: int | None) -> dict[str, object]:
    """What the answer continues with, as `heard.continued` reads it."""
    heard: dict[str, object] = {"child": [child.name, None]}
    return {HEARD: heard if quantity is None else {**heard, "quantity": [str(quantity), None]}}


def _wearer(turn: Turn, diary: Diary) -> Child:
    """The child that was named, else the only one that wears diapers; asks when there are several."""
    children = diary.children()
    child = named(turn.heard("child") or "", children)
    if child is not None:
        return child
    wearing: Sequence[Child] = [one for one in children if one.diaper_size]
    if turn.heard("child") is None and len(wearing) == 1:
        return wearing[0]
    if turn.heard("child") is None and len(wearing) > 1:
        raise which_child(turn, wearing)
    return child_of(turn, diary)


def _offered(turn: Turn, diary: Diary, child: Child, quantity: int | None) -> Reply:
    """A quote in the child's size: what was bought in it, else the same in it, else what there is.

    What the household never bought needs the permission to order, and is one pack.
    """
    orders = diary.orders
    bought = diary.stock.reorder(child.diaper_size, turn.language)
    kin = None if bought else diary.stock.in_size(child.diaper_size, turn.language)
    found = (
        Found("act", (kin,))
        if kin
        else orders.catalog.of_kind(NEED, turn.language, orders.history.own_skus(), child.diaper_size)
    )
    source = NEED if bought else "item"
    if bought is None:
        require(turn, "order")
    resolved = from_found(orders, found, Wanted(NEED, quantity))
    return found_reply(orders, turn, resolved, "OrderItemIntent.quoted", source)


def _as_anything(turn: Turn, diary: Diary, quantity: int | None) -> Reply:
    """A home without children orders diapers as it orders anything else."""
    require(turn, "order")
    orders = diary.orders
    found = orders.catalog.of_kind(NEED, turn.language, orders.history.own_skus())
    resolved = from_found(orders, found, Wanted(NEED, quantity))
    return found_reply(orders, turn, resolved, "OrderItemIntent.quoted", "item")
