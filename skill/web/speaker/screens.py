"""What the device and the Alexa app show after a turn: APL documents and the card."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.simulator.studio import Exchange
from skill.web.speaker import apl
from skill.web.speaker.apl import Screen, Touch

RENDER = "Alexa.Presentation.APL.RenderDocument"


def of(exchange: Exchange) -> Screen | None:
    """The document that an exchange put on the screen (the last, if several); None when it put none."""
    shown = [each for each in exchange.spoken.directives if each.get("type") == RENDER]
    return apl.read(shown[-1], _viewport(exchange)) if shown else None


def touch(exchanges: Sequence[Exchange], turn: int, number: int) -> Touch | None:
    """What the touchable part `number` of the screen of a turn sends; None when there is no such part."""
    screen = of(exchanges[turn]) if turn < len(exchanges) else None
    return screen.touches[number] if screen and number < len(screen.touches) else None


def card(exchange: Exchange) -> dict[str, Any] | None:
    """The card in the Alexa app as `title`, `text`, `images` (addresses, not loaded) and `permissions`."""
    found = _mapping(_mapping(exchange.spoken.response.get("response")).get("card"))
    if not found:
        return None
    kind, permissions = found.get("type"), found.get("permissions")
    images = _mapping(found.get("image"))
    text = found.get("content") or found.get("text") or ""
    if kind == "LinkAccount":
        text = "A button to link the account of the shop."
    return {
        "kind": str(kind),
        "title": str(found.get("title") or ""),
        "text": str(text),
        "images": {str(name): str(address) for name, address in images.items() if address},
        "permissions": [str(each) for each in permissions] if isinstance(permissions, list) else [],
    }


def _viewport(exchange: Exchange) -> Mapping[str, Any]:
    context = _mapping((exchange.spoken.request or {}).get("context"))
    return _mapping(context.get("Viewport"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
