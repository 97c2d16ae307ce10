"""Measures hearing end to end: sentences are said by synthetic voices, heard, and understood.

Run: python -m benchmarks.speech [FIXTURES] [MODEL.json]
The fixtures are tests/data/spoken.en.toml if not given, each a sentence with its intent; the model is ours.
The voices are those of flite and espeak-ng that are installed. Printed are, for each voice, the word error
rate, the share of intents that are right, how many buying commands were refused for want of a second vote,
how many were believed though something else was said, and processor time for each sentence.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from skill.bootstrap import interaction_model
from skill.simulator import fixture_files
from skill.simulator.speech.ears import Ears
from skill.simulator.speech.sentences import sentences, spoken
from skill.simulator.speech.sounds import Sound, read_sound
from skill.simulator.speech.votes import Heard, Listener
from skill.understanding import Understood, compile_model
from skill.understanding.files import read_json
from skill.understanding.model import FALLBACK_INTENT, read_model

SPOKEN = Path(__file__).parents[1] / "tests" / "data" / "spoken.en.toml"
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SECONDS = 30

VOICES = {
    **{
        f"flite {name}": ("flite", "-voice", name, "-t", "{text}", "-o", "{path}")
        for name in ("kal16", "rms", "slt")
    },
    "espeak-ng en-us": ("espeak-ng", "-v", "en-us", "-w", "{path}", "{text}"),
}
"""What says a text into a file, by the name of the voice."""


@dataclass(frozen=True)
class Said:
    """A sentence with the intent that it should have, "" for none."""

    text: str
    intent: str


@dataclass
class Tally:
    """What came of the sentences of one voice; words are counted in the sentences that are in scope."""

    sentences: int = 0
    words: int = 0
    wrong_words: int = 0
    right: int = 0
    refused: list[str] = field(default_factory=list)
    bought_wrongly: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def word_error_rate(self) -> float:
        """Words left out, put in or taken for others, as a share of those said."""
        return self.wrong_words / self.words

    @property
    def accuracy(self) -> float:
        """The share of sentences with the right intent, or rightly refused."""
        return self.right / self.sentences


def installed() -> list[str]:
    """The voices that can speak here."""
    return [name for name, command in VOICES.items() if shutil.which(command[0])]


def speak(voice: str, text: str, path: Path) -> Sound:
    """Say a text into a WAV file and read it."""
    command = [part.format(text=text, path=path) for part in VOICES[voice]]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return read_sound(path)


def edits(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words to leave out, put in or change to get from one to the other (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row = row, [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return row[-1]


def read_said(path: Path) -> list[Said]:
    """The sentences of a file of fixtures that say an intent."""
    steps = [step for fixture in fixture_files.read(path) for step in fixture.steps]
    return [
        Said(step.say, step.expected.intent)
        for step in steps
        if step.say is not None and step.expected.intent is not None
    ]


def measure(voice: str, cases: Sequence[Said], listener: Listener) -> Tally:
    """Say every sentence with one voice, and count what is heard."""
    tally = Tally(sentences=len(cases))
    with TemporaryDirectory(prefix="restock-speech-") as folder:
        for case in cases:
            sound = speak(voice, case.text, Path(folder) / "said.wav")
            began = time.process_time()
            heard = listener.listen(sound, NOW)
            tally.seconds += time.process_time() - began
            _count(tally, case, heard, listener)
    return tally


def _count(tally: Tally, case: Said, heard: Heard, listener: Listener) -> None:
    words = spoken(case.text)
    if case.intent:
        tally.words += len(words)
        tally.wrong_words += edits(words, heard.text.split())
    got = heard.understood.intent
    tally.right += ("" if got in (None, FALLBACK_INTENT) else got) == case.intent
    if heard.vote is not None and not heard.vote.agreed:
        tally.refused.append(f'"{case.text}" heard as "{heard.text}": {heard.vote.reason}')
    meant = listener.model.resolve(case.text, now=NOW)
    if listener.buys(got) and _sense(heard.understood) != _sense(meant):
        tally.bought_wrongly.append(f'"{case.text}" heard as "{heard.text}"')


def _sense(understood: Understood) -> tuple[object, ...]:
    slots = {name: (fill.id or fill.value, fill.values) for name, fill in understood.slots.items()}
    return understood.intent, *sorted(slots.items(), key=str)


def _lines(voice: str, tally: Tally) -> Iterator[str]:
    yield (
        f"{voice:16} {tally.sentences:9}  {tally.word_error_rate:10.3f}  {tally.accuracy:6.3f}  "
        f"{len(tally.refused):7}  {len(tally.bought_wrongly):5}  {tally.seconds / tally.sentences:.2f} s"
    )
    yield from (f"    refused: {each}" for each in tally.refused)
    yield from (f"    WRONG: {each}" for each in tally.bought_wrongly)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    cases = read_said(Path(arguments[0]) if arguments else SPOKEN)
    raw = read_json(Path(arguments[1])) if len(arguments) > 1 else interaction_model("en-US")
    began = time.process_time()
    with Ears(sentences(read_model(raw))) as ears:
        print(f"the words of the model are learnt in {time.process_time() - began:.1f} s")
        listener = Listener(ears, compile_model(raw))
        print("voice            sentences  word error  intent  refused  wrong  for each")
        for voice in installed():
            for line in _lines(voice, measure(voice, cases, listener)):
                print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
