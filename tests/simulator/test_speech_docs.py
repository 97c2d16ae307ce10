"""docs/speech.md states the bounds that the code has."""

from pathlib import Path

from skill.simulator.speech.pronunciation import MAX_GUESSED
from skill.simulator.speech.sentences import MAX_SENTENCES
from skill.simulator.speech.sounds import MAX_RATE, MAX_SECONDS, MIN_RATE

PAGE = (Path(__file__).parents[2] / "docs" / "speech.md").read_text(encoding="utf-8")


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"| seconds of a sound | {MAX_SECONDS} |" in PAGE
    assert f"| samples a second | {MIN_RATE} to {MAX_RATE} |" in PAGE
    assert f"| sentences that are learnt of a model | {MAX_SENTENCES} |" in PAGE
    assert f"| words in no dictionary that flite is asked about | {MAX_GUESSED} |" in PAGE
