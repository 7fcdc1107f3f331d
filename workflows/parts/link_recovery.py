"""The base of the recoveries that send a one-time link."""

from temporalio.exceptions import ApplicationError

from activities.recoveries.clicks import Click, InvalidSignatureError, is_from_web
from activities.recoveries.settlements import SettledLinks, Settlements
from election.stages import Stage
from election.verdicts import LinkVerdict
from workflows.contracts.messages import RecoveryStatus
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.one_time_link import ENDING_OF
from workflows.parts.operators import OperatedRecovery


class LinkRecovery(OperatedRecovery):
    """A recovery that sends links; a new link replaces the one before."""

    def __init__(self) -> None:
        super().__init__()
        self._links = LinkDeliveries(self._terms, self._database, self._on_change)

    @property
    def _current(self) -> LinkDelivery | None:
        return self._links.current

    @property
    def _extendable(self) -> LinkDelivery | None:
        current = self._links.current
        return None if current is None or current.has_ended() else current

    @property
    def _message(self) -> MessageDelivery | None:
        return self._links.current.message if self._links.current else None

    @property
    def _delivery_stage(self) -> Stage | None:
        return self._links.stage

    def _status(self) -> RecoveryStatus:
        return self._links.status(self._progress.stage, self._progress.since)

    async def _cancel(self, verdict: LinkVerdict = LinkVerdict.CANCELLED) -> bool:
        return self._links.cancel(verdict)

    def _require_usable(self, click: Click) -> None:
        """Return if a click uses a live link and the web has signed it; validators call this, so that nothing is spent.

        Raises:
            ApplicationError: it does not; the type is `LinkVerdict` or `InvalidSignatureError`.
        """
        self._links.require_live(click.link_id)
        self._require_from_web(click)

    def _require_from_web(self, click: Click) -> None:
        if not (self._terms.are_known and is_from_web(self._terms().keys.web, self._id, click)):
            raise ApplicationError("the web has not signed this click", type=InvalidSignatureError.__name__)

    def _settled_links(self) -> SettledLinks:
        """Return what a reissue also writes in its transaction: the links' endings and the keys to destroy."""
        return SettledLinks(self._links.endings, self._links.key_ids)

    async def _finish(self, delivery: LinkDelivery, *, is_reissued: bool) -> None:
        """Settle the recovery and publish its ending, unless a newer link has replaced this one."""
        if self._is_replaced(delivery):
            return
        ending = Stage.REISSUED if is_reissued else ENDING_OF[delivery.link.ending]
        if not is_reissued:  # the transaction of the reissue has settled the recovery
            settlement = self._settlement(delivery.id, ending, self._links.key_ids, self._links.endings)
            await self._settle_by(Settlements.settle, settlement)
        if not self._is_replaced(delivery):
            self._publish(ending)
