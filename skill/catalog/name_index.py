"""The in-process index of product names: words like a spoken word, and names that hold given words.

It is built once and only read afterwards, so that any number of threads may use it together.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from skill.catalog.spoken_names import SMALL_WORDS, sound, spelled, words

ENOUGH_LIKE = 0.55
"""Words less alike than this are different words."""
MOST_LIKE_WORDS = 12
"""Words of the catalogue that one spoken word may stand for."""
_REMEMBERED_WORDS = 8_192
_NEAR_WORDS = 30
_GRAM_VISITS = 1_500
SMALL_WEIGHT = 0.12
_VISITS = 10_000
"""Names that are added up for one query; further frequent words only tell those apart."""


def word_likeness(heard: str, printed: str) -> float:
    """0 to 1: how likely a word that was heard or typed stands for a printed one.

    Jaro-Winkler cubed answers for typing errors; an equal sound key for mishearing, by the share of letters.
    """
    if heard == printed:
        return 1.0
    typed: float = JaroWinkler.similarity(heard, printed) ** 3
    key = sound(heard)
    if key and key == sound(printed):
        return max(typed, 0.5 + 0.42 * OSA.normalized_similarity(heard, printed))
    return typed


class Vocabulary:
    """All words of all names, found by spelling or by sound."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.ids: dict[str, int] = {}
        self._said: list[str] = []
        self._grams: dict[str, list[int]] = {}
        self._sounds: dict[str, list[int]] = {}
        # The same words are said again and again, and looking for likeness is most of the work of a query.
        self.like = lru_cache(maxsize=_REMEMBERED_WORDS)(self._like)

    def add(self, word: str) -> int:
        """The word's number, a new one when it was not known."""
        number = self.ids.get(word)
        if number is None:
            number = self.ids[word] = len(self.words)
            self.words.append(word)
            said = spelled(word)
            self._said.append(said)
            for gram in _grams(said):
                self._grams.setdefault(gram, []).append(number)
            key = sound(said)
            if key:
                self._sounds.setdefault(key, []).append(number)
        return number

    def _like(self, word: str) -> tuple[tuple[int, float], ...]:
        """The most alike words as (number, likeness from ENOUGH_LIKE to 1), best first."""
        said = spelled(word)
        near = set(self._sounding_like(said))
        near.update(self._sharing_grams(said))
        found = []
        for number in near:
            alike = word_likeness(said, self._said[number])
            if alike >= ENOUGH_LIKE:
                found.append((number, alike))
        exact = self.ids.get(word)
        if exact is not None and exact not in near:
            found.append((exact, 1.0))
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return tuple(found[:MOST_LIKE_WORDS])

    def _sounding_like(self, said: str) -> list[int]:
        if len(said) < 2:
            return []
        alike = self._sounds.get(sound(said), [])
        if len(alike) <= _NEAR_WORDS:
            return alike
        spellings = [self._said[number] for number in alike]
        best = process.extract(said, spellings, scorer=OSA.normalized_similarity, limit=_NEAR_WORDS)
        return [alike[position] for _, _, position in best]

    def _sharing_grams(self, said: str) -> list[int]:
        """Words that share enough trigrams with this one, the most alike by that count first."""
        if len(said) < 3:
            return []
        grams = _grams(said)
        lists = sorted((self._grams.get(gram, ()) for gram in grams), key=len)
        counts: Counter[int] = Counter()
        visits = skipped = 0
        for numbers in lists:
            visits += len(numbers)
            if visits > _GRAM_VISITS:
                skipped += 1
            else:
                counts.update(numbers)
        # A letter left out, added or changed spoils at most three trigrams of each word.
        least = 3 if len(grams) - skipped >= 7 else 2
        shares = [
            (-shared / (len(grams) + len(self._said[number]) + 2), number)
            for number, shared in counts.items()
            if shared >= least
        ]
        shares.sort()
        return [number for _, number in shares[:_NEAR_WORDS]]


def _grams(said: str) -> list[str]:
    """The different runs of three letters, in their order, so that every process does the same work."""
    padded = f"^^{said}$$"
    return list(dict.fromkeys(padded[start : start + 3] for start in range(len(said) + 2)))


