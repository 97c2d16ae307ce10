"""Understands sentences by any Alexa interaction model: intent, slots in Alexa's wire values, and why."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "CompiledModel": "resolver",
    "Context": "results",
    "ModelError": "model",
    "SlotFill": "results",
    "Understood": "results",
    "compile_model": "resolver",
    "strip_invocation": "invocation",
}


def __getattr__(name: str) -> Any:
    """Import a public name at its first use: features need only number words, and Lambda starts sooner."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
