"""A CAPTCHA has one picture and one sound, which are kept for a while."""

from random import Random

import pytest

from web.captcha.renderings import Drawn, Renderings, SeededRandom, TooManyDeliveriesError, captcha_renderings

_ONE = Drawn("one", "402915", "a secret")


class _Counting:
    """Renders a text, and counts how often."""

    def __init__(self) -> None:
        self.rendered = 0

    def __call__(self, answer: str, random: Random) -> bytes:
        self.rendered += 1
        return f"{answer} {random.random()}".encode()


@pytest.mark.parametrize("kind", ["pictures", "sounds"])
async def test_every_process_renders_the_same_bytes(kind: str) -> None:
    """So several listenings give nothing to average; another id with the same answer has other bytes."""
    one, other = captcha_renderings(), captcha_renderings()
    first = await getattr(one, kind).of(_ONE)
    assert first == await getattr(other, kind).of(_ONE)
    assert first != await getattr(one, kind).of(Drawn("two", _ONE.answer, "another secret"))


async def test_what_was_rendered_is_kept_until_newer_ones_take_its_place() -> None:
    """The least recently delivered goes first."""
    render = _Counting()
    renderings = Renderings(render, kept=2, max_deliveries=99)
    for captcha_id in ("a", "b", "a", "a"):
        await renderings.of(Drawn(captcha_id, "1", captcha_id))
    assert render.rendered == 2
    await renderings.of(Drawn("c", "1", "c"))
    await renderings.of(Drawn("a", "1", "a"))
    assert render.rendered == 3
    await renderings.of(Drawn("b", "1", "b"))
    assert render.rendered == 4


async def test_each_is_delivered_a_limited_number_of_times() -> None:
    """Another CAPTCHA has a count of its own, and the other kind too."""
    renderings = captcha_renderings(max_deliveries=2)
    for _ in range(2):
        await renderings.pictures.of(_ONE)
    with pytest.raises(TooManyDeliveriesError):
        await renderings.pictures.of(_ONE)
    await renderings.sounds.of(_ONE)
    await renderings.pictures.of(Drawn("two", "402915", "another secret"))


def test_seeded_numbers_are_spread_and_follow_from_the_secret() -> None:
    """Every use of the library's generator goes through them: the same secret gives the same choices."""
    one, other, different = SeededRandom("secret"), SeededRandom("secret"), SeededRandom("Secret")
    drawn = [
        (
            each.random(),
            each.randrange(300),
            each.choice("0123456789"),
            each.sample(range(99), 3),
            each.randbytes(9),
        )
        for each in (one, other, different)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    many = [one.random() for _ in range(4_000)]
    assert 0 <= min(many) < 0.01
    assert 0.99 < max(many) < 1
    assert abs(sum(many) / len(many) - 0.5) < 0.03
