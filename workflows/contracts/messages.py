"""What crosses web ↔ workflow. Fields are only ever added, each with a default."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from election.proofs.kinds import Proof
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class RecoveryTerms:
    """One elector's recovery in one election: its deadlines and limits, fixed when it starts."""

    elector: str
    election: str
    time_zone: str
    requests_close: datetime
    links_die: datetime
    sms_lifetime: timedelta
    sms_longest: timedelta
    email_lifetime: timedelta
    late_after: timedelta
    retry_for: timedelta
    sends: int
    between_sends: timedelta
    display_window: timedelta


@dataclass(frozen=True)
class Submission:
    """A request as the voter sent it: both envelopes are sealed; `hint` is the masked destination.

    `proof` says what the envelope of proofs holds; `campaign` is the one that asks, if nobody else does.
    """

    request: str
    channel: Channel
    proofs: str
    contact: str
    hint: str
    proof: Proof = Proof.CHALLENGE
    campaign: str = ""


@dataclass(frozen=True)
class Answer:
    """What the voter is answered; `until` says until when the door stays shut, if it does."""

    verdict: Verdict
    until: datetime | None = None


@dataclass(frozen=True)
class Click:
    """The voter's own click on the link's button, with the public half of the browser's key.

    `word` is the door's, that the link's own token came with it.
    """

    link_id: str
    public_key: str
    word: str = ""


@dataclass(frozen=True)
class IdentifierAndPasswordClick:
    """The voter's click at the end of 2011's steps: whose screen, and the envelope of where the identifier goes.

    `contact` is sealed under `request` and `CONTACT`, `hint` is its mask; `word` is the door's for all three.
    """

    link_id: str
    public_key: str
    word: str
    request: str
    contact: str
    hint: str = ""


@dataclass(frozen=True)
class SealedCode:
    """The new code in a box that only one browser opens, and until when it is given."""

    box: str
    until: datetime


@dataclass(frozen=True)
class Retry:
    """An operator's order to try a failed send again."""

    operator: str


@dataclass(frozen=True)
class Cancel:
    """An operator's order to end a recovery; the reason is for the journal's reader."""

    operator: str
    reason: str = ""


@dataclass(frozen=True)
class RecoveryStatus:
    """Where a recovery stands, for the voter's follow-up page."""

    stage: Stage
    since: datetime
    channel: Channel | None = None
    hint: str = ""
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    link_expires_at: datetime | None = None
    fault: str = ""
    send_again_at: datetime | None = None
    sends_left: int = 0
    display_until: datetime | None = None
    # 2011: the link is used, and what is followed from then on is the mail of the new identifier.
    is_second_mail: bool = False


@dataclass(frozen=True)
class LinkStatus:
    """What became of a link, and its sealed code while the window is open; `elector` is whose it is (2011)."""

    verdict: LinkVerdict
    code: SealedCode | None = None
    elector: str = ""
