"""The work that understanding is measured on: models, people's sentences, renderings, slips and splits."""

import copy
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skill.understanding.model import Model, read_model, split_sample

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODELS = ("babybuddy", "babysteps", "magento", "salesforce", "flask-ask-purchase")
OUT_OF_SCOPE = "OUT_OF_SCOPE"
LEFT_OUT = 0.2
PER_INTENT = 20
TEN_INTENTS = (
    "cancel",
    "no",
    "order",
    "order_status",
    "redeem_rewards",
    "repeat",
    "rewards_balance",
    "shopping_list",
    "shopping_list_update",
    "yes",
)
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


@dataclass
class Tally:
    """Right answers out of all."""

    right: int = 0
    total: int = 0

    def add(self, *, right: bool) -> None:
        """Counts one answer."""
        self.right += right
        self.total += 1

    @property
    def share(self) -> float:
        """Right answers of all, 1.0 if there were none."""
        return self.right / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.share:.3f}" if self.total else "  -  "


def read_models(data: Path) -> dict[str, dict[str, Any]]:
    """The public interaction models by name."""
    return {
        name: json.loads((data / "models" / f"{name}.json").read_text(encoding="utf-8")) for name in MODELS
    }


def read_rows(data: Path) -> list[dict[str, str]]:
    """People's sentences, each with the intent it is labelled with."""
    text = (data / "clinc150_train_val.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def cases(model: Model, chance: random.Random) -> Iterator[Case]:
    """Every sample with values put in."""
    for intent in model.intents:
        types = {name: slot.type for name, slot in intent.slots.items()}
        for sample in intent.samples:
            yield _case(model, intent.name, types, sample, chance)


def _case(model: Model, intent: str, types: Mapping[str, str], sample: str, chance: random.Random) -> Case:
    said: list[str] = []
    slots: dict[str, str] = {}
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


def shared(model: Model) -> set[str]:
    """Samples that two intents share are genuinely ambiguous."""
    owners: dict[str, set[str]] = {}
    for intent in model.intents:
        for sample in intent.samples:
            owners.setdefault(sample.lower(), set()).add(intent.name)
    return {sample for sample, own in owners.items() if len(own) > 1}


def without_a_fifth(raw: Mapping[str, Any], seed: int) -> tuple[dict[str, Any], list[Case]]:
    """(a model without a fifth of each intent's samples, the rendered cases that were left out)."""
    chance = random.Random(seed)
    kept: Any = copy.deepcopy(raw)
    held: set[tuple[str, str]] = set()
    for intent in kept["interactionModel"]["languageModel"]["intents"]:
        samples = intent.get("samples", [])
        count = int(len(samples) * LEFT_OUT + 0.5) if len(samples) > 2 else 0
        out = set(chance.sample(samples, count))
        held |= {(intent["name"], sample) for sample in out}
        intent["samples"] = [sample for sample in samples if sample not in out]
    rendered = [case for case in cases(read_model(raw), chance) if (case.intent, case.sample) in held]
    return kept, rendered


def ten_intents(
    rows: Sequence[Mapping[str, str]], seed: int, *, built_in: bool = False
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """(a model of CLINC150's ten intents from 20 sentences each, the other sentences with their intents).

    Even seeds draw at random, odd ones take neighbours, which crowd workers wrote much alike: harder. With
    `built_in` cancel, no, repeat and yes are Amazon's own intents.
    """
    chance = random.Random(seed)
    intents, tests = [], []
    for label in TEN_INTENTS:
        name = f"AMAZON.{label.title()}Intent" if built_in else f"{label.title().replace('_', '')}Intent"
        if label not in ("cancel", "no", "repeat", "yes"):
            name = f"{label.title().replace('_', '')}Intent"
        own = [row["text"] for row in rows if row["source_label"] == label and row["split"] == "train"]
        other = [row["text"] for row in rows if row["source_label"] == label and row["split"] == "val"]
        if seed % 2 == 0:
            chance.shuffle(own)
        start = PER_INTENT * (seed // 2)
        taken = own[start : start + PER_INTENT]
        intents.append({"name": name, "slots": [], "samples": taken})
        tests += [(text, name) for text in (*other, *own[:start], *own[start + PER_INTENT :])]
    model = {"invocationName": "ten intents", "intents": intents, "types": []}
    return {"interactionModel": {"languageModel": model}}, tests


def large_model(chance: random.Random) -> dict[str, Any]:
    """A model of the size the latency target names: 34 intents and 3,756 slot values of made-up names."""
    parts = ("ka", "lo", "mi", "ren", "tu", "vas", "pel", "dor", "shi", "gra", "wen", "zo")

    def made(count: int) -> str:
        return "".join(chance.choice(parts) for _ in range(count))

    names = sorted({f"{made(2)} {made(3)} {made(2)}" for _ in range(LARGE_VALUES * 2)})[:LARGE_VALUES]
    intents = [_large_intent(number, made(2)) for number in range(LARGE_INTENTS)]
    values = [{"id": str(number), "name": {"value": name}} for number, name in enumerate(names)]
    types = [{"name": "THING", "values": values}]
    return {"languageModel": {"invocationName": "large one", "intents": intents, "types": types}}


def _large_intent(number: int, verb: str) -> dict[str, Any]:
    forms = ("{verb} {{thing}}", "{verb} {{count}} {{thing}}", "{verb} it for me with {{thing}}")
    samples = [
        form.format(verb=said) for said in (verb, f"please {verb}", f"i want to {verb}") for form in forms
    ]
    slots = [{"name": "thing", "type": "THING"}, {"name": "count", "type": "AMAZON.NUMBER"}]
    return {"name": f"Do{number}Intent", "slots": slots, "samples": samples}
