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

# Events that name no procedure, and the last part of those that do.
_EVENTS = {
    "request:accepted": "demande acceptée",
    "request:refused": "demande refusée",
    "link:renewed": "lien renvoyé",
    "recovery:ended": "réassort terminé",
    "code:reissued": "nouveau code de vote délivré",
    "password:replaced": "mot de passe remplacé",
    "password:reissued": "nouveau mot de passe affiché",
    "identifier:reissued": "nouvel identifiant envoyé",
    "message:send:accepted": "message accepté par une passerelle",
    "message:send:refused": "message refusé",
    "message:send:postponed": "envoi à réessayer",
    "message:send:delivered": "message remis",
    "message:send:failed": "message non remis",
    "message:send:delayed": "message retardé par le relais d’arrivée",
    "message:send:uncertain": "envoi dont la passerelle n’a pas répondu",
    "message:send:repeated": "message envoyé une deuxième fois",
    "message:gateway:changed": "passerelle changée",
    "mailing:sending:begun": "envoi en nombre commencé",
    "mailing:page:prepared": "envoi en nombre\u00a0: page préparée",
    "mailing:sending:paused": "envoi en nombre suspendu",
    "mailing:sending:resumed": "envoi en nombre repris",
    "mailing:rate:changed": "envoi en nombre\u00a0: débit changé",
    "mailing:failures:retried": "envoi en nombre\u00a0: échecs relancés",
    "mailing:sending:stopped": "envoi en nombre arrêté",
    "mailing:sending:ended": "envoi en nombre terminé",
    "objection:recoveries:paused": "opposition de la personne",
    "operator:send:retried": "envoi relancé par un opérateur",
    "operator:send:refused": "relance impossible",
    "operator:link:extended": "lien prolongé par un opérateur",
    "operator:act:begun": "acte en nombre commencé",
    "operator:act:paused": "acte en nombre suspendu",
    "operator:act:resumed": "acte en nombre repris",
    "operator:act:paced": "acte en nombre\u00a0: débit changé",
    "operator:act:stopped": "acte en nombre arrêté",
    "operator:act:ended": "acte en nombre terminé",
    "operator:recovery:cancelled": "réassort annulé par un opérateur",
    "operator:proofs:unlocked": "preuves débloquées",
    "operator:objection:lifted": "opposition levée",
    "operator:requests:given_back": "demandes rendues",
    "operator:sign_in:unlocked": "connexion débloquée",
    "operator:reissues:allowed": "nouveaux codes permis",
    "operator:roll:imported": "liste électorale importée",
    "operator:roll:removed": "électeurs retirés de la liste",
    "operator:roll:changed": "électeur modifié sur la liste",
    "operator:roll:uploaded": "changement de la liste déposé",
    "operator:roll:abandoned": "changement de la liste abandonné",
    "operator:session:opened": "connexion d’un opérateur",
    "operator:session:ended": "déconnexion d’un opérateur",
    "operator:journal:closed": "journal clos",
    "operator:evidence:destroyed": "preuves détruites",
    "process:role:started": "processus démarré",
    "process:weakness:kept": "faiblesse admise au démarrage",
    "access:sign_in:accepted": "connexion d’un électeur",
    "access:sign_in:refused": "connexion refusée",
    "access:voting_code:accepted": "code de vote juste",
    "access:voting_code:refused": "code de vote faux",
    "access:proof:accepted": "preuve juste",
    "access:proof:refused": "preuve fausse",
    "access:request:submitted": "demande déposée",
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


def events(*, sees_roll: bool) -> list[tuple[str, str]]:
    """Return each event that the operator may read with its sentence, for a list to choose from."""
    shown = [event for event in Event if sees_roll or not event.is_of_roll]
    return sorted(((event.value, sentence(event)) for event in shown), key=lambda each: each[1])


def sentence(event: str) -> str:
    """Return an event in French; one that has no words here is named as it is."""
    subject, _, rest = event.partition(":")
    words = _EVENTS.get(event) or _EVENTS.get(rest)
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
