"""Writes what was said in a studio down as a fixture."""

from collections.abc import Iterator, Sequence
from typing import Any

from skill.simulator.account import Screen
from skill.simulator.fixture_cases import Setting
from skill.simulator.fixture_writer import Played, as_toml
from skill.simulator.studio_rooms import SPEAKER
from skill.simulator.studio_turns import Act, Exchange

BOOKKEEPING = ("confirmations", "devices", "turn_records")
BOOKKEEPING_KINDS = ("_histories", "_lines", "_transfers")
"""Counts that follow from others or change with every turn: nobody wants to hold a skill to them."""


def fixture(name: str, exchanges: Sequence[Exchange], world: str | None) -> str:
    """TOML of one conversation that does everything again and expects what came of it.

    Moments are whole seconds. Raises ValueError when nothing was done.
    """
    return as_toml(name, list(_played(exchanges)), world=world)


def _played(exchanges: Sequence[Exchange]) -> Iterator[Played]:
    """The turns; a screen and permissions hold from where they are stated, so only changes are."""
    screens: dict[tuple[str | None, str], Screen] = {}
    granted: dict[str | None, tuple[str, ...]] = {}
    for exchange in exchanges:
        place = exchange.place
        screen = screens.get((place.user, place.device), "none")
        permissions = granted.get(place.user, ())
        screens[place.user, place.device], granted[place.user] = place.screen, exchange.granted
        yield Played(
            exchange.spoken,
            exchange.at.replace(microsecond=0),
            **_done(exchange.act),
            reply=exchange.entry["reply"],
            effects={name: count for name, count in exchange.effects.items() if _told(name)},
            setting=Setting(
                user=place.user,
                device=None if place.device == SPEAKER else place.device,
                person=place.person,
                locale=place.locale,
                screen=None if place.screen == screen else place.screen,
                permissions=None if exchange.granted == permissions else exchange.granted,
            ),
        )


def _done(act: Act) -> dict[str, Any]:
    match act.kind:
        case "say":
            return {"say": act.text}
        case "silence":
            return {"silence": True}
        case "touch":
            return {"touch": act.body}
        case "event":
            return {"event": act.text, "body": act.body}
        case "can-fulfill":
            return {"can_fulfill": act.text}


def _told(count: str) -> bool:
    return count not in BOOKKEEPING and not count.endswith(BOOKKEEPING_KINDS)
