"""What is open by the clock, as templates ask it while a page is made."""

from collections.abc import Callable
from datetime import datetime

from election.settings import Election
from web.presenters import calendar
from web.presenters.procedures.catalogue import CATALOGUE


class CurrentDates:
    """The dates of an election at the instant of a page; `url` is the address of a procedure's first page."""

    def __init__(self, election: Election, now: Callable[[], datetime]) -> None:
        self._election = election
        self._now = now

    def is_open(self, url: str) -> bool:
        """Return whether the procedure takes requests."""
        return any(record.url == url for record in calendar.recoverable(self._election, self._now()))

    def requests(self, url: str) -> str:
        """Return when the procedure's requests open or close, that they are closed, or that there are none, in a sentence."""
        procedure = next(each for each, record in CATALOGUE.items() if record.url == url)
        if procedure not in self._election.procedures:
            return calendar.not_offered_reason(self._election)
        return calendar.requests_sentence(self._election, procedure, self._now())

    @property
    def vote_url(self) -> str | None:
        """The address of the voting space while the vote is open, else None."""
        return calendar.open_voting_space_url(self._election, self._now())

    @property
    def vote(self) -> str:
        """When the vote opens, when it closes, or that it is over, in a sentence."""
        return calendar.vote_sentence(self._election, self._now())
