"""What a fault means, in French: for the console, the Temporal UI and the voter's page."""

from election.faults.cause import Cause, CauseKind
from election.faults.http import http_cause
from election.faults.mail import mail_cause
from election.faults.portal import database_cause, portal_cause
from election.faults.providers import provider_cause
from election.faults.smpp import smpp_cause
from election.faults.voter_sentence import VoterSentence
from election.stages import Channel
from election.verdicts import Verdict

__all__ = ["Cause", "CauseKind", "cause_of"]

_DATABASE = "database"
# The answers of an elector's own recovery, which a mailing has asked for a link.
_REFUSALS = {
    Verdict.TOO_MANY_SENDS: "La personne a déjà reçu tous les liens permis.",
    Verdict.TOO_SOON: "Un lien vient d’être envoyé à la personne.",
    Verdict.OBJECTED: "La personne s’est opposée aux demandes faites en son nom.",
    Verdict.CLOSED: "Les demandes ne sont pas ouvertes.",
}
_LEAVE = "Ne pas relancer\u00a0: la personne suit sa propre demande."
_READ_LOGS = "Regarder le journal des workers, puis relancer une fois."
_BUSY = "La passerelle n’accepte pas assez vite\u00a0: la file d’attente du portail est pleine."


def cause_of(fault: str) -> Cause:
    """Return the cause of a fault, `channel:reason` or a reason alone; a code that nobody knows has a cause too."""
    channel, has_channel, reason = fault.partition(":")
    if not has_channel or channel not in {*Channel, _DATABASE}:
        channel, reason = "", fault
    if channel == _DATABASE:
        return database_cause(reason)
    return (
        _refusal(reason)
        or smpp_cause(reason)
        or mail_cause(reason)
        or http_cause(reason)
        or portal_cause(reason)
        or provider_cause(reason)
        or _unknown(channel, reason)
    )


def _refusal(code: str) -> Cause | None:
    """Return why an elector's own recovery has refused a link that a mailing asked for, or None for another code."""
    if code not in set(Verdict):
        return None
    sentence = _REFUSALS.get(Verdict(code), f"Le réassort de la personne a refusé l’envoi (`{code}`).")
    return Cause(code, CauseKind.MESSAGE_REFUSED, sentence, False, "", "", _LEAVE)


def _unknown(channel: str, reason: str) -> Cause:
    if reason.endswith("-busy"):
        down = VoterSentence.RELAY_DOWN if channel == Channel.EMAIL else VoterSentence.OPERATOR_DOWN
        return Cause(reason, CauseKind.NOT_NOW, _BUSY, True, "", down, "Attendre, puis relancer.")
    named = f"\u00a0: code `{reason}`" if reason and reason != "unknown" else ", sans code lisible"
    sentence = f"La passerelle a signalé un échec{named}."
    return Cause(reason, CauseKind.UNKNOWN, sentence, True, "", "", _READ_LOGS)
