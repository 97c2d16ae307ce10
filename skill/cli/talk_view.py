"""Shows at the terminal what a person with the device would notice, and what a developer asks about it."""

import json
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from skill.simulator.studio import Exchange
from skill.web.speaker import screens
from skill.web.speaker.apl import Part

WIDEST = 76
"""Columns of a card or screen: wider lines are hard to read."""

NARROWEST = 20
"""Columns of a text beside its name: on a narrower screen it is left to the terminal to wrap."""

VOICES = {"skill": "bold cyan", "cloud": "italic cyan", "nobody": "dim"}
"""Styles of what is heard, by whose words it is: Amazon's own side speaks in italics."""

MARKS = {"picture": "[picture] "}


def answer(console: Console, exchange: Exchange, *, interactive: bool) -> None:
    """What is heard; to a person at the terminal also what is seen, and that the microphone is open.

    A script is told as well why a response was refused: what is heard then is Amazon's apology.
    """
    spoken = exchange.spoken
    for said in exchange.meanwhile:
        console.print(Text(said, style="cyan"))
    if not interactive:
        console.print(Text(spoken.speech))
        objections(console, exchange, refused_only=True)
        return
    console.print(Text(spoken.speech or "(nothing is said)", style=VOICES[spoken.said_by]))
    if spoken.error is not None:
        told = " ".join(str(spoken.error).split()) or type(spoken.error).__name__
        console.print(Text(f"The skill failed: {told}", style="red"))
    card = screens.card(exchange)
    if card is not None:
        _card(console, card)
    screen = screens.of(exchange)
    if screen is not None and screen.parts:
        rows = Text("\n").join(_rows(screen.parts, 0))
        console.print(_panel(rows, "on the screen"), soft_wrap=False)
    for call in spoken.calls:
        console.print(Text(f"({call.service}: {call.method} {call.path}, {call.status})", style="dim"))
    for scope, granted in (spoken.permission or {}).items():
        console.print(Text(f"({scope} was {'granted' if granted else 'refused'})", style="dim"))
    objections(console, exchange)
    if spoken.session_open:
        again = f' after a silence: "{spoken.reprompt}"' if spoken.reprompt else ""
        console.print(Text(f"(listening){again}", style="dim"))


def objections(console: Console, exchange: Exchange, *, refused_only: bool = False) -> None:
    """What Amazon would object to in the response, all of it or what made Amazon drop the response."""
    for problem in exchange.spoken.problems:
        if problem.refused or not refused_only:
            console.print(Text(f"Amazon would object: {problem.message} [{problem.code}]", style="yellow"))


def state(console: Console, found: Mapping[str, Any]) -> None:
    """A household: its orders, points, list and diary, or whatever else its skill tells."""
    if not found:
        console.print("Nobody here can tell what the skill keeps.")
        return
    known = ("household", "member", "role", "zone", "at", "orders", "points", "list", "diary")
    facts = [str(found[name]) for name in known[:3] if found.get(name)]
    console.print(Text(", ".join(facts), style="bold"))
    points = found.get("points") or {}
    console.print(Text(f"Points: {points.get('available', 0)}, and {points.get('held', 0)} set aside"))
    _list(console, "Orders", map(_order, found.get("orders") or ()))
    _list(console, "List", (f"{each['words']}, {each['quantity']}" for each in found.get("list") or ()))
    _list(console, "Diary today", map(_diary_entry, found.get("diary") or ()))
    for name in found.keys() - set(known):
        console.print(Text(f"{name}: {found[name]}"))


def why(console: Console, reasons: Mapping[str, Any]) -> None:
    """The reasons for one sentence, and what else it might have been."""
    if reasons["stage"] is None:
        console.print(Text(f"{reasons['sentence']}: nothing had to be understood ({reasons['intent']})."))
        return
    told = [
        ("sentence", str(reasons["sentence"])),
        ("intent", str(reasons["intent"] or "none: refused")),
        *([("answers", f"the question about {reasons['answers']}")] if reasons["answers"] else []),
        ("found by", f"{reasons['stage']}, score {reasons['score']:.2f}"),
        ("sample", str(reasons["matched"] or "none")),
    ]
    told += [(f"{{{name}}}", _slot(slot)) for name, slot in reasons["slots"].items()]
    told += [("rather not", f"{rival['intent']}, {rival['score']:.2f}") for rival in reasons["rivals"]]
    rows(console, told)


