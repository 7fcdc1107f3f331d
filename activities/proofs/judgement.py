"""The verdict on a proof."""

from dataclasses import dataclass
from datetime import datetime

from election.recovery_terms import RecoveryTerms
from election.verdicts import Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict; `until` is when the next attempt or request is allowed, for the verdicts that have such a time."""

    verdict: Verdict
    until: datetime | None = None


@dataclass(frozen=True)
class JudgedRequest:
    """The verdict on a request for a voting code; `until` is when the next one is allowed, if the verdict has such a time.

    `notice` is the sealed work address, or empty when the work mailbox is not told of this request.
    `terms` are those of a recovery that begins with this request; a recovery that has terms keeps its own.
    """

    verdict: Verdict
    until: datetime | None = None
    notice: str = ""
    terms: RecoveryTerms | None = None


@dataclass(frozen=True)
class AddressedJudgement:
    """The verdict on a request for a link, the terms as in `JudgedRequest`, and the sealed work address if it is ACCEPTED."""

    verdict: Verdict
    terms: RecoveryTerms
    contact: str = ""
