"""Samples that can be one sentence are found just where putting in all values gives one sentence."""

import itertools
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from skill.understanding.lint.draft import Sample
from skill.understanding.lint.findings import Spot
from skill.understanding.lint.overlap import MAX_STEPS, Overlap

Words = tuple[str, ...]
VALUES: Mapping[str, list[Words]] = {"T": [("a",), ("a", "b")], "U": [("b",), ("c", "a")]}

pieces = st.lists(st.sampled_from(["a", "b", "c", "{T}", "{U}"]), min_size=1, max_size=4).map(tuple)
literal = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5).map(tuple)


def sample(number: int) -> Sample:
    return Sample(str(number), f"I{number}", None, Spot(f"[{number}]"))


def sentences(sample_pieces: Words) -> set[Words]:
    """Every sentence of a sample, all values put in."""
    options = [VALUES.get(piece.strip("{}"), [(piece,)]) for piece in sample_pieces]
    return {tuple(itertools.chain(*choice)) for choice in itertools.product(*options)}


@given(st.lists(pieces, min_size=1, max_size=6), literal)
def test_a_sentence_meets_exactly_the_samples_that_can_say_it(listed: list[Words], sentence: Words) -> None:
    overlap = Overlap([(sample(n), each) for n, each in enumerate(listed)], VALUES)
    met = {meeting.sample.intent for meeting in overlap.meetings(sentence)}
    assert met == {f"I{n}" for n, each in enumerate(listed) if sentence in sentences(each)}


@given(pieces, pieces)
def test_samples_that_meet_share_a_sentence(left: Words, right: Words) -> None:
    overlap = Overlap([(sample(0), left)], VALUES)
    if any(True for _ in overlap.meetings(right)):
        assert sentences(left) & sentences(right)


def test_a_number_word_meets_a_number_slot_both_ways() -> None:
    numbers: Words = ("order", "{AMAZON.NUMBER}", "bags")
    words: Words = ("order", "2", "bags")
    for first, second in ((numbers, words), (words, numbers)):
        (meeting,) = Overlap([(sample(0), first)], {}).meetings(second)
        assert (meeting.sentence, meeting.by_value) == (words, True)


def test_a_search_takes_no_more_steps_than_the_limit() -> None:
    many = [tuple(word) for word in itertools.product("ab", repeat=3)]
    slots: Words = ("{V}",) * 12
    overlap = Overlap([(sample(0), slots)], {"V": [*many, ("a",), ("b",)]})
    steps = 0
    for _ in overlap.meetings(("a",) * 30):
        steps += 1
    assert steps <= MAX_STEPS
