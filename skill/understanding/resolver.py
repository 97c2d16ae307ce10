"""Compiles an interaction model once and resolves sentences against it, stage by stage."""

import gc
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from skill.understanding.compiler import Compiled, build
from skill.understanding.language import UnknownLanguageError, load_language
from skill.understanding.model import FALLBACK_INTENT, ModelError, read_model
from skill.understanding.results import Context, Understood
from skill.understanding.turn import Turn
from skill.understanding.words import tokenize

MAX_KEPT = 16
"""So many compiled models stay in memory; the one longest unused goes first."""

_kept: "OrderedDict[tuple[str, str], CompiledModel]" = OrderedDict()
_lock = Lock()


def compile_model(model: Mapping[str, object], *, language: str = "en") -> "CompiledModel":
    """Compiles an interaction model (with or without its wrapping) for "en" or "de".

    A model of the same content is compiled once in a process. Raises ModelError, one line that names the
    place, for a broken model or an unknown language.
    """
    try:
        words = load_language(language)
    except UnknownLanguageError as error:
        raise ModelError(str(error)) from error
    name = _content(model)
    with _lock:
        known = _kept.get((name, words.code)) if name else None
        if known is not None:
            _kept.move_to_end((name, words.code))
            return known
    with _no_collection():
        made = CompiledModel(build(read_model(model), words))
    if name:
        with _lock:
            _kept[name, words.code] = made
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)
    return made


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector, which would look through a model's many parts again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _content(model: Mapping[str, object]) -> str:
    """A hash of what the model says; "" for one that is no JSON, which is compiled each time."""
    try:
        return hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()
    except (TypeError, ValueError, RecursionError):
        return ""


class CompiledModel:
    """A model ready to resolve sentences; immutable, so it may be shared between threads.

    `made` holds its parts for tools that explain or check a model.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.made = compiled

    def resolve(
        self, sentence: str, *, now: datetime, context: Context | None = None, refuse: bool = True
    ) -> Understood:
        """What a sentence means; `now` decides what "today" is. Never raises for any text.

        Without `refuse` the likeliest intent is given however unlikely it is: for measuring, never for use.
        """
        context = context or Context()
        tokens = tokenize(sentence, self.made.language)
        if not tokens:
            return self._refused()
        turn = Turn(self.made, tokens, now.date(), context)
        found = turn.elicited() if context.elicit else None
        found = found or (turn.yes_or_no() if context.expects_yes_no else None)
        found = found or turn.plain() or turn.yes_or_no() or turn.chained()
        if found is None and refuse and turn.says_nothing():
            return self._refused()
        found = found or turn.covered() or turn.guess() or turn.opening_no()
        found = found or (None if refuse else turn.anything())
        return found or self._refused(turn)

    def _refused(self, turn: Turn | None = None) -> Understood:
        best = turn.guesses.best() if turn is not None else None
        declared = FALLBACK_INTENT in self.made.intents
        return Understood(
            FALLBACK_INTENT if declared else None,
            stage="fallback" if declared else "none",
            rivals=turn.guesses.rivals(None) if turn is not None else (),
            margin=best.margin if best is not None else None,
            likeness=best.likeness if best is not None else None,
        )
