"""The stages that one sentence passes through until one of them knows its intent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from skill.understanding.assent import is_chain
from skill.understanding.compiler import Compiled
from skill.understanding.fills import slot_fills
from skill.understanding.grammar import Node, Parse, Reading, Search
from skill.understanding.guess import Guess, Guesses
from skill.understanding.model import BUILT_IN, NO_INTENT, YES_INTENT, read_values
from skill.understanding.results import Context, Stage, Understood
from skill.understanding.spelling import fits_value
from skill.understanding.values import ValueIndex
from skill.understanding.words import Token, starts_with, texts

_OPENED_LOSS = 0.05
_CHAINED_SCORE = 0.9
_MAX_RIVALS = 5


class Turn:
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
        self._guesses: Guesses | None = None
        self._found: dict[Reading, list[Parse]] = {}

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
            parsed=self._exact.parsed if parsed == self._exact.tokens else None,
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

    def chained(self) -> Understood | None:
        """Several phrases of one built-in intent in a row: "stop stop be quiet"."""
        for intent, phrases in self._made.phrases.items():
            if intent != YES_INTENT and is_chain(self._said, phrases):
                return self._short_answer(intent, self._said)
        return None

    def covered(self) -> Understood | None:
        """A sample that covers the whole sentence: with free words, without its opener, or with slips.

        One with free words yields to an intent that the classifier is far surer of.
        """
        found = self._covering()
        if found is None:
            return None
        best, reading, others, theirs = found
        if best.free and (rival := self.guesses.overruling(best, reading)) is not None:
            return self._guessed(rival)
        stage: Stage = "fuzzy" if best.slips else _stage(best, "exact")
        return self._understood(best, reading, stage, others, theirs)

    def _covering(self) -> tuple[Parse, Reading, Sequence[Parse], Reading] | None:
        """The best parse with its reading, and its rivals with theirs."""
        parses, loose = self._parses(self._exact), self._parses(self._loose)
        options = [(parse, self._exact) for parse in parses[:1]]
        options += [(parse, self._loose) for parse in loose[:1]]
        options += self._without_opener()
        if not options:
            return None
        best, reading = max(options, key=lambda option: option[0].rank)
        return (best, reading, parses, self._exact) if parses else (best, reading, loose, self._loose)

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
        """The believable parses of the whole sentence, the best of each intent, best first."""
        return [parse for parse in self._all_parses(reading) if self._made.judge.accepts(parse, reading)]

    def _all_parses(self, reading: Reading) -> list[Parse]:
        """Every intent's best parse of the whole sentence; assent counts only as it was said."""
        found = self._found.get(reading)
        if found is None:
            slips = _allowed_slips(reading) if reading is self._loose_reading else 0.0
            found = Search(reading, slips).run(self._made.root)
            if reading is not self._exact:
                found = [parse for parse in found if parse.sample.intent != YES_INTENT]
            self._found[reading] = found
        return found

    @property
    def guesses(self) -> Guesses:
        """What the classifier thinks of the sentence; made when first needed."""
        if self._guesses is None:
            self._guesses = Guesses(self._made, self._loose, self._said, self._context)
        return self._guesses

    def guess(self) -> Understood | None:
        """What the classifier thinks, if that is believed and names anything: not "order it" or "pause"."""
        judge = self._made.judge
        if self._said in self._made.device:
            return None
        for parse in self._all_parses(self._exact)[:1]:
            if parse.literals and judge.names_nothing(parse, self._exact):
                return None
        guess = self.guesses.believed()
        return self._guessed(guess) if guess is not None else None

    def _covering_for(self, intent: str) -> tuple[Parse | None, Reading]:
        """The best parse of the whole sentence for an intent, whose values need not be believed."""
        for reading in (self._exact, self._loose):
            for parse in self._all_parses(reading):
                if parse.sample.intent == intent and not self._made.judge.swallows(parse, reading):
                    return parse, reading
        return None, self._exact

    def _guessed(self, guess: Guess) -> Understood:
        """A guess with slots: from a sample that covers the sentence, or aligned with the likest one."""
        found = Understood(
            guess.intent,
            score=guess.score,
            stage="nearest",
            rivals=self.guesses.rivals(guess.intent)[:_MAX_RIVALS],
            margin=guess.margin,
            likeness=guess.likeness,
        )
        parse, reading = self._covering_for(guess.intent)
        if parse is not None:
            slots = slot_fills(parse.sample.slots, parse.spans, reading, self._made.types)
            return replace(found, slots=slots, matched=parse.sample.text)
        if not guess.kinship.numbers:
            return found
        like = self._made.nearest.best(guess.kinship.numbers, self._loose)
        slots = slot_fills(like.sample.slots, like.spans, self._loose, self._made.types)
        return replace(found, slots=slots, matched=like.sample.text)

    def anything(self) -> Understood | None:
        """The best guess without any doubt: for measuring what a refusal costs."""
        parses = [parse for reading in (self._exact, self._loose) for parse in self._all_parses(reading)]
        guess = self.guesses.best()
        if guess is not None and (guess.kinship.likeness > 0.0 or not parses):
            return self._guessed(guess)
        return self._understood(parses[0], self._exact, "nearest") if parses else None

    def _understood(
        self,
        parse: Parse,
        reading: Reading,
        stage: Stage,
        parses: Sequence[Parse] = (),
        theirs: Reading | None = None,
    ) -> Understood:
        """What `parse` of `reading` says; its rivals are among `parses`, of the reading `theirs` if given."""
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
                (other.sample.intent, judge.score(other, theirs or reading)) for other in others[:_MAX_RIVALS]
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
