"""Says how words sound: by the recogniser's dictionary, and for names that it does not know by flite."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

SPEAKER = "flite"
SECONDS = 20
"""Longer the program may not take for the words AT_ONCE; it takes two."""
AT_ONCE = 500
MAX_GUESSED = 5_000
"""Words of a model beyond so many are left out, as each costs four thousandths of a second."""
PAUSE = "pau"

_SOUNDS = {
    "ax": "AH",
    "ix": "IH",
    "dx": "T",
    "nx": "N",
    "axr": "ER",
    "el": "AH L",
    "em": "AH M",
    "en": "AH N",
}
"""What flite tells apart and the recogniser does not."""


def read_dictionary(path: Path) -> dict[str, list[str]]:
    """Every word of a dictionary of the CMU kind with its pronunciations, as {"milk": ["M IH L K"]}."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, sounds = line.partition(" ")
            found.setdefault(word.partition("(")[0], []).append(sounds.strip())
    return found


def guessed(words: Sequence[str]) -> dict[str, str]:
    """How flite would say words, MAX_GUESSED at most; what it cannot say, or all without it, is left out."""
    program = shutil.which(SPEAKER)
    if program is None:
        return {}
    found: dict[str, str] = {}
    for start in range(0, min(len(words), MAX_GUESSED), AT_ONCE):
        found |= _guessed(program, words[start : min(start + AT_ONCE, MAX_GUESSED)])
    return found


def _guessed(program: str, words: Sequence[str]) -> dict[str, str]:
    """Each word is a sentence of its own, so that pauses part them; else they are asked one by one."""
    heard = _phones(program, words)
    if len(heard) != len(words):
        if len(words) == 1:
            return {}
        half = len(words) // 2
        return _guessed(program, words[:half]) | _guessed(program, words[half:])
    return {word: sounds for word, sounds in zip(words, map(_sounds, heard), strict=True) if sounds}


def _phones(program: str, words: Sequence[str]) -> list[list[str]]:
    text = "".join(f"{word}. " for word in words)
    try:
        ran = subprocess.run(
            [program, "-ps", "-t", text, "none"], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    groups: list[list[str]] = [[]]
    for phone in ran.stdout.split():
        if phone == PAUSE:
            groups.append([])
        else:
            groups[-1].append(phone)
    return [group for group in groups if group]


def _sounds(phones: Iterable[str]) -> str:
    return " ".join(_SOUNDS.get(phone, phone.upper()) for phone in phones)
