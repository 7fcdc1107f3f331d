"""Priorities shift on errors and slowness, and drift back; never all at once, nor against an operator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.routing.choice import GatewayState
from election.routing.shifting import Measured, Shift, Why, next_shift, shared
from election.rules.gateways import GatewayRules

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
RULES = GatewayRules()
AGO = NOW - timedelta(minutes=10)
BROKEN, SLOW, WELL = Measured(errors=50), Measured(messages=100, slow=15), Measured(messages=100, slow=14)


def _pair(first: int = 60, second: int = 40, changed_at: datetime = AGO) -> list[GatewayState]:
    return [GatewayState("a", first, 50, changed_at), GatewayState("b", second, 50, changed_at)]


@pytest.mark.parametrize(
    ("a", "b", "changed", "why"),
    [
        (BROKEN, WELL, 60, Why.ERRORS),
        (BROKEN, WELL, 59, None),
        (replace(BROKEN, errors=49), WELL, 600, None),
        (BROKEN, BROKEN, 600, None),
        (SLOW, WELL, 300, Why.SLOW),
        (SLOW, WELL, 299, None),
        (WELL, WELL, 600, None),
        (SLOW, SLOW, 600, None),
        (WELL, WELL, 900, Why.DRIFT),
        (WELL, WELL, 899, None),
    ],
)
def test_ten_points_shift_when_a_threshold_is_reached(
    a: Measured, b: Measured, changed: int, why: Why | None
) -> None:
    """Fifty errors in a minute, or fifteen slow messages of a hundred, and not while both are in the same state."""
    states = _pair(changed_at=NOW - timedelta(seconds=changed))
    shift = next_shift(states, {"a": a, "b": b}, NOW, RULES)
    assert shift == (Shift(why, {"a": 50, "b": 50}) if why else None)


@pytest.mark.parametrize(
    ("messages", "slow", "loses", "told"),
    [(1, 1, True, False), (4, 4, True, False), (33, 5, True, True), (34, 5, False, False)],
)
def test_of_few_slow_messages_nobody_is_told(*, messages: int, slow: int, loses: bool, told: bool) -> None:
    """They shift points to another gateway; operators are told of five at least, when these are too large a share."""
    measured = Measured(messages=messages, slow=slow)
    assert (next_shift(_pair(), {"a": measured}, NOW, RULES) is not None) is loses
    assert measured.is_slow_enough_to_tell(RULES) is told


def test_what_drifts_back_does_so_every_five_minutes() -> None:
    """And stops at its resting point."""
    states = [replace(each, changed_at=NOW - timedelta(hours=1)) for each in _pair(92, 8)]
    recent = [replace(each, drifted_at=NOW - timedelta(minutes=4, seconds=59)) for each in states]
    assert next_shift(recent, {}, NOW, RULES) is None
    due = [replace(each, drifted_at=NOW - timedelta(minutes=5)) for each in states]
    assert next_shift(due, {}, NOW, RULES) == Shift(Why.DRIFT, {"a": 82, "b": 18})
    near = [replace(each, priority=priority) for each, priority in zip(due, (53, 47), strict=True)]
    assert next_shift(near, {}, NOW, RULES) == Shift(Why.DRIFT, {"a": 50, "b": 50})
    assert next_shift([replace(each, priority=50) for each in due], {}, NOW, RULES) is None


@pytest.mark.parametrize("changed", [{"is_held": True}, {"is_suspended": True}])
def test_nothing_shifts_against_an_operator(changed: dict[str, bool]) -> None:
    """Not away from a priority that was chosen by hand, nor to a gateway that was suspended."""
    first, second = _pair(changed_at=NOW - timedelta(hours=1))
    states = [
        first,
        replace(second, is_suspended=changed.get("is_suspended", False), is_held="is_held" in changed),
    ]
    assert next_shift(states, {"a": BROKEN}, NOW, RULES) is None


def test_a_gateway_without_traffic_loses_none() -> None:
    """It has errors because single messages try it: the rest stays where it is."""
    assert next_shift(_pair(0, 100), {"a": BROKEN}, NOW, RULES) is None


@pytest.mark.parametrize(
    ("others", "wanted", "shares"),
    [([100], 30, [70]), ([60, 20], 20, [60, 20]), ([0, 0], 1, [50, 49]), ([], 40, [])],
)
def test_the_other_gateways_share_the_rest(others: list[int], wanted: int, shares: list[int]) -> None:
    """As they shared it before; all points are a hundred."""
    points = zip("abc", [5, *others], strict=False)
    channel = [GatewayState(name, priority, priority, NOW) for name, priority in points]
    assert list(shared(channel[0], wanted, channel).values()) == [wanted, *shares]


_MEASURED = st.builds(
    lambda errors, messages, slow: Measured(errors, messages, min(slow, messages)),
    st.integers(0, 200),
    st.integers(0, 50),
    st.integers(0, 50),
)


@given(
    steps=st.lists(st.tuples(_MEASURED, _MEASURED, st.integers(1, 1200)), max_size=40), share=st.integers(0, 100)
)
def test_whatever_happens_the_points_stay_a_hundred(
    steps: list[tuple[Measured, Measured, int]], share: int
) -> None:
    """Each change moves ten points at most, none comes sooner than a minute after the one before, and errors bring one then."""
    now, changed_at = NOW, NOW - timedelta(hours=1)
    states = [GatewayState(name, points, 50, changed_at) for name, points in (("a", share), ("b", 100 - share))]
    for a, b, seconds in steps:
        now += timedelta(seconds=seconds)
        shift = next_shift(states, {"a": a, "b": b}, now, RULES)
        failing = [each for each, of in zip(states, (a, b), strict=True) if of.errors >= RULES.errors]
        if shift is None:
            is_due = len(failing) == 1 and failing[0].priority > 0 and now - changed_at >= RULES.shift_every
            assert not is_due
            continue
        assert all(abs(shift.priorities[each.name] - each.priority) <= 10 for each in states)
        assert now - changed_at >= RULES.shift_every
        is_drift = shift.why is Why.DRIFT
        changed_at = changed_at if is_drift else now
        states = [
            replace(
                each,
                priority=shift.priorities[each.name],
                changed_at=changed_at,
                drifted_at=now if is_drift else each.drifted_at,
            )
            for each in states
        ]
        assert sum(each.priority for each in states) == 100
        assert all(0 <= each.priority <= 100 for each in states)
