"""An elector's own record: one French sentence for each entry of the journal."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from activities.accounts.elector_record import ElectorRecord, RecordLine
from activities.evidence.journal import Event
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.stages import Channel, Stage
from election.verdicts import Verdict

_SUBJECTS: dict[str, str] = {
    Procedure.VOTING_CODE: "code de vote",
    Procedure.PASSWORD: "mot de passe",
    Procedure.IDENTIFIER: "identifiant",
    Procedure.IDENTIFIER_AND_PASSWORD: "identifiant et mot de passe",
}
_BY: dict[str, str] = {Channel.SMS: " par SMS", Channel.EMAIL: " par courriel"}
_ENDINGS: dict[str, str] = {
    Stage.REISSUED: "demande terminée\u00a0: le remplacement est fait",
    Stage.EXPIRED: "demande terminée sans remise (le lien a expiré)",
    Stage.CANCELLED: "demande annulée",
    Stage.REFUSED: "demande terminée par un refus",
}
_REPLACED = "l’ancien ne fonctionne plus"
_SIGNED_OUT = "et toutes les connexions ont été fermées"
# {by} is the channel.
TEXTS: dict[str, str] = {
    Event.LINK_RENEWED: "nouveau lien demandé{by}\u00a0; le précédent ne fonctionne plus",
    Event.CODE_REISSUED: f"nouveau code affiché\u00a0; {_REPLACED}",
    Event.PASSWORD_REPLACED: f"nouveau mot de passe choisi\u00a0; {_REPLACED}, {_SIGNED_OUT}",
    Event.IDENTIFIER_REISSUED: f"nouvel identifiant envoyé{{by}}\u00a0; {_REPLACED}",
    Event.IDENTIFIER_AND_PASSWORD_PASSWORD: f"nouveau mot de passe affiché\u00a0; {_REPLACED}, {_SIGNED_OUT}",
    Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER: f"nouvel identifiant envoyé{{by}}\u00a0; {_REPLACED}",
    Event.OBJECTION_MADE: "opposition faite depuis la messagerie professionnelle\u00a0; toutes les demandes sont suspendues",
    Event.SEND_ACCEPTED: "message parti{by}",
    Event.SEND_REFUSED: "message{by} refusé par l’opérateur ou la messagerie",
    Event.SEND_POSTPONED: "envoi{by} remis à plus tard (l’opérateur ou la messagerie ne répondait pas)",
    Event.SEND_DELIVERED: "message arrivé{by}",
    Event.SEND_FAILED: "message{by} perdu avant d’arriver",
    Event.OPERATOR_RETRIED: "envoi relancé par l’assistance",
    Event.OPERATOR_RETRY_REFUSED: "relance demandée par l’assistance, sans effet",
    Event.OPERATOR_CANCELLED: "demande annulée par l’assistance",
    Event.OPERATOR_UNLOCKED: "connexion débloquée par l’assistance",
    "operator:proofs:unlocked": "essais de preuve de nouveau permis par l’assistance",
    Event.OPERATOR_LIFTED_OBJECTION: "opposition levée par l’assistance\u00a0; les demandes sont de nouveau acceptées",
    "operator:requests:given_back": "demandes d’identifiant rendues par l’assistance",
    "operator:reissues:allowed": "nouveaux codes de vote permis par l’assistance",
    Event.SIGN_IN_ACCEPTED: "connexion réussie",
    Event.SIGN_IN_REFUSED: "connexion refusée",
    Event.VOTE_ACCEPTED: "code de vote juste\u00a0: l’espace de vote s’est ouvert",
    Event.VOTE_REFUSED: "code de vote refusé",
    Event.PROOF_ACCEPTED: "identité prouvée pour une demande",
    Event.PROOF_REFUSED: "preuve d’identité refusée pour une demande",
    Event.REQUEST_SUBMITTED: "demande déposée",
}
REASONS: dict[str, str] = {
    Verdict.WRONG_PROOF: "les données ne correspondaient pas",
    Verdict.WRONG_IDENTITY: "l’identité de FranceConnect ne correspondait pas",
    Verdict.CODE_NEEDED: "un code envoyé à la messagerie professionnelle était demandé",
    Verdict.PAUSED: "trop d’essais avaient échoué",
    Verdict.NOT_ACTIVATED: "le compte n’était pas activé",
    Verdict.CLOSED: "les demandes étaient closes",
    Verdict.TOO_SOON: "une autre demande venait d’être faite",
    Verdict.TOO_MANY_SENDS: "tous les envois permis avaient été faits",
    Verdict.TOO_MANY_REQUESTS: "toutes les demandes permises avaient été faites",
    Verdict.NUMBER_TAKEN: "ce numéro de téléphone avait déjà servi",
    Verdict.NOTHING_TO_SEND: "il n’y avait rien à envoyer",
    Verdict.ALREADY_SENT: "un lien avait déjà été envoyé",
    "locked": "trop de preuves étaient fausses",
    Verdict.OBJECTED: "une opposition suspendait les demandes",
    "after_password_recovery": "le mot de passe venait d’être changé",
    "in_flight": "une autre demande était en cours",
    "sms_limit": "tous les SMS permis ce jour-là avaient été envoyés",
    "number_sms_limit": "tous les SMS permis ce jour-là vers ce numéro avaient été envoyés",
    "country_sms_limit": "trop de SMS partaient vers ce pays",
    "reissue_limit": "tous les nouveaux codes permis avaient été remis",
}


@dataclass(frozen=True)
class ShownLine:
    """A line: when, in French and for the page's script, and what happened."""

    at: str
    at_iso: str
    sentence: str


@dataclass(frozen=True)
class ShownRecord:
    """What the page shows, newest first; `established_iso` and `code` are what a verification needs."""

    lines: list[ShownLine]
    accesses: list[ShownLine]
    established: str
    established_iso: str
    code: str


def shown(record: ElectorRecord, zone: ZoneInfo) -> ShownRecord:
    """Return a record in French, with its dates in the election's time zone."""
    return ShownRecord(
        lines=[_line(each, zone) for each in reversed(record.evidence)],
        accesses=[_line(each, zone) for each in reversed(record.accesses)],
        established=written_instant(record.established_at, zone),
        established_iso=record.established_at.astimezone(zone).isoformat(timespec="milliseconds"),
        code=record.code,
    )


def sentence(line: RecordLine) -> str:
    """Return what happened, and to which credential; an event that this page does not know is named as it is."""
    subject = _SUBJECTS.get(line.procedure, "")
    what = f"{subject}\u00a0: {_what(line)}" if subject else _what(line)
    return f"{what[0].upper()}{what[1:]}."


def _what(line: RecordLine) -> str:
    by = _BY.get(line.channel, "")
    reason = f" ({REASONS[line.outcome]})" if line.outcome in REASONS else ""
    kind = line.event.partition(":")[2]
    if line.event in TEXTS:
        return TEXTS[line.event].format(by=by) + (reason if kind.endswith(":refused") else "")
    if kind == "request:accepted":
        return f"demande acceptée{by and f', envoi{by}'}"
    if kind == "request:refused":
        return f"demande refusée{reason}"
    if kind == "recovery:ended":
        return _ENDINGS.get(line.outcome, "demande terminée")
    return f"autre événement ({line.event})"


def _line(line: RecordLine, zone: ZoneInfo) -> ShownLine:
    return ShownLine(written_instant(line.recorded_at, zone), line.recorded_at.isoformat(), sentence(line))
