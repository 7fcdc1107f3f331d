"""The templates of an election on a day of its vote."""

from datetime import timedelta

from election.settings import Election
from web.context.pages import Pages


def open_pages(election: Election, theme: str = "neutral", *, demo: bool = False) -> Pages:
    """Return the templates with a clock that stands an hour after the vote has opened."""
    instant = election.calendar.vote.opens + timedelta(hours=1)
    return Pages(election, theme, lambda: instant, demo=demo)
