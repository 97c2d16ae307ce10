"""Finds the child that a parent named, and never takes another word for a name."""

from collections.abc import Sequence

from rapidfuzz.distance import JaroWinkler, Levenshtein

from skill.baby.heard import asked_for, question
from skill.baby.models import Child
from skill.baby.service import Diary
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Turn

NAMED_CHOICES = 2
ALIKE = 0.9
"""Least Jaro-Winkler likeness of a misheard name: "leon" for Leo is above it, "theo" and "lea" are not."""
LONG_NAME = 4
"""From so many letters on one wrong letter is forgiven: "maja" for Maya."""


def child_of(turn: Turn, diary: Diary) -> Child:
    """The child that was named, or the only one. Raises SpokenError, a question when there are several."""
    children = diary.children()
    heard = turn.heard("child")
    if heard is None and len(children) == 1:
        return children[0]
    found = named(heard or "", children)
    if found is not None:
        return found
    if len(children) > 1:
        raise which_child(turn, children)
    raise SpokenError("Error.no_such_child", {"names": [child.name for child in children]})


def which_child(turn: Turn, children: Sequence[Child]) -> SpokenError:
    """The question for the child; beyond two names it offers none."""
    names = [child.name for child in children]
    offered = names if len(names) <= NAMED_CHOICES else []
    values = {"names": offered, "such_as": names[0], "again": asked_for(turn, "child")}
    return question(turn, "Error.which_child", "child", values)


def named(heard: str, children: Sequence[Child]) -> Child | None:
    """The one child whose name was heard: as said, among other words, or nearly; else None."""
    words = {form for word in heard.casefold().split() for form in _forms(word)}
    forms = words | _forms(heard.casefold())
    exact = [child for child in children if child.name.casefold() in forms]
    if exact or len(heard.split()) != 1:
        return exact[0] if len(exact) == 1 else None
    near = [child for child in children if any(_alike(form, child.name.casefold()) for form in forms)]
    return near[0] if len(near) == 1 else None


def _forms(heard: str) -> set[str]:
    """The name as heard and without a possessive ending: "Leo's", and "Leos" in German."""
    return {heard, heard.removesuffix("'s"), heard.removesuffix("’s"), heard.removesuffix("s")}


def _alike(heard: str, name: str) -> bool:
    if JaroWinkler.similarity(heard, name) >= ALIKE:
        return True
    return len(name) >= LONG_NAME and Levenshtein.distance(heard, name) <= 1
