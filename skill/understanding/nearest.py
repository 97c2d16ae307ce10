"""Likens samples of an intent to a sentence that none of them covers, and fills their slots from it."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from skill.understanding.grammar import Piece, Reading, Sample, Span
from skill.understanding.language import Language
from skill.understanding.polarity import asks, denies
from skill.understanding.slot_types import SlotType

_LETTER_SHARE = 0.3
_SLIP_LOSS = 0.25
_SLOT_WEIGHT = 0.8
_DENIAL_LOSS = 0.7
_QUESTION_LOSS = 0.6
_LONGER_VALUE = 0.5
_MISSING_SLOT = 0.4
_FREE_CREDIT = 0.5
_LONGEST_FREE = 5


@dataclass(frozen=True)
class _Said:
    """What every comparison needs of a sentence.

    `places` tells for a word where it may have been said, as (cost of the slip, place), cheapest first;
    `weights` are those of its words, `letters` its words in alphabetical order, each with its place.
    """

    reading: Reading
    places: Mapping[str, Sequence[tuple[float, int]]]
    weights: Sequence[float]
    letters: Sequence[tuple[str, int]]
    denied: bool
    asked: bool


@dataclass(frozen=True)
class Likeness:
    """A sample with its likeness from 0 to 1 and the spans that fill its slots (None where nothing does)."""

    sample: Sample
    score: float
    spans: tuple[Span | None, ...]


@dataclass(frozen=True)
class _Entry:
    sample: Sample
    pieces: tuple[Piece, ...]
    words: tuple[tuple[int, str], ...]
    slots: tuple[tuple[int, tuple[SlotType, bool]], ...]
    letters: str
    weight: float
    denied: bool
    asked: bool


class NearestSamples:
    """The samples with the weights of their words."""

    def __init__(
        self,
        samples: Iterable[tuple[Sample, Sequence[Piece]]],
        weight: Callable[[str], float],
        language: Language,
    ) -> None:
        self._language = language
        pairs = [(sample, tuple(pieces)) for sample, pieces in samples]
        self._weight = weight
        intents: dict[str, set[str]] = defaultdict(set)
        for sample, pieces in pairs:
            for word in pieces:
                if isinstance(word, str):
                    intents[word].add(sample.intent)
        total = len({sample.intent for sample, _ in pairs}) or 1
        self._unknown = math.log(1 + total)
        self._weights = {w: weight(w) * math.log(1 + total / len(own)) for w, own in intents.items()}
        self._entries = [self._entry(sample, pieces) for sample, pieces in pairs]

    def _entry(self, sample: Sample, pieces: tuple[Piece, ...]) -> _Entry:
        words = tuple((number, piece) for number, piece in enumerate(pieces) if isinstance(piece, str))
        said = [word for _, word in words]
        return _Entry(
            sample,
            pieces,
            words=words,
            slots=tuple((n, piece) for n, piece in enumerate(pieces) if not isinstance(piece, str)),
            letters=" ".join(sorted(said)),
            weight=sum(self._weights[word] for word in said),
            denied=denies(said, self._language),
            asked=isinstance(pieces[0], str) and asks((pieces[0],), self._language),
        )

    def sample(self, number: int) -> Sample:
        """The sample at a place."""
        return self._entries[number].sample

    def best(self, numbers: Sequence[int], reading: Reading) -> Likeness:
        """The one of several samples, given by their places, that is likest to a sentence."""
        said = self._said(reading)
        compared = [self._compare(self._entries[number], said) for number in numbers]
        return max(compared, key=lambda like: (like.score, -like.sample.order))

    def _said(self, reading: Reading) -> _Said:
        texts = [token.text for token in reading.tokens]
        return _Said(
            reading=reading,
            places=_places_by_word(reading),
            weights=[self._weights.get(word, self._unknown * self._weight(word)) for word in texts],
            letters=sorted((word, place) for place, word in enumerate(texts)),
            denied=denies(texts, self._language),
            asked=asks(texts, self._language),
        )

    def _compare(self, entry: _Entry, said: _Said) -> Likeness:
        """The better of two ways: the sample's words first, or the values of its slots first."""
        places, gained = self._match_words(entry, said, set())
        used = set(places.values())
        if not entry.slots:
            return self._score(entry, said, gained, used, ())
        words_first = self._score(entry, said, gained, used, _fill(entry, said.reading, used, places))
        spans = _fill(entry, said.reading, set(), None)
        if not any(spans):
            return words_first
        used = {place for span in spans if span for place in range(span.start, span.end)}
        places, gained = self._match_words(entry, said, used)
        used |= set(places.values())
        free = _fill(entry, said.reading, used, places)
        spans = tuple(span or other for span, other in zip(spans, free, strict=True))
        slots_first = self._score(entry, said, gained, used, spans)
        return max(words_first, slots_first, key=lambda like: like.score)

    def _score(
        self, entry: _Entry, said: _Said, gained: float, used: set[int], spans: tuple[Span | None, ...]
    ) -> Likeness:
        filled = [span for span in spans if span is not None]
        covered = {place for span in filled for place in range(span.start, span.end)}
        used = used | covered
        missing = entry.weight - gained + _MISSING_SLOT * (len(spans) - len(filled))
        gained += sum([_slot_gain(span) for span in filled])
        extra = sum([weight for place, weight in enumerate(said.weights) if place not in used])
        extra += (1 - _FREE_CREDIT) * sum([_free_weight(said, span) for span in filled])
        overlap = 2 * gained / (2 * gained + missing + extra) if gained else 0.0
        outside = " ".join([word for word, place in said.letters if place not in covered])
        likeness = fuzz.ratio(outside, entry.letters) / 100
        score = (1 - _LETTER_SHARE) * overlap + _LETTER_SHARE * likeness
        if entry.denied != said.denied:
            score *= _DENIAL_LOSS
        if said.asked and not entry.asked:
            score *= _QUESTION_LOSS
        return Likeness(entry.sample, round(score, 3), spans)

    def _match_words(self, entry: _Entry, said: _Said, used: set[int]) -> tuple[dict[int, int], float]:
        """Which word of the sample is said where outside the used places, and the weight of those said."""
        places: dict[int, int] = {}
        gained = 0.0
        taken = set(used)
        for number, piece in entry.words:
            for cost, place in said.places.get(piece, ()):
                if place not in taken:
                    places[number] = place
                    taken.add(place)
                    gained += self._weights[piece] * (1 - _SLIP_LOSS * cost)
                    break
        return places, gained


