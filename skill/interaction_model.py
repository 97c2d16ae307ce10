"""Builds and checks the Alexa interaction model of a locale from declared intents and locale files."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError

from skill.conversation.declare import BUILT_IN_PREFIX, Intent, Slot
from skill.conversation.locale_files import LocaleTexts, PromptText
from skill.conversation.prompt_checks import placeholders, template_faults
from skill.understanding.lint import Limits, Options, form_findings, read_draft

Json = dict[str, Any]
TypeValues = Mapping[str, Sequence[str]]
"""Value id -> the value and its synonyms."""

NO_MODEL_SUFFIX = "Request"
"""What is declared under such a name, as LaunchRequest, is a request type of Alexa and no intent."""
FALLBACK_SENSITIVITY = "MEDIUM"
REQUIRED = tuple(
    f"AMAZON.{name}Intent"
    for name in ("Cancel", "Fallback", "Help", "NavigateHome", "No", "Repeat", "Stop", "Yes")
)
"""Certification asks for Cancel, Help, NavigateHome and Stop; our conversations need the rest."""
LIMITS = Limits()


def build(intents: Iterable[Intent], texts: LocaleTexts, types: Mapping[str, TypeValues]) -> Json:
    """The interaction model of one locale, ready for `dump`.

    `types` adds slot types whose values come from elsewhere, such as the catalogue; a type that the
    locale files list too gets both. Nothing is checked here: `problems` does.
    """
    declared = sorted(intents, key=lambda intent: intent.name)
    modelled = [intent for intent in declared if not intent.name.endswith(NO_MODEL_SUFFIX)]
    names = sorted({*texts.types, *types})
    asking = [intent for intent in modelled if any(slot.elicited for slot in intent.slots)]
    language_model = {
        "invocationName": texts.invocation_name,
        "modelConfiguration": {"fallbackIntentSensitivity": {"level": FALLBACK_SENSITIVITY}},
        "intents": [_intent(intent, texts) for intent in modelled],
        "types": [_type(name, texts.types.get(name, {}), types.get(name, {})) for name in names],
    }
    # The skill leads every dialog itself; Alexa only needs to know what may be asked for.
    dialog = {
        "delegationStrategy": "SKILL_RESPONSE",
        "intents": [_dialog(intent, texts) for intent in asking],
    }
    prompts = [_prompt(intent, slot, texts) for intent in asking for slot in intent.slots if slot.elicited]
    whole = {"languageModel": language_model, "dialog": dialog, "prompts": [p for p in prompts if p]}
    return {"interactionModel": whole}


def dump(model: Mapping[str, Any]) -> str:
    """The model as the text of its file: the same model gives the same bytes."""
    return json.dumps(model, indent=2, ensure_ascii=False) + "\n"


def _intent(intent: Intent, texts: LocaleTexts) -> Json:
    made: Json = {"name": intent.name}
    if not intent.name.startswith(BUILT_IN_PREFIX):
        made["slots"] = [_slot(intent, slot, texts) for slot in intent.slots]
    made["samples"] = list(texts.samples.get(intent.short_name, []))
    return made


def _slot(intent: Intent, slot: Slot, texts: LocaleTexts) -> Json:
    made: Json = {"name": slot.name, "type": slot.type}
    if slot.multiple:
        made["multipleValues"] = {"enabled": True}
    samples = texts.slot_samples.get((intent.short_name, slot.name))
    if samples:
        made["samples"] = list(samples)
    return made


def _type(name: str, *sources: TypeValues) -> Json:
    """One slot type; the same id in two sources is one value with the synonyms of both."""
    values: dict[str, list[str]] = {}
    for source in sources:
        for key, words in source.items():
            values.setdefault(key, []).extend(words)
    return {"name": name, "values": [_value(key, words) for key, words in values.items()]}


def _value(key: str, words: Sequence[str]) -> Json:
    unique: dict[str, str] = {}
    for word in words:
        # Synonyms that differ only in case are one to Alexa, so the first spelling is kept.
        unique.setdefault(word.casefold(), word)
    value, *synonyms = unique.values() or ("",)
    return {"id": key, "name": {"value": value, "synonyms": synonyms}}


def _dialog(intent: Intent, texts: LocaleTexts) -> Json:
    slots = []
    for slot in intent.slots:
        asked = slot.elicited and (intent.short_name, slot.name) in texts.elicitations
        slots.append(
            {
                "name": slot.name,
                "type": slot.type,
                "elicitationRequired": slot.elicited,
                "confirmationRequired": False,
                "prompts": {"elicitation": _prompt_id(intent, slot)} if asked else {},
            }
        )
    return {"name": intent.name, "confirmationRequired": False, "prompts": {}, "slots": slots}


def _prompt(intent: Intent, slot: Slot, texts: LocaleTexts) -> Json:
    """The elicitation prompt of a slot; empty where the locale files have none."""
    questions = texts.elicitations.get((intent.short_name, slot.name), [])
    variations = [{"type": "PlainText", "value": question} for question in questions]
    return {"id": _prompt_id(intent, slot), "variations": variations} if variations else {}


def _prompt_id(intent: Intent, slot: Slot) -> str:
    return f"Elicit.{intent.name}.{slot.name}"


def problems(model: Mapping[str, Any], texts: LocaleTexts, limits: Limits = LIMITS) -> list[str]:
    """What Alexa would refuse or misunderstand, and what of the texts nobody declares; a line each."""
    draft = read_draft(model)
    found = [finding.message for finding in form_findings(draft, lint_options(texts, limits))]
    return found + [f"{texts.files[key]}: {problem}" for key, problem in text_problems(model, texts)]


def lint_options(texts: LocaleTexts, limits: Limits = LIMITS) -> Options:
    """How to lint a model built from `texts`; launch and small words come from the locale file."""
    lists = texts.words.get("invocation", {})
    return Options(
        language=texts.language,
        limits=limits,
        launch=frozenset(lists.get("launch", ())),
        small=frozenset(lists.get("small", ())),
        required=REQUIRED,
        advised=(),
    )


@dataclass(frozen=True)
class Gap:
    """What one locale lacks and another `has` under a `key` of its files; `message` is one line."""

    key: str
    has: LocaleTexts
    message: str


def parity(left: LocaleTexts, right: LocaleTexts) -> list[str]:
    """What one locale has and the other lacks: prompts, their values, question and card, examples, types."""
    return [gap.message for gap in gaps(left, right)]


def gaps(left: LocaleTexts, right: LocaleTexts) -> list[Gap]:
    """What `parity` says, with the key that the one locale has."""
    shared_types = sorted(left.types.keys() & right.types.keys())
    shared_prompts = sorted(left.prompts.keys() & right.prompts.keys())
    return [
        *_one_sided(left, right, "prompt", "{}", left.prompts, right.prompts),
        *_one_sided(left, right, "example", "examples.{}", left.examples, right.examples),
        *_one_sided(left, right, "slot type", "types.{}", left.types, right.types),
        *(
            gap
            for name in shared_types
            for gap in _one_sided(
                left, right, f"value of {name}", f"types.{name}", left.types[name], right.types[name]
            )
        ),
        *(
            gap
            for key in shared_prompts
            for gap in _one_sided(
                left, right, f"part of {key}", key, _parts(left.prompts[key]), _parts(right.prompts[key])
            )
        ),
    ]


def text_problems(model: Mapping[str, Any], texts: LocaleTexts) -> Iterator[tuple[str, str]]:
    """(key of `texts.files`, what is wrong) of texts that nobody declares or that cannot work."""
    intents = model["interactionModel"]["languageModel"]["intents"]
    declared = {intent["name"].removeprefix(BUILT_IN_PREFIX): intent for intent in intents}
    for name in texts.samples:
        if name not in declared:
            yield f"{name}.samples", f"samples of {name}, which is not declared"
    for name, slot in {**texts.slot_samples, **texts.elicitations}:
        if slot not in [known["name"] for known in declared.get(name, {}).get("slots", ())]:
            yield f"{name}.slots.{slot}", f"{name}.slots.{slot}, which is not declared"
    for key, example in texts.examples.items():
        if example.intent not in declared:
            yield f"examples.{key}", f"example {key} is for {example.intent}, which is not declared"
    for key, prompt in texts.prompts.items():
        if key.split(".")[0].endswith("Intent") and key.split(".")[0] not in declared:
            yield key, f"prompt {key} is of an intent that is not declared"
        yield from ((key, f"prompt {key}: {fault}") for fault in template_faults(prompt))
        # The microphone opens for a prompt with a reprompt only: a question without one is never heard.
        if not prompt.reprompt and any(speech.rstrip().endswith("?") for speech in prompt.speech):
            yield key, f"prompt {key} asks a question but has no reprompt"


def _one_sided(
    left: LocaleTexts,
    right: LocaleTexts,
    kind: str,
    key: str,
    in_left: Iterable[str],
    in_right: Iterable[str],
) -> list[Gap]:
    """`key` is where a name stands, with {} for the name."""
    ours, theirs = set(in_left), set(in_right)
    missing = [(right, left, name) for name in sorted(ours - theirs)]
    missing += [(left, right, name) for name in sorted(theirs - ours)]
    return [
        Gap(key.format(name), has, f"{lacks.locale}: no {kind} {name}, {has.locale} has it")
        for lacks, has, name in missing
    ]


def _parts(prompt: PromptText) -> Iterator[str]:
    """What both languages must have of a prompt. A broken template has no values: `problems` tells of it."""
    if prompt.reprompt:
        yield "the question"
    if prompt.card:
        yield "the card"
    try:
        yield from (f"the value {name}" for name in placeholders(prompt))
    except TemplateSyntaxError:
        return
