"""What one conversation remembers between turns; it travels in the session attributes of the wire."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_MISSES = 1000


@dataclass(frozen=True)
class Session:
    """The open question, if any, and how often in a row we did not understand.

    `confirm` is the id of the confirmation that "yes" would use; `choice` is what an elicited slot
    chooses between; `elicit` is [intent, slot] of the slot asked for.
    """

    confirm: str | None = None
    choice: Mapping[str, Any] | None = None
    elicit: tuple[str, str] | None = None
    misses: int = 0

    def to_attributes(self) -> dict[str, Any]:
        """The JSON object for the wire, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}


def from_attributes(attributes: object) -> Session:
    """Read session attributes of the wire; anything unexpected in them is treated as not there."""
    if not isinstance(attributes, Mapping):
        return Session()
    confirm, choice = attributes.get("confirm"), attributes.get("choice")
    elicit, misses = attributes.get("elicit"), attributes.get("misses")
    return Session(
        confirm=confirm if isinstance(confirm, str) else None,
        choice=choice if isinstance(choice, Mapping) else None,
        elicit=_pair(elicit),
        misses=misses if isinstance(misses, int) and 0 < misses < MOST_MISSES else 0,
    )


def _pair(value: object) -> tuple[str, str] | None:
    match value:
        case [str(intent), str(slot)]:
            return intent, slot
    return None