class NameIndex:
    """Names as rows of word numbers, shortest first, with a posting list for every word."""

    def __init__(self, products: Iterable[tuple[str, str]]) -> None:
        named = {(product_id, tuple(words(name))): None for product_id, name in products}
        rows = sorted((row for row in named if row[1]), key=lambda row: len(row[1]))
        self.vocabulary = Vocabulary()
        self.products = [product_id for product_id, _ in rows]
        self.rows: list[tuple[int, ...]] = []
        self.postings: list[list[int]] = []
        self.rows_of: dict[str, list[int]] = {}
        self._neighbours: dict[str, tuple[str, str]] = {}
        for number, (product_id, name_words) in enumerate(rows):
            self.rows_of.setdefault(product_id, []).append(number)
            self._add_row(number, name_words)
        self._frequent = self._sets_of_frequent_words()
        self.weights = [self._weight(number) for number in range(len(self.postings))]
        self.row_weights = [sum(map(self.weights.__getitem__, row)) for row in self.rows]

    def _add_row(self, number: int, name_words: tuple[str, ...]) -> None:
        row = tuple(map(self.vocabulary.add, name_words))
        self.rows.append(row)
        while len(self.postings) < len(self.vocabulary.words):
            self.postings.append([])
        for word in set(row):
            self.postings[word].append(number)
        for left, right in pairwise(name_words):
            self._neighbours.setdefault(left + right, (left, right))

    def _sets_of_frequent_words(self) -> dict[int, frozenset[int]]:
        floor = max(1_000, len(self.rows) // 100)
        return {word: frozenset(rows) for word, rows in enumerate(self.postings) if len(rows) > floor}

    def _weight(self, number: int) -> float:
        """How much a word tells: 1 for a word of one name, less for frequent and for small words."""
        if self.vocabulary.words[number] in SMALL_WORDS:
            return SMALL_WEIGHT
        rarity = math.log(len(self.rows) / len(self.postings[number]) + 1) / math.log(len(self.rows) + 1)
        return 0.35 + 0.65 * rarity

    def knows(self, phrase: Iterable[str]) -> bool:
        """Whether every word is printed in some name."""
        return all(word in self.vocabulary.ids for word in phrase)

    def split(self, word: str) -> tuple[str, str] | None:
        """The two neighbouring words of some name that together are spelled like this one word."""
        return self._neighbours.get(word)

    def rows_with(self, likenesses: Iterable[Mapping[int, float]], most: int) -> list[int]:
        """Up to `most` rows that hold the greatest weight of the given words, shorter names first on a tie.

        Each mapping holds the word numbers one spoken word may stand for. The rarest spoken words choose the
        rows. A later word only tells chosen rows apart as soon as no row without an earlier word could win,
        or when _VISITS rows were added up, which bounds the work.
        """
        spoken = sorted((self._unit_of_work(likeness) for likeness in likenesses if likeness), key=_cost)
        found: dict[int, float] = {}
        visits = 0
        for position, (cost, _, lists) in enumerate(spoken):
            visits += cost
            later = sum(worth for _, worth, _ in spoken[position:])
            closed = len(found) >= most and (visits > _VISITS or _enough_above(found, later, most, cost))
            for word, worth in lists:
                self._add_up(found, word, worth, closed)
        return _best_rows(found, most)

    def _unit_of_work(self, likeness: Mapping[int, float]) -> "_Work":
        lists = [(word, alike * self.weights[word]) for word, alike in likeness.items()]
        cost = sum(len(self.postings[word]) for word, _ in lists)
        return cost, max(worth for _, worth in lists), lists

    def _add_up(self, found: dict[int, float], word: int, worth: float, closed: bool) -> None:
        """Adds a word's worth to the rows that hold it; only to rows found before when closed."""
        rows = self.postings[word]
        if not closed:
            for row in rows:
                found[row] = found.get(row, 0.0) + worth
        elif word in self._frequent and len(found) < len(rows):
            for row in self._frequent[word].intersection(found):
                found[row] += worth
        else:
            for row in rows:
                if row in found:
                    found[row] += worth


_Work = tuple[int, float, list[tuple[int, float]]]
"""For one spoken word: names to visit, the most it can add to one, its catalogue words with their worth."""


def _cost(work: _Work) -> int:
    return work[0]


def _enough_above(found: dict[int, float], later: float, most: int, cost: int) -> bool:
    """Whether enough rows are beyond the reach of rows not yet found; only asked when it saves work."""
    return cost > 500 and sum(value > later for value in found.values()) >= most


def _best_rows(found: dict[int, float], most: int) -> list[int]:
    """The rows of the greatest sums; sums take few different values, so no full sort is needed."""
    if len(found) <= most:
        return sorted(found)
    counts = Counter(found.values())
    wanted, floor = 0, 0.0
    for value in sorted(counts, reverse=True):
        wanted += counts[value]
        floor = value
        if wanted >= most:
            break
    chosen = [(-value, row) for row, value in found.items() if value >= floor]
    chosen.sort()
    return [row for _, row in chosen[:most]]