def wire(console: Console, exchange: Exchange) -> None:
    """The request and the response of a turn, as JSON, and what the skill asked of Amazon's services."""
    for name, envelope in (("request", exchange.spoken.request), ("response", exchange.spoken.response)):
        console.print(Text(name, style="bold"))
        text = json.dumps(envelope, ensure_ascii=False, indent=2, default=str)
        shown = Syntax(text, "json", background_color="default") if console.is_terminal else Text(text)
        console.print(shown)
    for call in exchange.spoken.calls:
        console.print(Text(f"{call.service}: {call.method} {call.path}, {call.status}"))


def rows(console: Console, pairs: Iterable[tuple[str, str]]) -> None:
    """Two columns: names and what they mean; the second is wrapped where somebody looks."""
    found = list(pairs)
    width = max((len(name) for name, _ in found), default=0) + 2
    for name, meaning in found:
        lines = [meaning]
        if console.is_terminal:
            lines = textwrap.wrap(meaning, max(console.width - width - 1, NARROWEST)) or [""]
        console.print(Text(name.ljust(width), style="green") + Text(f"\n{' ' * width}".join(lines)))


def _card(console: Console, card: Mapping[str, Any]) -> None:
    lines = [card["text"], *(f"[picture] {address}" for address in card["images"].values())]
    lines += [f"May it use {scope}?" for scope in card["permissions"]]
    text = Text("\n".join(line.strip() for line in lines if line.strip()))
    console.print(_panel(text, card["title"] or card["kind"]), soft_wrap=False)


def _panel(content: Text, title: str) -> Panel:
    named = Text(title if len(title) < WIDEST else f"{title[: WIDEST - 8]}...")
    return Panel(content, title=named, title_align="left", border_style="dim", width=WIDEST, highlight=False)


def _rows(parts: Iterable[Part], level: int) -> Iterable[Text]:
    """The parts of a screen, one a line; what can be touched with the number that /touch takes."""
    for part in parts:
        number = "" if part.touch is None else f"[{part.touch + 1}] "
        if part.text:
            style = "bold" if part.kind == "title" else "dim" if part.disabled else ""
            yield Text("  " * level + number + MARKS.get(part.kind, "") + part.text, style=style)
        yield from _rows(part.children, level + (part.kind == "list"))


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    console.print(Text(f"{title}:" + ("" if found else " none")))
    for line in found:
        console.print(Text(f"  {line}"))


def _order(order: Mapping[str, Any]) -> str:
    money = f"{order['total_cents'] / 100:.2f} {order.get('currency') or ''}".strip()
    return f"{order['number']}. {order['placed_at'][:10]} {order['state']}, {order['seller']}, {money}"


def _diary_entry(entry: Mapping[str, Any]) -> str:
    said = [f"{value:g}" if isinstance(value, float) else str(value) for value in _told(entry)]
    return f"{entry['at'][11:16]} {entry['child']}: {' '.join([entry['activity'], *said])}"


def _told(entry: Mapping[str, Any]) -> list[object]:
    return [entry[name] for name in ("method", "side", "amount", "unit", "kind") if name in entry]


def _slot(slot: Mapping[str, Any]) -> str:
    if slot.get("values"):
        return "; ".join(_slot(each) for each in slot["values"])
    resolved = f" = {slot['resolved']}" if slot.get("resolved") else ""
    named = f" ({slot['id']})" if slot.get("id") else ""
    unlisted = ", not listed" if slot["status"] == "ER_SUCCESS_NO_MATCH" else ""
    return f"{slot['value']}{resolved}{named}{unlisted}"
