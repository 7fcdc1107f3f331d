"""When each function of the election opens and closes."""

from dataclasses import dataclass
from datetime import datetime

from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.settings import Election
from election.text.translation import gettext as _
from election.timetable import Availability, Countdown, Period, countdown
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.procedures.record import ProcedureRecord


@dataclass(frozen=True)
class CalendarEntry:
    """A line of the calendar: the vote, a procedure, or a function of another site; the browser adds its own time to the two instants."""

    label: str
    status: str
    period: str
    sentence: str
    opens_iso: str
    closes_iso: str


@dataclass(frozen=True)
class LiveCountdown:
    """The time left until the vote closes, and that instant, with which the browser goes on counting."""

    days: int
    hours: int
    minutes: int
    until_iso: str
    sentence: str


def entries(election: Election, now: datetime) -> list[CalendarEntry]:
    """Return the lines of the calendar, the vote first; a function of another site is said to be there."""
    dates = election.calendar
    procedures = [(_(CATALOGUE[each].label), dates.period_of(each)) for each in election.procedures]
    here = [(_("Vote"), dates.vote), *procedures]
    elsewhere = {
        _("Données personnelles et listes électorales"): dates.electoral_lists,
        _("Candidatures"): dates.candidates,
    }
    return [_entry(election, now, label, period) for label, period in here] + [
        _entry(election, now, _("{label} (sur un autre site)").format(label=label), period)
        for label, period in elsewhere.items()
        if period
    ]


def voting_space_url(election: Election) -> str:
    """Return the address of the voting space: by voting code (2022), or by identifier and password (2018, 2011)."""
    has_code = Procedure.VOTING_CODE in election.procedures
    return "/vote/connexion" if election.voting_space.identifier_and_password and not has_code else "/vote"


def open_voting_space_url(election: Election, now: datetime) -> str | None:
    """Return the address of the voting space while the vote is open, else None."""
    is_open = election.calendar.vote.availability(now) is Availability.OPEN
    return voting_space_url(election) if is_open else None


def vote_sentence(election: Election, now: datetime) -> str:
    """Return when the vote opens, when it closes, or that it is over, with where to turn."""
    vote = election.calendar.vote
    opens, closes = (written_instant(instant, election.zone) for instant in (vote.opens, vote.closes))
    match vote.availability(now):
        case Availability.NOT_YET:
            return _("Le vote ouvrira le {opens} et se terminera le {closes}.").format(opens=opens, closes=closes)
        case Availability.OPEN:
            return _("Le vote se termine le {closes}.").format(closes=closes)
        case Availability.CLOSED:
            return _("Le vote est clos depuis le {closes}. Pour toute question\u00a0: {contact}.").format(
                closes=closes, contact=election.support.contact
            )


def support_sentence(election: Election, now: datetime) -> str:
    """Return until when the support desk answers the telephone before the vote closes; "" where the file does not say it."""
    until = election.calendar.support_until
    if until is None or now >= election.calendar.vote.closes:
        return ""
    if now >= until:
        return _("L’assistance ne répond plus au téléphone avant la fin du vote.")
    return _("Avant la fin du vote, l’assistance répond au téléphone jusqu’au {until}.").format(
        until=written_instant(until, election.zone)
    )


def forgotten_password_url(election: Election, now: datetime) -> str | None:
    """Return the page on which a forgotten password is replaced, or None while there is none: by itself, or with the identifier (2011)."""
    ways = (Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD)
    return next((CATALOGUE[each].url for each in ways if closed_reason(election, each, now) is None), None)


def recoverable(election: Election, now: datetime) -> list[ProcedureRecord]:
    """Return the records of the procedures that take requests now."""
    return [CATALOGUE[each] for each in election.procedures if closed_reason(election, each, now) is None]


def closed_reason(election: Election, procedure: Procedure, now: datetime) -> str | None:
    """Return None while a procedure takes requests; else a sentence: when it opens, or that it is closed.

    Every page of a procedure checks this first.
    """
    if procedure not in election.procedures:
        return not_offered_reason(election)
    is_open = election.calendar.period_of(procedure).availability(now) is Availability.OPEN
    return None if is_open else requests_sentence(election, procedure, now)


