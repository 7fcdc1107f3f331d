"""What is open by the clock, as templates ask it while a page is made."""

from collections.abc import Callable
from datetime import datetime, timedelta

from election.procedures import Procedure
from election.settings import Election
from election.timetable import Availability
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

    def is_over(self, url: str) -> bool:
        """Return whether the procedure takes no request any more, or never does in this election."""
        procedure = _procedure_at(url)
        if procedure not in self._election.procedures:
            return True
        return self._election.calendar.period_of(procedure).availability(self._now()) is Availability.CLOSED

    def is_over_in(self, url: str, wait: timedelta) -> bool:
        """Return whether the procedure will take no request any more once a wait that begins now has passed."""
        closes = self._election.calendar.period_of(_procedure_at(url)).closes
        return self._now() + wait >= closes

    def requests(self, url: str) -> str:
        """Return when the procedure's requests open or close, that they are closed, or that there are none, in a sentence."""
        procedure = _procedure_at(url)
        if procedure not in self._election.procedures:
            return calendar.not_offered_reason(self._election)
        return calendar.requests_sentence(self._election, procedure, self._now())

    def early_end(self, url: str) -> str:
        """Return until when the procedure's requests are possible, if they close before the end of the vote; else ""."""
        return calendar.early_end(self._election, _procedure_at(url), self._now())

    @property
    def early_ends(self) -> list[str]:
        """The same of every procedure that takes requests."""
        return calendar.early_ends(self._election, self._now())

    @property
    def vote_url(self) -> str | None:
        """The address of the voting space while the vote is open, else None."""
        return calendar.open_voting_space_url(self._election, self._now())

    @property
    def vote(self) -> str:
        """When the vote opens, when it closes, or that it is over, in a sentence."""
        return calendar.vote_sentence(self._election, self._now())

    @property
    def support(self) -> str:
        """Until when the support desk answers the telephone before the vote closes, in a sentence, or ""."""
        return calendar.support_sentence(self._election, self._now())


def _procedure_at(url: str) -> Procedure:
    return next(each for each, record in CATALOGUE.items() if record.url == url)
