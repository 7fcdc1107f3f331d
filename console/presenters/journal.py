"""The journal as operators read it: each event in French, each recovery by its reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from activities.evidence.journal import Event
from activities.evidence.reading.journal_reader import JournalFilter, JournalLine
from console.presenters.outcomes import detail, outcome
from console.presenters.words import channel_name
from election.procedures import reference_in

# The last part of the events that name a procedure.
_KINDS = {
    "request:accepted": "demande acceptée",
    "request:refused": "demande refusée",
    "link:renewed": "lien renvoyé",
    "recovery:ended": "réassort terminé",
    "code:reissued": "nouveau code de vote délivré",
    "password:replaced": "mot de passe remplacé",
    "password:reissued": "nouveau mot de passe affiché",
    "identifier:reissued": "nouvel identifiant envoyé",
}
# The others.
_EVENTS: Mapping[str, str] = {
    Event.SEND_ACCEPTED: "message accepté par une passerelle",
    Event.SEND_REFUSED: "message refusé",
    Event.SEND_POSTPONED: "envoi à réessayer",
    Event.SEND_DELIVERED: "message remis",
    Event.SEND_FAILED: "message non remis",
    Event.SEND_DELAYED: "message retardé par le relais d’arrivée",
    Event.SEND_UNCERTAIN: "envoi dont la passerelle n’a pas répondu",
    Event.SEND_REPEATED: "message envoyé une deuxième fois",
    Event.GATEWAY_CHANGED: "passerelle changée",
    Event.MAILING_BEGUN: "envoi en nombre commencé",
    Event.MAILING_PREPARED: "envoi en nombre\u00a0: page préparée",
    Event.MAILING_PAUSED: "envoi en nombre suspendu",
    Event.MAILING_RESUMED: "envoi en nombre repris",
    Event.MAILING_PACED: "envoi en nombre\u00a0: rythme changé",
    Event.MAILING_RETRIED: "envoi en nombre\u00a0: échecs relancés",
    Event.MAILING_STOPPED: "envoi en nombre arrêté",
    Event.MAILING_ENDED: "envoi en nombre terminé",
    Event.OBJECTION_MADE: "opposition de la personne",
    Event.OPERATOR_RETRIED: "envoi relancé par un opérateur",
    Event.OPERATOR_RETRY_REFUSED: "relance impossible",
    Event.OPERATOR_EXTENDED: "lien prolongé par un opérateur",
    Event.OPERATOR_ACT_BEGUN: "acte en nombre commencé",
    Event.OPERATOR_ACT_PAUSED: "acte en nombre suspendu",
    Event.OPERATOR_ACT_RESUMED: "acte en nombre repris",
    Event.OPERATOR_ACT_PACED: "acte en nombre\u00a0: rythme changé",
    Event.OPERATOR_ACT_STOPPED: "acte en nombre arrêté",
    Event.OPERATOR_ACT_ENDED: "acte en nombre terminé",
    Event.OPERATOR_CANCELLED: "réassort annulé par un opérateur",
    Event.OPERATOR_LIFTED_PAUSE: "preuves débloquées",
    Event.OPERATOR_LIFTED_OBJECTION: "opposition levée",
    Event.OPERATOR_GAVE_BACK: "demandes rendues",
    Event.OPERATOR_UNLOCKED: "connexion débloquée",
    Event.OPERATOR_ALLOWED_REISSUES: "nouveaux codes permis",
    Event.OPERATOR_IMPORTED_ROLL: "liste électorale importée",
    Event.OPERATOR_REMOVED_ELECTORS: "électeurs retirés de la liste",
    Event.OPERATOR_CHANGED_ELECTOR: "électeur modifié sur la liste",
    Event.OPERATOR_UPLOADED_ROLL: "changement de la liste déposé",
    Event.OPERATOR_ABANDONED_ROLL: "changement de la liste abandonné",
    Event.OPERATOR_SIGNED_IN: "connexion d’un opérateur",
    Event.OPERATOR_SIGNED_OUT: "déconnexion d’un opérateur",
    Event.JOURNAL_CLOSED: "journal clos",
    Event.EVIDENCE_DESTROYED: "preuves détruites",
    Event.PROCESS_STARTED: "processus démarré",
    Event.WEAKNESS_KEPT: "faiblesse admise au démarrage",
    Event.SIGN_IN_ACCEPTED: "connexion d’un électeur",
    Event.SIGN_IN_REFUSED: "connexion refusée",
    Event.VOTE_ACCEPTED: "code de vote juste",
    Event.VOTE_REFUSED: "code de vote faux",
    Event.PROOF_ACCEPTED: "preuve juste",
    Event.PROOF_REFUSED: "preuve fausse",
    Event.REQUEST_SUBMITTED: "demande déposée",
}


@dataclass(frozen=True)
class ShownLine:
    """A line in French, with the codes of its event and outcome; `reference` is empty where the entry is about no recovery."""

    number: int
    at: datetime
    event: str
    what: str
    actor: str
    reference: str
    about: str
    channel: str
    outcome: str
    code: str
    detail: str


@dataclass(frozen=True)
class Asked:
    """The form's fields as they were typed, what they ask for, and what is wrong with them."""

    event: str
    actor: str
    day: str
    reference: str
    errors: tuple[str, ...]
    filter: JournalFilter

    def query(self, **more: Any) -> str:
        """Return the query of an address that asks for the same."""
        typed = {"evenement": self.event, "acteur": self.actor, "jour": self.day, "reference": self.reference}
        return urlencode({name: value for name, value in {**typed, **more}.items() if value})


