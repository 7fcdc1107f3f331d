"""The recovery of identifier and password together (2011). `run` follows the voter's steps."""

from temporalio import workflow

from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordRequest,
    IdentifierAndPasswords,
    IdentifierAndPasswordSettlement,
    TakeCredentials,
)
from activities.recoveries.links import NewLink
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Channel, Stage
from election.verdicts import Verdict
from workflows.contracts.messages import LinkStatus, RecoveryStatus, RecoveryTerms, SealedSecret
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.parts.issued_credentials import IssuedCredentials
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import ENDING_OF, LinkRecovery
from workflows.parts.message_delivery import MessageDelivery


@workflow.defn
class IdentifierAndPasswordRecovery(LinkRecovery):
    """The recovery for one typed identifier, on the roll or not; the workflow id allows one running recovery at most."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._issued: dict[str, IssuedCredentials] = {}  # by the id of the used link
        self._unused_requests: list[str] = []

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Deliver a link, display the password and deliver the identifier once it is used, and return the ending."""
        await self._wait_for_first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._publish(Stage.REFUSED)
            else:
                await delivery.wait_for_end()
                await self._settle(delivery, await self._ending(delivery))
            # A request that is accepted before the end replaces the link: follow the new one.
            if not await self._wait_for_replacement(delivery):
                return self._progress.stage

    @workflow.signal
    async def submit(self, request: IdentifierAndPasswordRequest) -> None:
        """Send a link if the elector is on the roll; a signal, since an answer would reveal who is on the roll."""
        async with self._judging_one_request():
            await self._judge(request)

    @workflow.update
    async def take_credentials(self, click: TakeCredentials) -> SealedSecret:
        """Mark the link as used before the first await, return the sealed new password, and send the identifier."""
        self._links.spend(click.link_id)
        self._issued[click.link_id] = issued = IssuedCredentials(self._terms, click, self._on_change)
        self._publish(Stage.OPENED)
        order = IdentifierAndPasswordOrder(self._id, self._terms.elector_id, click, self._settled_links())
        return await issued.issue(order, self._notices.send)

    @take_credentials.validator
    def _link_is_live(self, click: TakeCredentials) -> None:
        self._links.require_live(click.link_id)

    @workflow.update
    async def end_display(self, link_id: str) -> None:
        """End the display window early: the voter has noted the password."""
        issued = self._issued.get(link_id)
        if issued is not None:
            issued.display.end()

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return the verdict on a link, the elector's id, and the sealed password while the window is open."""
        issued = self._issued.get(link_id)
        code = issued.display.secret if issued else None
        return LinkStatus(self._links.verdict(link_id), code, self._terms.elector_id)

    async def _judge(self, request: IdentifierAndPasswordRequest) -> None:
        is_busy = self._is_busy()
        if is_busy and not request.campaign:
            return  # a request needs no proof, so it must not end another voter's display window
        claim = self._claim(request, self._links.current if is_busy else None)
        judged = await workflow.execute_local_activity_method(
            IdentifierAndPasswords.judge_identifier_and_password, claim, **DATABASE_ACTIVITY
        )
        if judged.verdict is not Verdict.ACCEPTED or is_busy:
            return
        if self._is_busy():  # the former link was used during the activity
            self._unused_requests.append(claim.request.request_id)
            return
        if self._used is not None:
            self._used.delivery.abandon()
        self._links.begin(Destination(request.request_id, Channel.EMAIL, judged.contact), claim.link.link_id)

    def _claim(
        self, request: IdentifierAndPasswordRequest, existing: LinkDelivery | None
    ) -> IdentifierAndPasswordClaim:
        """Return the claim of a request; with an `existing` link, that link counts as the campaign's, and no new one is made."""
        if existing is None:
            link, refusal = self._links.new_link(), self._links.refusal()
        else:
            request = IdentifierAndPasswordRequest(existing.destination.request_id, request.campaign)
            link, refusal = NewLink(existing.id), None
        return IdentifierAndPasswordClaim(self._id, self._terms.elector_id, request, link, refusal)

    def _is_busy(self) -> bool:
        """Return whether a link was just sent, or a used link's credentials are being displayed or sent."""
        delivery = self._links.current
        if delivery is not None and not delivery.link.has_ended():
            return workflow.now() < delivery.message.send_again_at
        return self._used is not None and self._used.is_in_progress

    async def _ending(self, delivery: LinkDelivery) -> Stage:
        """Return the ending, after the credentials of a used link are displayed and sent."""
        issued = self._issued.get(delivery.id)
        if issued is None:
            return ENDING_OF.get(delivery.link.ending, Stage.CANCELLED)
        return await issued.wait_for_end(lambda: self._is_replaced(delivery))

    async def _settle(self, delivery: LinkDelivery, ending: Stage) -> None:
        """Settle the recovery and publish its ending, unless a newer link has replaced this one."""
        if self._is_replaced(delivery):
            return
        unused = [key_id(request_id, CONTACT) for request_id in self._unused_requests]
        issued = (key for each in self._issued.values() for key in each.key_ids)
        key_ids = sorted({*self._links.key_ids, *unused, *issued})
        abandoned_ids = [link_id for link_id, each in self._issued.items() if not each.delivery.is_activated]
        settlement = self._settlement(delivery.id, ending, key_ids, self._links.endings)
        await workflow.execute_local_activity_method(
            IdentifierAndPasswords.settle_identifier_and_password,
            IdentifierAndPasswordSettlement(settlement, abandoned_ids),
            **DATABASE_ACTIVITY,
        )
        if not self._is_replaced(delivery):
            self._publish(ending)

    @property
    def _used(self) -> IssuedCredentials | None:
        """The credentials that the newest link has issued, if it was used."""
        return self._issued.get(self._links.current.id) if self._links.current else None

    @property
    def _message(self) -> MessageDelivery | None:
        return self._used.delivery.message if self._used else super()._message

    @property
    def _delivery_stage(self) -> Stage | None:
        return self._used.stage if self._used else super()._delivery_stage

    def _status(self) -> RecoveryStatus:
        link_status = super()._status()
        return self._used.status(link_status) if self._used else link_status

    async def _cancel(self) -> bool:
        """Cancel the link, or the identifier that is not sent yet; a new password stays valid."""
        used = self._used
        if used is None:
            return await super()._cancel()
        used.display.end()
        await used.delivery.wait_for_activation()
        if used.delivery.has_ended():
            return False
        used.delivery.abandon()
        return True
