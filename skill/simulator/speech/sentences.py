"""Makes the sentences that ears learn from an interaction model: its samples with values put in, in words."""

import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from skill.understanding.language import load_language, read_table
from skill.understanding.model import Intent, Model, split_sample

Words = tuple[str, ...]

ROUNDS = 3
"""So many times a sample with slots is said, each time with other values."""
PLAIN_ROUNDS = 2
MAX_SENTENCES = 60_000
"""Of larger models so many are learnt; learning takes time in proportion."""
SEED = 1

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+")
_TENS = 10
_WRITTEN_OUT = 100

SAID: Mapping[str, Sequence[str]] = {
    "AMAZON.NUMBER": [str(number) for number in (*range(1, 21), 24, 25, 30, 36, 40, 48, 50, 60, 75, 80)],
    "AMAZON.FOUR_DIGIT_NUMBER": ["4821", "6045", "1937", "2580"],
    "AMAZON.Ordinal": ["first", "second", "third", "fourth", "fifth", "last"],
    "AMAZON.DATE": [
        *("today", "tomorrow", "yesterday", "next week", "this week", "last week", "this month"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "next friday"),
    ],
    "AMAZON.TIME": [
        *("noon", "midnight", "seven a m", "eight p m", "three o'clock", "half past six", "ten thirty"),
        *("quarter past three", "two p m", "this morning", "this evening", "nine in the morning"),
    ],
    "AMAZON.DURATION": [
        *("five minutes", "ten minutes", "twenty minutes", "half an hour", "an hour", "two hours"),
        *("a week", "two weeks", "three weeks", "a month", "two months", "ten days"),
    ],
    "AMAZON.FirstName": ["anna", "ben", "emma", "james", "leo", "lucy", "maria", "mia", "noah", "tom"],
}
"""What is said for types that list no values; of all others without values nothing can be heard."""


def spoken(text: str) -> Words:
    """The words of a text as said, in small letters: "Size 4 & 24" are "size four and twenty four"."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    found = _WORD.findall(plain.replace("&", " and ").encode("ascii", "ignore").decode())
    return tuple(said for word in found for said in (_number(word) if word.isdecimal() else (word,)))


def sentences(model: Model) -> list[Words]:
    """What people may say to a model: every sample a few times, every listed value at least once.

    The same model gives the same sentences. No more than MAX_SENTENCES.
    """
    values = _Values(model)
    shipped = read_table("phrases", "en")
    found: list[Words] = []
    for intent in model.intents:
        for sample in intent.samples:
            rounds = ROUNDS if "{" in sample else PLAIN_ROUNDS
            found += [_said(sample, intent, values) for _ in range(rounds)]
        found += [spoken(phrase) for phrase in shipped.get(intent.name, ()) for _ in range(PLAIN_ROUNDS)]
    found += _with_the_rest(model, values)
    return [words for words in found if words][:MAX_SENTENCES]


def _said(sample: str, intent: Intent, values: "_Values") -> Words:
    parts = (
        values.next(intent.slots[part].type) if is_slot else spoken(part)
        for part, is_slot in split_sample(sample)
    )
    return tuple(word for part in parts for word in part)


def _with_the_rest(model: Model, values: "_Values") -> Iterator[Words]:
    """Samples with the values that were not said yet."""
    for intent in model.intents:
        for slot in intent.slots.values():
            own = [sample for sample in intent.samples if f"{{{slot.name}}}" in sample]
            while own and values.unsaid(slot.type):
                yield from (_said(sample, intent, values) for sample in own)


class _Values:
    """The values of slot types, one after the other in a mixed order, again from the start at the end."""

    def __init__(self, model: Model) -> None:
        listed = {
            name: [spoken(said) for value in values for said in (value.name, *value.synonyms)]
            for name, values in model.types.items()
        }
        said = {name: [spoken(each) for each in own] for name, own in SAID.items()}
        self._all = {name: [words for words in own if words] for name, own in (said | listed).items()}
        self._said: dict[str, int] = {}
        mixed = random.Random(SEED)
        for own in self._all.values():
            mixed.shuffle(own)

    def next(self, kind: str) -> Words:
        """The next value; nothing for a type that has none."""
        own = self._all.get(kind)
        if not own:
            return ()
        number = self._said.get(kind, 0)
        self._said[kind] = number + 1
        return own[number % len(own)]

    def unsaid(self, kind: str) -> bool:
        """Whether a value was not said yet."""
        return self._said.get(kind, 0) < len(self._all.get(kind, ()))


def _number(digits: str) -> Words:
    """A number below a hundred in words, a longer one digit by digit."""
    names, number = _names(), int(digits)
    if len(digits) > len(str(_WRITTEN_OUT)) or number >= _WRITTEN_OUT:
        return tuple(names[int(digit)] for digit in digits)
    if number in names:
        return (names[number],)
    return names[number - number % _TENS], names[number % _TENS]


@cache
def _names() -> Mapping[int, str]:
    """The English word of every number that has one, the usual spelling where there are two."""
    names: dict[int, str] = {}
    for word, number in load_language("en").numbers.items():
        names.setdefault(number, word)
    return names
