"""What the speaker page shows of a studio: its turns, the reasons of one of them, the home and the stage."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from skill.conversation.wording import MINOR_DIGITS
from skill.simulator.spoken import Spoken
from skill.simulator.studio import SCREENS, Exchange, Studio
from skill.web.speaker import screens
from skill.web.speaker.actions import ANSWERS, BEHAVIOURS, PERMISSIONS
from skill.web.speaker.sessions import Held, Homes

SUGGESTIONS_SHOWN = 4
CLOCK_STEPS = {"+10m": "10 minutes", "+1h": "1 hour", "+1d": "1 day", "+1w": "1 week"}

STAGES = {
    "exact": "The words are a sample of the model.",
    "fuzzy": "The words are a sample of the model, but for slips of spelling or hearing.",
    "nearest": "No sample has these words; this one comes nearest.",
    "statistical": "No sample has these words; the classifier finds this intent most likely.",
    "elicited": "The words answer what was just asked.",
    "builtin": "The words are a standard command of Alexa.",
    "fallback": "Nothing comes near enough, so the model's fallback intent takes it.",
    "none": "Nothing comes near enough, and the model has no fallback intent.",
}
"""What each stage of understanding means to somebody who has not read the code."""

RESOLUTIONS = {
    "ER_SUCCESS_MATCH": "found in the model",
    "ER_SUCCESS_NO_MATCH": "not in the model, as it was said",
}


@dataclass(frozen=True)
class Turn:
    """One exchange as the conversation shows it; `number` counts from 0."""

    number: int
    exchange: Exchange
    at: datetime

    @property
    def spoken(self) -> Spoken:
        """What went over the wire and came back."""
        return self.exchange.spoken

    @property
    def voice(self) -> str:
        """Whose words the answer is, for people."""
        return {"cloud": "Alexa", "nobody": "Nobody"}.get(self.spoken.said_by, "Answer")

    @property
    def heard(self) -> str:
        """What was understood, in a few words: the intent, or that there was none."""
        return self.spoken.intent or "not understood"


def page(held: Held, homes: Homes, *, chosen: int | None) -> dict[str, Any]:
    """Everything the template needs. `chosen` is the turn to examine, by default the last."""
    studio = held.studio
    zone = ZoneInfo(studio.device.state.zone)
    turns = [Turn(number, each, each.at.astimezone(zone)) for number, each in enumerate(studio.exchanges)]
    last = len(turns) - 1
    number = last if chosen is None or not 0 <= chosen <= last else chosen
    state = studio.state()
    suggestions = studio.suggestions()
    return {
        "turns": turns,
        "chosen": turns[number] if turns else None,
        "examined": _examined(studio, turns[number]) if turns else None,
        "listening": studio.device.session_open,
        "suggestions": suggestions,
        "first_suggestions": suggestions[:SUGGESTIONS_SHOWN],
        "state": state,
        "stage": _stage(studio, state),
        "clock": _clock(studio, zone),
        "home": held.home,
        "homes": list(homes),
        "notice": held.notice,
    }


def kept(studio: Studio, name: str) -> dict[str, Any]:
    """Everything said as the text of a fixture, and where the home of fixtures answers otherwise."""
    found = list(studio.recorded())
    differing = [(each.sentence, each.differences) for each in found if each.differences]
    return {"name": name, "text": studio.fixture(name, found), "differing": differing}


def _examined(studio: Studio, turn: Turn) -> dict[str, Any]:
    """The panels about one turn: screen, card, reasons, what is wrong with it, and the JSON."""
    spoken = turn.spoken
    return {
        "screen": screens.of(turn.exchange),
        "card": screens.card(turn.exchange),
        "why": _why(studio.why(turn.number)),
        "problems": spoken.problems,
        "calls": spoken.calls,
        "error": None if spoken.error is None else f"{type(spoken.error).__name__}: {spoken.error}",
        "request": None if spoken.request is None else as_json(spoken.request),
        "response": as_json(spoken.response) if spoken.request is not None else None,
        "entry": as_json(turn.exchange.entry),
    }


def _why(reasons: Mapping[str, Any]) -> dict[str, Any]:
    """The reasons with each stage and resolution in words."""
    stage = reasons["stage"]
    slots = [
        {"name": name, "also": [each["value"] for each in slot.get("values", ())], **slot}
        | {"resolution": RESOLUTIONS.get(slot["status"] or "", slot["status"])}
        for name, slot in (reasons.get("slots") or {}).items()
    ]
    return {**reasons, "explained": STAGES.get(stage or "", ""), "slots": slots}


def _stage(studio: Studio, state: Mapping[str, Any]) -> dict[str, Any]:
    """Who speaks where, and what else there is to choose from."""
    house = studio.house
    return {
        "place": studio.place,
        "name": house.models.skill(studio.place.locale).invocation_name.title(),
        "member": state.get("member"),
        "users": house.users(),
        "devices": studio.devices(),
        "locales": house.models.locales,
        "screens": SCREENS,
        "permissions": PERMISSIONS,
        "answers": list(ANSWERS),
        "events": studio.events(),
        "services": studio.services.names,
        "behaviours": BEHAVIOURS,
        "known": dict(sorted(studio.account.permissions.items())),
    }


def _clock(studio: Studio, zone: ZoneInfo) -> dict[str, Any]:
    now = studio.clock().astimezone(zone)
    return {"now": now, "zone": zone.key, "moved": studio.clock.moved, "steps": CLOCK_STEPS}


def as_json(value: object) -> str:
    """JSON for reading."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def money(amount_cents: int, currency: str) -> str:
    """An amount in the minor unit of its currency, as "12.40 USD"."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, rest = divmod(abs(amount_cents), 10**digits)
    sign = "-" if amount_cents < 0 else ""
    return f"{sign}{whole:,}{f'.{rest:0{digits}}' if digits else ''} {currency}"


def day(iso: str | None) -> str:
    """A date or a moment as "Fri 20 Nov", and with the time where it has one."""
    if not iso:
        return ""
    moment = datetime.fromisoformat(iso)
    return f"{moment:%a} {moment.day} {moment:%b}" + (f", {moment:%H:%M}" if "T" in iso else "")


def diary_line(entry: Mapping[str, Any]) -> str:
    """A diary entry in a few words: "bottle, 4 oz", "wet diaper"."""
    if entry["activity"] != "feeding":
        return f"{entry['kind']} diaper" if entry.get("kind") else "diaper"
    amount = f"{entry['amount']:g} {entry.get('unit', '')}".strip() if entry.get("amount") else None
    said = [each for each in (entry.get("method"), entry.get("side"), amount) if each]
    return ", ".join(said) or "feed"
