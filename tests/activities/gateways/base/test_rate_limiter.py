"""The rate limiter spreads sends evenly and never exceeds its rate."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.gateways.base.rate_limiter import RateLimiter


def test_sends_are_spread_over_the_second() -> None:
    """At twenty a second, turns that are reserved at once are fifty milliseconds apart."""
    pace = RateLimiter(20)
    assert [pace.reserve(100.0) for _ in range(4)] == pytest.approx([0, 0.05, 0.1, 0.15])


def test_unused_turns_are_not_accumulated() -> None:
    """After an hour without sends there is no burst."""
    pace = RateLimiter(20)
    pace.reserve(100.0)
    assert [pace.reserve(3700.0) for _ in range(2)] == pytest.approx([0, 0.05])


async def test_a_turn_that_is_too_late_is_not_reserved() -> None:
    """A caller that cannot wait so long raises TimeoutError and leaves the turn to others."""
    pace = RateLimiter(1 / 900)
    await pace.turn(within=5)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await pace.turn(within=5)
    assert pace.reserve(asyncio.get_running_loop().time()) <= 900


@given(st.lists(st.floats(min_value=0, max_value=0.2), min_size=40, max_size=120))
def test_no_second_has_more_than_the_rate(gaps: list[float]) -> None:
    """Any twenty-one consecutive turns take at least a second, whenever they are reserved."""
    pace, now, turns = RateLimiter(20), 0.0, []
    for gap in gaps:
        now += gap
        turns.append(now + pace.reserve(now))
    assert all(later - earlier > 0.999 for earlier, later in zip(turns, turns[20:], strict=False))
