"""Hears the words of a sound with pocketsphinx (extra `speech`), expecting what a model's people say."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from skill.simulator.speech.pronunciation import guessed, read_dictionary
from skill.simulator.speech.sentences import Words
from skill.simulator.speech.sounds import Sound, SpeechError

NO_EARS = "hearing takes pocketsphinx: pip install 'restock[speech]'"
ACOUSTIC = "en-us"
"""The one acoustic model that comes with the package."""

USUAL, BY_SOUND = 6.5, 1.0
"""How much the likelihood of a sequence of words counts beside its sound: usually, and for a second vote."""
DITHER_SEED = 1
"""Synthesised silence is all zeros, in which the noise filter hears things; a little noise is put over it."""


class Ears:
    """A recogniser that knows the words of some sentences and what follows what; close it after use.

    `unknown` are words that nobody could tell the sound of, so that they are never heard.
    """

    def __init__(self, sentences: Sequence[Words]) -> None:
        """Raises SpeechError where the extra is not installed, or there is nothing to expect."""
        self._sphinx = _pocketsphinx("pocketsphinx")
        self._model = Path(self._sphinx.get_model_path()) / ACOUSTIC
        self._decoders: dict[tuple[int, float], Any] = {}
        words = sorted({word for sentence in sentences for word in sentence})
        known = read_dictionary(self._model / f"cmudict-{ACOUSTIC}.dict")
        known |= {word: [sounds] for word, sounds in guessed([w for w in words if w not in known]).items()}
        self.unknown = [word for word in words if word not in known]
        if len(self.unknown) == len(words):
            raise SpeechError("the model has no sample with a word that could be heard")
        self._folder = TemporaryDirectory(prefix="restock-hear-")
        self._dictionary = Path(self._folder.name) / "words.dict"
        self._dictionary.write_text("".join(_entries(words, known)), encoding="utf-8")
        self._language = Path(self._folder.name) / "sentences.arpa"
        self._learn(sentences)

    def _learn(self, sentences: Sequence[Words]) -> None:
        """Write the trigrams of the sentences that hold no word of unknown sound."""
        unknown = set(self.unknown)
        text = "\n".join(" ".join(words) for words in sentences if unknown.isdisjoint(words))
        learnt = _pocketsphinx("pocketsphinx.lm").ArpaBoLM(text=text, add_start=True)
        learnt.compute()
        learnt.write_file(str(self._language))

    def hear(self, sound: Sound, weight: float = USUAL) -> str:
        """The likeliest words of a sound, "" for none; `weight` is how much expectation counts, as USUAL."""
        decoder = self._decoder(sound.rate, weight)
        decoder.start_utt()
        decoder.process_raw(sound.samples, full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return found.hypstr if found is not None else ""

    def _decoder(self, rate: int, weight: float) -> Any:
        if (rate, weight) not in self._decoders:
            self._decoders[rate, weight] = self._sphinx.Decoder(
                hmm=str(self._model / ACOUSTIC),
                dict=str(self._dictionary),
                lm=str(self._language),
                lw=weight,
                samprate=rate,
                dither=True,
                seed=DITHER_SEED,
                loglevel="FATAL",
            )
        return self._decoders[rate, weight]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoders.clear()
        self._folder.cleanup()


def _entries(words: Sequence[str], known: dict[str, list[str]]) -> list[str]:
    """The lines of a dictionary; a word's second pronunciation is called "word(2)"."""
    return [
        f"{word}({number}) {sounds}\n" if number > 1 else f"{word} {sounds}\n"
        for word in words
        for number, sounds in enumerate(known.get(word, ()), 1)
    ]


def _pocketsphinx(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise SpeechError(NO_EARS) from error
