"""Speech is heard by what people say to a model; what buys something is believed only with a second vote."""

import shutil
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.speech import SPOKEN, edits, measure, read_said, speak
from skill.bootstrap import interaction_model
from skill.simulator.speech.ears import BY_SOUND, USUAL, Ears
from skill.simulator.speech.pronunciation import guessed
from skill.simulator.speech.sentences import sentences, spoken
from skill.simulator.speech.sounds import MAX_SECONDS, Sound, SpeechError, read_sound
from skill.simulator.speech.votes import Listener
from skill.understanding import compile_model
from skill.understanding.model import read_model
from tests import servers
from tests.simulator.fake_skill import MODEL

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
VOICE = "flite rms"
SILENCE = Sound(bytes(3200), 16_000)
RATE = 16_000
REFUSED = "AMAZON.FallbackIntent"


@pytest.fixture(scope="module")
def voice() -> str:
    """A voice, where the programs of this module are installed."""
    if shutil.which("flite") is None:
        servers.skip_or_fail("flite is not installed")
    if find_spec("pocketsphinx") is None:
        servers.skip_or_fail("pocketsphinx (extra speech) is not installed")
    return VOICE


@pytest.fixture(scope="module")
def ears(voice: str) -> Iterator[Ears]:
    with Ears(sentences(read_model(MODEL))) as found:
        yield found


def wav(path: Path, seconds: float = 0.1, *, rate: int = RATE, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(int(seconds * rate) * channels * width))
    return path


@pytest.mark.timeout(300)
def test_forty_sentences_are_said_and_heard_back(voice: str) -> None:
    raw, cases = interaction_model("en-US"), read_said(SPOKEN)
    assert len(cases) == 40
    with Ears(sentences(read_model(raw))) as own:
        assert own.unknown == []
        tally = measure(voice, cases, Listener(own, compile_model(raw)))
    assert tally.bought_wrongly == []
    assert tally.accuracy >= 0.9
    assert tally.word_error_rate <= 0.06


def test_a_name_that_is_in_no_dictionary_is_heard(ears: Ears, voice: str, tmp_path: Path) -> None:
    assert ears.unknown == []
    sound = speak(voice, "order nappies", tmp_path / "said.wav")
    assert ears.hear(sound) == "order nappies"
    assert ears.hear(sound, BY_SOUND) == "order nappies"


def test_silence_is_no_words(ears: Ears) -> None:
    assert ears.hear(SILENCE) == ""
    assert ears.hear(Sound(b"\0\0", RATE)) == ""


def test_two_channels_are_heard_as_one(ears: Ears, voice: str, tmp_path: Path) -> None:
    sound = speak(voice, "order nappies", tmp_path / "said.wav")
    left = [sound.samples[at : at + 2] for at in range(0, len(sound.samples), 2)]
    with wave.open(str(tmp_path / "both.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(b"".join(sample * 2 for sample in left))
    assert read_sound(tmp_path / "both.wav") == sound


def test_flite_tells_how_a_word_sounds(voice: str) -> None:
    assert guessed(["nappies", "yogurts"]) == {"nappies": "N AE P IY Z", "yogurts": "Y OW G ER T S"}
    assert guessed([]) == {}


def test_without_flite_unknown_names_are_never_heard(monkeypatch: pytest.MonkeyPatch, voice: str) -> None:
    monkeypatch.setenv("PATH", "")
    with Ears([("order", "nappies"), ("order", "milk")]) as found:
        assert found.unknown == ["nappies"]
    with pytest.raises(SpeechError, match="no sample with a word that could be heard"):
        Ears([("nappies",)])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Size 4 & 24", "size four and twenty four"),
        ("7 p.m., please!", "seven p m please"),
        ("Dr. Brown\N{RIGHT SINGLE QUOTATION MARK}s crème", "dr brown's creme"),
        ("code 4821", "code four eight two one"),
        ("100 ml", "one zero zero ml"),
        ("尿布", ""),
    ],
)
def test_texts_are_put_in_the_words_that_are_said(text: str, words: str) -> None:
    assert " ".join(spoken(text)) == words


def test_every_value_is_said_in_a_sentence_and_the_same_each_time() -> None:
    model = read_model(MODEL)
    said = sentences(model)
    assert said == sentences(model)
    texts = [" ".join(words) for words in said]
    for value in model.types["PRODUCT"]:
        assert any(" ".join(spoken(value.name)) in text for text in texts), value.name
    assert "stop" in texts  # a built-in intent brings its own phrases


class TwoHearings:
    """Ears that hear one thing by expectation and another by sound."""

    def __init__(self, usual: str, by_sound: str) -> None:
        self._heard = {USUAL: usual, BY_SOUND: by_sound}

    def hear(self, sound: Sound, weight: float) -> str:
        """What was told beforehand."""
        return self._heard[weight]


