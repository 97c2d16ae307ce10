"""Resolves a sentence against a compiled interaction model, stage by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from skill.understanding.assent import is_chain
from skill.understanding.compiler import Compiled, build
from skill.understanding.fills import slot_fills
from skill.understanding.grammar import Node, Parse, Reading, Search
from skill.understanding.language import UnknownLanguageError, load_language
from skill.understanding.model import (
    BUILT_IN,
    FALLBACK_INTENT,
    NO_INTENT,
    YES_INTENT,
    ModelError,
    read_model,
    read_values,
)
from skill.understanding.nearest import Likeness
from skill.understanding.results import Context, Stage, Understood
from skill.understanding.spelling import fits_value
from skill.understanding.values import ValueIndex
from skill.understanding.words import Token, starts_with, texts, tokenize

_NEAREST_GATES = {"LOW": 0.57, "MEDIUM": 0.63, "HIGH": 0.70}
"""Least likeness to a sample, by the model's fallback sensitivity; tuned on out-of-scope sentences."""

_SAFE_GUESS = 0.75
_ASKED_GUESS = 0.65
_SHIPPED_GUESS = 0.62
_OPENED_LOSS = 0.05
_CHAINED_SCORE = 0.9
_MAX_RIVALS = 5


def compile_model(model: Mapping[str, object], *, language: str = "en") -> "CompiledModel":
    """Compiles an interaction model (with or without its wrapping) for "en" or "de".

    Raises ModelError, one line that names the place, for a broken model or an unknown language.
    """
    try:
        words = load_language(language)
    except UnknownLanguageError as error:
        raise ModelError(str(error)) from error
    checked = read_model(model)
    return CompiledModel(build(checked, words), _NEAREST_GATES[checked.sensitivity])


class CompiledModel:
    """A model ready to resolve sentences; immutable, so it may be shared between threads.

    `made` holds its parts for tools that explain or check a model.
    """

    def __init__(self, compiled: Compiled, nearest_gate: float) -> None:
        self.made = compiled
        self._nearest_gate = nearest_gate

    def resolve(self, sentence: str, *, now: datetime, context: Context | None = None) -> Understood:
        """What a sentence means; `now` decides what "today" is. Never raises for any text."""
        context = context or Context()
        tokens = tokenize(sentence, self.made.language)
        if not tokens:
            return self._refused(())
        turn = _Turn(self.made, tokens, now.date(), context)
        found = turn.elicited() if context.elicit else None
        found = found or (turn.yes_or_no() if context.expects_yes_no else None)
        found = found or turn.plain() or turn.yes_or_no() or turn.chained()
        if found is None and turn.says_nothing():
            return self._refused(())
        found = found or turn.covered(self._nearest_gate) or turn.opening_no()
        ranked: list[Likeness] = []
        if found is None:
            ranked = turn.ranked()
            found = turn.nearest(ranked, self._nearest_gate)
        return found or self._refused(
            tuple((like.sample.intent, like.score) for like in ranked[:_MAX_RIVALS])
        )

    def _refused(self, rivals: tuple[tuple[str, float], ...]) -> Understood:
        if FALLBACK_INTENT in self.made.intents:
            return Understood(FALLBACK_INTENT, stage="fallback", rivals=rivals)
        return Understood(None, stage="none", rivals=rivals)


