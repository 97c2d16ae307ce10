"""The numbers and word lists that lint goes by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CERTIFICATION = ("AMAZON.CancelIntent", "AMAZON.HelpIntent", "AMAZON.StopIntent")
ADVISED = ("AMAZON.FallbackIntent", "AMAZON.NavigateHomeIntent")


@dataclass(frozen=True)
class Limits:
    """What Alexa accepts and what is advised, in counts, characters and bytes, as skill builders report it.

    `thin` is the number of samples under which an intent is thin. Of at most `learned` samples, evenly
    taken, at most `held_out` are left out in turn to see whether the others lead to them: together they
    bound the time of that rule, which compiles the model five times.
    """

    intents: int = 250
    model_bytes: int = 1_500_000
    words_of_types: int = 50_000
    value: int = 140
    utterance: int = 200
    variations: int = 5
    thin: int = 10
    learned: int = 10_000
    held_out: int = 3_000


@dataclass(frozen=True)
class Options:
    """How to lint a model of `language`.

    `launch` are words that no invocation name may hold, `small` those that one of two words may not;
    `required` built-in intents must be there, `advised` ones should. `least` sets another number of samples
    than `limits.thin` for the intents it names. `predict` off skips the rule that compiles the model anew.
    """

    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    launch: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    required: tuple[str, ...] = CERTIFICATION
    advised: tuple[str, ...] = ADVISED
    least: Mapping[str, int] = field(default_factory=dict)
    predict: bool = True
