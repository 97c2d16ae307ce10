"""Reads sound files: WAV, 16 bits, one channel or two, as long as a sentence may be."""

import io
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

MAX_SECONDS = 30
"""A sentence to a device is over long before; the time to hear one grows with its length."""
MIN_RATE, MAX_RATE = 16_000, 48_000
"""Samples a second. The acoustic model listens up to 6,800 Hz, of which 8,000 samples a second hold half."""
CHANNELS, BYTES = 2, 2
MAX_BYTES = MAX_SECONDS * MAX_RATE * CHANNELS * BYTES + 4096
"""The sound of that length at its largest, and room for what else a WAV file says."""


class SpeechError(Exception):
    """Something cannot be heard; the message is one line for the person who asked."""


@dataclass(frozen=True)
class Sound:
    """Signed samples of 16 bits in one channel, little-endian, and how many there are in a second."""

    samples: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it takes to hear."""
        return len(self.samples) / BYTES / self.rate


def read_sound(path: Path) -> Sound:
    """The sound in a WAV file; two channels are mixed into one.

    Raises SpeechError for what is no such file, or longer than MAX_SECONDS.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SpeechError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if not data:
        raise SpeechError(f"{path}: it is empty")
    if len(data) > MAX_BYTES:
        raise SpeechError(f"{path}: longer than {MAX_SECONDS} seconds, which is the limit")
    try:
        with wave.open(io.BytesIO(data)) as found:
            sound = _sound(path, found)
    except (wave.Error, EOFError, RuntimeError) as error:  # the last where lengths do not fit the file
        reason = str(error) or "it breaks off"
        raise SpeechError(f"{path}: no WAV file of plain samples: {reason}") from error
    if not sound.samples:
        raise SpeechError(f"{path}: it holds no sound")
    if sound.seconds > MAX_SECONDS:
        raise SpeechError(f"{path}: longer than {MAX_SECONDS} seconds, which is the limit")
    return sound


def _sound(path: Path, found: wave.Wave_read) -> Sound:
    channels, width, rate = found.getnchannels(), found.getsampwidth(), found.getframerate()
    if width != BYTES:
        raise SpeechError(f"{path}: samples of {8 * width} bits; only 16 are heard")
    if channels > CHANNELS:
        raise SpeechError(f"{path}: {channels} channels; only one or two are heard")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise SpeechError(f"{path}: {rate} samples a second; only {MIN_RATE} to {MAX_RATE} are heard")
    samples = found.readframes(MAX_SECONDS * MAX_RATE + 1)
    whole = samples[: len(samples) - len(samples) % (BYTES * channels)]
    return Sound(whole if channels == 1 else _mixed(whole), rate)


def _mixed(samples: bytes) -> bytes:
    """Two channels as one: their mean."""
    both = array("h", samples)
    return array(
        "h", ((left + right) // 2 for left, right in zip(both[::2], both[1::2], strict=True))
    ).tobytes()
