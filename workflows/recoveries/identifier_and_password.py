"""The recovery of identifier and password together (2011). `run` follows the voter's steps."""

from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from activities.mailings.used_links import MailingLinkOrder, MailingLinks
from activities.recoveries.clicks import EndDisplay
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
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import LinkStatus, RecoveryStatus, SealedSecret
from workflows.parts.issued_credentials import IssuedCredentials
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.one_time_link import ENDING_OF


@workflow.defn
class IdentifierAndPasswordRecovery(LinkRecovery):
    """The recovery for one typed identifier, on the roll or not; the workflow id allows one running recovery at most."""

    def __init__(self) -> None:
        super().__init__()
        self._issued: dict[str, IssuedCredentials] = {}  # by the id of the used link
        self._unused_requests: list[str] = []

    @workflow.run
    async def run(self) -> Stage:
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
        async with self._logging_failures(), self._judging_one_request():
            await self._judge(request)

    @workflow.update
    async def take_credentials(self, click: TakeCredentials) -> SealedSecret:
        """Mark the link as used, return the sealed new password, and send the identifier.

        No await lies between the check and the mark. A link that this recovery has not sent may be a mailing's.
        """
        if not self._links.has(click.link_id):
            await self._adopt(click)
        self._require_usable(click)
        self._links.spend(click.link_id)
        self._issued[click.link_id] = issued = IssuedCredentials(
            self._terms(), self._database, click, self._on_change
        )
        self._publish(Stage.OPENED)
        elector_id, begins = self._terms().elector_id, self._links.is_adopted(click.link_id)
        order = IdentifierAndPasswordOrder(self._id, elector_id, click, self._settled_links(), begins)
        try:
            return await issued.issue(order, self._notices.send, self._others.tell)
        except FailureError:
            self._links.fail(click.link_id)
            raise

    @take_credentials.validator
    def _link_is_live(self, click: TakeCredentials) -> None:
        if self._links.has(click.link_id):
            self._require_usable(click)
        elif self._terms.are_known:
            self._require_from_web(click)

    @workflow.update
    async def end_display(self, noted: EndDisplay) -> None:
        """End the display window early: the voter has noted the password."""
        issued = self._issued.get(noted.link_id)
        if issued is not None:
            issued.display.end()
            await self._note_end_of_display()

    @end_display.validator
    def _is_noted_by_the_voter(self, noted: EndDisplay) -> None:
        self._require_from_web(noted)

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return the verdict on a link, and the sealed password while the window is open."""
        issued = self._issued.get(link_id)
        code = issued.display.secret if issued else None
        return LinkStatus(self._links.verdict(link_id), code)

    async def _adopt(self, click: TakeCredentials) -> None:
        """Take the link of a mailing as this recovery's own; nothing is spent yet.

        Raises:
            ApplicationError: as of `_require_usable`.
        """
        async with self._judging_one_request():
            if self._links.has(click.link_id):
                return  # another click has, meanwhile
            order = MailingLinkOrder(self._id, click.link_id)
            found = await self._judge_by(MailingLinks.find_mailing_link, order)
            self._terms.agree(found.terms)
            if found.terms is not None:
                self._require_from_web(click)
            if found.verdict is not LinkVerdict.LIVE or found.dies_at is None:
                raise ApplicationError(found.verdict, type="LinkVerdict")
            if self._used is not None:
                self._used.delivery.abandon()
            self._links.adopt(click.link_id, found.dies_at)

    async def _judge(self, request: IdentifierAndPasswordRequest) -> None:
        is_busy = self._is_busy()
        if is_busy and not request.mailing:
            return  # a request needs no proof, so it must not end another voter's display window
        claim = self._claim(request, self._links.current if is_busy else None)
        judged = await self._judge_by(IdentifierAndPasswords.judge_identifier_and_password, claim)
        if judged.verdict is not Verdict.ACCEPTED or is_busy:
            return
        self._terms.agree(judged.terms)
        if self._is_busy():  # the former link was used during the activity
            self._unused_requests.append(claim.request.request_id)
            await self._links.note_unsent(claim.link)
            return
        if self._used is not None:
            self._used.delivery.abandon()
        to = Destination(request.request_id, Channel.EMAIL, judged.contact, language=request.language)
        self._links.begin(to, claim.link.link_id)

    def _claim(
        self, request: IdentifierAndPasswordRequest, existing: LinkDelivery | None
    ) -> IdentifierAndPasswordClaim:
        """Return the claim of a request; with an `existing` link, that link counts as the mailing's, and no new one is made."""
        if existing is None:
            link, refusal = self._links.new_link(), self._links.refusal()
        else:
            request = replace(request, request_id=existing.destination.request_id)
            link, refusal = NewLink(existing.id), None
        verdict = refusal.verdict if refusal else None
        return IdentifierAndPasswordClaim(self._id, request.elector_id, request, link, verdict)

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
        await self._settle_by(
            IdentifierAndPasswords.settle_identifier_and_password,
            IdentifierAndPasswordSettlement(settlement, abandoned_ids),
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

    async def _cancel(self, verdict: LinkVerdict = LinkVerdict.CANCELLED) -> bool:
        """Cancel the link, or the identifier that is not sent yet; a new password stays valid."""
        used = self._used
        if used is None:
            return await super()._cancel(verdict)
        used.display.end()
        await used.delivery.wait_for_activation()
        if used.delivery.has_ended():
            return False
        used.delivery.abandon()
        return True
