"""The confirmation of starting a mailing: to how many persons, how long it takes, and until when its links live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from activities.outbox.mailing_figures import MailingCounts
from activities.outbox.rows import State
from console.presenters.mailing.page import URL
from console.presenters.rates import shown_rate
from console.presenters.words import counted
from election.procedures import Procedure
from election.settings import Election
from election.text.numbers import written_span
from election.timetable import format_in_zone

# A mail that waits is sent; one that has failed is sent again from the page of its mailing alone.
_NOT_SENT = (State.ACCEPTED, State.OWN, State.FAILED)
_DURABLE = "L’envoi continue même si un processus s’arrête. Sa page permet de le suspendre, d’en changer le rythme et de l’arrêter."
_NOBODY = "Chaque personne de la liste électorale a déjà été servie sous ce nom\u00a0: rien ne partira."
_TOLD = "Le bureau de l’élection en est prévenu par courriel."
_OTHERS = "Les liens des envois précédents qui n’ont pas servi ne fonctionneront plus."


@dataclass(frozen=True)
class MailingStart:
    """What the page of the confirmation says."""

    name: str
    rate: str
    persons: str
    consequences: list[str]
    warnings: list[str]

    @property
    def back(self) -> str:
        """The address of the form with what was typed."""
        return f"{URL}?{urlencode({'name': self.name, 'rate': self.rate})}"


def mailing_start(
    name: str,
    per_second: float,
    electors: int,
    mailings: Sequence[MailingCounts],
    election: Election,
    now: datetime,
) -> MailingStart:
    """Return the confirmation of a mailing of a name at a rate; `mailings` are those that have begun."""
    known = next((each for each in mailings if each.name == name), None)
    served = sum(known.states.get(state, 0) for state in _NOT_SENT) if known else 0
    number = max(0, electors - served)
    persons = counted(number, "personne", "personnes")
    takes = timedelta(seconds=number / per_second)
    closes = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD).closes
    expires = format_in_zone(election.calendar.links_expire, election.time_zone)
    warnings = [] if number else [_NOBODY]
    if now + takes > closes:
        at = format_in_zone(closes, election.time_zone)
        warnings.append(
            f"À ce rythme, tout ne sera pas parti à la clôture des demandes, le {at}. Ce qui reste ne part pas."
        )
    if known is None and mailings:
        warnings.append(_OTHERS)
    consequences = [
        f"Un lien à usage unique part à la messagerie professionnelle de {persons}.",
        f"À {shown_rate(per_second)} par seconde, l’envoi dure environ {written_span(takes)}.",
        f"Chaque lien vaut jusqu’au {expires}.",
        *([_served(served)] if served else []),
        *([_TOLD] if election.bureau.emails else []),
        _DURABLE,
    ]
    return MailingStart(name, shown_rate(per_second), persons, consequences, warnings)


def _served(number: int) -> str:
    one, many = "personne a déjà été servie", "personnes ont déjà été servies"
    return f"Sous ce nom, {counted(number, one, many)}, ou l’envoi y a échoué\u00a0: rien n’y repart."
