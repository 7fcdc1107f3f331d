"""Every answer that a voter may get; `web/presenters/sentences.py` has the French sentence for each."""

from enum import StrEnum


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


class LinkVerdict(StrEnum):
    """The state of a one-time link; each but LIVE has its own sentence."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
