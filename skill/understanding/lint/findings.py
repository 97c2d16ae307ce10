"""What lint finds: a code with a fixed severity, a message, and the spot in the model it is about."""

from dataclasses import dataclass
from typing import Literal

from skill.understanding.lint.rules import SEVERITIES

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Spot:
    """A place in a model: its JSON path, and the words there, by which the source of the model is searched.

    `key` says what the words belong to, in the manner of our locale files: "OrderIntent.samples",
    "OrderIntent.slots.size", "types.SIZE", "invocation_name"; built-in intents go without "AMAZON.".
    """

    path: str
    key: str = ""
    text: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (error) or doubtful (warning); `code` names the rule."""

    code: str
    message: str
    spot: Spot

    @property
    def severity(self) -> Severity:
        """That of its rule."""
        return SEVERITIES[self.code]
