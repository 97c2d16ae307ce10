"""Things to say: a skill's examples and the samples of its model with real values put in."""

from collections.abc import Iterable, Mapping
from itertools import count, zip_longest

from skill.understanding.model import Intent, Model, split_sample

MOST = 12
"""As many as a person looks through."""

LONGEST = 200
"""Characters; what is longer nobody says in one breath."""

_SPOKEN = {
    "en": {
        "AMAZON.NUMBER": ("two", "four", "three"),
        "AMAZON.FOUR_DIGIT_NUMBER": ("1234",),
        "AMAZON.Ordinal": ("second", "first"),
        "AMAZON.DATE": ("tomorrow", "today", "next friday"),
        "AMAZON.TIME": ("eight a.m.", "noon"),
        "AMAZON.DURATION": ("ten minutes", "two hours"),
        "AMAZON.PhoneNumber": ("five five five one two three four",),
        "AMAZON.FirstName": ("Anna", "Leo"),
    },
    "de": {
        "AMAZON.NUMBER": ("zwei", "vier", "drei"),
        "AMAZON.FOUR_DIGIT_NUMBER": ("1234",),
        "AMAZON.Ordinal": ("zweite", "erste"),
        "AMAZON.DATE": ("morgen", "heute", "nächsten Freitag"),
        "AMAZON.TIME": ("acht Uhr", "mittags"),
        "AMAZON.DURATION": ("zehn Minuten", "zwei Stunden"),
        "AMAZON.PhoneNumber": ("fünf fünf fünf eins zwei drei vier",),
        "AMAZON.FirstName": ("Anna", "Leo"),
    },
}


_WRITTEN = {
    "AMAZON.NUMBER": ("2", "4", "3"),
    "AMAZON.FOUR_DIGIT_NUMBER": ("1234",),
    "AMAZON.Ordinal": ("2", "1"),
    "AMAZON.DATE": ("2027-01-31",),
    "AMAZON.TIME": ("18:30", "8:00"),
    "AMAZON.DURATION": ("PT20M", "PT2H"),
    "AMAZON.PhoneNumber": ("5551234",),
    "AMAZON.FirstName": ("Anna", "Leo"),
}
"""For languages in which digits alone are understood."""

_ASSENT = {"en": ["yes", "no"], "de": ["ja", "nein"]}


class Suggestions:
    """What can be said to one skill in one language; made once, asked often."""

    def __init__(self, model: Model, language: str, examples: Iterable[str]) -> None:
        self._examples = tuple(dict.fromkeys(examples))
        self._intents = {intent.name: intent for intent in model.intents}
        self._values = _Values(model, language)
        self._rendered: tuple[str, ...] | None = None
        self.assent = _ASSENT.get(language, [])

    def openers(self, most: int = MOST) -> list[str]:
        """What to try first: the examples, or one sample of each intent where a skill has none."""
        return list(self._examples or self._all()[:most])[:most]

    def starting(self, typed: str, most: int = MOST) -> list[str]:
        """Sentences that begin as `typed` does, whatever its case, examples first."""
        return self._starting(typed)[:most]

    def continuations(self, typed: str, most: int = MOST) -> list[str]:
        """How `typed` can go on: whole sentences when they are few, else up to the next word.

        Together they cover every sentence that begins so, as completion by the common beginning needs.
        """
        found = self._starting(typed)
        if len(found) <= most:
            return found
        begun = len(_begun(typed)) + 1
        ends = ((each, each.find(" ", begun)) for each in found)
        return list(dict.fromkeys(each if end < 0 else each[: end + 1] for each, end in ends))

    def _starting(self, typed: str) -> list[str]:
        start = _begun(typed)
        fitting = (each for each in (*self._examples, *self._all()) if each.casefold().startswith(start))
        return list(dict.fromkeys(fitting))

    def answers(self, intent: str, slot: str, most: int = MOST) -> list[str]:
        """What answers the question for a slot: its values, then its samples."""
        declared = self._intents.get(intent)
        if declared is None or slot not in declared.slots:
            return []
        asked = declared.slots[slot]
        found = self._values.some(asked.type, most)
        found += [each for sample in asked.samples if (each := self._said(sample, declared))]
        return list(dict.fromkeys(found))[:most]

    def _all(self) -> tuple[str, ...]:
        """Every sample once, the first of each intent before the second of any; made at first use."""
        if self._rendered is None:
            by_intent = [
                [self._said(sample, intent) for sample in intent.samples] for intent in self._intents.values()
            ]
            mixed = (each for row in zip_longest(*by_intent) for each in row if each)
            self._rendered = tuple(dict.fromkeys(each for each in mixed if len(each) <= LONGEST))
        return self._rendered

    def _said(self, sample: str, intent: Intent) -> str | None:
        """A sample with a value for each slot; None when a slot's type gives none."""
        said = []
        for text, is_slot in split_sample(sample):
            value = self._values.next(intent.slots[text].type) if is_slot else text
            if value is None:
                return None
            said.append(value)
        return " ".join(" ".join(said).split())


def _begun(typed: str) -> str:
    """What was typed so far as sentences begin: folded, with single spaces."""
    return " ".join(typed.casefold().split()) + (" " if typed.strip() and typed[-1].isspace() else "")


class _Values:
    """Values of slot types as they are spoken, one after the other."""

    def __init__(self, model: Model, language: str) -> None:
        listed = {name: tuple(value.name for value in values) for name, values in model.types.items()}
        self._known: Mapping[str, tuple[str, ...]] = {**_SPOKEN.get(language, _WRITTEN), **listed}
        self._turns: dict[str, count[int]] = {}

    def some(self, slot_type: str, most: int) -> list[str]:
        """The first values of a type."""
        return list(self._known.get(slot_type, ())[:most])

    def next(self, slot_type: str) -> str | None:
        """The type's values in turn; None when nothing is known of the type."""
        values = self._known.get(slot_type, ())
        turn = next(self._turns.setdefault(slot_type, count()))
        return values[turn % len(values)] if values else None
