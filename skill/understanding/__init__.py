"""Understands sentences by any Alexa interaction model: intent, slots in Alexa's wire values, and why."""

from skill.understanding.invocation import strip_invocation
from skill.understanding.model import ModelError
from skill.understanding.resolver import CompiledModel, compile_model
from skill.understanding.results import Context, SlotFill, Understood

__all__ = [
    "CompiledModel",
    "Context",
    "ModelError",
    "SlotFill",
    "Understood",
    "compile_model",
    "strip_invocation",
]
