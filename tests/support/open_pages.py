"""The templates of an election at an instant, compiled once for all tests: Jinja takes a third of a second for them."""

from datetime import datetime, timedelta

from election.settings import Election
from tests.support.clock import Clock
from web.context.pages import Pages

_MADE: dict[tuple[str, str, bool, bool], tuple[Pages, Clock]] = {}


def pages_at(
    election: Election,
    instant: datetime,
    theme: str = "neutral",
    *,
    demo: bool = False,
    has_provider: bool = False,
) -> Pages:
    """Return the templates with a clock that stands at an instant, until the next call with the same election."""
    key = (election.model_dump_json(), theme, demo, has_provider)
    if key not in _MADE:
        clock = Clock()
        _MADE[key] = (Pages(election, theme, clock, demo=demo, has_provider=has_provider), clock)
    pages, clock = _MADE[key]
    clock.instant = instant
    return pages


def open_pages(election: Election, theme: str = "neutral", *, demo: bool = False) -> Pages:
    """Return the templates with a clock that stands an hour after the vote has opened."""
    return pages_at(election, election.calendar.vote.opens + timedelta(hours=1), theme, demo=demo)
