"""Measures the offline understanding on public interaction models and our own: accuracy, refusals, latency.

Run: python -m benchmarks.understanding [DATA FOLDER] [--check] [--show] [--peers]
The folder is RESTOCK_DATA or ../shared/data if not given; --check exits 1 if a target is missed, --show
prints every miss, --peers adds a table of ours beside other programs (`make bench-setup` installs them).
Times are processor time, so that other load does not count.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.understanding_comparison import compare
from benchmarks.understanding_data import (
    LARGE_INTENTS,
    LARGE_VALUES,
    NOW,
    OUT_OF_SCOPE,
    Tally,
    cases,
    large_model,
    read_models,
    read_rows,
    shared,
    slip,
    ten_intents,
    without_a_fifth,
)
from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, compile_model
from skill.understanding.compiler import build
from skill.understanding.language import load_language
from skill.understanding.model import read_model

ROUNDS = 3
DRAWS = 4

SAME: Mapping[str, frozenset[str]] = {
    "AMAZON.CancelIntent": frozenset({"AMAZON.StopIntent"}),
    "OrderItemIntent": frozenset({"OrderListIntent"}),
}
"""Where CLINC150's labels are coarser than ours: "cancel" holds "be quiet", "order" "order my list"."""


@dataclass
class Report:
    """Every figure with its target; prints as it goes."""

    missed: list[str] = field(default_factory=list)

    def least(self, name: str, value: float, target: float) -> None:
        """A figure that should reach a target."""
        self._line(name, f"{value:.3f}", f">= {target:.2f}", reached=value >= target)

    def most(self, name: str, value: float, target: float, unit: str) -> None:
        """A figure that should stay within a target."""
        self._line(name, f"{value:.2f}", f"<= {target:g} {unit}", reached=value <= target)

    def _line(self, name: str, value: str, target: str, *, reached: bool) -> None:
        print(f"  {name:58} {value:>8}   {target:12} {'' if reached else 'MISSED'}")
        if not reached:
            self.missed.append(name)


def intent_of(model: CompiledModel, text: str, *, refuse: bool = True) -> str | None:
    """The intent found, a refusal as None."""
    found = model.resolve(text, now=NOW, refuse=refuse)
    return None if found.stage in ("fallback", "none") else found.intent


def own_samples(raw: Mapping[str, Any], *, show: bool) -> tuple[Tally, Tally, Tally]:
    """(intent right, slots exact among those, intent right with one letter dropped)."""
    model, compiled = read_model(raw), compile_model(raw)
    intents, slots, dropped = Tally(), Tally(), Tally()
    ambiguous = shared(model)
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        for case in cases(model, chance):
            if case.sample.lower() in ambiguous:
                continue
            found = compiled.resolve(case.text, now=NOW)
            intents.add(right=found.intent == case.intent)
            values = {name: fill.value for name, fill in found.slots.items()}
            if found.intent == case.intent:
                slots.add(right=values == case.slots)
            worse = slip(case.text, chance)
            heard = intent_of(compiled, worse)
            dropped.add(right=heard == case.intent)
            if show and (found.intent != case.intent or values != case.slots):
                print("   own", repr(case.text), case.intent, case.slots, "->", found.intent, values)
            if show and heard != case.intent:
                print("   slip", repr(worse), case.intent, "->", heard)
    return intents, slots, dropped


def left_out(raw: Mapping[str, Any], strangers: Sequence[str], *, show: bool) -> list[Tally]:
    """Left-out samples right without refusal, right, wrong, and out-of-scope sentences refused."""
    free, right, wrong, refused = Tally(), Tally(), Tally(), Tally()
    for seed in range(ROUNDS):
        kept, held = without_a_fifth(raw, seed)
        compiled = compile_model(kept)
        for case in held:
            found = intent_of(compiled, case.text)
            free.add(right=intent_of(compiled, case.text, refuse=False) == case.intent)
            right.add(right=found == case.intent)
            wrong.add(right=found not in (None, case.intent))
            if show and found != case.intent:
                print("   left out", repr(case.text), case.intent, "->", found)
        for text in strangers[seed::ROUNDS]:
            refused.add(right=intent_of(compiled, text) is None)
    return [free, right, wrong, refused]


def public_rows(
    models: Mapping[str, Mapping[str, Any]], strangers: Sequence[str], report: Report, *, show: bool
) -> None:
    """Own samples, slips and left-out samples of each public model, and the averages over the models."""
    print("model                own    slots  slip   left-out free / gated / wrong   out of scope refused")
    rows = []
    for name, raw in models.items():
        own = own_samples(raw, show=show)
        left = left_out(raw, strangers, show=show)
        rows.append([tally.share for tally in (*own, *left)])
        print(
            f"{name:20} {own[0]}  {own[1]}  {own[2]}  {left[0]} / {left[1]} / {left[2]}           {left[3]}"
        )
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    report.least("own samples, intent right (least of the models)", min(row[0] for row in rows), 1.0)
    report.least("own samples, slots exact (least of the models)", min(row[1] for row in rows), 0.98)
    report.least("one letter dropped, mean of the models", means[2], 0.95)
    report.least("a fifth left out, no refusal, mean of the models", means[3], 0.90)
    report.least("a fifth left out, while refusing, mean of the models", means[4], 0.87)
    report.least("... out-of-scope sentences refused", means[6], 0.95)


