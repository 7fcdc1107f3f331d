"""The audio of a CAPTCHA: its digits, spoken slowly in French."""

import wave
from importlib.resources import files
from io import BytesIO

_CHANNELS, _BYTES_A_SAMPLE, _RATE = 1, 2, 22_050
# Headsets drop the first instants of a sound; the pauses leave time to type.
_LEAD_SECONDS, _PAUSE_SECONDS = 0.5, 0.6


def speak(answer: str) -> bytes:
    """Return a WAV (mono, 16 bits, 22,050 Hz) in which the digits of `answer` are spoken one by one.

    Raises:
        ValueError: `answer` has other characters than the digits 0 to 9.
    """
    if not (answer.isascii() and answer.isdigit()):
        raise ValueError("only the digits 0 to 9 can be spoken")
    sound = BytesIO()
    with wave.open(sound, "wb") as joined:
        joined.setnchannels(_CHANNELS)
        joined.setsampwidth(_BYTES_A_SAMPLE)
        joined.setframerate(_RATE)
        joined.writeframes(_silence(_LEAD_SECONDS))
        for digit in answer:
            joined.writeframes(_clip(digit) + _silence(_PAUSE_SECONDS))
    return sound.getvalue()


def _clip(digit: str) -> bytes:
    """Return the samples of one spoken digit; `docs/captcha.md` says how the clips were made."""
    with files("web.captcha").joinpath("clips", f"{digit}.wav").open("rb") as file, wave.open(file, "rb") as clip:
        return clip.readframes(clip.getnframes())


def _silence(seconds: float) -> bytes:
    return bytes(round(seconds * _RATE) * _CHANNELS * _BYTES_A_SAMPLE)
