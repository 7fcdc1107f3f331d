"""What is open when, in words."""

from dataclasses import dataclass
from datetime import datetime

from activities.texts.dates import french_instant
from election.procedures import Procedure
from election.settings import Election
from election.timetable import Availability, Countdown, Span, countdown
from web.presenters.recovery_catalogue import RECOVERY_CATALOGUE, CatalogueEntry


@dataclass(frozen=True)
class Event:
    """A line of the calendar: before its date a function says when it opens, after it that it is closed."""

    label: str
    status: str
    span: str
    sentence: str
    url: str | None = None
    action: str | None = None


@dataclass(frozen=True)
class LiveCountdown:
    """What is left until the vote closes, and the instant for the browser to count on."""

    days: int
    hours: int
    minutes: int
    until_iso: str
    sentence: str


def events(election: Election, now: datetime) -> list[Event]:
    """Return the calendar's lines, in the order of the voter's way; those of other systems lead nowhere here."""
    dates = election.calendar
    lines = [_event(election, now, "Vote", dates.vote, entrance(election), "Entrer dans l’espace de vote")]
    for procedure in election.procedures:
        lost = RECOVERY_CATALOGUE[procedure]
        lines.append(_event(election, now, lost.label, dates.of(procedure), lost.url, lost.action))
    elsewhere = {
        "Données personnelles et listes électorales": dates.electoral_lists,
        "Candidatures": dates.candidates,
    }
    return lines + [_event(election, now, label, span) for label, span in elsewhere.items() if span]


def entrance(election: Election) -> str:
    """Return where one comes into the voting space: with the voting code (2022), or with the notice's pair alone."""
    has_code = Procedure.VOTING_CODE in election.procedures
    return "/vote/connexion" if election.voting_space.identifier_and_password and not has_code else "/vote"


def recoverable(election: Election, now: datetime) -> list[CatalogueEntry]:
    """Return what a voter who has lost it can get anew at this moment."""
    return [
        RECOVERY_CATALOGUE[procedure]
        for procedure in election.procedures
        if closed(election, procedure, now) is None
    ]


def closed(election: Election, procedure: Procedure, now: datetime) -> str | None:
    """Return None while a recovery takes requests; else when it opens, or that it is closed and where to turn.

    Every page of a recovery asks this first.
    """
    if procedure not in election.procedures:
        return not_offered(election, procedure)
    span = election.calendar.of(procedure)
    if span.availability(now) is Availability.OPEN:
        return None
    return f"{RECOVERY_CATALOGUE[procedure].label}. {availability_sentence(election, span, now)}"


def not_offered(election: Election, procedure: Procedure) -> str:
    """Return that this election has no such recovery, and where to turn."""
    return (
        f"{RECOVERY_CATALOGUE[procedure].label}. Cette élection ne le propose pas. "
        f"Pour toute question\u00a0: {election.support_email}."
    )


def _event(
    election: Election, now: datetime, label: str, span: Span, url: str | None = None, action: str | None = None
) -> Event:
    opens, closes = (french_instant(instant, election.zone) for instant in (span.opens, span.closes))
    text = f"Du {opens.partition(' (')[0]} au {closes}."  # the zone is said once
    availability = span.availability(now)
    is_open = availability is Availability.OPEN
    sentence = availability_sentence(election, span, now)
    return Event(label, availability, text, sentence, url if is_open else None, action if is_open else None)


def availability_sentence(election: Election, span: Span, now: datetime) -> str:
    """Return when a function opens, closes, or that it is closed and where to turn."""
    match span.availability(now):
        case Availability.NOT_YET:
            return f"Ouvrira le {french_instant(span.opens, election.zone)}."
        case Availability.OPEN:
            return f"Ouvert jusqu’au {french_instant(span.closes, election.zone)}."
        case Availability.CLOSED:
            closed = french_instant(span.closes, election.zone)
            return f"Clos depuis le {closed}. Pour toute question\u00a0: {election.support_email}."


def until_the_close(election: Election, now: datetime) -> LiveCountdown | None:
    """Return what is left to vote, or None when the vote is not open."""
    vote = election.calendar.vote
    if vote.availability(now) is not Availability.OPEN:
        return None
    left: Countdown = countdown(now, vote.closes)
    sentence = f"Le vote se termine le {french_instant(vote.closes, election.zone)}."
    return LiveCountdown(left.days, left.hours, left.minutes, vote.closes.isoformat(), sentence)