def _free_weight(said: _Said, span: Span) -> float:
    return sum(said.weights[span.start : span.end]) if span.free else 0.0


def _places_by_word(reading: Reading) -> dict[str, list[tuple[float, int]]]:
    said: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for place, forms in enumerate(reading.words):
        for word, cost in forms:
            said[word].append((cost, place))
    return {word: sorted(found) for word, found in said.items()}


def _fill(
    entry: _Entry, reading: Reading, used: set[int], places: dict[int, int] | None
) -> tuple[Span | None, ...]:
    """Spans for the sample's slots outside the used places; free words only if `places` tell where."""
    taken = set(used)
    spans: list[Span | None] = []
    for number, piece in entry.slots:
        expected = None if places is None else _neighbours(entry.pieces, number, places, reading)
        span = _slot_span(piece, reading, taken, expected)
        spans.append(span)
        if span is not None:
            taken.update(range(span.start, span.end))
    return tuple(spans)


def _slot_gain(span: Span) -> float:
    """Longer listed values tell more; free words tell little."""
    if span.free:
        return _SLOT_WEIGHT * _FREE_CREDIT
    return _SLOT_WEIGHT * (1 + _LONGER_VALUE * (span.end - span.start - 1))


def _neighbours(
    pieces: Sequence[Piece], number: int, places: dict[int, int], reading: Reading
) -> tuple[int, int]:
    """Between which tokens a slot is expected: behind the word before it and before the word behind it."""
    before = [places[k] for k in range(number) if k in places]
    behind = [places[k] for k in range(number + 1, len(pieces)) if k in places]
    low = before[-1] + 1 if before else 0
    high = behind[0] if behind else len(reading.tokens)
    return (low, high) if low < high else (0, len(reading.tokens))


def _slot_span(
    piece: tuple[SlotType, bool], reading: Reading, used: set[int], expected: tuple[int, int] | None
) -> Span | None:
    """The longest listed or parsed value among the unused words, else free words where one is expected."""
    kind, multiple = piece
    low, high = expected or (0, len(reading.tokens))
    everywhere = reading.everywhere(kind)
    found = [span for span in everywhere if used.isdisjoint(range(span.start, span.end))]
    if found and multiple:
        first = min(found, key=lambda span: (not low <= span.start < high, span.start, -span.end))
        return reading.split(kind, first.start, _list_end(kind, reading, first.end))
    if found:
        return max(found, key=lambda span: (span.end - span.start, low <= span.start < high, -span.start))
    free = expected and kind.longest_free and not kind.closed
    run = _free_run(kind, reading, used, (low, high)) if free else None
    if run is None:
        return None
    return reading.split(kind, *run) if multiple else Span(*run)


def _list_end(kind: SlotType, reading: Reading, end: int) -> int:
    """Where a list of listed values ends that begins with one ending at `end`."""
    while end < len(reading.tokens):
        behind = end + (reading.tokens[end].text in reading.language.joiners)
        behind += behind < len(reading.tokens) and reading.tokens[behind].text in reading.language.articles
        spans = reading.fixed(kind, behind) if behind < len(reading.tokens) else []
        if not spans:
            return end
        end = spans[0].end
    return end


def _free_run(
    kind: SlotType, reading: Reading, used: set[int], expected: tuple[int, int]
) -> tuple[int, int] | None:
    """The first run of unused words with a meaning inside the expected stretch that the type may hold."""
    idle = reading.language.function_words
    start, high = expected
    while start < high and (start in used or reading.tokens[start].text in idle):
        start += 1
    end = start
    longest = min(kind.longest_free, _LONGEST_FREE)
    while end < high and end not in used and end - start < longest and reading.may_hold(kind, end):
        end += 1
    while end > start and reading.tokens[end - 1].text in idle:
        end -= 1
    if end > start and kind.kind != "listed" and start - 1 not in used and start > expected[0]:
        # What no list holds keeps its article: "the beatles".
        start -= reading.tokens[start - 1].text in reading.language.articles
    return (start, end) if end > start else None
