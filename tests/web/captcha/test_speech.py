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


def test_the_digits_are_spoken_in_order_with_a_pause_after_each() -> None:
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
def test_every_clip_has_the_format_of_the_whole(digit: str) -> None:
    """It is also short, loud enough, and not the clip of another digit."""
    with wave.open(BytesIO(_file(digit)), "rb") as clip:
        assert clip.getparams()[:3] == (1, 2, 22_050)
        assert 0.2 < clip.getnframes() / clip.getframerate() < 1
    loudest = max(memoryview(_clip(digit)).cast("h"))
    assert loudest > 8_000
    assert all(_clip(digit) != _clip(other) for other in "0123456789" if other != digit)


@pytest.mark.parametrize("answer", ["", "12 34", "../1", "١٢٣"])
def test_only_digits_are_spoken(answer: str) -> None:
    """Other characters never become the name of a file."""
    with pytest.raises(ValueError, match="digits"):
        speak(answer)
