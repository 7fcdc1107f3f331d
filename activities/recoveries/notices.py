"""The kinds of notices to the work mailbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from election.stages import Channel
from election.text.translation import SOURCE


class NoticeKind(StrEnum):
    """What a notice tells: a credential was replaced, a request was accepted, proofs were wrong three times in a row."""

    REISSUED = "reissued"
    REQUESTED = "requested"
    WRONG_PROOFS = "wrong_proofs"

    def owner_id(self, request_id: str) -> str:
        """Return the id that the address of a request's notice is sealed under, and that its message id begins with."""
        return f"{request_id}-{self}"


@dataclass(frozen=True)
class Notice:
    """A mail to the work mailbox, without any secret; `address` is an envelope, sealed under `link_id`.

    `link_id` is the used link's id, or `NoticeKind.owner_id` of a request. It is in French, and in `language` below.
    """

    workflow_id: str
    link_id: str
    address: str
    channel: Channel
    at: datetime
    kind: NoticeKind = NoticeKind.REISSUED
    language: str = SOURCE

    @property
    def message_id(self) -> str:
        """The message's id, the same when its send is run again."""
        return f"{self.link_id}-avis"
