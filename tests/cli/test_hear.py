"""`restock hear` prints what `restock resolve` prints of the words that it heard."""

import json
import shutil
import sys
import wave
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.speech import speak
from tests import servers
from tests.cli.terminal import Terminal
from tests.simulator.fake_skill import MODEL

VOICE = "flite rms"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    """A folder with somebody's model."""
    (tmp_path / "en-US.json").write_text(json.dumps(MODEL), encoding="utf-8")
    return Terminal(capsys, monkeypatch, tmp_path)


@pytest.fixture
def silence(terminal: Terminal) -> str:
    with wave.open("silence.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(3200))
    return "silence.wav"


@pytest.fixture
def programs() -> None:
    if shutil.which("flite") is None or find_spec("pocketsphinx") is None:
        servers.skip_or_fail("flite or pocketsphinx (extra speech) is not installed")


@pytest.mark.usefixtures("programs")
def test_what_is_heard_is_printed_as_resolve_prints_it(terminal: Terminal, silence: str) -> None:
    speak(VOICE, "order nappies", Path("order.wav"))
    ran = terminal.run("hear", "order.wav", silence, "--model", "en-US.json", "--why")
    assert (ran.code, ran.err) == (0, "")
    ordered, nothing = map(json.loads, ran.out.splitlines())
    resolved = json.loads(terminal.run("resolve", "--model", "en-US.json", "order nappies").out)
    assert {key: ordered[key] for key in resolved} == resolved
    assert (ordered["heard"], ordered["vote"]["agreed"]) == ("order nappies", True)
    assert ordered["vote"]["heard"] == "order nappies"
    assert ordered["why"]["matched"]
    assert (nothing["heard"], nothing["intent"], "vote" in nothing) == ("", "AMAZON.FallbackIntent", False)


@pytest.mark.usefixtures("programs")
def test_a_command_that_is_said_to_buy_is_voted_on(terminal: Terminal) -> None:
    speak(VOICE, "stop", Path("stop.wav"))
    ran = terminal.run("hear", "stop.wav", "--model", "en-US.json", "--buying", "AMAZON.StopIntent")
    assert json.loads(ran.out)["vote"]["intent"] == "AMAZON.StopIntent"


def test_what_cannot_be_heard_is_one_line_and_two(terminal: Terminal) -> None:
    Path("no.wav").write_bytes(b"no sound")
    told = terminal.run("hear", "no.wav", "--model", "en-US.json").complaint
    assert told.startswith("restock: no.wav: no WAV file of plain samples")


def test_another_language_is_one_line_and_two(terminal: Terminal, silence: str) -> None:
    told = terminal.run("hear", silence, "--model", "en-US.json", "--locale", "de-DE").complaint
    assert told == "restock: de-DE: speech is heard in English only"


def test_without_the_extra_the_line_says_what_to_install(
    terminal: Terminal, silence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    told = terminal.run("hear", silence, "--model", "en-US.json").complaint
    assert told == "restock: hearing takes pocketsphinx: pip install 'restock[speech]'"
