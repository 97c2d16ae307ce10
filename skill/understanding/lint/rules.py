"""The table of lint's rules: each code with its severity, what it finds and why that matters."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Rule:
    """A rule as docs/lint.md shows it."""

    code: str
    severity: Severity
    finds: str
    why: str


RULES = (
    # the shape of the model
    Rule("broken-model", "error", "what no reader of models understands", "nothing can be built from it"),
    Rule("too-many-intents", "error", "more intents than the limit", "Amazon refuses the model"),
    Rule("model-too-large", "error", "more bytes than the limit", "Amazon refuses the model"),
    Rule("duplicate-intent", "error", "two intents of one name", "only one of them can be reached"),
    Rule("duplicate-slot", "error", "two slots of one name in an intent", "only one of them can be filled"),
    Rule("odd-name", "error", "a name with other signs than letters and underscores", "Amazon refuses it"),
    Rule("missing-built-in", "error", "no Cancel, Help or Stop intent", "certification asks for them"),
    Rule(
        "advised-built-in",
        "warning",
        "no Fallback or NavigateHome intent",
        "without a fallback every stray sentence lands in some intent; screens need the way home",
    ),
    Rule(
        "invocation-name",
        "error",
        "an invocation name with capitals, digits, launch or wake words, or a small word in a name of two",
        "certification refuses it",
    ),
    Rule(
        "one-word-name",
        "warning",
        "an invocation name of fewer than two words",
        "certification takes it only for a brand of one's own",
    ),
    # samples
    Rule("no-samples", "error", "an intent of the skill's own without samples", "nobody can reach it"),
    Rule("thin-intent", "warning", "fewer samples than advised", "sentences said otherwise are missed"),
    Rule(
        "undeclared-slot", "error", "a sample with a slot that its intent lacks", "Amazon refuses the model"
    ),
    Rule("repeated-slot", "error", "a sample with one slot twice", "Amazon refuses the model"),
    Rule("odd-sign", "error", "a sample with punctuation or unpaired braces", "Amazon refuses the model"),
    Rule("digits", "warning", "a sample with digits", "people are heard in words: write numbers as words"),
    Rule("glued-slot", "warning", "a slot that touches a word", "the value would have to be half a word"),
    Rule("long-sample", "error", "a sample of more characters than the limit", "Amazon refuses the model"),
    Rule("search-beside-slot", "error", "a search phrase beside another slot", "Amazon refuses the model"),
    Rule(
        "bare-search",
        "error",
        "a sample that is nothing but a search phrase",
        "Amazon refuses it: a search phrase needs words around it",
    ),
    Rule("bare-slot", "warning", "a sample that is nothing but a slot", "it catches every stray word"),
    # sentences of two owners
    Rule(
        "shared-sample",
        "error",
        "one sample in two intents; slots of one type count as the same",
        "nobody can tell which one answers",
    ),
    Rule("duplicate-sample", "warning", "one sample twice in an intent", "the second adds nothing"),
    Rule(
        "overlapping-samples",
        "warning",
        "samples of two intents that are one sentence once slot values are put in",
        "which one answers is decided by a rule nobody wrote down",
    ),
    Rule(
        "captured-sample",
        "error",
        "a sample that Amazon names for a built-in intent which is in the model",
        "Alexa prefers the built-in: the sample never reaches its intent",
    ),
    Rule(
        "captured-paraphrase",
        "warning",
        "a sample that says what a built-in intent in the model is for",
        "Alexa may prefer the built-in, and people mean it",
    ),
    Rule(
        "captured-value",
        "warning",
        "a sample that is a phrase of a built-in intent once slot values are put in",
        "that value never arrives",
    ),
    Rule(
        "unpredicted-sample",
        "warning",
        "a sample that the intent's other samples would not have led to",
        "what is said a little differently is missed as well: write more samples like it",
    ),
    # slot types and their values
    Rule("unknown-type", "error", "a slot of a type that nobody declares", "Amazon refuses the model"),
    Rule("duplicate-type", "error", "two types of one name", "Amazon refuses the model"),
    Rule("unused-type", "warning", "a type that no slot has", "it is dead weight, or a slot is misspelt"),
    Rule("empty-type", "error", "a type without values", "Amazon refuses the model"),
    Rule("odd-value", "error", "a value that is empty or holds braces or control signs", "it is never heard"),
    Rule("long-value", "error", "a value of more characters than the limit", "Amazon refuses the model"),
    Rule("too-many-values", "error", "more values and synonyms than the limit", "Amazon refuses the model"),
    Rule("duplicate-id", "error", "two values of a type with one id", "the skill cannot tell them apart"),
    Rule(
        "shared-value",
        "warning",
        "a value or synonym that stands under two ids of its type",
        "hearing it gives both; the skill has to ask which",
    ),
    Rule(
        "sound-alike",
        "warning",
        "values of two ids that are spoken alike",
        "the one is heard for the other",
    ),
    # letters
    Rule(
        "look-alike",
        "error",
        "letters of another alphabet that look like those around them",
        "the word looks right and is never heard",
    ),
    Rule("mixed-scripts", "warning", "a word of letters of several alphabets", "it is likely a slip"),
    Rule("invisible-sign", "error", "signs that cannot be seen", "the word looks right and is never heard"),
    # dialog and prompts
    Rule("unknown-in-dialog", "error", "a dialog for what the intents lack", "Amazon refuses the model"),
    Rule("no-question", "error", "a slot to be elicited or confirmed without a prompt", "nothing is asked"),
    Rule("no-slot-samples", "warning", "a slot to be elicited without samples", "answers in a sentence fail"),
    Rule("unknown-prompt", "error", "a prompt named that is not there", "Amazon refuses the model"),
    Rule("unused-prompt", "warning", "a prompt that nothing names", "it is never spoken"),
    Rule("too-many-variations", "error", "a prompt of more variations than the limit", "Amazon refuses it"),
    Rule("unknown-validation", "error", "a validation of a type there is not", "Amazon refuses the model"),
    Rule(
        "unusable-validation",
        "error",
        "a validation without values, or that compares with what is no number, date, time or duration",
        "no answer would ever be right",
    ),
    # between locales
    Rule(
        "locale-parity",
        "warning",
        "intents, slots, types or value ids that the same skill's model of another locale has",
        "people who speak that language cannot say it",
    ),
    Rule(
        "locale-text",
        "error",
        "our locale files: texts nobody declares, broken templates, questions without a reprompt",
        "it is never said, or fails when it is",
    ),
    Rule(
        "locale-prompt",
        "error",
        "our locale files: prompts, placeholders, examples or types that one language lacks",
        "what one language says the other leaves out",
    ),
)
SEVERITIES: dict[str, Severity] = {rule.code: rule.severity for rule in RULES}
