"""Decides which guesses of the classifier are believed, by fixed gates that no model tunes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill.understanding.compiler import Compiled
from skill.understanding.grammar import Parse, Reading
from skill.understanding.model import NO_INTENT, YES_INTENT
from skill.understanding.polarity import asks, denies
from skill.understanding.results import Context
from skill.understanding.statistical import Kinship, Look

MAX_WORDS = 30
"""A longer sentence resembles no sample; nothing is guessed about it."""

GATES: Mapping[str, float] = {"LOW": 1.05, "MEDIUM": 1.35, "HIGH": 1.6}
"""Least evidence of a guess in a model of MIDDLING examples, by the model's fallback sensitivity.

Evidence adds up the margin, twice the cosine of the likest sample and half the covered share of the words;
neither of the first two may be below its floor. Weights and gates were fitted once on the development data
(docs/understanding.md) and are the same for every model.
"""

MIDDLING = 800
_DOUBLE = 0.07
_LEAST_SHIFT, _MOST_SHIFT = -0.22, 0.12
"""The more samples a model has, the likelier one of them is like a stranger's sentence by chance: with twice
as many examples the gate rises by so much, within bounds."""

_LEAST_MARGIN = -0.6
_LEAST_LIKENESS = 0.2
_SHIPPED_DOUBT = 0.4
"""A phrase shipped with this package proves less than a sample of the model."""

_OVERRULING = 0.5
"""By so much margin a guess must lead the intent of a sample that covers the sentence with free words."""

_ANSWER_LIKENESS = 0.4
_CANDIDATES = 3
_RIVALS = 3


@dataclass(frozen=True)
class Guess:
    """An intent by the classifier: its margin, what it shares with the intent's samples, and the evidence."""

    intent: str
    margin: float
    kinship: Kinship
    evidence: float

    @property
    def likeness(self) -> float:
        """The cosine of the likest sample."""
        return round(self.kinship.likeness, 3)

    @property
    def score(self) -> float:
        """From 0 to 0.95: 0.3 at the lowest gate."""
        return round(min(0.95, max(0.0, self.evidence * 0.3 / GATES["LOW"])), 3)


def least_evidence(made: Compiled) -> float:
    """The gate of a model, by its sensitivity and its number of examples."""
    shift = _DOUBLE * math.log2(max(1, made.statistics.size) / MIDDLING)
    return GATES[made.sensitivity] + min(_MOST_SHIFT, max(_LEAST_SHIFT, shift))


class Guesses:
    """The classifier's view of one sentence."""

    def __init__(self, made: Compiled, reading: Reading, said: Sequence[str], context: Context) -> None:
        self._made = made
        self._said = said
        self._context = context
        self._denied = denies(said, made.language)
        self._long = len(reading.tokens) > MAX_WORDS
        self._look = Look((), {}, ()) if self._long else made.statistics.look(reading)
        self._guesses: dict[str, Guess] = {}

    def best(self) -> Guess | None:
        """Of the intents with the greatest margins the one with most evidence, however little it is.

        None for a sentence too long or a model without words.
        """
        first = [self._guess(*pair) for pair in self._look.ranking[:_CANDIDATES]]
        return max(first, key=lambda guess: guess.evidence, default=None)

    def believed(self) -> Guess | None:
        """The likeliest intent, if its margin, its likest samples and its safety allow it."""
        guess = self.best()
        if guess is None or guess.margin < _LEAST_MARGIN or guess.kinship.likeness < _LEAST_LIKENESS:
            return None
        return guess if guess.evidence >= least_evidence(self._made) and self._is_safe(guess) else None

    def overruling(self, parse: Parse, reading: Reading) -> Guess | None:
        """A believed guess for another intent that explains the free words of a parse and has a clear lead.

        "Order status" is no product, but "order beer" is one, since no other intent has a word for beer.
        """
        guess = self.believed()
        if guess is None or guess.intent == parse.sample.intent:
            return None
        judge = self._made.judge
        if judge.is_like_another(parse, reading):
            return guess
        own = dict(self._look.ranking).get(parse.sample.intent, -1.0)
        leads = guess.margin - own >= _OVERRULING
        explained = self._made.statistics.explains(guess.intent, judge.free_words(parse, reading))
        return guess if leads and explained else None

    def rivals(self, intent: str | None) -> tuple[tuple[str, float], ...]:
        """The other intents, best first, each with its score."""
        others = [(name, margin) for name, margin in self._look.ranking if name != intent]
        found = [(name, self._guess(name, margin).score) for name, margin in others[:_RIVALS]]
        return tuple(sorted(found, key=lambda pair: -pair[1]))

    def _guess(self, intent: str, margin: float) -> Guess:
        """Only samples that deny vouch for a sentence that denies, and only the others for any other."""
        found = self._guesses.get(intent)
        if found is None:
            kinship = self._made.statistics.kinship(intent, self._look, denied=self._denied)
            evidence = margin + 2.0 * kinship.likeness + 0.5 * kinship.coverage
            if kinship.numbers and self._made.nearest.sample(kinship.numbers[0]).shipped:
                evidence -= _SHIPPED_DOUBT
            found = self._guesses[intent] = Guess(intent, round(margin, 3), kinship, round(evidence, 3))
        return found

    def _is_safe(self, guess: Guess) -> bool:
        """Whether the intent may be guessed at.

        Not from misspelt words alone, assent not while it is waited for, and no command for a question.
        """
        if self._is_misspelt():
            return False
        if guess.intent == YES_INTENT:
            barred = self._denied or self._made.assent.clear_words(tuple(self._said))
            likely = guess.kinship.likeness >= _ANSWER_LIKENESS and not barred
            return not self._context.expects_yes_no and (likely or self._says_only(guess.intent))
        if guess.intent == NO_INTENT and not self._says_only(guess.intent):
            return guess.kinship.likeness >= _ANSWER_LIKENESS
        if asks(self._said, self._made.language):
            return guess.intent in self._made.asked
        return True

    def _is_misspelt(self) -> bool:
        """Whether no telling word is known as it was said."""
        telling = [word for word in self._said if word not in self._made.language.function_words]
        return bool(telling) and not any(word in self._made.speller.known for word in telling)

    def _says_only(self, intent: str) -> bool:
        """Whether every word stands in samples of the intent."""
        own = self._made.sample_words
        return not (self._denied and intent == YES_INTENT) and all(
            intent in own.get(word, ()) for word in self._said
        )
