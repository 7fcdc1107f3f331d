import wave
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from random import Random, SystemRandom

import pytest

from web.captcha.speech import speak

_RATE, _STEP = 22_050, 24


def _samples(wav: bytes) -> bytes:
    with wave.open(BytesIO(wav), "rb") as sound:
        return sound.readframes(sound.getnframes())


def _file(digit: str) -> bytes:
    return files("web.captcha").joinpath("clips", f"{digit}.wav").read_bytes()


def _clip(digit: str) -> bytes:
    return _samples(_file(digit))


def test_the_sound_is_a_small_mono_wav() -> None:
    """Every browser plays it: mono, 16 bits, 22,050 Hz, some seven seconds for six digits."""
    with wave.open(BytesIO(speak("402915", SystemRandom())), "rb") as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert 6 < sound.getnframes() / sound.getframerate() < 9


@pytest.mark.parametrize("seed", range(5))
def test_each_digit_is_heard_with_a_pause_after_it(seed: int) -> None:
    """A listener hears six digits, each well above the noise, and has half a second to type each."""
    spoken = _loud_parts(_signal(_samples(speak("402915", Random(seed)))))  # noqa: S311 - a test that can be repeated
    assert len(spoken) == 6
    assert all(after[0] - before[1] > 0.4 * _RATE for before, after in pairwise(spoken))


def test_no_samples_of_a_clip_are_in_a_sound() -> None:
    """Nor those of another sound of the same answer: searching for bytes finds nothing."""
    clips = set().union(*(_runs(_clip(digit)) for digit in "0123456789"))
    one, other = [_runs(_samples(speak("0123456789", SystemRandom()))) for _ in range(2)]
    assert not clips & one
    assert not other & one


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
        speak(answer, SystemRandom())


def _runs(samples: bytes) -> set[bytes]:
    length = 2 * 8  # eight samples, which are not silence
    runs = {samples[start : start + length] for start in range(0, len(samples) - length, 2)}
    return runs - {bytes(length)}


def _signal(samples: bytes) -> list[float]:
    """Return every 24th value, each the mean of 24 samples."""
    values = memoryview(samples).cast("h")
    return [sum(values[start : start + _STEP]) / _STEP for start in range(0, len(values) - _STEP, _STEP)]


def _loud_parts(signal: list[float]) -> list[tuple[int, int]]:
    """Return where each digit begins and ends, in samples."""
    threshold = 0.12 * max(map(abs, signal))
    loud = [place for place, value in enumerate(signal) if abs(value) > threshold]
    gaps = [0, *(at for at, (one, next_) in enumerate(pairwise(loud), 1) if (next_ - one) * _STEP > 0.3 * _RATE)]
    return [(loud[start] * _STEP, loud[end - 1] * _STEP) for start, end in pairwise([*gaps, len(loud)])]
