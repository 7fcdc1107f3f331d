"""The picture and the sound of each CAPTCHA: always the same for its id, kept for a while, and delivered a limited number of times."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import shake_256
from random import Random
from typing import TypeVar

from web.captcha.picture import draw
from web.captcha.speech import speak

_Value = TypeVar("_Value")
# Each listening may load the sound anew.
MAX_DELIVERIES = 20
# A sound has 355 KB, so these are 11 MB; an id that is no longer kept is rendered again, to the same bytes.
_KEPT_SOUNDS, _KEPT_PICTURES = 32, 256
# Counts of more ids than are drawn in the five minutes of an id; each is some hundred bytes.
_COUNTED = 20_000
_AT_ONCE = 2


class TooManyDeliveriesError(Exception):
    """Raised when a picture or sound was delivered as often as is allowed; answered with 429."""


@dataclass(frozen=True)
class Drawn:
    """A CAPTCHA to be rendered: its digits, and a secret that belongs to its id and is not the answer."""

    id: str
    answer: str
    seed: str


class SeededRandom(Random):
    """Random numbers that follow from a secret and cannot be told without it, from other ones of the same secret neither.

    The standard library's generator is no such thing: its state can be computed from the noise of a sound.
    """

    def __init__(self, seed: str) -> None:
        self._secret = seed.encode()
        self._drawn = 0
        super().__init__()

    def getrandbits(self, k: int, /) -> int:
        """Return an integer of `k` random bits."""
        self._drawn += 1
        length = (k + 7) // 8
        stream = shake_256(self._secret + self._drawn.to_bytes(8, "big")).digest(length)
        return int.from_bytes(stream, "big") >> (8 * length - k)

    def random(self) -> float:
        """Return a number from 0 to 1, without 1."""
        return self.getrandbits(53) / 2**53


class Renderings:
    """Renders pictures, or sounds; who asks for one again and again gets the same bytes, and nothing to average."""

    def __init__(self, render: Callable[[str, Random], bytes], kept: int, max_deliveries: int) -> None:
        self._render = render
        self._kept = kept
        self._max_deliveries = max_deliveries
        self._rendered: OrderedDict[str, bytes] = OrderedDict()
        self._delivered: OrderedDict[str, int] = OrderedDict()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def of(self, drawn: Drawn) -> bytes:
        """Return the rendering of a CAPTCHA.

        Raises:
            TooManyDeliveriesError: this process has delivered it as often as is allowed.
        """
        self._count(drawn.id)
        rendered = self._rendered.get(drawn.id)
        if rendered is None:
            async with self._places:
                rendered = await asyncio.to_thread(self._render, drawn.answer, SeededRandom(drawn.seed))
        _put(self._rendered, drawn.id, rendered, self._kept)
        return rendered

    def _count(self, captcha_id: str) -> None:
        delivered = self._delivered.get(captcha_id, 0)
        if delivered >= self._max_deliveries:
            raise TooManyDeliveriesError
        _put(self._delivered, captcha_id, delivered + 1, _COUNTED)


def _put(kept: OrderedDict[str, _Value], key: str, value: _Value, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)


@dataclass(frozen=True)
class CaptchaRenderings:
    """The pictures and the sounds of one process."""

    pictures: Renderings
    sounds: Renderings


def captcha_renderings(max_deliveries: int = MAX_DELIVERIES) -> CaptchaRenderings:
    """Return what renders the CAPTCHAs of a process."""
    return CaptchaRenderings(
        Renderings(draw, _KEPT_PICTURES, max_deliveries), Renderings(speak, _KEPT_SOUNDS, max_deliveries)
    )
