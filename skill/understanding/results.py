"""What a sentence was understood to mean, and the context it was said in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["exact", "fuzzy", "nearest", "elicited", "builtin", "fallback", "none"]
"""How the intent was found; "fallback" and "none" are refusals."""

MATCH = "ER_SUCCESS_MATCH"
NO_MATCH = "ER_SUCCESS_NO_MATCH"


@dataclass(frozen=True)
class SlotFill:
    """One filled slot, with Alexa's wire value and entity resolution.

    `value` is what the request carries ("2", "PT10M", the words of a custom type). `values` holds every value
    of a multi-value slot, whose `value` is the first. `id` and `resolved` name the listed value; `status` is
    None for types without entity resolution.
    """

    name: str
    type: str
    value: str
    values: tuple["SlotFill", ...] = ()
    id: str | None = None
    resolved: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Understood:
    """The intent (None if refused and the model has no fallback), its slots, and the reason.

    `score` runs from 0 to 1 and is 0 for a refusal; `matched` is the sample it came from; `rivals` are the
    next best intents with their scores. Where the classifier was asked, `margin` is its decision value for
    the intent (of the best one, if refused; -1 knows nothing of it, above 0 claims the sentence) and
    `likeness` the cosine, 0 to 1, of the sentence and the intent's likest sample.
    """

    intent: str | None
    slots: dict[str, SlotFill] = field(default_factory=dict)
    score: float = 0.0
    stage: Stage = "none"
    matched: str | None = None
    rivals: tuple[tuple[str, float], ...] = ()
    margin: float | None = None
    likeness: float | None = None


@dataclass(frozen=True)
class Context:
    """What the skill asked just before.

    `elicit` is the (intent, slot) of a Dialog.ElicitSlot, `dynamic` the values of
    Dialog.UpdateDynamicEntities by slot type, each as in the model ({"id", "name": {"value", "synonyms"}}).
    """

    elicit: tuple[str, str] | None = None
    expects_yes_no: bool = False
    dynamic: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
