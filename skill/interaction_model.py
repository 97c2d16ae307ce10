"""Builds and checks the Alexa interaction model of a locale from declared intents and locale files."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError

from skill.conversation.declare import BUILT_IN_PREFIX, Intent, Slot
from skill.conversation.locale_files import LocaleTexts, PromptText
from skill.conversation.prompt_checks import placeholders, template_faults
from skill.understanding.language import UnknownLanguageError, read_data
from skill.understanding.words import phrase

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
SLOT = re.compile(r"{([^{}]*)}")
ABBREVIATION = re.compile(r"(?<!\w)[^\W\d_]\.")
NAME = re.compile(r"(?:AMAZON\.)?[A-Za-z_]+")
WAKE_WORDS = {"alexa", "amazon", "echo", "computer", "skill", "app"}


@dataclass(frozen=True)
class Limits:
    """What Alexa accepts, in counts, characters and bytes, as skill builders report it."""

    intents: int = 250
    model_bytes: int = 1_500_000
    words_of_types: int = 50_000
    value: int = 140
    utterance: int = 200
    variations: int = 5


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
    whole = model["interactionModel"]
    language_model = whole["languageModel"]
    intents, types = language_model["intents"], language_model["types"]
    found = [
        *_invocation_problems(language_model["invocationName"], texts),
        *(f"{name} is missing" for name in REQUIRED if name not in {intent["name"] for intent in intents}),
        *_name_problems(intents),
        *_sample_problems(intents, limits),
        *_shared_samples(intents),
        *_captured_samples(intents, texts.language),
        *_type_problems(intents, types, limits),
        *_dialog_problems(whole, limits),
        *_text_problems(intents, texts),
    ]
    size = len(dump(model).encode())
    if size > limits.model_bytes:
        found.append(f"the model has {size} bytes, Alexa takes {limits.model_bytes}")
    if len(intents) > limits.intents:
        found.append(f"there are {len(intents)} intents, Alexa takes {limits.intents}")
    return found


def parity(left: LocaleTexts, right: LocaleTexts) -> list[str]:
    """What one locale has and the other lacks: prompts, their values, question and card, examples, types."""
    return [
        *_one_sided(left, right, "prompt", left.prompts, right.prompts),
        *_one_sided(left, right, "example", left.examples, right.examples),
        *_one_sided(left, right, "slot type", left.types, right.types),
        *(
            line
            for name in sorted(left.types.keys() & right.types.keys())
            for line in _one_sided(left, right, f"value of {name}", left.types[name], right.types[name])
        ),
        *(
            line
            for key in sorted(left.prompts.keys() & right.prompts.keys())
            for line in _one_sided(
                left, right, f"part of {key}", _parts(left.prompts[key]), _parts(right.prompts[key])
            )
        ),
    ]


def _invocation_problems(name: str, texts: LocaleTexts) -> Iterator[str]:
    """The rules for invocation names; the launch words and small words come from the locale file."""
    words = name.split()
    lists = texts.words.get("invocation", {})
    if len(words) < 2:
        yield f"invocation name {name!r}: it needs two words"
    if name != name.lower() or not all(_is_letter(sign) or sign in " '." for sign in name):
        yield f"invocation name {name!r}: only lower-case letters, spaces, apostrophes and periods"
    for word in words:
        if word in WAKE_WORDS or word in lists.get("launch", ()):
            yield f"invocation name {name!r}: {word!r} is a launch or wake word"
        if len(words) == 2 and word in lists.get("small", ()):
            yield f"invocation name {name!r}: two words with the article or preposition {word!r}"


def _name_problems(intents: Sequence[Json]) -> Iterator[str]:
    counted = Counter(intent["name"] for intent in intents)
    yield from (f"{name}: the intent is there {count} times" for name, count in counted.items() if count > 1)
    for intent in intents:
        slots = Counter(slot["name"] for slot in intent.get("slots", ()))
        yield from (f"{intent['name']}: the slot {name} is twice" for name, n in slots.items() if n > 1)
        for name in (intent["name"], *slots):
            if not NAME.fullmatch(name):
                yield f"{intent['name']}: the name {name!r} may hold letters and underscores only"


def _sample_problems(intents: Sequence[Json], limits: Limits) -> Iterator[str]:
    for intent in intents:
        types = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        if not intent["samples"] and not intent["name"].startswith(BUILT_IN_PREFIX):
            yield f"{intent['name']}: no samples"
        for place, sample in _samples(intent):
            for fault in _sample_faults(sample, types, limits):
                yield f"{place}: sample {sample!r} {fault}"
        for sample in intent["samples"]:
            if SLOT.fullmatch(sample.strip()):
                yield f"{intent['name']}: sample {sample!r} is nothing but a slot and would catch everything"


def _sample_faults(sample: str, types: Mapping[str, str], limits: Limits) -> Iterator[str]:
    used = SLOT.findall(sample)
    outside = ABBREVIATION.sub("", SLOT.sub(" ", sample))
    yield from (f"uses the slot {name!r}, which is not declared" for name in used if name not in types)
    yield from (f"uses the slot {name!r} twice" for name, count in Counter(used).items() if count > 1)
    odd = sorted({sign for sign in outside if not _is_letter(sign) and sign not in " '_-"})
    if odd:
        yield f"holds {' '.join(odd)}, which Alexa refuses (numbers are written as words)"
    if re.search(r"[^\W_]{|}[^\W_]", sample):
        yield "has a slot that is glued to a word"
    if len(sample) > limits.utterance:
        yield f"has {len(sample)} characters, Alexa takes {limits.utterance}"
    if len(used) > 1 and "AMAZON.SearchQuery" in [types.get(name) for name in used]:
        yield "has another slot beside a search phrase"


def _shared_samples(intents: Sequence[Json]) -> Iterator[str]:
    """Samples that Alexa cannot tell apart: slots of one type count as the same."""
    owners: dict[str, tuple[str, str]] = {}
    for intent in intents:
        types = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for sample in intent["samples"]:
            key = _typed(sample, types)
            if key in owners:
                owner, text = owners[key]
                yield f"{intent['name']}: sample {sample!r} is also {text!r} of {owner}"
            else:
                owners[key] = (intent["name"], sample)


def _typed(sample: str, types: Mapping[str, str]) -> str:
    """The sample as Alexa compares it, every slot named by its type."""
    pieces = SLOT.split(sample)
    pieces[1::2] = [f"{{{types.get(name, name)}}}" for name in pieces[1::2]]
    return " ".join("".join(pieces).casefold().split())


def _captured_samples(intents: Sequence[Json], language: str) -> Iterator[str]:
    """Samples that are a phrase of a built-in intent in the model: Alexa prefers the built-in."""
    try:
        phrases = {
            phrase(text, language): name
            for name, listed in read_data(f"phrases_{language}.toml").items()
            for text in listed
            if name in {intent["name"] for intent in intents}
        }
    except (UnknownLanguageError, FileNotFoundError):
        return
    for intent in intents:
        for place, sample in _samples(intent):
            owner = None if SLOT.search(sample) else phrases.get(phrase(sample, language))
            if owner not in (None, intent["name"]):
                yield f"{place}: sample {sample!r} would be captured by {owner}"


def _type_problems(intents: Sequence[Json], types: Sequence[Json], limits: Limits) -> Iterator[str]:
    used = {slot["type"] for intent in intents for slot in intent.get("slots", ())}
    listed = {kind["name"] for kind in types}
    unlisted = sorted(name for name in used - listed if not name.startswith(BUILT_IN_PREFIX))
    yield from (f"{name}: no such slot type" for name in unlisted)
    yield from (f"{name}: no slot uses this type" for name in sorted(listed - used))
    count = 0
    for kind in types:
        if not kind["values"]:
            yield f"{kind['name']}: a type without values"
        for value in kind["values"]:
            words = [value["name"]["value"], *value["name"]["synonyms"]]
            count += len(words)
            faults = ((word, _value_fault(word, limits)) for word in words)
            told = [f"value {word!r} of {value['id']} {fault}" for word, fault in faults if fault]
            yield from (f"{kind['name']}: {fault}" for fault in told)
    if count > limits.words_of_types:
        yield f"the types hold {count} values and synonyms, Alexa takes {limits.words_of_types}"


def _value_fault(word: str, limits: Limits) -> str:
    if not word.strip():
        return "is empty"
    if len(word) > limits.value:
        return f"has {len(word)} characters, Alexa takes {limits.value}"
    odd = any(sign in "{}" or unicodedata.category(sign) in ("Cc", "Cs") for sign in word)
    return "holds braces or control characters" if odd else ""


def _dialog_problems(whole: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    samples = {
        (intent["name"], slot["name"]): slot.get("samples")
        for intent in whole["languageModel"]["intents"]
        for slot in intent.get("slots", ())
    }
    for intent in whole["dialog"]["intents"]:
        for slot in (slot for slot in intent["slots"] if slot["elicitationRequired"]):
            place = (intent["name"], slot["name"])
            if "elicitation" not in slot["prompts"]:
                yield f"{'.'.join(place)}: an elicited slot without a question"
            if not samples.get(place):
                yield f"{'.'.join(place)}: an elicited slot without samples"
    for prompt in whole["prompts"]:
        if len(prompt["variations"]) > limits.variations:
            yield f"{prompt['id']}: {len(prompt['variations'])} variations, Alexa takes {limits.variations}"


def _text_problems(intents: Sequence[Json], texts: LocaleTexts) -> Iterator[str]:
    """Texts of intents and slots that nobody declares, and templates that cannot work."""
    declared = {intent["name"].removeprefix(BUILT_IN_PREFIX): intent for intent in intents}
    for name in texts.samples:
        if name not in declared:
            yield f"{texts.files[f'{name}.samples']}: samples of {name}, which is not declared"
    for name, slot in {**texts.slot_samples, **texts.elicitations}:
        if slot not in [known["name"] for known in declared.get(name, {}).get("slots", ())]:
            yield f"{texts.files[f'{name}.slots.{slot}']}: {name}.slots.{slot}, which is not declared"
    for key, example in texts.examples.items():
        if example.intent not in declared:
            file = texts.files[f"examples.{key}"]
            yield f"{file}: example {key} is for {example.intent}, which is not declared"
    for key, prompt in texts.prompts.items():
        if key.split(".")[0].endswith("Intent") and key.split(".")[0] not in declared:
            yield f"{texts.files[key]}: prompt {key} is of an intent that is not declared"
        yield from (f"{texts.files[key]}: prompt {key}: {fault}" for fault in template_faults(prompt))
        # The microphone opens for a prompt with a reprompt only: a question without one is never heard.
        if not prompt.reprompt and any(speech.rstrip().endswith("?") for speech in prompt.speech):
            yield f"{texts.files[key]}: prompt {key} asks a question but has no reprompt"


def _samples(intent: Json) -> Iterator[tuple[str, str]]:
    """Every sample with its place: the intent, or "Intent.slot" for answers to the slot's question."""
    yield from ((intent["name"], sample) for sample in intent["samples"])
    for slot in intent.get("slots", ()):
        yield from ((f"{intent['name']}.{slot['name']}", sample) for sample in slot.get("samples", ()))


def _is_letter(sign: str) -> bool:
    # Marks are letters' parts in scripts such as Devanagari.
    return unicodedata.category(sign)[0] in "LM"


def _one_sided(
    left: LocaleTexts, right: LocaleTexts, kind: str, in_left: Iterable[str], in_right: Iterable[str]
) -> list[str]:
    ours, theirs = set(in_left), set(in_right)
    missing = [(right, left, name) for name in sorted(ours - theirs)]
    missing += [(left, right, name) for name in sorted(theirs - ours)]
    return [f"{lacks.locale}: no {kind} {name}, {has.locale} has it" for lacks, has, name in missing]


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
