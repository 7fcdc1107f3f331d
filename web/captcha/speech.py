"""The audio of a CAPTCHA: its digits, spoken slowly in French, with other samples for each CAPTCHA."""

import wave
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from random import Random

from PIL import Image, ImageMath

_CHANNELS, _BYTES_A_SAMPLE, _RATE = 1, 2, 22_050
# Headsets drop the first instants of a sound; the pauses leave time to type.
_LEAD_SECONDS, _PAUSE_SECONDS = (0.4, 0.8), (0.5, 0.9)
# Of a clip's length: faster and higher, or slower and lower. Within a clip the parts differ by `_WARP` more.
_SPEED, _WARP, _PARTS = (0.88, 1.14), (0.93, 1.08), 4
_LOUDNESS = (0.6, 0.95)
# An echo within a few milliseconds changes the timbre: delay in samples, and loudness.
_ECHO_DELAY, _ECHO_LOUDNESS = (15, 90), (0.25, 0.55)
_HISS = (180.0, 320.0)  # standard deviation of the noise under the whole sound, of 32,767
_MURMUR = (0.05, 0.09)  # loudness of a clip, played backwards, under each digit

_HIGHEST_BIT = bytes(byte ^ 0x80 for byte in range(256))
# One line of samples as an image of floating-point numbers: Pillow's C code does the arithmetic.
_Sound = Image.Image


def speak(answer: str, random: Random) -> bytes:
    """Return a WAV (mono, 16 bits, 22,050 Hz) in which the digits of `answer` are spoken one by one.

    Two sounds of the same answer differ in speed, pitch, timbre, pauses and noise, unless they are of the same `random` numbers.
    `docs/captcha.md` says what this protects
    from, and what not.

    Raises:
        ValueError: `answer` has other characters than the digits 0 to 9.
    """
    if not (answer.isascii() and answer.isdigit()):
        raise ValueError("only the digits 0 to 9 can be spoken")
    parts = [_silence(random.uniform(*_LEAD_SECONDS))]
    for digit in answer:
        parts += [_spoken(digit, random), _silence(random.uniform(*_PAUSE_SECONDS))]
    return _wav(_with_hiss(_joined(parts), random))


def _spoken(digit: str, random: Random) -> _Sound:
    voice = _warped(_clip(digit), random)
    echo = Image.new("F", voice.size)
    echo.paste(voice, (random.randint(*_ECHO_DELAY), 0))
    murmur = _clip(random.choice("0123456789")).transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize(voice.size)
    return _mixed(
        (voice, random.uniform(*_LOUDNESS)),
        (echo, random.choice((-1, 1)) * random.uniform(*_ECHO_LOUDNESS)),
        (murmur, random.uniform(*_MURMUR)),
    )


def _warped(clip: _Sound, random: Random) -> _Sound:
    """Return a clip whose parts are each resampled to another length."""
    speed = random.uniform(*_SPEED)
    cuts = [0, *sorted(random.sample(range(clip.width // 8, clip.width * 7 // 8), _PARTS - 1)), clip.width]
    parts = []
    for start, end in pairwise(cuts):
        length = max(1, round((end - start) * speed * random.uniform(*_WARP)))
        parts.append(clip.resize((length, 1), Image.Resampling.BICUBIC, box=(start, 0, end, 1)))
    return _joined(parts)


def _with_hiss(sound: _Sound, random: Random) -> _Sound:
    # Drawn as random bytes: the mean of two is nearly normal, around 0 with a deviation of 52.
    drawn = [Image.frombytes("L", sound.size, random.randbytes(sound.width)).convert("F") for _ in range(2)]
    strength = random.uniform(*_HISS) / 52
    hissing: _Sound = ImageMath.lambda_eval(
        lambda of: of["sound"] + ((of["one"] + of["two"]) / 2 - 127.5) * strength,
        sound=sound,
        one=drawn[0],
        two=drawn[1],
    )
    return hissing


def _mixed(*sounds: tuple[_Sound, float]) -> _Sound:
    (first, loudness), *others = sounds
    mixed = first.point(lambda sample: sample * loudness + 0)
    for sound, part in others:
        quiet = sound.point(lambda sample, part=part: sample * part + 0)
        mixed = ImageMath.lambda_eval(lambda of: of["one"] + of["two"], one=mixed, two=quiet)
    return mixed


def _joined(parts: list[_Sound]) -> _Sound:
    joined, left = Image.new("F", (sum(part.width for part in parts), 1)), 0
    for part in parts:
        joined.paste(part, (left, 0))
        left += part.width
    return joined


def _silence(seconds: float) -> _Sound:
    return Image.new("F", (round(seconds * _RATE), 1))


def _clip(digit: str) -> _Sound:
    """Return the samples of one spoken digit; `docs/captcha.md` says how the clips were made."""
    with files("web.captcha").joinpath("clips", f"{digit}.wav").open("rb") as file, wave.open(file, "rb") as clip:
        count = clip.getnframes()
        return Image.frombytes("F", (count, 1), clip.readframes(count), "raw", "F;16S")


def _wav(sound: _Sound) -> bytes:
    # Pillow has no signed samples of 16 bits: moved up, limited, and moved down again by the highest bit.
    samples = bytearray(sound.point(lambda sample: sample * 1 + 32_768).convert("I").convert("I;16").tobytes())
    samples[1::2] = samples[1::2].translate(_HIGHEST_BIT)
    written = BytesIO()
    with wave.open(written, "wb") as joined:
        joined.setnchannels(_CHANNELS)
        joined.setsampwidth(_BYTES_A_SAMPLE)
        joined.setframerate(_RATE)
        joined.writeframes(bytes(samples))
    return written.getvalue()
