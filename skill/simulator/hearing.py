"""Understands a sentence as an answer to what was asked: a yes or no, a slot's value, or something else.

A confirmation takes yes and no first, then a correction ("no, size four") where the slot can be said so;
a question for a slot takes its value first, then its samples (skill.understanding does that).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from skill.simulator.dialog import Question
from skill.simulator.skill_model import SkillModel
from skill.understanding import CompiledModel, Context, SlotFill, Understood, compile_model
from skill.understanding.model import NO_INTENT, YES_INTENT
from skill.understanding.results import NO_MATCH

WHOLE = "builtin"
"""The stage at which a sentence is nothing but a yes or a no."""


@dataclass(frozen=True)
class Heard:
    """A sentence understood; `verdict` is a yes or no to a confirmation, `answers` that it fills a slot."""

    understood: Understood
    verdict: bool | None = None
    answers: bool = False


def listen(
    model: SkillModel, sentence: str, now: datetime, question: Question | None, context: Context
) -> Heard:
    """What a sentence means while `question` is open; `now` is the moment in the device's zone."""
    if question is None or question.asks == "slot":
        understood = model.compiled.resolve(sentence, now=now, context=context)
        return Heard(understood, answers=question is not None and _fills(understood, question))
    verdict = _yes_no(model.language).resolve(sentence, now=now, context=Context(expects_yes_no=True))
    if verdict.stage == WHOLE:
        return Heard(verdict, verdict=verdict.intent == YES_INTENT)
    corrected = next(_corrections(model, sentence, now, question, context), None)
    if corrected is not None:
        return Heard(corrected, answers=True)
    return _besides(model.compiled.resolve(sentence, now=now, context=context), verdict, question)


def _besides(understood: Understood, verdict: Understood, question: Question) -> Heard:
    """Neither a plain yes or no nor a correction: a longer refusal, the same intent anew, or another one."""
    if understood.intent in (YES_INTENT, NO_INTENT):
        return Heard(understood, verdict=understood.intent == YES_INTENT)
    if understood.stage in ("none", "fallback") and verdict.intent == NO_INTENT:
        return Heard(verdict, verdict=False)
    again = understood.intent == question.intent["name"] and bool(understood.slots)
    return Heard(understood, answers=again)


def _fills(understood: Understood, question: Question) -> bool:
    """Whether a sentence tells what was asked for; a new sentence of the same intent starts it anew."""
    if understood.intent != question.intent["name"]:
        return False
    return understood.stage == "elicited" or question.slot in understood.slots


def _corrections(
    model: SkillModel, sentence: str, now: datetime, question: Question, context: Context
) -> Iterator[Understood]:
    """New values for what is to be confirmed, also behind a "no".

    Where a slot is confirmed it alone may be corrected; where the intent is, every slot that has samples of
    its own, but only by a value that its type knows.
    """
    name = str(question.intent["name"])
    declared = model.compiled.made.intents[name].slots if name in model.compiled.made.intents else {}
    for text in (_behind_no(model, sentence, now), sentence):
        for slot in declared.values() if text else ():
            if slot.name != question.slot and not (question.slot is None and slot.samples):
                continue
            asked = replace(context, elicit=(name, slot.name), expects_yes_no=False)
            found = model.compiled.resolve(text, now=now, context=asked)
            if found.stage == "elicited" and (question.slot or _is_known(found.slots.get(slot.name))):
                yield found


def _is_known(fill: SlotFill | None) -> bool:
    return fill is not None and fill.status != NO_MATCH


def _behind_no(model: SkillModel, sentence: str, now: datetime) -> str:
    """What follows a "no" at the beginning, "" where there is none."""
    first, _, rest = sentence.strip().partition(" ")
    said = _yes_no(model.language).resolve(first, now=now, context=Context(expects_yes_no=True))
    return rest.strip(" ,.") if said.intent == NO_INTENT and said.stage == WHOLE else ""


@cache
def _yes_no(language: str) -> CompiledModel:
    """A model of nothing but yes and no: a confirmation takes them even where the skill declares neither."""
    intents = [{"name": name, "samples": []} for name in (YES_INTENT, NO_INTENT)]
    return compile_model({"intents": intents}, language=language)
