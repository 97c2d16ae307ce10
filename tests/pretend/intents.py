"""A tiny feature for tests of the kernel: jars to fill after a yes, and a shop that can be cut off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from skill.conversation.declare import Slot, intent, on_late, on_no, on_resume, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.household.models import Address
from skill.household.service import Households
from skill.storage import idempotency
from skill.storage.database import Unit

FILL, EMPTY, SHOP = "pretend.fill", "pretend.empty", "pretend.shop"


class CutOff(BaseException):
    """The process dies here; a BaseException, so that no handler can take it for an error."""


@dataclass
class Jars:
    """The pretended service. Every effect is an address label, which tests can count."""

    unit: Unit
    cut_off: bool = False
    while_cut_in_two: Callable[[], None] | None = None

    def fill(self, label: str) -> None:
        """One effect."""
        Households(self.unit).add_address(label)
        self.unit.session.flush()

    def labels(self) -> list[str]:
        """Every effect so far."""
        found = self.unit.session.exec(
            select(Address.label).where(col(Address.household_id) == self.unit.household)
        ).all()
        return sorted(found)


@intent("CountJarsIntent", needs="browse")
def count_jars(turn: Turn, jars: Jars) -> Reply:
    """Say something daily: three variants."""
    return Reply("CountJarsIntent.told")


@intent("BreakJarIntent", Slot("jar", "AMAZON.SearchQuery"), needs="order")
def break_jar(turn: Turn, jars: Jars) -> Reply:
    """Write, and then find out that it cannot be."""
    jars.fill("broken")
    raise SpokenError("BreakJarIntent.broken", {"jar": turn.heard("jar") or ""})


@intent("FillJarIntent", Slot("jar", "AMAZON.SearchQuery"), needs="order")
def fill_jar(turn: Turn, jars: Jars) -> Reply:
    """Ask before filling."""
    return Reply("FillJarIntent.ask", confirm=Confirm(FILL, {"jar": turn.heard("jar") or "jar"}))


@intent("EmptyJarIntent", needs="order")
def empty_jar(turn: Turn, jars: Jars) -> Reply:
    """Ask before something that has no answer of its own for a late yes."""
    return Reply("FillJarIntent.ask", confirm=Confirm(EMPTY, {}))


@intent("ChooseJarIntent", Slot("jar", "AMAZON.SearchQuery", elicited=True), needs="browse")
def choose_jar(turn: Turn, jars: Jars) -> Reply:
    """Ask for a slot and keep what it chooses between."""
    return Reply("ChooseJarIntent.which", elicit="jar", choice={"options": ["red", "blue"]})


@intent("OrderJarIntent", needs="order")
def order_jar(turn: Turn, jars: Jars) -> Reply:
    """Ask before calling a shop."""
    return Reply("FillJarIntent.ask", confirm=Confirm(SHOP, {}))


@on_yes(FILL)
def filled(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """The effect."""
    jars.fill(f"{payload['jar']} {payload['confirmation'][:8]}")
    return Reply("FillJarIntent.filled", orders=({"id": "1"},))


@on_no(FILL)
def not_filled(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """No effect."""
    return Reply("FillJarIntent.left")


@on_late(FILL)
def filled_late(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """Ask anew."""
    return Reply("FillJarIntent.ask", confirm=Confirm(FILL, {"jar": payload["jar"]}))


@on_yes(EMPTY)
def emptied(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """The effect."""
    jars.fill("emptied")
    return Reply("FillJarIntent.filled")


@on_no(EMPTY)
def not_emptied(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """No effect."""
    return Reply("FillJarIntent.left")


@on_yes(SHOP)
def ordered(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """An effect that must be durable before the shop is called, which may be the end of the process."""
    jars.fill("ordered")
    idempotency.checkpoint(jars.unit, SHOP, {"sent": True})
    if jars.cut_off:
        raise CutOff
    if jars.while_cut_in_two is not None:
        jars.while_cut_in_two()
    return Reply("FillJarIntent.filled")


@on_resume(SHOP)
def resumed(turn: Turn, jars: Jars, payload: Mapping[str, Any]) -> Reply:
    """Finish what was cut off."""
    assert payload == {"sent": True}
    jars.fill("resumed")
    return Reply("OrderJarIntent.resumed")


def teach(turn: Turn, jars: Jars) -> list[str]:
    """What would help next."""
    return ["pretend.fill"]
