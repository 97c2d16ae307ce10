"""Compiles an interaction model once and resolves sentences against it, stage by stage."""

import gc
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Lock

from skill.understanding.compiler import Compiled, build
from skill.understanding.language import UnknownLanguageError, load_language
from skill.understanding.model import FALLBACK_INTENT, ModelError, read_model
from skill.understanding.polarity import denial_slips, denied_again
from skill.understanding.results import Context, Understood
from skill.understanding.turn import Turn
from skill.understanding.words import Token, tokenize

_MISHEARD_LOSS = 0.1
_REFUSALS = ("fallback", "none")
MAX_KEPT = 16
"""So many compiled models stay in memory; the one longest unused goes first."""

_kept: "OrderedDict[tuple[str, str], CompiledModel]" = OrderedDict()
_lock = Lock()


def compile_model(model: Mapping[str, object], *, language: str = "en") -> "CompiledModel":
    """Compiles an interaction model (with or without its wrapping) for a language, as "en" or "fr-FR".

    Words of numbers and dates are known in English and German, elsewhere only digits. A model of the same
    content is compiled once in a process. Raises ModelError, one line that names the place, for a broken
    model or what is no code of a language.
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
        self._denial_slips = denial_slips(compiled.language)

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
        found = self._resolved(tokens, now, context, refuse=refuse)
        if not refuse or found.stage in _REFUSALS:
            return found
        return self._doubted(found, tokens, now, context)

    def _resolved(
        self, tokens: Sequence[Token], now: datetime, context: Context, *, refuse: bool
    ) -> Understood:
        turn = Turn(self.made, tokens, now.date(), context)
        found = turn.elicited() if context.elicit else None
        found = found or (turn.yes_or_no() if context.expects_yes_no else None)
        found = found or turn.plain() or turn.yes_or_no() or turn.chained()
        if found is None and refuse and turn.says_nothing():
            return self._refused()
        found = found or turn.covered() or turn.guess() or turn.opening_no()
        found = found or (None if refuse else turn.anything())
        return found or self._refused(turn)

    def _doubted(
        self, found: Understood, tokens: Sequence[Token], now: datetime, context: Context
    ) -> Understood:
        """What was found, unless a slip may have turned its meaning round.

        "I dn't like it" must mean the same with its denial put right, else what that says counts if a sample
        covers it, or nothing does. So must "turn of the light", if it was guessed or taken for a name.
        """
        denied = denied_again(tokens, self._denial_slips, self.made.speller.known)
        doubled = self._doubled(found, tokens) if denied is None else None
        again = denied or doubled
        if again is None:
            return found
        meant = self._resolved(again, now, context, refuse=True)
        if meant.intent == found.intent or (doubled and meant.stage in _REFUSALS):
            return found
        if meant.stage in ("exact", "fuzzy", "elicited"):
            return replace(meant, stage="fuzzy", score=round(max(0.05, meant.score - _MISHEARD_LOSS), 3))
        return self._refused()

    def _doubled(self, found: Understood, tokens: Sequence[Token]) -> list[Token] | None:
        """The tokens with "off" for an "of" that no word of the sample found takes; None without one."""
        own = (found.matched or "").split() if found.stage != "nearest" else []
        made = [
            replace(token, text=longer)
            if len(token.text) == len("of")
            and token.text not in own
            and (longer := token.text + token.text[-1]) in self.made.sample_words
            else token
            for token in tokens
        ]
        return made if made != list(tokens) else None

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
