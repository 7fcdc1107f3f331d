"""The timeline of a recovery: one sentence for each entry of its journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.evidence.journal import Event
from activities.progress.timeline import TimelineEntry
from console.presenters import words
from election.causes import cause_of
from election.following.progress import fault_of
from election.stages import Channel, Stage
from election.verdicts import REASONS

_ENDINGS: dict[str, str] = {
    Stage.REISSUED: "Réassort terminé\u00a0: le remplacement est fait.",
    Stage.EXPIRED: "Réassort terminé\u00a0: le temps est passé sans que le lien serve.",
    Stage.CANCELLED: "Réassort annulé.",
    Stage.REFUSED: "Réassort terminé par un refus.",
}
# {channel} is « SMS » or « Courriel ».
_TEXTS: dict[str, str] = {
    Event.LINK_RENEWED: "Nouveau lien demandé\u202f; le précédent ne fonctionne plus.",
    Event.CODE_REISSUED: "Nouveau code affiché\u202f; l’ancien ne fonctionne plus.",
    Event.PASSWORD_REPLACED: "Nouveau mot de passe choisi.",
    Event.IDENTIFIER_REISSUED: "Nouvel identifiant activé.",
    Event.IDENTIFIER_AND_PASSWORD_PASSWORD: "Nouveau mot de passe affiché.",
    Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER: "Nouvel identifiant activé.",
    Event.SEND_ACCEPTED: "{channel} pris par la passerelle.",
    Event.SEND_REFUSED: "{channel} refusé\u00a0: {cause}",
    Event.SEND_POSTPONED: "{channel} remis à plus tard\u00a0: {cause}",
    Event.SEND_UNCERTAIN: "{channel} peut-être pris par la passerelle, qui ne l’a pas dit.",
    Event.SEND_REPEATED: "{channel} envoyé par une autre passerelle, alors que la première l’a peut-être pris.",
    Event.SEND_DELAYED: "{channel} retardé\u00a0: la messagerie qui le reçoit réessaie d’elle-même.",
    Event.SEND_DELIVERED: "{channel} arrivé\u00a0: l’accusé de réception est là.",
    Event.SEND_FAILED: "{channel} perdu en route\u00a0: {cause}",
    Event.OPERATOR_RETRIED: "Envoi relancé.",
    Event.OPERATOR_RETRY_REFUSED: "Relance sans nom d’opérateur, refusée.",
    Event.OPERATOR_CANCELLED: "Réassort annulé.",
    Event.OPERATOR_EXTENDED: "Lien prolongé.",
    Event.OBJECTION_MADE: "Opposition de la personne\u00a0: toutes les demandes faites en son nom sont suspendues.",
    Event.OPERATOR_UNLOCKED: "Connexion débloquée.",
    Event.OPERATOR_GAVE_BACK: "Demandes d’identifiant rendues.",
}
_KINDS = {"request:accepted": "Demande acceptée.", "request:refused": "Demande refusée{reason}."}


@dataclass(frozen=True)
class TimelineLine:
    """One line: when, what happened, who did it (an operator or a gateway), and what was said of it."""

    at: datetime
    sentence: str
    who: str
    detail: str


def timeline(entries: Sequence[TimelineEntry]) -> list[TimelineLine]:
    """Return the lines of a recovery's page, in the order of the entries."""
    return [TimelineLine(each.at, _sentence(each), _who(each), _detail(each)) for each in entries]


def _sentence(entry: TimelineEntry) -> str:
    kind = entry.event.partition(":")[2]
    if kind == "recovery:ended":
        return _ENDINGS.get(entry.outcome, "Réassort terminé.")
    reason = REASONS.get(entry.outcome, "")
    text = _TEXTS.get(entry.event) or _KINDS.get(kind) or f"Autre événement ({entry.event})."
    return text.format(
        channel=words.channel_name(entry.channel) or "Message",
        cause=_cause(entry) if "{cause}" in text else "",
        reason=f"\u00a0: {reason}" if reason else "",
    )


def _cause(entry: TimelineEntry) -> str:
    sentence = cause_of(fault_of(Channel(entry.channel), entry.outcome)).sentence
    return f"{sentence[0].lower()}{sentence[1:]}" if sentence else entry.outcome


def _who(entry: TimelineEntry) -> str:
    if entry.event.startswith("message:"):
        return entry.actor
    return entry.actor if entry.event.startswith("operator:") else ""


def _detail(entry: TimelineEntry) -> str:
    if entry.event.startswith("message:"):
        place = words.place_name(entry.detail) if entry.detail else ""
        return ", ".join(filter(None, [place, _parts(entry)]))
    return entry.detail if entry.event.startswith("operator:") else ""


def _parts(entry: TimelineEntry) -> str:
    if entry.parts < 2:  # noqa: PLR2004 - one part is the whole message
        return ""
    return f"{words.counted(entry.delivered_parts, 'partie reçue', 'parties reçues')} sur {entry.parts}"
