import wave
from importlib.resources import files
from io import BytesIO

import pytest

from web.captcha.speech import speak


def _samples(wav: bytes) -> bytes:
    with wave.open(BytesIO(wav), "rb") as sound:
        return sound.readframes(sound.getnframes())


def _file(digit: str) -> bytes:
    return files("web.captcha").joinpath("clips", f"{digit}.wav").read_bytes()


def _clip(digit: str) -> bytes:
    return _samples(_file(digit))


def test_the_sound_is_a_small_mono_wav() -> None:
    """Every browser plays it: mono, 16 bits, 22,050 Hz, some seven seconds for six digits."""
    with wave.open(BytesIO(speak("402915")), "rb") as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert 6 < sound.getnframes() / sound.getframerate() < 9


def test_the_digits_are_said_in_order_with_a_pause_after_each() -> None:
    """A listener hears each digit once, in the order of the answer, and has time to type it."""
    pause = bytes(2 * 11_025)
    rest = _samples(speak("402915"))
    for digit in "402915":
        before, found, rest = rest.partition(_clip(digit))
        assert found
        assert not any(before)
        assert rest.startswith(pause)
    assert not any(rest)


@pytest.mark.parametrize("digit", list("0123456789"))
def test_every_clip_fits_the_sound_it_is_joined_into(digit: str) -> None:
    """A clip has the format of the whole, is short, is loud enough and is no other digit's."""
    with wave.open(BytesIO(_file(digit)), "rb") as clip:
        assert clip.getparams()[:3] == (1, 2, 22_050)
        assert 0.2 < clip.getnframes() / clip.getframerate() < 1
    loudest = max(memoryview(_clip(digit)).cast("h"))
    assert loudest > 8_000
    assert all(_clip(digit) != _clip(other) for other in "0123456789" if other != digit)


@pytest.mark.parametrize("answer", ["", "12 34", "../1", "١٢٣"])
def test_nothing_but_digits_is_said(answer: str) -> None:
    """What is not a row of the digits 0 to 9 names no file."""
    with pytest.raises(ValueError, match="digits"):
        speak(answer)
