"""Every answer that a voter may get; `web/presenters/sentences.py` has the French sentence for each."""

from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of a request, a proof or a click: a value, never an exception."""

    ACCEPTED = "accepted"
    WRONG_PROOF = "wrong_proof"
    WRONG_IDENTITY = "wrong_identity"
    PAUSED = "paused"
    NOT_ACTIVATED = "not_activated"
    CLOSED = "closed"
    TOO_SOON = "too_soon"
    TOO_MANY_SENDS = "too_many_sends"
    NOTHING_TO_SEND = "nothing_to_send"
    TOO_MANY_REQUESTS = "too_many_requests"
    NUMBER_TAKEN = "number_taken"
    ALREADY_SENT = "already_sent"


class LinkVerdict(StrEnum):
    """The state of a one-time link; each but LIVE has its own sentence."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
