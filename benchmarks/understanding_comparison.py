"""Puts ours and its peers to the same work in one run and prints a table: `understanding.py --peers`.

Every engine gets the same models and the same sentences. Those that learn from sentences get three renderings
of each sample, with the very values that are asked later, and the phrases we ship for built-in intents;
virtual-alexa reads the model, as ours does. Where an engine does not refuse by itself, a threshold of its
score is picked once, on CLINC150 sentences that are not asked again, for the best mean of right in scope and
refused out of scope; ours keeps the gates it ships with.
"""

import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.understanding_data import (
    OUT_OF_SCOPE,
    cases,
    large_model,
    read_models,
    read_rows,
    shared,
    slip,
    ten_intents,
    without_a_fifth,
)
from benchmarks.understanding_peers import Answer, Engine, Training, engines
from skill.bootstrap import interaction_model
from skill.understanding.language import read_data
from skill.understanding.model import read_model

ROUNDS = 3
DRAWS = 4
RENDERINGS = 3

GATED = ("right while refusing", "out of scope refused", "mean of the two")

Same = Mapping[str, frozenset[str]]
"""Intents that count as right for a label that is coarser than they are."""


@dataclass(frozen=True)
class Question:
    """A sentence with the intent that is right for it (None: to be refused) and its wire values."""

    text: str
    intent: str | None
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A model to learn and what is asked then, by the kind of sentence; `name` groups jobs for a mean."""

    name: str
    raw: Mapping[str, Any]
    asked: Mapping[str, Sequence[Question]]


Answered = list[tuple[Job, str, Question, Answer]]
"""(job, kind, question, answer) of everything that an engine was asked."""


def training(raw: Mapping[str, Any]) -> Training:
    """Each sample with values put in three times over, and the shipped phrases of its built-in intents."""
    model, chance = read_model(raw), random.Random(17)
    rendered = {(case.text, case.intent) for _ in range(RENDERINGS) for case in cases(model, chance)}
    phrases = read_data("phrases_en.toml")
    shipped = {(text, own.name) for own in model.intents for text in phrases.get(own.name, ())}
    return sorted(rendered | shipped)


def jobs(data: Path) -> Iterator[Job]:
    """All the work: public models, CLINC150's ten intents, the large made-up model, our own model."""
    rows = read_rows(data)
    strangers = [Question(row["text"], None) for row in rows if row["label"] == OUT_OF_SCOPE]
    for name, raw in read_models(data).items():
        yield _own_job(name, raw)
        yield from _left_out_jobs(name, raw, strangers[1::2])
    for seed in range(DRAWS):
        raw, tests = ten_intents(rows, seed)
        ten = [Question(text, intent) for text, intent in tests]
        yield Job(
            f"draw {seed}",
            raw,
            {
                "pick": [*ten[1 - seed % 2 :: 2], *strangers[::2]],
                "ten": ten[seed % 2 :: 2],
                "ten, out of scope": strangers[1::2],
            },
        )
    yield _large_job(strangers[1::2])
    human = [Question(row["text"], row["label"]) for row in rows if row["label"] != OUT_OF_SCOPE]
    yield Job("ours", interaction_model("en-US"), {"people": human, "people, out of scope": strangers[1::2]})


def _own_job(name: str, raw: Mapping[str, Any]) -> Job:
    model = read_model(raw)
    ambiguous = shared(model)
    own, slipped = [], []
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        for case in cases(model, chance):
            if case.sample.lower() not in ambiguous:
                own.append(Question(case.text, case.intent, case.slots))
                slipped.append(Question(slip(case.text, chance), case.intent))
    return Job(name, raw, {"own": own, "slip": slipped})


def _left_out_jobs(name: str, raw: Mapping[str, Any], strangers: Sequence[Question]) -> Iterator[Job]:
    for seed in range(ROUNDS):
        kept, held = without_a_fifth(raw, seed)
        left = [Question(case.text, case.intent) for case in held]
        yield Job(name, kept, {"left out": left, "left out, out of scope": strangers[seed::ROUNDS]})


def _large_job(strangers: Sequence[Question]) -> Job:
    raw, chance = large_model(random.Random(1)), random.Random(2)
    said = [Question(case.text, case.intent) for case in cases(read_model(raw), chance)]
    slipped = [Question(slip(own.text, chance), own.intent) for own in said]
    return Job("large", raw, {"large": [*said, *slipped, *strangers]})


