"""What the recoveries that send a one-time link have in common."""

from temporalio import workflow

from activities.recoveries.requests import Requests, SettledLinks
from election.stages import Stage
from election.verdicts import LinkVerdict
from workflows.contracts.messages import RecoveryStatus, RecoveryTerms
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.recovery import Recovery

# How a recovery ends when nothing was reissued, by what became of its last link.
ENDING_OF = {
    LinkVerdict.USED: Stage.CANCELLED,
    LinkVerdict.EXPIRED: Stage.EXPIRED,
    LinkVerdict.CANCELLED: Stage.CANCELLED,
}


class LinkRecovery(Recovery):
    """A recovery whose links replace one another; the newest one is live until it is used or dies."""

    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._links = LinkDeliveries(terms, self._changed)

    @property
    def _current(self) -> LinkDelivery | None:
        return self._links.current

    @property
    def _message(self) -> MessageDelivery | None:
        return self._links.current.message if self._links.current else None

    @property
    def _delivery_stage(self) -> Stage | None:
        return self._links.stage

    def _status(self) -> RecoveryStatus:
        return self._links.status(self._progress.stage, self._progress.since)

    async def _cancel(self) -> bool:
        return self._links.cancel()

    def _settled_links(self) -> SettledLinks:
        """Return what a reissue settles in its own transaction: the endings of links, the keys to destroy."""
        return SettledLinks(self._links.endings, self._links.keys)

    async def _finish(self, delivery: LinkDelivery, *, is_reissued: bool) -> None:
        """Settle the recovery and show its ending, unless a newer link replaces this one."""
        if self._is_replaced(delivery):
            return
        ending = Stage.REISSUED if is_reissued else ENDING_OF[delivery.link.ending]
        if not is_reissued:  # the reissue has settled everything in its own transaction
            settlement = self._settlement(delivery.id, ending, self._links.keys, self._links.endings)
            await workflow.execute_local_activity_method(Requests.settle, settlement, **OWN_DATABASE)
        if not self._is_replaced(delivery):
            self._show(ending)
