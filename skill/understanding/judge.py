"""Decides whether a parse says enough to be believed, so that loose samples do not swallow everything."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from skill.understanding.grammar import Parse, Reading, Span
from skill.understanding.language import Language
from skill.understanding.model import Slot
from skill.understanding.slot_types import LONGEST_LISTED, SlotType

FUNCTION_WEIGHT = 0.3
"""How much a word like "the" or "for" tells, beside 1 for a word with a meaning of its own."""

_GATES = {"LOW": 0.30, "MEDIUM": 0.36, "HIGH": 0.42}
"""Least share of a parse that samples and listed values vouch for, by the model's fallback sensitivity."""

_KNOWN_FREE = 0.6
_CARRIER_DOUBT = 1.5
"""Free text that holds function words or other samples' words is rather a sentence than a name."""

_QUERY_DOUBT = 0.15
_MIN_CONTENT = 0.85
_MOST_PLAIN = 1.2
"""The doubt about an unlisted thing, however long its name, if the words before it ask for one."""

_SHORT = 2.0
"""Two unlisted words behind "get me" may be a thing; more of them must hold a word of the values."""

_LONGEST_UNKNOWN = 2
"""A word that a type of few values lacks ("green") has company of at most one more ("dark green")."""

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
        sample_words: Mapping[str, frozenset[str]],
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
        return sum(self.weight(word) for word in self._own_words(parse, reading))

    def _own_words(self, parse: Parse, reading: Reading) -> list[str]:
        covered = {place for span in parse.spans for place in range(span.start, span.end)}
        skipped = self._language.articles if parse.skipped else frozenset[str]()
        return [
            token.text
            for place, token in enumerate(reading.tokens)
            if place not in covered and token.text not in skipped
        ]

    def share(self, parse: Parse, reading: Reading) -> float:
        """From 0 to 1: how much of the sentence samples and listed values vouch for."""
        support = self.content(parse, reading) + sum(self._vouched(span, reading) for span in parse.spans)
        known = plain = doubt = 0.0
        titled = self._is_titled(parse, reading)
        for slot, part in _parts(parse):
            found = self._free(part, reading, self._types[slot.type], titled=titled)
            known, plain, doubt = known + found[0], plain + found[1], doubt + found[2]
        likely = not doubt and (known or plain <= _SHORT)
        if self._is_carried(parse) and (likely or self._says_what(parse, reading)):
            plain = min(plain, _MOST_PLAIN)
        support += known
        doubt += plain
        return support / (support + doubt) if support + doubt else 0.0

    def _vouched(self, span: Span, reading: Reading) -> float:
        """What the listed and parsed tokens of a span tell: a listed "a" or "another" hardly anything."""
        if span.value is None:
            return span.fixed
        little = sum(self._says_little(token.text) for token in reading.tokens[span.start : span.end])
        return span.fixed - (1.0 - FUNCTION_WEIGHT) * little

    def _says_what(self, parse: Parse, reading: Reading) -> bool:
        """Whether the sample's words are about its matter, as "order" is and "get me" is not."""
        telling = [word for word in self._own_words(parse, reading) if self.weight(word) == 1.0]
        return not telling or any(word not in self._language.everyday_verbs for word in telling)

    def _is_carried(self, parse: Parse) -> bool:
        """Whether a sample's own words, spelt right, begin the sentence; then they may ask for anything."""
        closed = any(
            self._types[slot.type].closed and span.free
            for slot, span in zip(parse.sample.slots, parse.spans, strict=True)
        )
        return bool(parse.spans) and parse.spans[0].start > 0 and not parse.slips and not closed

    def is_like_another(self, parse: Parse, reading: Reading) -> bool:
        """Whether free words are words of another intent's samples: "my usual stuff"."""
        own = parse.sample.intent
        for slot, part in _parts(parse):
            kind = self._types[slot.type]
            if not part.free or kind.kind != "listed":
                continue
            said = [token.text for token in reading.tokens[part.start : part.end]]
            if any(self._is_foreign(word, own) and not self._listed(word, kind) for word in said):
                return True
        return False

    def _is_foreign(self, word: str, intent: str) -> bool:
        """Whether a telling word stands in samples of other intents only."""
        return self.weight(word) == 1.0 and intent not in self._sample_words.get(word, {intent})

    def _is_titled(self, parse: Parse, reading: Reading) -> bool:
        """Whether the sample says what its free words are: "the song {song}", where any word may follow."""
        covered = {place for span in parse.spans for place in range(span.start, span.end)}
        before = [span.start - 1 for span in parse.spans if span.free and span.start > 0]
        return not parse.cost and any(place not in covered and reading.introduces(place) for place in before)

    def _free(
        self, span: Span, reading: Reading, kind: SlotType, *, titled: bool
    ) -> tuple[float, float, float]:
        """(support, plain doubt, doubt of a clause) of the free words of a span."""
        if not span.free:
            return 0.0, 0.0, 0.0
        said = [token.text for token in reading.tokens[span.start : span.end]]
        if kind.kind == "query":
            return 0.0, 0.0, _QUERY_DOUBT * len(said)
        hitches = set() if titled else self._hitches(said)
        rest = [word for place, word in enumerate(said) if place not in hitches]
        known = sum(_KNOWN_FREE for word in rest if self._listed(word, kind))
        plain = sum(self._doubt(word) for word in rest if not self._listed(word, kind))
        return known, plain, _CARRIER_DOUBT * len(hitches)

    def _listed(self, word: str, kind: SlotType) -> bool:
        return kind.index is not None and word in kind.index.words and self.weight(word) == 1.0

    def _doubt(self, word: str) -> float:
        if self.weight(word) < 1.0:
            return FUNCTION_WEIGHT
        return _CARRIER_DOUBT if word in self._sample_words else 1.0

    def _hitches(self, said: Sequence[str]) -> set[int]:
        """The places of function words that no name has: "pack of 74" and "milk for the baby" have none."""
        idle = self._language.function_words - self._language.articles
        return {place for place, word in enumerate(said) if word in idle and not self._links(said, place)}

    def _links(self, said: Sequence[str], place: int) -> bool:
        """Whether a word such as "of" stands before more of the name."""
        if said[place] not in self._language.name_links:
            return False
        behind = [word for word in said[place + 1 : place + 3] if word not in self._language.articles]
        return bool(behind) and self.weight(behind[0]) == 1.0

    def accepts(self, parse: Parse, reading: Reading) -> bool:
        """Whether a parse of the whole sentence is believed without any context."""
        if not parse.free:
            return True
        if self._is_bare(parse) or self.swallows(parse, reading):
            return False
        content = self.content(parse, reading) + sum(
            self._vouched(span, reading) for span in parse.spans if not span.free
        )
        return content >= _MIN_CONTENT and self.share(parse, reading) >= self._gate

    def _is_bare(self, parse: Parse) -> bool:
        """Whether neither a word of the sample nor a listed value vouches for what is free: "one two"."""
        return not parse.literals and not any(part.value is not None for _, part in _parts(parse))

    def swallows(self, parse: Parse, reading: Reading) -> bool:
        """Whether free text is too long, asks, says nothing, or holds a listed value inside a clause.

        Nor may it stand right beside a custom slot with more values: in "oat milk barista" is no rhythm.
        """
        if self._runs_on(parse):
            return True
        if self._is_titled(parse, reading):
            return self._overflows(parse, reading)
        for slot, part in _parts(parse):
            kind = self._types[slot.type]
            if part.free and kind.kind == "open" and not self._may_hold(kind, part, reading):
                return True
            places = range(part.start, part.end) if part.free and kind.kind == "listed" else range(0)
            said = [reading.tokens[place].text for place in places]
            if kind.closed and self._overreaches(parse.sample.intent, kind, places, reading):
                return True
            if len(said) > LONGEST_LISTED or self._is_question(said) or self._is_clause(said):
                return True
            if said and all(self._says_little(word) for word in said):
                return True
            if self._hitches(said) and any(reading.fixed(kind, place) for place in places):
                return True
        return False

    def _may_hold(self, kind: SlotType, part: Span, reading: Reading) -> bool:
        return all(reading.may_hold(kind, place) for place in range(part.start, part.end))

    def _overflows(self, parse: Parse, reading: Reading) -> bool:
        """Whether a title is too long, one word that says nothing, or not of a type of few values."""
        for slot, part in _parts(parse):
            kind = self._types[slot.type]
            if not part.free or kind.kind == "query":
                continue
            places = range(part.start, part.end)
            if kind.closed and self._overreaches(parse.sample.intent, kind, places, reading):
                return True
            single = len(places) == 1 and self._says_little(reading.tokens[part.start].text)
            if len(places) > LONGEST_LISTED or single:
                return True
        return False

    def _runs_on(self, parse: Parse) -> bool:
        kinds = [self._types[slot.type] for slot in parse.sample.slots]
        for (left, right), (first, second) in zip(pairwise(parse.spans), pairwise(kinds), strict=True):
            beside = left.end == right.start and first.kind == second.kind == "listed"
            if beside and (left.free or right.free):
                free, other = (first, second) if left.free else (second, first)
                if (left.free and right.free) or free.richness < other.richness:
                    return True
        return False

    def names_nothing(self, parse: Parse, reading: Reading) -> bool:
        """Whether all that fills a slot is a word or two that say little: "order it"."""
        if not 0 < parse.free <= _SHORT:
            return False
        free = [part for slot, part in _parts(parse) if part.free and self._types[slot.type].kind == "listed"]
        said = [token.text for part in free for token in reading.tokens[part.start : part.end]]
        return bool(said) and all(map(self._says_little, said))

    def free_words(self, parse: Parse, reading: Reading) -> list[str]:
        """The telling words that nothing vouches for."""
        parts = [part for _, part in _parts(parse) if part.free]
        said = [token.text for part in parts for token in reading.tokens[part.start : part.end]]
        return [word for word in said if not self._says_little(word)]

    def _overreaches(self, intent: str, kind: SlotType, places: Sequence[int], reading: Reading) -> bool:
        """Whether unlisted words of a type of few values are many, or hold a number, value or command."""
        said = [reading.tokens[place].text for place in places]
        return len(said) > _LONGEST_UNKNOWN or any(
            word[0].isdigit() or self._is_foreign(word, intent) or reading.fixed(kind, place)
            for place, word in zip(places, said, strict=True)
        )

    def _says_little(self, word: str) -> bool:
        return self.weight(word) < 1.0 or word in self._language.articles

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


def _parts(parse: Parse) -> Iterator[tuple[Slot, Span]]:
    """Every value of every slot."""
    for slot, span in zip(parse.sample.slots, parse.spans, strict=True):
        for part in span.parts or (span,):
            yield slot, part
