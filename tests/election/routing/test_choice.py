"""Which gateway sends a message."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.routing.choice import GatewayState, LastTry, choose

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def _state(name: str, priority: int, *, is_suspended: bool = False) -> GatewayState:
    return GatewayState(name, priority, priority, NOW, is_suspended)


SMPP, HTTP = _state("smpp", 70), _state("http", 30)
RESERVE = _state("http", 0, is_suspended=True)


@given(draw=st.floats(0, 1, exclude_max=True))
def test_the_draw_follows_the_priorities(draw: float) -> None:
    """Of a hundred messages, seventy go to the gateway with seventy points."""
    assert choose([SMPP, HTTP], draw) == ("smpp" if draw * 100 < 70 else "http")


@pytest.mark.parametrize(
    ("states", "last", "out_of_order", "chosen"),
    [
        ([SMPP, RESERVE], LastTry("smpp", "smpp-unbound"), {"smpp"}, "smpp"),
        ([SMPP, HTTP], LastTry("smpp", "smpp-unbound"), set(), "http"),
        ([_state("smpp", 100), _state("http", 0)], LastTry("smpp", "smpp-unbound"), set(), "http"),
        ([_state("smpp", 100), _state("http", 0)], LastTry("smpp", "smpp-busy"), set(), "smpp"),
        ([SMPP, HTTP], None, {"smpp"}, "http"),
        ([SMPP, HTTP], None, {"smpp", "http"}, "smpp"),
        ([SMPP, HTTP], LastTry("http", "http-timeout", may_be_taken=True), set(), "http"),
        ([SMPP, HTTP], LastTry("http", "http-timeout", may_be_taken=True), {"http"}, "smpp"),
        ([SMPP, RESERVE], LastTry("http", "http-timeout", may_be_taken=True), set(), "smpp"),
        ([_state("smpp", 0), _state("http", 0)], None, set(), "smpp"),
        ([_state("smpp", 100, is_suspended=True), RESERVE], None, set(), None),
        ([], None, set(), None),
    ],
)
def test_a_message_goes_where_it_is_likely_to_leave(
    states: list[GatewayState], last: LastTry | None, out_of_order: set[str], chosen: str | None
) -> None:
    """One that was not taken goes elsewhere, one that may have been taken stays as long as its gateway works."""
    assert choose(states, 0.0, last=last, out_of_order=out_of_order) == chosen


def test_an_operator_s_choice_goes_first() -> None:
    """Also to a gateway in reserve, or out of order; a name that no gateway has is no choice."""
    assert choose([SMPP, RESERVE], 0.0, wanted="http", out_of_order={"http"}) == "http"
    assert choose([SMPP, RESERVE], 0.0, wanted="other") == "smpp"


@given(
    states=st.lists(st.builds(_state, st.sampled_from("abcd"), st.integers(0, 100), is_suspended=st.booleans())),
    draw=st.floats(0, 1, exclude_max=True),
    out_of_order=st.sets(st.sampled_from("abcd")),
    last=st.none() | st.builds(LastTry, st.sampled_from("abcd"), st.just(""), st.booleans()),
)
def test_a_suspended_gateway_is_never_chosen(
    states: list[GatewayState], draw: float, out_of_order: set[str], last: LastTry | None
) -> None:
    """Whatever fails, and some gateway is chosen while one is not suspended."""
    states = list({each.name: each for each in states}.values())
    usable = {each.name for each in states if not each.is_suspended}
    chosen = choose(states, draw, last=last, out_of_order=out_of_order)
    assert chosen in usable or (chosen is None and not usable)
