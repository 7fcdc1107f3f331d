"""The templates of an election on a day of its vote."""

from datetime import datetime, timedelta

from election.settings import Election
from web.context.pages import Pages


def open_pages(election: Election, theme: str = "neutral", *, demo: bool = False) -> Pages:
    """Return the templates with a clock that stands an hour after the vote has opened."""
    instant = election.calendar.vote.opens + timedelta(hours=1)
    return Pages(election, theme, lambda: instant, demo=demo)


def pages_at(election: Election, instant: datetime, *, has_provider: bool = False) -> Pages:
    """Return the templates with a clock that stands at an instant."""
    return Pages(election, "neutral", lambda: instant, demo=False, has_provider=has_provider)
