"""Counts which intents were heard for those expected, and by which stage: the confusion table of a run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skill.simulator.fixtures import Told
from skill.understanding.model import FALLBACK_INTENT

REFUSED = "(refused)"
"""No intent, or the model's fallback: the sentence is none of the skill's business."""
MOST_OTHERS = 5


@dataclass
class Row:
    """One expected intent: how many sentences, and what was heard for them."""

    intent: str
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def sentences(self) -> int:
        """How many sentences should mean it."""
        return self.heard.total()

    @property
    def right(self) -> int:
        """How many do."""
        return self.heard[self.intent]

    @property
    def instead(self) -> Mapping[str, int]:
        """What else was heard, most often first."""
        return {intent: count for intent, count in self.heard.most_common() if intent != self.intent}


@dataclass(frozen=True)
class Report:
    """All expected intents by name, and of each stage how many sentences it told and how many rightly."""

    rows: tuple[Row, ...]
    stages: Mapping[str, tuple[int, int]]

    @property
    def sentences(self) -> int:
        """How many sentences had an intent expected."""
        return sum(row.sentences for row in self.rows)

    @property
    def right(self) -> int:
        """How many had the one expected."""
        return sum(row.right for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON: {"sentences", "right", "intents": {name: {...}}, "stages": {name: {...}}}."""
        return {
            "sentences": self.sentences,
            "right": self.right,
            "intents": {
                row.intent: {"sentences": row.sentences, "right": row.right, "heard": dict(row.heard)}
                for row in self.rows
            },
            "stages": {
                stage: {"sentences": sentences, "right": right}
                for stage, (sentences, right) in self.stages.items()
            },
        }

    def lines(self) -> Iterator[str]:
        """The tables as text."""
        width = max((len(row.intent) for row in self.rows), default=0)
        width = max(width, len("expected"))
        yield f"{'expected':{width}}  sentences  right  heard instead"
        for row in self.rows:
            others = list(row.instead.items())
            shown = [f"{intent} {count}" for intent, count in others[:MOST_OTHERS]]
            more = [f"{len(others) - MOST_OTHERS} more"] if len(others) > MOST_OTHERS else []
            line = f"{row.intent:{width}}  {row.sentences:9}  {row.right:5}  {', '.join(shown + more)}"
            yield line.rstrip()
        yield f"{'all':{width}}  {self.sentences:9}  {self.right:5}"
        yield ""
        yield f"{'stage':{width}}  sentences  right"
        for stage, (sentences, right) in self.stages.items():
            yield f"{stage:{width}}  {sentences:9}  {right:5}"


def report(told: Iterable[Told]) -> Report:
    """The report of everything that was told."""
    rows: dict[str, Row] = {}
    all_told: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for each in told:
        expected, heard = _named(each.expected), _named(each.heard)
        rows.setdefault(expected, Row(expected)).heard[heard] += 1
        all_told[each.stage] += 1
        right[each.stage] += expected == heard
    stages = {stage: (count, right[stage]) for stage, count in all_told.most_common()}
    return Report(tuple(rows[intent] for intent in sorted(rows)), stages)


def _named(intent: str | None) -> str:
    return REFUSED if intent in (None, "", FALLBACK_INTENT) else str(intent)
