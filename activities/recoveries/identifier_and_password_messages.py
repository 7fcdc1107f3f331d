"""What crosses between the recovery of both credentials (2011) and its activities."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from activities.recoveries.requests import Settlement
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class IdentifierAndPasswordClaim:
    """A request to be judged: `elector` is empty when what was typed is nobody's; `campaign` names who asks, if one does."""

    workflow_id: str
    elector: str
    request: str
    link_id: str
    refusal: Verdict | None = None
    campaign: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class IdentifierAndPasswordJudged:
    """Whether a link is to be sent, and the envelope of the work address that it goes to."""

    verdict: Verdict
    contact: str = ""


@dataclass(frozen=True)
class IdentifierAndPasswordOrder:
    """Both to be reissued: the password to the browser of `public_key`, the identifier to the envelope `contact`.

    `word` is the door's, for the click and for where the identifier goes; `said` is what it is given for.
    """

    workflow_id: str
    elector: str
    link_id: str
    public_key: str
    word: str
    contact: str
    request: str
    links: Mapping[str, LinkVerdict] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What the door signs: moved to another mailbox, its word is worth nothing."""
        return said(self.public_key, self.contact, self.request)


@dataclass(frozen=True)
class IdentifierAndPasswordReissued:
    """The new password's sealed box, and the envelopes of the new identifier and of the work address to be told."""

    box: str
    identifier: str
    notice: str


@dataclass(frozen=True)
class IdentifierAndPasswordSettlement:
    """How a recovery ended, and the identifiers of it that shall never work."""

    settlement: Settlement
    abandon: list[str] = field(default_factory=list)


def said(public_key: str, contact: str, request: str) -> str:
    """Return what the door gives its word for: whose screen, and which mailbox."""
    return f"{public_key}|{contact}|{request}"