@pytest.mark.parametrize(
    ("usual", "by_sound", "intent", "reason"),
    [
        ("order nappies", "order nappies", "OrderItemIntent", "both times the same"),
        ("order nappies", "order wipes", REFUSED, "by sound alone it means something else"),
        ("order nappies", "or the nap is", REFUSED, "by sound alone it means something else"),
        ("oder nappies", "order nappies", REFUSED, "no sample word for word (fuzzy)"),
        ("order rubbish", "order rubbish", REFUSED, "the model does not list 'rubbish'"),
    ],
)
def test_an_order_takes_two_votes(usual: str, by_sound: str, intent: str, reason: str) -> None:
    heard = Listener(TwoHearings(usual, by_sound), compile_model(MODEL)).listen(SILENCE, NOW)
    assert heard.vote is not None
    assert (heard.text, heard.understood.intent, heard.vote.reason) == (usual, intent, reason)
    assert heard.vote.agreed is (intent != REFUSED)
    assert bool(heard.understood.slots) is (intent != REFUSED)


def test_what_buys_nothing_is_believed_at_once_unless_it_is_named() -> None:
    ears, model = TwoHearings("stop", ""), compile_model(MODEL)
    heard = Listener(ears, model).listen(SILENCE, NOW)
    assert (heard.understood.intent, heard.vote) == ("AMAZON.StopIntent", None)
    heard = Listener(ears, model, frozenset({"AMAZON.StopIntent"})).listen(SILENCE, NOW)
    assert (heard.understood.intent, heard.vote is not None) == (REFUSED, True)


def test_a_model_without_a_fallback_refuses_with_no_intent() -> None:
    bare = {"invocationName": "shop", "intents": [{"name": "BuyIntent", "samples": ["buy it all"]}]}
    heard = Listener(TwoHearings("buy it all", ""), compile_model(bare)).listen(SILENCE, NOW)
    assert (heard.understood.intent, heard.understood.stage) == (None, "none")
    assert heard.understood.rivals[0][0] == "BuyIntent"


@pytest.mark.parametrize(
    ("name", "buys"),
    [
        *(("AMAZON.YesIntent", True), ("ReorderUsualIntent", True), ("BuyTicket", True)),
        *(("OrderStatusIntent", False), ("CancelOrderIntent", False), ("HelpIntent", False), (None, False)),
    ],
)
def test_intents_buy_by_their_names(name: str | None, buys: bool) -> None:
    assert Listener(TwoHearings("", ""), compile_model(MODEL)).buys(name) is buys


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda path: path, "No such file or directory"),
        (lambda path: path.parent, "Is a directory"),
        (lambda path: put(path, b""), "it is empty"),
        (lambda path: put(path, b"no sound at all"), "no WAV file of plain samples"),
        (lambda path: put(path, b"RIFF\x24\0\0\0WAVEfmt "), "no WAV file of plain samples"),
        (lambda path: put(path, wav(path).read_bytes()[:30]), "no WAV file of plain samples"),
        (lambda path: wav(path, 0), "it holds no sound"),
        (lambda path: wav(path, rate=8000), "8000 samples a second; only 16000 to 48000 are heard"),
        (lambda path: wav(path, rate=96_000), "96000 samples a second; only 16000 to 48000 are heard"),
        (lambda path: wav(path, width=1), "samples of 8 bits; only 16 are heard"),
        (lambda path: wav(path, channels=4), "4 channels; only one or two are heard"),
        (lambda path: wav(path, MAX_SECONDS + 1), f"longer than {MAX_SECONDS} seconds"),
        (lambda path: wav(path, 2 * MAX_SECONDS, rate=48_000, channels=2), f"longer than {MAX_SECONDS} s"),
    ],
)
def test_what_is_no_sound_to_hear_is_refused_in_one_line(tmp_path: Path, made: object, reason: str) -> None:
    assert callable(made)
    path = made(tmp_path / "said.wav")
    with pytest.raises(SpeechError, match=reason) as found:
        read_sound(path)
    assert str(found.value).startswith(f"{path}: ")
    assert "\n" not in str(found.value)


HEADER_BYTES = 44


@given(
    st.lists(st.tuples(st.integers(0, HEADER_BYTES - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, 4000),
)
def test_a_damaged_file_is_heard_or_refused_in_one_line(changes: list[tuple[int, int]], cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = wav(Path(folder) / "said.wav")
        data = bytearray(path.read_bytes())
        for place, byte in changes:
            data[place] = byte
        put(path, bytes(data[: cut or None]))
        assert "\n" not in told(path)


def told(path: Path) -> str:
    """What is told of a file: how long it is, or why it cannot be heard."""
    try:
        return f"{read_sound(path).seconds} s"
    except SpeechError as error:
        return str(error)


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_word_errors_are_the_fewest_edits() -> None:
    assert edits(spoken("order two packs"), spoken("order two packs")) == 0
    assert edits(spoken("order two packs"), spoken("or the two packs")) == 2
    assert edits([], ["a"]) == edits(["a"], []) == 1