class _Turn:
    """The stages for one sentence."""

    def __init__(self, made: Compiled, tokens: Sequence[Token], today: date, context: Context) -> None:
        self._made = made
        self._today = today
        self._context = context
        self._dynamic = {
            name: ValueIndex(read_values(values, name), made.language.code)
            for name, values in context.dynamic.items()
        }
        self._said = texts(tokens)
        self._exact = self._reading(tokens)
        self._loose_reading: Reading | None = None

    def _reading(self, tokens: Sequence[Token]) -> Reading:
        return Reading(
            tokens,
            self._made.language,
            self._today,
            dynamic=self._dynamic,
            not_names=self._made.not_names,
        )

    @property
    def _loose(self) -> Reading:
        """The sentence with every word also standing for its near neighbours; made when first needed."""
        if self._loose_reading is None:
            self._loose_reading = self._respelled()
        return self._loose_reading

    def _respelled(self) -> Reading:
        speller = self._made.speller
        tokens = speller.respaced(self._exact.tokens)
        near = [speller.near(token.text) for token in tokens]
        words = [[(token.text, 0.0), *found] for token, found in zip(tokens, near, strict=True)]
        values = [
            [(token.text, 0.0), *(form for form in found if fits_value(token.text, form[0]))]
            for token, found in zip(tokens, near, strict=True)
        ]
        parsed = [speller.parsed(token, self._made.language) for token in tokens]
        return Reading(
            parsed,
            self._made.language,
            self._today,
            words=words,
            values=values,
            dynamic=self._dynamic,
            not_names=self._made.not_names,
        )

    def elicited(self) -> Understood | None:
        """The answer to the question for a slot, unless the sentence plainly says something else."""
        intent, slot = self._context.elicit or ("", "")
        root = self._made.answers.get((intent, slot))
        if root is None:
            return None
        rival = self._plain_rival(intent)
        for reading in self._answer_readings():
            best = self._best_answer(reading, root)
            if best is None or _outdoes(rival, best) or (best.free and self._is_no_value()):
                continue
            return self._answered(best, reading)
        return None

    def _answer_readings(self) -> list[Reading]:
        """The sentence as said, without "it is" or "make it", and with slips allowed."""
        tokens = self._exact.tokens
        taken = starts_with(tokens, 0, self._made.language.answer_openers)
        readings = [self._exact]
        if 0 < taken < len(tokens):
            readings.insert(0, self._reading(tokens[taken:]))
        return [*readings, self._loose]

    def _best_answer(self, reading: Reading, root: Node) -> Parse | None:
        parses = Search(reading, _allowed_slips(reading)).run(root)
        best = parses[0] if parses else None
        return best if best is not None and self._made.judge.accepts_answer(best, reading) else None

    def _plain_rival(self, intent: str) -> Parse | None:
        """A sentence of another intent said in full, with words of its own."""
        judge = self._made.judge
        for parse in self._parses(self._exact):
            plain = judge.content(parse, self._exact) >= 1.0 or parse.literals == len(self._exact.tokens)
            if parse.sample.intent != intent and plain:
                return parse
        return None

    def _answered(self, parse: Parse, reading: Reading) -> Understood:
        found = self._understood(parse, reading, "elicited")
        return replace(found, score=max(found.score, 0.5))

    def _is_no_value(self) -> bool:
        """Whether the words are a yes, a no or hesitation and so no name of anything."""
        return self.yes_or_no() is not None or self._made.assent.is_idle(self._said)

    def yes_or_no(self) -> Understood | None:
        """Assent or refusal, word for word."""
        assent, declared = self._made.assent, self._made.intents
        if YES_INTENT in declared and assent.is_yes(self._said, asked=self._context.expects_yes_no):
            return self._short_answer(YES_INTENT, self._said)
        if NO_INTENT in declared and assent.is_no(self._said):
            return self._short_answer(NO_INTENT, self._said)
        return None

    def _short_answer(self, intent: str, said: Sequence[str]) -> Understood:
        whole = tuple(said) in self._made.phrases.get(intent, ())
        return Understood(
            intent, score=1.0 if whole else _CHAINED_SCORE, stage="builtin", matched=" ".join(said)
        )

    def says_nothing(self) -> bool:
        """Whether the sentence hesitates, or takes back the yes that the skill waits for: "yes twice"."""
        assent, waits = self._made.assent, self._context.expects_yes_no
        return assent.is_idle(self._said) or (waits and assent.clear_words(self._said) > 0)

    def opening_no(self) -> Understood | None:
        """ "No I want the other one", when the skill waits for yes or no."""
        if not self._context.expects_yes_no or not self._made.assent.opens_no(self._said):
            return None
        return Understood(NO_INTENT, score=_CHAINED_SCORE, stage="nearest", matched=self._said[0])

    def plain(self) -> Understood | None:
        """A sample that covers the whole sentence exactly, with known values only."""
        parses = self._parses(self._exact)
        if not parses or parses[0].free:
            return None
        return self._understood(parses[0], self._exact, _stage(parses[0], "exact"), parses)

    def covered(self, gate: float) -> Understood | None:
        """A sample that covers the whole sentence: with free words, without its opener, or with slips.

        One whose free words are another intent's yields to a sample that is like enough.
        """
        parses = self._parses(self._exact)
        options = [(parse, self._exact) for parse in parses[:1]]
        loose = self._parses(self._loose)
        options += [(parse, self._loose) for parse in loose[:1]]
        options += self._without_opener()
        if not options:
            return None
        best, reading = max(options, key=lambda option: option[0].rank)
        if self._made.judge.is_like_another(best, reading):
            ranked = self.ranked()
            if ranked and ranked[0].sample.intent != best.sample.intent:
                rival = self.nearest(ranked, gate)
                if rival is not None:
                    return rival
        stage: Stage = "fuzzy" if best.slips else _stage(best, "exact")
        return self._understood(best, reading, stage, parses or loose)

    def _without_opener(self) -> list[tuple[Parse, Reading]]:
        tokens = self._exact.tokens
        taken = starts_with(tokens, 0, self._made.language.openers) or self._made.assent.clear_words(
            self._said
        )
        if not 0 < taken < len(tokens):
            return []
        reading = self._reading(tokens[taken:])
        return [(parse, reading) for parse in self._parses(reading)[:1]]

    def _parses(self, reading: Reading) -> list[Parse]:
        """The believable parses of the whole sentence, the best of each intent, best first.

        Assent is believed only as it was said.
        """
        slips = _allowed_slips(reading) if reading is self._loose_reading else 0.0
        found = Search(reading, slips).run(self._made.root)
        if reading is not self._exact:
            found = [parse for parse in found if parse.sample.intent != YES_INTENT]
        return [parse for parse in found if self._made.judge.accepts(parse, reading)]

    def chained(self) -> Understood | None:
        """Several phrases of one built-in intent in a row: "stop stop be quiet"."""
        for intent, phrases in self._made.phrases.items():
            if intent != YES_INTENT and is_chain(self._said, phrases):
                return self._short_answer(intent, self._said)
        return None

    def ranked(self) -> list[Likeness]:
        """All intents by likeness of their samples."""
        return self._made.nearest.rank(self._loose)

    def nearest(self, ranked: Sequence[Likeness], gate: float) -> Understood | None:
        """The likest sample that is like enough; what sounds most like a yes is neither that nor a wish."""
        best = next((like for like in ranked if like.score >= max(gate, self._least_likeness(like))), None)
        if best is None or best.sample.intent == YES_INTENT:
            return None
        return Understood(
            best.sample.intent,
            slots=slot_fills(best.sample.slots, best.spans, self._loose, self._made.types),
            score=best.score,
            stage="nearest",
            matched=best.sample.text,
            rivals=tuple((like.sample.intent, like.score) for like in ranked if like is not best)[
                :_MAX_RIVALS
            ],
        )

    def _least_likeness(self, like: Likeness) -> float:
        """A refusal is guessed at only where that is safe or one was asked for."""
        if like.sample.intent == NO_INTENT:
            return _ASKED_GUESS if self._context.expects_yes_no else _SAFE_GUESS
        return _SHIPPED_GUESS if like.sample.shipped else 0.0

    def _understood(
        self, parse: Parse, reading: Reading, stage: Stage, parses: Sequence[Parse] = ()
    ) -> Understood:
        judge = self._made.judge
        loss = _OPENED_LOSS if reading not in (self._exact, self._loose_reading) else 0.0
        others = [other for other in parses if other.sample.intent != parse.sample.intent]
        return Understood(
            parse.sample.intent,
            slots=slot_fills(parse.sample.slots, parse.spans, reading, self._made.types),
            score=round(judge.score(parse, reading) - loss, 3),
            stage=stage,
            matched=parse.sample.text,
            rivals=tuple(
                (other.sample.intent, judge.score(other, reading)) for other in others[:_MAX_RIVALS]
            ),
        )


def _stage(parse: Parse, otherwise: Stage) -> Stage:
    return "builtin" if parse.sample.intent.startswith(BUILT_IN) else otherwise


def _outdoes(rival: Parse | None, answer: Parse) -> bool:
    """Whether another intent explains more of the sentence than the answer does without free words."""
    if rival is None:
        return False
    if answer.free:
        return True
    return rival.literals > answer.literals + sum(span.fixed for span in answer.spans)


def _allowed_slips(reading: Reading) -> float:
    """One slip in a short sentence, one more for every four words."""
    return 1.5 + len(reading.tokens) // 4
