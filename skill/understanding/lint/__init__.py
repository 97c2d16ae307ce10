"""Finds what is wrong or doubtful in an interaction model before Amazon, or somebody speaking, does.

`rules` is the table of all codes; `draft` reads a model, faults and all; one module for each family of rules;
`options` holds the limits. The rules see one model each, `parity` several.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skill.understanding.lint.conflicts import captured_findings, overlap_findings, shared_findings
from skill.understanding.lint.dialog import dialog_findings
from skill.understanding.lint.draft import Draft, read_draft
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.lint.letters import letter_findings
from skill.understanding.lint.names import built_in_findings, invocation_findings, name_findings
from skill.understanding.lint.options import Limits, Options
from skill.understanding.lint.parity import parity_findings
from skill.understanding.lint.predicted import predicted_findings
from skill.understanding.lint.rules import RULES, SEVERITIES, Rule
from skill.understanding.lint.samples import sample_findings, thin_findings
from skill.understanding.lint.values import collision_findings, sound_findings, type_findings
from skill.understanding.model import ModelError, read_model

__all__ = [
    "RULES",
    "SEVERITIES",
    "Draft",
    "Finding",
    "Limits",
    "Options",
    "Rule",
    "Spot",
    "form_findings",
    "lint",
    "parity_findings",
    "read_draft",
]

_FORM: tuple[Callable[[Draft, Options], Iterator[Finding]], ...] = (
    invocation_findings,
    built_in_findings,
    name_findings,
    sample_findings,
    shared_findings,
    captured_findings,
    type_findings,
    dialog_findings,
)
_WORDING: tuple[Callable[[Draft, Options], Iterator[Finding]], ...] = (
    thin_findings,
    overlap_findings,
    collision_findings,
    sound_findings,
    letter_findings,
)


def lint(raw: Mapping[str, Any], options: Options) -> Iterator[Finding]:
    """All findings of one model. Raises ModelError where it has not the shape of one."""
    draft = read_draft(raw)
    found = list(form_findings(draft, options))
    yield from found
    for rule in _WORDING:
        yield from rule(draft, options)
    try:
        read_model(raw)
    except ModelError as error:
        if not any(finding.severity == "error" for finding in found):
            yield Finding("broken-model", str(error), Spot(draft.place.rstrip(".")))
        return
    if options.predict:
        yield from predicted_findings(draft, options)


def form_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """The findings that need no comparing of meanings: quick, and the same for every language."""
    for rule in _FORM:
        yield from rule(draft, options)
    size, limits = draft.size, options.limits
    if size > limits.model_bytes:
        message = f"the model has {size} bytes without white space, Alexa takes {limits.model_bytes}"
        yield Finding("model-too-large", message, Spot(""))
    if len(draft.intents) > limits.intents:
        message = f"there are {len(draft.intents)} intents, Alexa takes {limits.intents}"
        yield Finding("too-many-intents", message, Spot(f"{draft.place}intents"))
