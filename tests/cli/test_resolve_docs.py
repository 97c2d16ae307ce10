"""docs/resolve-and-eval.md states the bounds that the code has."""

import re
from pathlib import Path

from skill.cli.understanding import MAX_LINE_BYTES
from skill.understanding import annotations, files
from skill.understanding.words import MAX_CHARACTERS, MAX_TOKENS

PAGE = Path(__file__).parents[2] / "docs" / "resolve-and-eval.md"


def test_the_bounds_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    stated = re.findall(r"^\| ([\w ]+) \| (\d+) \|$", page, re.MULTILINE)
    assert {name: int(number) for name, number in stated} == {
        "bytes of a model": files.MAX_BYTES,
        "bytes of an annotation set": annotations.MAX_BYTES,
        "bytes of a batch line": MAX_LINE_BYTES,
        "characters of a sentence that are heard": MAX_CHARACTERS,
        "words of a sentence that are heard": MAX_TOKENS,
    }
