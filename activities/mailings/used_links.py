"""What a recovery learns of a mailing's link when it is used: whether it is live, and whose it is."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.accounts.roll import Roll
from activities.objections.pauses import ObjectionPauses
from activities.recoveries.links import Links
from activities.recoveries.terms import Terms
from election.procedures import Procedure
from election.recovery_terms import RecoveryTerms
from election.verdicts import LinkVerdict


@dataclass(frozen=True)
class MailingLinkOrder:
    """The id of a link that a recovery does not know, and the recovery's own."""

    workflow_id: str
    link_id: str


@dataclass(frozen=True)
class MailingLink:
    """The state of a mailing's link, and the terms of its elector's recovery; none if it is not of this recovery."""

    verdict: LinkVerdict
    terms: RecoveryTerms | None = None
    dies_at: datetime | None = None


class MailingLinks:
    """Finds the links that mailings have sent, for the recoveries that begin with them."""

    def __init__(self, links: Links, roll: Roll, pauses: ObjectionPauses, terms: Terms) -> None:
        self._links = links
        self._pauses = pauses
        self._roll = roll
        self._terms = terms

    @activity.defn
    async def find_mailing_link(self, order: MailingLinkOrder) -> MailingLink:
        """Return a mailing's link, whose workflow id must be derived from its elector's work address; this changes nothing."""
        procedure = Procedure.IDENTIFIER_AND_PASSWORD
        found = await self._links.mailed(order.workflow_id, order.link_id)
        owner = await self._roll.owner(procedure, order.workflow_id, found.elector_id) if found else None
        if found is None or owner is None:
            return MailingLink(LinkVerdict.UNKNOWN)
        # A mailing may have sent it since the elector has objected.
        is_stopped = found.ending is LinkVerdict.LIVE and await self._pauses.refusal(owner.id)
        verdict = LinkVerdict.STOPPED if is_stopped else found.ending
        return MailingLink(verdict, self._terms.of(procedure, owner.id), found.dies_at)