def requests_sentence(election: Election, procedure: Procedure, now: datetime) -> str:
    """Return when the requests of an offered procedure open or close, or that they are closed, with where to turn."""
    period, requests = election.calendar.period_of(procedure), _(CATALOGUE[procedure].requests)
    opens, closes = (written_instant(instant, election.zone) for instant in (period.opens, period.closes))
    match period.availability(now):
        case Availability.NOT_YET:
            return _("{requests} ouvriront le {opens}.").format(requests=requests, opens=opens)
        case Availability.OPEN:
            return _("{requests} sont ouvertes jusqu’au {closes}.").format(requests=requests, closes=closes)
        case Availability.CLOSED:
            return _("{requests} sont closes depuis le {closes}. Pour toute question\u00a0: {contact}.").format(
                requests=requests, closes=closes, contact=election.support.contact
            )


def early_end(election: Election, procedure: Procedure, now: datetime) -> str:
    """Return until when open requests are possible, if that is before the end of the vote; else ""."""
    period = election.calendar.period_of(procedure)
    is_early = period.closes < election.calendar.vote.closes
    if not is_early or closed_reason(election, procedure, now) is not None:
        return ""
    requests, closes = _(CATALOGUE[procedure].requests), written_instant(period.closes, election.zone)
    return _("{requests} seront closes avant la fin du vote\u00a0: le {closes}.").format(
        requests=requests, closes=closes
    )


def early_ends(election: Election, now: datetime) -> list[str]:
    """Return until when the open requests are possible that close before the end of the vote; one sentence if all close at once."""
    open_ones = [each for each in election.procedures if closed_reason(election, each, now) is None]
    ends = {election.calendar.period_of(each).closes for each in open_ones}
    sentences = [sentence for each in open_ones if (sentence := early_end(election, each, now))]
    if len(sentences) > 1 and len(ends) == 1:
        closes = written_instant(ends.pop(), election.zone)
        return [_("Ces demandes seront closes avant la fin du vote\u00a0: le {closes}.").format(closes=closes)]
    return sentences


def not_offered_reason(election: Election) -> str:
    """Return the sentence that this election does not have what a page is for, with where to turn; it names nothing of it."""
    return _(
        "Cette élection ne propose pas cette démarche. Ce qu’elle propose est à l’accueil. "
        "Pour toute question\u00a0: {contact}."
    ).format(contact=election.support.contact)


def _entry(election: Election, now: datetime, label: str, period: Period) -> CalendarEntry:
    opens, closes = (written_instant(instant, election.zone) for instant in (period.opens, period.closes))
    text = _("Du {opens} au {closes}.").format(
        opens=opens.partition(" (")[0], closes=closes
    )  # with the time zone once
    said = (label, period.availability(now), text, availability_sentence(election, period, now))
    return CalendarEntry(*said, period.opens.isoformat(), period.closes.isoformat())


def availability_sentence(election: Election, period: Period, now: datetime) -> str:
    """Return when a function opens, when it closes, or that it is closed, with where to turn."""
    match period.availability(now):
        case Availability.NOT_YET:
            return _("Ouverture le {opens}.").format(opens=written_instant(period.opens, election.zone))
        case Availability.OPEN:
            return _("Ouvert jusqu’au {closes}.").format(closes=written_instant(period.closes, election.zone))
        case Availability.CLOSED:
            return _("Clos depuis le {closes}. Pour toute question\u00a0: {contact}.").format(
                closes=written_instant(period.closes, election.zone), contact=election.support.contact
            )


def live_countdown(election: Election, now: datetime) -> LiveCountdown | None:
    """Return the time left to vote, or None when the vote is not open."""
    vote = election.calendar.vote
    if vote.availability(now) is not Availability.OPEN:
        return None
    left: Countdown = countdown(now, vote.closes)
    until = vote.closes.isoformat()
    return LiveCountdown(left.days, left.hours, left.minutes, until, vote_sentence(election, now))