@dataclass(frozen=True)
class Column:
    """One engine's answers; below the threshold they count as refused. Without one it refuses as it ships."""

    engine: Engine
    answered: Answered
    fitted: Mapping[str, float]
    threshold: float | None

    @property
    def name(self) -> str:
        """The engine, and how it refuses where there are two ways."""
        if self.engine.own_gate:
            return self.engine.name
        how = "as shipped" if self.threshold is None else f">= {self.threshold:.2f}"
        return f"{self.engine.name} {how}"

    def free(self, answer: Answer) -> str | None:
        """The intent when nothing has to be refused."""
        return answer.best

    def gated(self, answer: Answer) -> str | None:
        """The intent, None if refused."""
        if self.threshold is None:
            return answer.heard
        return answer.best if answer.score >= self.threshold else None

    def shipped(self, answer: Answer) -> str | None:
        """The intent; refused only by an engine that refuses by itself."""
        return self.gated(answer) if self.engine.own_gate else self.free(answer)

    def of(self, kind: str) -> Iterator[tuple[Job, Question, Answer]]:
        """What was asked of one kind."""
        return ((job, question, answer) for job, own, question, answer in self.answered if own == kind)

    def share(self, kind: str, heard: Callable[[Answer], str | None], same: Same) -> float:
        """The share of right answers, refusals of what is out of scope included: the mean over the models."""
        by_job: dict[str, list[bool]] = {}
        for job, question, answer in self.of(kind):
            found, wanted = heard(answer), question.intent
            also = same.get(wanted, ()) if wanted else ()
            by_job.setdefault(job.name, []).append(found == wanted or found in also)
        return statistics.fmean(statistics.fmean(right) for right in by_job.values())

    def slots(self) -> float | None:
        """The share with exactly the wire values, of own samples with slots whose intent is right."""
        exact = [
            _lower(answer.slots) == _lower(question.slots)
            for _, question, answer in self.of("own")
            if question.slots and answer.slots is not None and answer.heard == question.intent
        ]
        return statistics.fmean(exact) if exact else None

    def latency(self) -> tuple[float, float, float]:
        """Median, 95th percentile and maximum in milliseconds on the large model."""
        taken = [answer.ms for *_, answer in self.of("large")]
        return statistics.median(taken), statistics.quantiles(taken, n=20)[18], max(taken)


def _lower(slots: Mapping[str, str]) -> dict[str, str]:
    return {name: value.lower() for name, value in slots.items()}


def columns(engine: Engine, work: Sequence[Job]) -> Iterator[Column]:
    """The engine as it ships, if it refuses at all, and with a threshold picked here, if it needs one."""
    answered: Answered = []
    fitted = {}
    for job in work:
        fitted[job.name] = engine.fit(job.raw, training(job.raw))
        for kind, questions in job.asked.items():
            found = engine.ask([question.text for question in questions])
            answered += [(job, kind, *pair) for pair in zip(questions, found, strict=True)]
    if engine.own_gate or any(answer.best and not answer.heard for *_, answer in answered):
        yield Column(engine, answered, fitted, None)
    if not engine.own_gate:
        yield Column(engine, answered, fitted, picked(answered))


def picked(answered: Answered) -> float:
    """The threshold with the best mean of right in scope and refused out of scope, where it may be picked."""
    seen = [(question.intent, answer) for _, kind, question, answer in answered if kind == "pick"]
    inside = [(answer.score, answer.best == intent) for intent, answer in seen if intent]
    outside = [answer.score for intent, answer in seen if intent is None]

    def worth(threshold: float) -> float:
        right = statistics.fmean(right and score >= threshold for score, right in inside)
        return right + statistics.fmean(score < threshold for score in outside)

    return max(sorted({score for score, _ in inside}), key=worth)


def lines(column: Column, same: Same) -> dict[str, str]:
    """One engine's figures by what they say."""
    slots, (p50, p95, most) = column.slots(), column.latency()

    def share(kind: str, heard: Callable[[Answer], str | None]) -> str:
        return f"{column.share(kind, heard, same):.3f}"

    def gated(kind: str) -> tuple[str, str, str]:
        inside, outside = (
            column.share(asked, column.gated, same) for asked in (kind, f"{kind}, out of scope")
        )
        return f"{inside:.3f}", f"{outside:.3f}", f"{(inside + outside) / 2:.3f}"

    left, ten, people = gated("left out"), gated("ten"), gated("people")
    return {
        "own samples: intent right": share("own", column.shipped),
        "own samples: slots exact, where there are any": "-" if slots is None else f"{slots:.3f}",
        "one letter dropped: intent right": share("slip", column.shipped),
        "a fifth left out: right, no refusal": share("left out", column.free),
        **dict(zip((f"a fifth left out: {what}" for what in GATED), left, strict=True)),
        "CLINC150: right, no refusal": share("ten", column.free),
        **dict(zip((f"CLINC150: {what}" for what in GATED), ten, strict=True)),
        **dict(zip((f"our model, people: {what}" for what in GATED), people, strict=True)),
        "large model: ms a sentence, p50": f"{p50:.2f}",
        "large model: p95": f"{p95:.2f}",
        "large model: max": f"{most:.1f}",
        "large model: seconds to learn it": f"{column.fitted['large'] / 1000:.2f}",
    }


def compare(data: Path, *, same: Same) -> None:
    """Prints the table with a column for each engine, and a sentence for each peer that is not here."""
    work = list(jobs(data))
    table: dict[str, dict[str, str]] = {}
    with engines() as (here, absent):
        for engine in here:
            print(f"measuring {engine.name}", file=sys.stderr)
            table |= {column.name: lines(column, same) for column in columns(engine, work)}
    print("\nOurs beside its peers, the same sentences for all")
    print("\n".join(absent), end="\n" if absent else "")
    print("| figure | " + " | ".join(table) + " |")
    print("| --- |" + " ---: |" * len(table))
    for figure in table["ours"]:
        print(f"| {figure} | " + " | ".join(own[figure] for own in table.values()) + " |")
