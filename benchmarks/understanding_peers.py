"""Other programs that turn a sentence into an intent, and ours, behind one face, to be compared."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from benchmarks.understanding_data import NOW
from skill.understanding.compiler import build
from skill.understanding.language import load_language
from skill.understanding.model import read_model
from skill.understanding.resolver import CompiledModel

PEERS = Path(__file__).parent / "peers"
INSTALL = "`make bench-setup` installs it"

Training = Sequence[tuple[str, str]]
"""Sentences and their intents: samples with slot values put in."""


@dataclass(frozen=True)
class Answer:
    """What an engine made of a sentence.

    `best` is its likeliest intent when it may not refuse, `heard` its answer as it ships (None if refused),
    `score` rises with certainty on a scale of the engine's own, `ms` is processor time, and `slots` are the
    values in it, None from an engine that fills none.
    """

    best: str | None
    heard: str | None
    score: float
    ms: float
    slots: Mapping[str, str] | None = None


class Engine(Protocol):
    """Learns a model and answers sentences. `fit` returns the milliseconds of processor time that it took."""

    name: str
    own_gate: bool
    """It refuses by itself; otherwise the comparison picks a threshold of its score."""

    def fit(self, raw: Mapping[str, Any], training: Training) -> float:
        """Forgets what it knew and learns a model, from its JSON or from the sentences made of it."""
        ...

    def ask(self, texts: Sequence[str]) -> list[Answer]:
        """Answers in order."""
        ...


def plain(text: str) -> str:
    """Lower case, apostrophes the only punctuation: what the engines that learn from sentences are given."""
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower()).split())


def milliseconds() -> float:
    """Processor time of this process, so that other load does not count."""
    return time.process_time() * 1000


class Ours:
    """This project's resolver with its fixed gates, compiled anew for each model: nothing cached."""

    name, own_gate = "ours", True

    def fit(self, raw: Mapping[str, Any], training: Training) -> float:
        """Reads the model; the sentences made of it are not used."""
        start = milliseconds()
        self._model = CompiledModel(build(read_model(raw), load_language("en")))
        return milliseconds() - start

    def ask(self, texts: Sequence[str]) -> list[Answer]:
        """The time is that of the answer that may refuse."""
        return [self._answer(text) for text in texts]

    def _answer(self, text: str) -> Answer:
        start = milliseconds()
        found = self._model.resolve(text, now=NOW)
        ms = milliseconds() - start
        heard = None if found.stage in ("fallback", "none") else found.intent
        best = self._model.resolve(text, now=NOW, refuse=False).intent
        return Answer(best, heard, found.score, ms, {name: fill.value for name, fill in found.slots.items()})


class NearestSample:
    """rapidfuzz: the intent of the sample with the highest token_sort_ratio."""

    name, own_gate = "rapidfuzz", False

    def fit(self, raw: Mapping[str, Any], training: Training) -> float:
        """Keeps the sentences."""
        start = milliseconds()
        self._texts = [plain(text) for text, _ in training]
        self._intents = [intent for _, intent in training]
        return milliseconds() - start

    def ask(self, texts: Sequence[str]) -> list[Answer]:
        """The score is the similarity, 0 to 1."""
        return [self._answer(text) for text in texts]

    def _answer(self, text: str) -> Answer:
        start = milliseconds()
        found = process.extractOne(plain(text), self._texts, scorer=fuzz.token_sort_ratio)
        ms = milliseconds() - start
        best = self._intents[found[2]] if found else None
        return Answer(best, best, found[1] / 100 if found else 0.0, ms)


class LinearSvm:
    """scikit-learn: TF-IDF of characters 2-5 and words 1-2, linear support vector machine."""

    name, own_gate = "scikit-learn", False

    def fit(self, raw: Mapping[str, Any], training: Training) -> float:
        """Trains on the sentences, which must be of two intents or more."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC

        start = milliseconds()
        features = make_union(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
            TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True),
        )
        self._pipeline = make_pipeline(features, LinearSVC())
        self._pipeline.fit([plain(text) for text, _ in training], [intent for _, intent in training])
        return milliseconds() - start

    def ask(self, texts: Sequence[str]) -> list[Answer]:
        """The score is the margin of the best intent, above 0 if its classifier claims the sentence."""
        return [self._answer(text) for text in texts]

    def _answer(self, text: str) -> Answer:
        start = milliseconds()
        margins = self._pipeline.decision_function([plain(text)])[0]
        if len(self._pipeline.classes_) == 2:
            margins = (-margins, margins)
        score = max(margins)
        best = str(self._pipeline.classes_[list(margins).index(score)])
        return Answer(best, best, float(score), milliseconds() - start)


class NodePeer:
    """A peer in Node behind JSON lines: a script of the folder peers/, alive until `close`."""

    def __init__(self, name: str, script: str, *, own_gate: bool, folder: Path = PEERS) -> None:
        self.name, self.own_gate = name, own_gate
        self._process = subprocess.Popen(
            ["node", "--no-warnings", script],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def fit(self, raw: Mapping[str, Any], training: Training) -> float:
        """Each script takes what it can read: the model, or the sentences."""
        return float(self._exchange({"model": raw, "training": training})["ms"])

    def ask(self, texts: Sequence[str]) -> list[Answer]:
        """Times are taken inside the script, without the pipe."""
        return [Answer(**answer) for answer in self._exchange({"texts": texts})["answers"]]

    def close(self) -> None:
        """Ends the script."""
        self._process.communicate()

    def _exchange(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Raises RuntimeError if the script has ended; why, it has written to standard error."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError(f"{self.name} has no pipes")
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self._process.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply


def missing_module(package: str, module: str) -> str | None:
    """Why a Python package cannot be measured, None if it can."""
    return None if find_spec(module) else f"{package} is absent: {INSTALL}"


def missing_node_package(package: str, folder: Path = PEERS) -> str | None:
    """Why an npm package cannot be measured, None if it can."""
    if shutil.which("node") is None:
        return f"{package} is not measured: there is no node on the path"
    return None if (folder / "node_modules" / package).is_dir() else f"{package} is absent: {INSTALL}"


@contextmanager
def engines(folder: Path = PEERS) -> Iterator[tuple[list[Engine], list[str]]]:
    """(ours and the peers that are here, a sentence for each that is not); scripts end with the block."""
    here: list[Engine] = [Ours(), NearestSample()]
    scripts: list[NodePeer] = []
    absent = []
    if reason := missing_module("scikit-learn", "sklearn"):
        absent.append(reason)
    else:
        here.append(LinearSvm())
    for name, package, script, own_gate in (
        ("nlp.js", "@nlpjs/nlp", "nlp_js.js", False),
        ("virtual-alexa", "virtual-alexa", "virtual_alexa.js", True),
    ):
        if reason := missing_node_package(package, folder):
            absent.append(reason)
        else:
            scripts.append(NodePeer(name, script, own_gate=own_gate, folder=folder))
    try:
        yield [*here, *scripts], absent
    finally:
        for peer in scripts:
            peer.close()
