"""What the device knows of the skill in one language: how it is called and what can be said to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skill.simulator.dialog_model import DialogModel, read_dialogs
from skill.understanding import CompiledModel, compile_model
from skill.understanding.model import Value, read_model


@dataclass(frozen=True)
class SkillModel:
    """A compiled interaction model with its locale; `slot_types` maps an intent's slots to their types.

    `multiple` names the slots of an intent that take several values. `dialogs` is what Amazon's side asks by
    itself, `values` what each slot type lists.
    """

    locale: str
    invocation_name: str
    compiled: CompiledModel
    slot_types: Mapping[str, Mapping[str, str]]
    multiple: Mapping[str, frozenset[str]]
    dialogs: DialogModel = field(default_factory=DialogModel)
    values: Mapping[str, Sequence[Value]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language part of the locale."""
        return self.locale.split("-")[0]


def skill_model(raw: Mapping[str, Any], locale: str) -> SkillModel:
    """Compile the interaction model `raw` (Alexa's JSON). Raises ModelError for a broken one."""
    model = read_model(raw)
    types = {
        intent.name: {slot.name: slot.type for slot in intent.slots.values()} for intent in model.intents
    }
    multiple = {
        intent.name: frozenset(slot.name for slot in intent.slots.values() if slot.multiple)
        for intent in model.intents
    }
    dialogs = read_dialogs(raw, model)
    compiled = compile_model(raw, language=locale.split("-")[0])
    return SkillModel(locale, model.invocation_name, compiled, types, multiple, dialogs, model.types)
