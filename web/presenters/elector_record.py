"""An elector's own record: one sentence for each entry of the journal."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from activities.accounts.elector_record import ElectorRecord, RecordLine
from activities.evidence.journal import Event
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.stages import Channel, Stage
from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import REASONS

_SUBJECTS: dict[str, str] = {
    Procedure.VOTING_CODE: N_("code de vote"),
    Procedure.PASSWORD: N_("mot de passe"),
    Procedure.IDENTIFIER: N_("identifiant"),
    Procedure.IDENTIFIER_AND_PASSWORD: N_("identifiant et mot de passe"),
}
_BY: dict[str, str] = {Channel.SMS: N_("par SMS"), Channel.EMAIL: N_("par courriel")}
_ENDINGS: dict[str, str] = {
    Stage.REISSUED: N_("demande terminée\u00a0: le remplacement est fait"),
    Stage.EXPIRED: N_("demande terminée sans remise (le lien a expiré)"),
    Stage.CANCELLED: N_("demande annulée"),
    Stage.REFUSED: N_("demande terminée par un refus"),
}
_ENDED = N_("demande terminée")
# {by} is the channel, after a space, or empty.
TEXTS: dict[str, str] = {
    Event.LINK_RENEWED: N_("nouveau lien demandé{by}\u202f; le précédent ne fonctionne plus"),
    Event.CODE_REISSUED: N_("nouveau code affiché\u202f; l’ancien ne fonctionne plus"),
    Event.PASSWORD_REPLACED: N_(
        "nouveau mot de passe choisi\u202f; l’ancien ne fonctionne plus, et toutes les connexions ont été fermées"
    ),
    Event.IDENTIFIER_REISSUED: N_("nouvel identifiant envoyé{by}\u202f; l’ancien ne fonctionne plus"),
    Event.IDENTIFIER_AND_PASSWORD_PASSWORD: N_(
        "nouveau mot de passe affiché\u202f; l’ancien ne fonctionne plus, et toutes les connexions ont été fermées"
    ),
    Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER: N_(
        "nouvel identifiant envoyé{by}\u202f; l’ancien ne fonctionne plus"
    ),
    Event.OBJECTION_MADE: N_(
        "opposition faite depuis la messagerie professionnelle\u202f; toutes les demandes sont suspendues"
    ),
    Event.SEND_ACCEPTED: N_("message parti{by}"),
    Event.SEND_REFUSED: N_("message{by} refusé par l’opérateur ou la messagerie"),
    Event.SEND_POSTPONED: N_("envoi{by} remis à plus tard (l’opérateur ou la messagerie ne répondait pas)"),
    Event.SEND_UNCERTAIN: N_("envoi{by} sans réponse\u00a0: le message est peut-être parti"),
    Event.SEND_REPEATED: N_("envoi{by} repris par un autre opérateur\u00a0: le message peut arriver deux fois"),
    Event.SEND_DELAYED: N_("message{by} retardé\u00a0: la messagerie de destination ne l’a pas encore pris"),
    Event.SEND_DELIVERED: N_("message arrivé{by}"),
    Event.SEND_FAILED: N_("message{by} perdu avant d’arriver"),
    Event.OPERATOR_RETRIED: N_("envoi relancé par l’assistance"),
    Event.OPERATOR_EXTENDED: N_("lien prolongé par l’assistance"),
    Event.OPERATOR_RETRY_REFUSED: N_("relance demandée par l’assistance, sans effet"),
    Event.OPERATOR_CANCELLED: N_("demande annulée par l’assistance"),
    Event.OPERATOR_UNLOCKED: N_("connexion débloquée par l’assistance"),
    Event.OPERATOR_LIFTED_PAUSE: N_("essais de preuve de nouveau permis par l’assistance"),
    Event.OPERATOR_LIFTED_OBJECTION: N_(
        "opposition levée par l’assistance\u202f; les demandes sont de nouveau acceptées"
    ),
    Event.OPERATOR_GAVE_BACK: N_("demandes d’identifiant rendues par l’assistance"),
    Event.OPERATOR_ALLOWED_REISSUES: N_("nouveaux codes de vote permis par l’assistance"),
    Event.SIGN_IN_ACCEPTED: N_("connexion réussie"),
    Event.SIGN_IN_REFUSED: N_("connexion refusée"),
    Event.VOTE_ACCEPTED: N_("code de vote juste\u00a0: l’espace de vote s’est ouvert"),
    Event.VOTE_REFUSED: N_("code de vote refusé"),
    Event.PROOF_ACCEPTED: N_("identité prouvée pour une demande"),
    Event.PROOF_REFUSED: N_("preuve d’identité refusée pour une demande"),
    Event.REQUEST_SUBMITTED: N_("demande déposée"),
}


@dataclass(frozen=True)
class ShownLine:
    """A line: when, in words and for the page's script, and what happened."""

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
    """Return a record in words, with its dates in the election's time zone."""
    return ShownRecord(
        lines=[_line(each, zone) for each in reversed(record.evidence)],
        accesses=[_line(each, zone) for each in reversed(record.accesses)],
        established=written_instant(record.established_at, zone),
        established_iso=record.established_at.astimezone(zone).isoformat(timespec="milliseconds"),
        code=record.code,
    )


def sentence(line: RecordLine) -> str:
    """Return what happened, and to which credential; an event that this page does not know is named as it is."""
    subject, what = _SUBJECTS.get(line.procedure, ""), _what(line)
    if subject and line.event != Event.OPERATOR_UNLOCKED:  # from the page of any recovery: a sign-in is of none
        what = _("{subject}\u00a0: {what}").format(subject=_(subject), what=what)
    return f"{what[0].upper()}{what[1:]}."


def _what(line: RecordLine) -> str:
    by = f" {_(_BY[line.channel])}" if line.channel in _BY else ""
    reason = f" ({_(REASONS[line.outcome])})" if line.outcome in REASONS else ""
    kind = line.event.partition(":")[2]
    if line.event in TEXTS:
        return _(TEXTS[line.event]).format(by=by) + (reason if kind.endswith(":refused") else "")
    if kind == "request:accepted":
        return _("demande acceptée, envoi{by}").format(by=by) if by else _("demande acceptée")
    if kind == "request:refused":
        return _("demande refusée") + reason
    if kind == "recovery:ended":
        return _(_ENDINGS.get(line.outcome, _ENDED))
    return _("autre événement ({event})").format(event=line.event)


def _line(line: RecordLine, zone: ZoneInfo) -> ShownLine:
    return ShownLine(written_instant(line.recorded_at, zone), line.recorded_at.isoformat(), sentence(line))
