"""Decides whether a parse says enough to be believed, so that loose samples do not swallow everything."""

from collections.abc import Collection, Mapping, Sequence

from skill.understanding.grammar import Parse, Reading, Span
from skill.understanding.language import Language
from skill.understanding.slot_types import SlotType

FUNCTION_WEIGHT = 0.3
"""How much a word like "the" or "for" tells, beside 1 for a word with a meaning of its own."""

_GATES = {"LOW": 0.30, "MEDIUM": 0.36, "HIGH": 0.42}
"""Least share of a parse that samples and listed values vouch for, by the model's fallback sensitivity."""

_KNOWN_FREE = 0.6
_CARRIER_DOUBT = 1.5
"""Free text that holds function words or other samples' words is rather a sentence than a name."""

_QUERY_DOUBT = 0.15
_MIN_CONTENT = 0.9
_BARE_SCORE = 0.8
_FREE_SCORE = 0.55
_SLIP_LOSS = 0.07


class Judge:
    """The fixed gates for one language and sensitivity."""

    def __init__(
        self,
        language: Language,
        sensitivity: str,
        types: Mapping[str, SlotType],
        sample_words: Collection[str],
    ) -> None:
        self._language = language
        self._sample_words = sample_words
        self._gate = _GATES[sensitivity]
        self._types = types

    def weight(self, word: str) -> float:
        """How much one word tells."""
        return FUNCTION_WEIGHT if word in self._language.function_words else 1.0

    def content(self, parse: Parse, reading: Reading) -> float:
        """The weight of the words that the sample itself vouches for."""
        covered = {place for span in parse.spans for place in range(span.start, span.end)}
        skipped = self._language.articles if parse.skipped else frozenset[str]()
        return sum(
            self.weight(token.text)
            for place, token in enumerate(reading.tokens)
            if place not in covered and token.text not in skipped
        )

    def share(self, parse: Parse, reading: Reading) -> float:
        """From 0 to 1: how much of the sentence samples and listed values vouch for."""
        support = self.content(parse, reading) + sum(span.fixed for span in parse.spans)
        doubt = 0.0
        for slot, span in zip(parse.sample.slots, parse.spans, strict=True):
            for part in span.parts or (span,):
                known, unknown = self._free(part, reading, self._types[slot.type])
                support += known
                doubt += unknown
        return support / (support + doubt) if support + doubt else 0.0

    def _free(self, span: Span, reading: Reading, kind: SlotType) -> tuple[float, float]:
        """(support, doubt) of the free words of a span."""
        if not span.free:
            return 0.0, 0.0
        said = [token.text for token in reading.tokens[span.start : span.end]]
        if kind.kind == "query":
            return 0.0, _QUERY_DOUBT * len(said)
        known = sum(_KNOWN_FREE for word in said if self._listed(word, kind))
        doubt = sum(self._doubt(word) for word in said if not self._listed(word, kind))
        return known, doubt

    def _listed(self, word: str, kind: SlotType) -> bool:
        return kind.index is not None and word in kind.index.words and self.weight(word) == 1.0

    def _doubt(self, word: str) -> float:
        if word in self._language.articles:
            return FUNCTION_WEIGHT
        if word in self._language.function_words or word in self._sample_words:
            return _CARRIER_DOUBT
        return 1.0

    def accepts(self, parse: Parse, reading: Reading) -> bool:
        """Whether a parse of the whole sentence is believed without any context."""
        if not parse.free:
            return True
        if self._swallows(parse, reading):
            return False
        content = self.content(parse, reading) + sum(span.fixed for span in parse.spans if not span.free)
        return content >= _MIN_CONTENT and self.share(parse, reading) >= self._gate

    def _swallows(self, parse: Parse, reading: Reading) -> bool:
        """Whether free text asks, begins like a clause, or holds a listed value: "milk for the baby"."""
        for slot, span in zip(parse.sample.slots, parse.spans, strict=True):
            kind = self._types[slot.type]
            for part in span.parts or (span,):
                places = range(part.start, part.end) if part.free and kind.kind == "listed" else range(0)
                said = [reading.tokens[place].text for place in places]
                if self._is_question(said) or self._is_clause(said):
                    return True
                carriers = any(self._doubt(word) == _CARRIER_DOUBT for word in said)
                if carriers and any(reading.fixed(kind, place) for place in places):
                    return True
        return False

    def accepts_answer(self, parse: Parse, reading: Reading) -> bool:
        """Whether a parse is believed as the answer to the skill's question for this slot."""
        for slot, span in zip(parse.sample.slots, parse.spans, strict=True):
            said = [token.text for token in reading.tokens[span.start : span.end]] if span.free else []
            if self._types[slot.type].kind != "query" and self._is_question(said):
                return False
        return True

    def _is_clause(self, said: Sequence[str]) -> bool:
        starts = self._language.function_words - self._language.articles
        return len(said) > 1 and said[0] in starts

    def _is_question(self, said: Sequence[str]) -> bool:
        asked = sum(word in self._language.questions for word in said)
        return asked > 1 or (len(said) > 1 and said[0] in self._language.questions)

    def score(self, parse: Parse, reading: Reading) -> float:
        """From 0 to 1: certainty of an accepted parse."""
        if parse.free:
            base = _FREE_SCORE + (1.0 - _FREE_SCORE) * self.share(parse, reading)
        else:
            base = 1.0 if parse.literals else _BARE_SCORE
        return max(0.05, round(base - _SLIP_LOSS * parse.slips, 3))
