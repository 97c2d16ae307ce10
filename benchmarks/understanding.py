"""Measures the offline understanding on public interaction models and our own: accuracy, refusals, latency.

Run: python benchmarks/understanding.py [DATA FOLDER]   (default: RESTOCK_DATA or ../shared/data)
"""

import copy
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, compile_model
from skill.understanding.model import Model, read_model, split_sample

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODELS = ("babybuddy", "babysteps", "magento", "salesforce", "flask-ask-purchase")
ROUNDS = 3
LEFT_OUT = 0.2
LARGE_INTENTS, LARGE_VALUES = 34, 3756

SPOKEN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AMAZON.NUMBER": (("four", "4"), ("12", "12"), ("twenty one", "21")),
    "AMAZON.FOUR_DIGIT_NUMBER": (("six zero four five", "6045"), ("4821", "4821")),
    "AMAZON.DATE": (("tomorrow", "2026-11-22"), ("next friday", "2026-11-27"), ("july fourth", "2027-07-04")),
    "AMAZON.TIME": (("two thirty p.m.", "14:30"), ("quarter past six", "06:15")),
    "AMAZON.DURATION": (("twenty minutes", "PT20M"), ("an hour and a half", "PT1H30M")),
    "AMAZON.FirstName": (("leo", "leo"), ("maya", "maya")),
    "AMAZON.SearchQuery": (("red bicycle", "red bicycle"), ("burlington textiles", "burlington textiles")),
}


@dataclass(frozen=True)
class Case:
    """A rendered sample: the sentence, where it came from, and the wire values in it."""

    intent: str
    sample: str
    text: str
    slots: Mapping[str, str]


def cases(model: Model, chance: random.Random) -> Iterator[Case]:
    """Every sample with values put in."""
    for intent in model.intents:
        types = {name: slot.type for name, slot in intent.slots.items()}
        for sample in intent.samples:
            yield _case(model, intent.name, types, sample, chance)


def _case(model: Model, intent: str, types: Mapping[str, str], sample: str, chance: random.Random) -> Case:
    said, slots = [], {}
    for piece, is_slot in split_sample(sample):
        if not is_slot:
            said.append(piece.strip())
            continue
        kind = types[piece]
        options = SPOKEN.get(kind) or [(value.name, value.name.lower()) for value in model.types[kind]]
        spoken, slots[piece] = chance.choice(options)
        said.append(spoken)
    return Case(intent, sample, " ".join(said), slots)


def slip(text: str, chance: random.Random) -> str:
    """The text with one letter dropped from one word of at least three letters."""
    words = text.split()
    long = [place for place, word in enumerate(words) if len(word) > 2]
    if long:
        place = chance.choice(long)
        letter = chance.randrange(len(words[place]))
        words[place] = words[place][:letter] + words[place][letter + 1 :]
    return " ".join(words)


def intent_of(model: CompiledModel, text: str) -> str | None:
    """The intent found, a refusal as None."""
    found = model.resolve(text, now=NOW)
    return None if found.stage in ("fallback", "none") else found.intent


def shared(model: Model) -> set[str]:
    """Rendered texts that two intents share are genuinely ambiguous; found by their samples."""
    owners: dict[str, set[str]] = {}
    for intent in model.intents:
        for sample in intent.samples:
            owners.setdefault(sample.lower(), set()).add(intent.name)
    return {sample for sample, own in owners.items() if len(own) > 1}


@dataclass
class Tally:
    """Right answers out of all."""

    right: int = 0
    total: int = 0

    def add(self, *, right: bool) -> None:
        """Counts one answer."""
        self.right += right
        self.total += 1

    def __str__(self) -> str:
        return f"{self.right / self.total:.3f}" if self.total else "  -  "


def own_samples(model: Model, compiled: CompiledModel, show: bool) -> tuple[Tally, Tally, Tally]:
    """(intent right, slots exact among those, intent right with one letter dropped)."""
    intents, slots, dropped = Tally(), Tally(), Tally()
    ambiguous = shared(model)
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        for case in cases(model, chance):
            if case.sample.lower() in ambiguous:
                continue
            found = compiled.resolve(case.text, now=NOW)
            intents.add(right=found.intent == case.intent)
            if found.intent == case.intent:
                values = {name: fill.value for name, fill in found.slots.items()}
                slots.add(right=values == case.slots)
            worse = slip(case.text, chance)
            dropped.add(right=intent_of(compiled, worse) == case.intent)
            if show and intent_of(compiled, worse) != case.intent:
                print("   slip", repr(worse), case.intent, intent_of(compiled, worse))
            if show and found.intent != case.intent:
                print("   own", repr(case.text), case.intent, found.intent, found.stage)
            elif show and {n: f.value for n, f in found.slots.items()} != case.slots:
                print("   slots", repr(case.text), case.slots, {n: f.value for n, f in found.slots.items()})
    return intents, slots, dropped


def left_out(raw: Mapping[str, Any], out_of_scope: list[str]) -> tuple[Tally, Tally, Tally]:
    """(left-out samples right, wrong, out-of-scope refused) after training on the other samples."""
    right, wrong, refused = Tally(), Tally(), Tally()
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        kept: Any = copy.deepcopy(raw)
        held: list[tuple[str, str]] = []
        for intent in kept["interactionModel"]["languageModel"]["intents"]:
            samples = intent.get("samples", [])
            count = int(len(samples) * LEFT_OUT + 0.5) if len(samples) > 2 else 0
            out = set(chance.sample(samples, count))
            held += [(intent["name"], sample) for sample in samples if sample in out]
            intent["samples"] = [sample for sample in samples if sample not in out]
        compiled = compile_model(kept)
        for case in cases(read_model(raw), chance):
            if (case.intent, case.sample) in held:
                found = intent_of(compiled, case.text)
                right.add(right=found == case.intent)
                wrong.add(right=found not in (None, case.intent))
        for text in out_of_scope:
            refused.add(right=intent_of(compiled, text) is None)
    return right, wrong, refused