def ten_intent_rows(rows: Sequence[Mapping[str, str]], strangers: Sequence[str], report: Report) -> None:
    """CLINC150's ten intents from 20 sentences each."""
    for built_in in (False, True):
        free, right, refused = Tally(), Tally(), Tally()
        for seed in range(DRAWS):
            raw, tests = ten_intents(rows, seed, built_in=built_in)
            compiled = compile_model(raw)
            for text, intent in tests[seed % 2 :: 2]:
                free.add(right=intent_of(compiled, text, refuse=False) == intent)
                right.add(right=intent_of(compiled, text) == intent)
            for text in strangers:
                refused.add(right=intent_of(compiled, text) is None)
        kind = "built-ins by Amazon's names" if built_in else "all by names of their own"
        print(f"\nCLINC150, ten intents, 20 sentences each, {kind}, {DRAWS} draws")
        report.least("no refusal", free.share, 0.81)
        report.least("in scope right at the fixed gates", right.share, 0.71)
        report.least("out of scope refused at the same gates", refused.share, 0.94)


def latency(compiled: CompiledModel, texts: Sequence[str]) -> tuple[float, float, float]:
    """Median, 95th percentile and maximum in milliseconds."""
    taken = []
    for text in texts:
        start = time.process_time()
        compiled.resolve(text, now=NOW)
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18], max(taken)


def large_rows(strangers: Sequence[str], report: Report) -> None:
    """Compile time and latency of the large made-up model."""
    raw = large_model(random.Random(1))
    start = time.process_time()
    compiled = CompiledModel(build(read_model(raw), load_language("en")))
    seconds = time.process_time() - start
    chance = random.Random(2)
    said = [case.text for case in cases(read_model(raw), chance)]
    sets = {"own samples": said, "one letter dropped": [slip(text, chance) for text in said]}
    print(f"\n{LARGE_INTENTS} intents, {LARGE_VALUES} values")
    report.most("compile, nothing cached", seconds, 1.0, "s")
    for name, texts in (sets | ({"out of scope": strangers} if strangers else {})).items():
        for figure, value, target in zip(
            ("p50", "p95", "max"), latency(compiled, texts), (1, 5, 50), strict=True
        ):
            report.most(f"{name}, {figure}", value, target, "ms")


def our_rows(rows: Sequence[Mapping[str, str]], report: Report, *, show: bool) -> None:
    """Our own English model: its samples, people's sentences for its intents, and out-of-scope ones."""
    raw = interaction_model("en-US")
    start = time.process_time()
    compiled = compile_model(raw)
    seconds = time.process_time() - start
    strict, human, refused = Tally(), Tally(), Tally()
    for row in rows:
        found = intent_of(compiled, row["text"])
        if row["label"] == OUT_OF_SCOPE:
            refused.add(right=found is None)
        else:
            strict.add(right=found == row["label"])
            human.add(right=found == row["label"] or found in SAME.get(row["label"], ()))
        if show and found != row["label"] and (found or row["label"] != OUT_OF_SCOPE):
            print("   ours", repr(row["text"]), row["label"], "->", found)
    print(f"\nour own en-US model, compiled in {seconds:.2f} s (with weights of an earlier run, if any)")
    report.least("people's sentences right", human.share, 0.90)
    print(f"  {'... by the letter of the labels':58} {strict!s:>8}")
    report.least("out of scope refused", refused.share, 0.94)
    p50, p95, most = latency(compiled, [row["text"] for row in rows[::3]])
    print(f"  people's sentences: p50 {p50:.2f}, p95 {p95:.2f}, max {most:.2f} ms")


def main(arguments: Sequence[str]) -> int:
    """Prints all figures; without the data folder only the made-up model is measured."""
    show, report = "--show" in arguments, Report()
    paths = [argument for argument in arguments if not argument.startswith("--")]
    data = Path(paths[0] if paths else os.environ.get("RESTOCK_DATA", "../shared/data")) / "utterances"
    if not (data / "clinc150_train_val.jsonl").exists():
        print(f"{data} is absent: only the made-up model is measured")
        large_rows([], report)
    else:
        rows = read_rows(data)
        strangers = [row["text"] for row in rows if row["label"] == OUT_OF_SCOPE]
        public_rows(read_models(data), strangers, report, show=show)
        ten_intent_rows(rows, strangers, report)
        large_rows(strangers, report)
        our_rows(rows, report, show=show)
        if "--peers" in arguments:
            compare(data, same=SAME)
    print(f"\n{len(report.missed)} targets missed" if report.missed else "\nevery target reached")
    return 1 if report.missed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
