"""Decorators by which a feature declares its intents, and what "yes" and "no" mean to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from skill.conversation.turn import Reply

Function = TypeVar("Function", bound=Callable[..., Reply])
BUILT_IN_PREFIX = "AMAZON."


@dataclass(frozen=True)
class Slot:
    """A slot of an intent. `type` is an AMAZON built-in or a type that a locale file lists.

    `multiple` allows several values in one sentence; `elicited` means that a reply may ask for this
    slot alone, so the interaction model needs its slot samples and an elicitation prompt. What is heard in
    a `secret` slot is kept nowhere, not even as a hash.
    """

    name: str
    type: str
    multiple: bool = False
    elicited: bool = False
    secret: bool = False


@dataclass(frozen=True)
class Intent:
    """A declared intent: its full name, its function, its slots, and the permission its caller needs.

    `answers` is the permission that suffices where a slot of it was asked for, as another intent may ask.
    """

    name: str
    function: Callable[..., Reply]
    slots: tuple[Slot, ...] = ()
    needs: str = "browse"
    answers: str | None = None

    @property
    def feature(self) -> str:
        """The package that declared it, as `orders` of `skill.orders.intents`."""
        return self.function.__module__.split(".")[1]

    @property
    def short_name(self) -> str:
        """The name without the built-in prefix, as used in prompt keys and locale files."""
        return self.name.removeprefix(BUILT_IN_PREFIX)


@dataclass
class Declarations:
    """Everything that the given intent modules declare, by name and by kind of confirmation."""

    intents: dict[str, Intent] = field(default_factory=dict)
    yes: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    no: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    cancel: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    late: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    resume: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    teachers: list[Callable[..., list[str]]] = field(default_factory=list)
    openers: list[Callable[..., Reply | None]] = field(default_factory=list)


def intent(
    name: str, *slots: Slot, needs: str = "browse", answers: str | None = None
) -> Callable[[Function], Function]:
    """Declare the function `(turn, service) -> Reply` as the intent `name`.

    `needs` is a permission of the role table in household/roles.py. With `answers`, that permission suffices
    to answer an elicited slot of this intent; the function then checks what the answer leads to.
    """

    def mark(function: Function) -> Function:
        setattr(function, "declared_intent", Intent(name, function, slots, needs, answers))  # noqa: B010 (a mark)
        return function

    return mark


def _marker(role: str) -> Callable[[str], Callable[[Function], Function]]:
    def of_kind(kind: str) -> Callable[[Function], Function]:
        def mark(function: Function) -> Function:
            setattr(function, f"declared_{role}", kind)
            return function

        return mark

    return of_kind


on_yes = _marker("yes")
"""`@on_yes(kind)`: run `(turn, service, payload) -> Reply` when a live confirmation of `kind` is answered."""
on_no = _marker("no")
"""`@on_no(kind)`: the same for "no" (and for "cancel" while the question is open)."""
on_cancel = _marker("cancel")
"""`@on_cancel(kind)`: where "cancel" is not plainly "no", as in answer to "shall I cancel it?"."""
on_late = _marker("late")
"""`@on_late(kind)`: the same for a "yes" after the confirmation expired."""
on_resume = _marker("resume")
"""`@on_resume(kind)`: finish a request that was cut off after its checkpoint."""


def declared(modules: Iterable[ModuleType]) -> Declarations:
    """Collect what `modules` declare. Raises ValueError when two functions claim the same name or kind."""
    found = Declarations()
    for module in modules:
        for value in list(vars(module).values()):
            if getattr(value, "__module__", None) == module.__name__:
                _add(found, value)
    return found


def _add(found: Declarations, function: Any) -> None:
    spec = getattr(function, "declared_intent", None)
    if isinstance(spec, Intent):
        _put(found.intents, spec.name, spec)
    for role in ("yes", "no", "cancel", "late", "resume"):
        kind = getattr(function, f"declared_{role}", None)
        if kind is not None:
            _put(getattr(found, role), kind, function)
    if getattr(function, "__name__", "") == "teach":
        found.teachers.append(function)
    if getattr(function, "__name__", "") == "open_visit":
        found.openers.append(function)


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    if key in table:
        raise ValueError(f"{key} is declared twice")
    table[key] = value