def large_model(chance: random.Random) -> dict[str, Any]:
    """A model of the size the latency target names: 34 intents and 3,756 slot values of made-up names."""
    parts = ("ka", "lo", "mi", "ren", "tu", "vas", "pel", "dor", "shi", "gra", "wen", "zo")

    def made(count: int) -> str:
        return "".join(chance.choice(parts) for _ in range(count))

    names = sorted({f"{made(2)} {made(3)} {made(2)}" for _ in range(LARGE_VALUES * 2)})[:LARGE_VALUES]
    verbs = [made(2) for _ in range(LARGE_INTENTS)]
    intents = [
        {
            "name": f"Do{number}Intent",
            "slots": [{"name": "thing", "type": "THING"}, {"name": "count", "type": "AMAZON.NUMBER"}],
            "samples": [
                sample
                for verb in (verb, f"please {verb}", f"i want to {verb}")
                for sample in (
                    f"{verb} {{thing}}",
                    f"{verb} {{count}} {{thing}}",
                    f"{verb} it for me with {{thing}}",
                )
            ],
        }
        for number, verb in enumerate(verbs)
    ]
    values = [{"id": str(number), "name": {"value": name}} for number, name in enumerate(names)]
    types = [{"name": "THING", "values": values}]
    return {"languageModel": {"invocationName": "large one", "intents": intents, "types": types}}


def latency(compiled: CompiledModel, texts: list[str]) -> str:
    """Median, 95th percentile and maximum in milliseconds of processor time (other load does not count)."""
    taken = []
    for text in texts:
        start = time.process_time()
        compiled.resolve(text, now=NOW)
        taken.append((time.process_time() - start) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return f"{statistics.median(taken):6.2f} {cuts[18]:6.2f} {max(taken):6.2f}"


def large_rows(out_of_scope: list[str]) -> None:
    """Compile time and latency of the large made-up model."""
    raw = large_model(random.Random(1))
    start = time.perf_counter()
    compiled = compile_model(raw)
    seconds = time.perf_counter() - start
    chance = random.Random(2)
    said = [case.text for case in cases(read_model(raw), chance)]
    print(f"\n{LARGE_INTENTS} intents, {LARGE_VALUES} values: compile {seconds:.2f} s")
    print(f"  own samples          p50/p95/max ms {latency(compiled, said)}")
    print(f"  one letter dropped   p50/p95/max ms {latency(compiled, [slip(text, chance) for text in said])}")
    if out_of_scope:
        print(f"  out of scope         p50/p95/max ms {latency(compiled, out_of_scope)}")


def own_rows(lines: list[dict[str, str]], show: bool) -> None:
    """Our own English model: its samples, people's sentences for its intents, and out-of-scope ones."""
    raw = interaction_model("en-US")
    start = time.perf_counter()
    compiled = compile_model(raw)
    seconds = time.perf_counter() - start
    model = read_model(raw)
    intents, slots, _ = own_samples(model, compiled, show=False)
    said = [case.text for case in cases(model, random.Random(0))]
    print(f"\nour own en-US model: compile {seconds:.2f} s, own samples {intents}, slots {slots}")
    print(f"  own samples          p50/p95/max ms {latency(compiled, said)}")
    human, refused = Tally(), Tally()
    for row in lines:
        found = intent_of(compiled, row["text"])
        if row["label"] != "OUT_OF_SCOPE":
            human.add(right=found == row["label"])
            continue
        refused.add(right=found is None)
        if show and found is not None:
            print("   oos", repr(row["text"]), found)
    strangers = [row["text"] for row in lines if row["label"] == "OUT_OF_SCOPE"]
    print(f"  out of scope         p50/p95/max ms {latency(compiled, strangers)}")
    print(f"  people's sentences right {human}, out of scope refused {refused}")


def main(arguments: list[str]) -> int:
    """Prints the table; without the data folder only the made-up model is measured."""
    show = "--show" in arguments
    paths = [argument for argument in arguments if not argument.startswith("--")]
    data = Path(paths[0] if paths else os.environ.get("RESTOCK_DATA", "../shared/data")) / "utterances"
    rows = data / "clinc150_train_val.jsonl"
    if not rows.exists():
        print(f"{data} is absent: only the made-up model is measured")
        large_rows([])
        return 0
    lines = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    oos = [row["text"] for row in lines if row["label"] == "OUT_OF_SCOPE"]
    print(
        "model                own    slots  slip   left-out wrong  oos refused  p50/p95/max ms   compile ms"
    )
    for name in MODELS:
        raw = json.loads((data / "models" / f"{name}.json").read_text(encoding="utf-8"))
        start = time.perf_counter()
        compiled = compile_model(raw)
        milliseconds = (time.perf_counter() - start) * 1000
        model = read_model(raw)
        own, slots, dropped = own_samples(model, compiled, show)
        left, wrong, refused = left_out(raw, oos)
        speed = latency(compiled, [case.text for case in cases(model, random.Random(0))] + oos)
        print(
            f"{name:20} {own}  {slots}  {dropped}  {left}    {wrong}  {refused}       {speed}"
            f"  {milliseconds:.0f}"
        )
        for text in oos if show else ():
            found = compiled.resolve(text, now=NOW)
            if found.stage not in ("fallback", "none"):
                print("   oos", repr(text), found.intent, found.stage, found.score, repr(found.matched))
    large_rows(oos)
    own_rows(lines, show)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
