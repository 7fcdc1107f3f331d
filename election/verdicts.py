"""Every answer that a voter may get; `web/presenters/sentences.py` has the French sentence for each."""

from collections.abc import Mapping
from enum import StrEnum

from election.text.translation import N_


class Verdict(StrEnum):
    """The outcome of a request, a proof or a click: a value, never an exception."""

    ACCEPTED = "accepted"
    WRONG_PROOF = "wrong_proof"
    WRONG_IDENTITY = "wrong_identity"
    CODE_NEEDED = "code_needed"
    PAUSED = "paused"
    LOCKED = "locked"
    OBJECTED = "objected"
    AFTER_PASSWORD_RECOVERY = "after_password_recovery"  # noqa: S105 - the name of a verdict
    NOT_ACTIVATED = "not_activated"
    CLOSED = "closed"
    TOO_SOON = "too_soon"
    TOO_MANY_SENDS = "too_many_sends"
    NOTHING_TO_SEND = "nothing_to_send"
    TOO_MANY_REQUESTS = "too_many_requests"
    IN_FLIGHT = "in_flight"
    NUMBER_TAKEN = "number_taken"
    ALREADY_SENT = "already_sent"
    SMS_LIMIT = "sms_limit"
    NUMBER_SMS_LIMIT = "number_sms_limit"
    COUNTRY_SMS_LIMIT = "country_sms_limit"
    REISSUE_LIMIT = "reissue_limit"


# A proof was judged, and is not the elector's.
WRONG = frozenset({Verdict.WRONG_PROOF, Verdict.WRONG_IDENTITY})
# Why a request, a proof or a sign-in was refused, after the fact; to be translated where voters read it.
REASONS: Mapping[str, str] = {
    Verdict.WRONG_PROOF: N_("les données ne correspondaient pas"),
    Verdict.WRONG_IDENTITY: N_("l’identité de FranceConnect ne correspondait pas"),
    Verdict.CODE_NEEDED: N_("un code envoyé à la messagerie professionnelle était demandé"),
    Verdict.PAUSED: N_("trop d’essais avaient échoué"),
    Verdict.LOCKED: N_("trop de preuves étaient fausses"),
    Verdict.OBJECTED: N_("une opposition suspendait les demandes"),
    Verdict.AFTER_PASSWORD_RECOVERY: N_("le mot de passe venait d’être changé"),
    Verdict.NOT_ACTIVATED: N_("le compte n’était pas activé"),
    Verdict.CLOSED: N_("les demandes étaient closes"),
    Verdict.TOO_SOON: N_("une autre demande venait d’être faite"),
    Verdict.TOO_MANY_SENDS: N_("tous les envois permis avaient été faits"),
    Verdict.TOO_MANY_REQUESTS: N_("toutes les demandes permises avaient été faites"),
    Verdict.IN_FLIGHT: N_("une autre demande était en cours"),
    Verdict.NUMBER_TAKEN: N_("ce numéro de téléphone avait déjà servi"),
    Verdict.ALREADY_SENT: N_("un lien avait déjà été envoyé"),
    Verdict.NOTHING_TO_SEND: N_("il n’y avait rien à envoyer"),
    Verdict.SMS_LIMIT: N_("tous les SMS permis ce jour-là avaient été envoyés"),
    Verdict.NUMBER_SMS_LIMIT: N_("tous les SMS permis ce jour-là vers ce numéro avaient été envoyés"),
    Verdict.COUNTRY_SMS_LIMIT: N_("trop de SMS partaient vers ce pays"),
    Verdict.REISSUE_LIMIT: N_("tous les nouveaux codes permis avaient été remis"),
}


class LinkVerdict(StrEnum):
    """The state of a one-time link; each but LIVE has its own sentence."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
