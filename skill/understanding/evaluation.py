"""Judges how well a model understands an annotation set: intents, slots, refusals, and what is confused."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill.understanding.annotations import Annotation
from skill.understanding.model import FALLBACK_INTENT
from skill.understanding.results import SlotFill, Understood

REFUSED = "(refused)"
"""Stands for "no intent" in tables: the fallback intent, or none."""


@dataclass(frozen=True)
class Verdict:
    """One annotation beside what was understood. `slots_right` is None where they do not count."""

    annotation: Annotation
    understood: Understood
    intent_right: bool
    slots_right: bool | None

    @property
    def expected(self) -> str:
        """The intent of the set, or REFUSED."""
        return self.annotation.intent or REFUSED

    @property
    def got(self) -> str:
        """The intent that was understood, or REFUSED."""
        return intent_of(self.understood) or REFUSED

    @property
    def right(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.intent_right and self.slots_right is not False


def intent_of(understood: Understood) -> str | None:
    """The intent, None for a refusal of either kind."""
    return None if understood.intent in (None, FALLBACK_INTENT) else understood.intent


def judge(annotation: Annotation, understood: Understood) -> Verdict:
    """Slots count only where the set names them and the intent is right."""
    right = intent_of(understood) == annotation.intent
    slots = None
    if right and annotation.intent is not None and annotation.slots is not None:
        slots = _slots_right(annotation.slots, understood.slots)
    return Verdict(annotation, understood, right, slots)


def judge_all(
    annotations: Iterable[Annotation], understand: Callable[[Annotation], Understood]
) -> list[Verdict]:
    """A verdict for each annotation."""
    return [judge(annotation, understand(annotation)) for annotation in annotations]


def _slots_right(expected: Mapping[str, Sequence[str]], heard: Mapping[str, SlotFill]) -> bool:
    """Every expected slot with all its values in order, and no slot more."""
    if expected.keys() != heard.keys():
        return False
    for name, values in expected.items():
        fills = heard[name].values or (heard[name],)
        if len(fills) != len(values) or not all(map(_same, values, fills)):
            return False
    return True


def _same(value: str, fill: SlotFill) -> bool:
    """A set may name the words that were said, the listed value they resolve to, or its id."""
    names = (fill.value, fill.resolved or fill.value, fill.id or fill.value)
    return value.casefold() in {name.casefold() for name in names}


@dataclass(frozen=True)
class Report:
    """What the verdicts come to; shares run from 0 to 1 and are None where nothing was asked."""

    verdicts: Sequence[Verdict]

    @property
    def accuracy(self) -> float:
        """The share of all sentences with the right intent, or rightly refused."""
        return _share([verdict.intent_right for verdict in self.verdicts]) or 0.0

    @property
    def in_scope(self) -> float | None:
        """The share of sentences of an intent that were understood as that intent."""
        return _share([verdict.intent_right for verdict in self.verdicts if verdict.annotation.intent])

    @property
    def out_of_scope(self) -> float | None:
        """The share of sentences of no intent that were refused."""
        return _share([verdict.intent_right for verdict in self.verdicts if not verdict.annotation.intent])

    @property
    def slots(self) -> float | None:
        """The share with just the right slots, of those of the right intent whose slots the set names."""
        return _share([verdict.slots_right for verdict in self.verdicts if verdict.slots_right is not None])

    @property
    def wrong(self) -> list[Verdict]:
        """The sentences of which something is wrong, in the order of the set."""
        return [verdict for verdict in self.verdicts if not verdict.right]

    def intents(self) -> list[dict[str, Any]]:
        """Per expected intent: sentences, recall (share understood so), precision (share of what was)."""
        expected = Counter(verdict.expected for verdict in self.verdicts)
        got = Counter(verdict.got for verdict in self.verdicts)
        right = Counter(verdict.expected for verdict in self.verdicts if verdict.intent_right)
        return [
            {
                "intent": name,
                "sentences": expected[name],
                "right": right[name],
                "recall": _rounded(right[name] / expected[name]) if expected[name] else None,
                "precision": _rounded(right[name] / got[name]) if got[name] else None,
            }
            for name in sorted({*expected, *got})
        ]

    def confusions(self) -> list[dict[str, Any]]:
        """Expected and understood intents that differ, the commonest first, each with its first sentence."""
        wrong = [verdict for verdict in self.verdicts if not verdict.intent_right]
        counted = Counter((verdict.expected, verdict.got) for verdict in wrong)
        first: dict[tuple[str, str], str] = {}
        for verdict in wrong:
            first.setdefault((verdict.expected, verdict.got), verdict.annotation.text)
        pairs = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"expected": pair[0], "got": pair[1], "sentences": count, "example": first[pair]}
            for pair, count in pairs
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything, as `restock eval --json` prints it."""
        return {
            "sentences": len(self.verdicts),
            "accuracy": _rounded(self.accuracy),
            "in_scope_accuracy": _rounded(self.in_scope),
            "out_of_scope_refused": _rounded(self.out_of_scope),
            "slot_accuracy": _rounded(self.slots),
            "intents": self.intents(),
            "confusions": self.confusions(),
        }


def _share(answers: Sequence[bool | None]) -> float | None:
    return sum(bool(answer) for answer in answers) / len(answers) if answers else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
