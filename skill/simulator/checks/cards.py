"""Cards for the Alexa app: their types, fields and sizes.

Sizes are those of Amazon's "Request and Response JSON Reference": all text of a card, image addresses
included, in 8,000 characters; an image address in 2,000.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator.checks.fields import Field, at, faults, optional, shown
from skill.simulator.checks.problem import Problem, kind, refused

CARD_CHARACTERS = 8_000
IMAGE_CHARACTERS = 2_000
IMAGES = ("image.smallImageUrl", "image.largeImageUrl")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "Simple": (optional("title"), Field("content")),
    "Standard": (optional("title"), Field("text"), optional("image", "an object"), *map(optional, IMAGES)),
    "LinkAccount": (),
    "AskForPermissionsConsent": (Field("permissions", "a list"),),
}
TEXTS = ("title", "content", "text", *IMAGES)
SCOPE = re.compile(r"(alexa:|read::alexa:|write::alexa:|payments:)[\w:.-]+")
"""Scopes as the manifest spells them, and the older spelling of consent cards."""


def card_problems(card: Any) -> Iterator[Problem]:
    """Faults of `response.card`."""
    if card is None:
        return
    if not isinstance(card, Mapping):
        yield refused("field-kind", f"response.card must be an object, not {kind(card)}.")
        return
    fields = FIELDS.get(str(card.get("type")))
    if fields is None:
        known = ", ".join(FIELDS)
        yield refused(
            "card-type", f"response.card.type must be one of {known}, not {shown(card.get('type'))}."
        )
        return
    yield from faults(card, fields, "response.card")
    yield from _sizes(card)
    if card["type"] == "AskForPermissionsConsent":
        yield from _permissions(card.get("permissions"))
    known_names = {"type", *(field.path.split(".")[0] for field in fields)}
    for name in sorted(card.keys() - known_names):
        if card[name] is not None:
            yield Problem("card-field", f"response.card.{name} is not shown on a {card['type']} card.")


def _sizes(card: Mapping[str, Any]) -> Iterator[Problem]:
    texts = {path: found for path in TEXTS if isinstance(found := at(card, path), str)}
    total = sum(map(len, texts.values()))
    if total > CARD_CHARACTERS:
        yield refused("card-too-long", f"response.card has {total:,} characters; 8,000 are allowed.")
    for path in IMAGES:
        url = texts.get(path, "")
        if len(url) > IMAGE_CHARACTERS:
            yield refused(
                "image-url", f"response.card.{path} has {len(url):,} characters; 2,000 are allowed."
            )
        if url and not url.lower().startswith("https://"):
            yield refused("image-url", f"response.card.{path} must be an https address, not {shown(url)}.")


def _permissions(scopes: Any) -> Iterator[Problem]:
    if not isinstance(scopes, list):
        return
    if not scopes:
        yield refused("card-permissions", "response.card.permissions names no permission.")
    for scope in scopes:
        if not isinstance(scope, str) or not SCOPE.fullmatch(scope):
            yield refused(
                "card-permissions", f"response.card.permissions has {shown(scope)}, which is no scope."
            )