def asked(typed: Mapping[str, str]) -> Asked:
    """Return what the form's fields ask for; a field that cannot be read asks for nothing."""
    event, actor, day, typed_reference = (
        typed.get(name, "").strip() for name in ("evenement", "acteur", "jour", "reference")
    )
    errors = []
    wanted = _day(day)
    if day and wanted is None:
        errors.append("Le jour s’écrit AAAA-MM-JJ, comme 2026-12-04.")
    if typed_reference and reference_in(typed_reference) is None:
        errors.append("Une référence a douze chiffres ou lettres de A à F, comme A45F-E11F-D6F9.")
    found = JournalFilter(event, actor, wanted, typed_reference)
    return Asked(event, actor, day, typed_reference, tuple(errors), found)


def events(*, whole: bool) -> list[tuple[str, str]]:
    """Return each event that the operator may read with its sentence, for a list to choose from."""
    shown = [event for event in Event if whole or not event.is_reserved]
    return sorted(((event.value, sentence(event)) for event in shown), key=lambda each: each[1])


def sentence(event: str) -> str:
    """Return an event in French; one that has no words here is named as it is."""
    subject, _, rest = event.partition(":")
    words = _EVENTS.get(event) or _KINDS.get(rest)
    named = {"voting_code": "code de vote", "password": "mot de passe", "identifier": "identifiant"}.get(subject)
    named = "identifiant et mot de passe" if subject == "identifier_and_password" else named
    if words is None:
        return event
    return f"{words} ({named})" if named and event not in _EVENTS else words


def shown(line: JournalLine, zone: ZoneInfo) -> ShownLine:
    """Return a line in words, with instants in a time zone."""
    return ShownLine(
        line.number,
        line.recorded_at,
        line.event,
        sentence(line.event),
        line.actor,
        reference_in(line.workflow_id) or "",
        line.workflow_id,
        channel_name(line.channel),
        outcome(line.event, line.channel, line.outcome, zone),
        line.outcome,
        detail(line.event, line.detail),
    )


def csv_rows(lines: list[JournalLine], zone: ZoneInfo) -> list[tuple[str | int, ...]]:
    """Return the rows of an export: codes for programs, with the instants in UTC, and beside them the words."""
    return [
        (
            each.number,
            each.recorded_at.isoformat(),
            each.event,
            sentence(each.event),
            each.actor,
            each.workflow_id,
            each.channel,
            each.outcome,
            outcome(each.event, each.channel, each.outcome, zone),
            each.detail,
        )
        for each in lines
    ]


CSV_HEADER = (
    *("Numéro", "Instant", "Événement", "En français", "Auteur", "Identifiant du réassort"),
    *("Canal", "Issue", "Issue en français", "Détail"),
)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
