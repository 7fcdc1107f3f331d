"""Identifier and password, lost and reissued together (2011). `run` reads as the voter lives it."""

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
from workflows.contracts.messages import LinkStatus, RecoveryStatus, RecoveryTerms, SealedCode
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.issued_credentials import IssuedCredentials
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import ENDING_OF, LinkRecovery
from workflows.parts.message_delivery import MessageDelivery


@workflow.defn
class IdentifierAndPasswordRecovery(LinkRecovery):
    """The recovery of both for a typed address, on the roll or not: one lives at most, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._issued: dict[str, IssuedCredentials] = {}  # by the id of the used link
        self._unused_requests: list[str] = []

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Receive a link, open it, see the password, receive the identifier, done; return how it ended."""
        await self._first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.link_ends()
                await self._settle(delivery, await self._ending(delivery))
            # A newer request, taken at any moment before the end, opens another turn.
            if not await self._is_replaced_at_last(delivery):
                return self._progress.stage

    @workflow.signal
    async def submit(self, request: IdentifierAndPasswordRequest) -> None:
        """Send a link to an elector on the roll; a signal, since an answer would tell who is on it."""
        async with self._one_request():
            await self._take(request)

    @workflow.update
    async def take(self, click: TakeCredentials) -> SealedCode:
        """Spend the link before the first await, return the new password in its box, and mail the identifier."""
        self._links.spend(click.link_id)
        self._issued[click.link_id] = issued = IssuedCredentials(self._terms, click, self._changed)
        self._show(Stage.OPENED)
        order = IdentifierAndPasswordOrder(self._id, self._terms.elector_id, click, self._settled_links())
        return await issued.issue(order, self._notices.send)

    @take.validator
    def _link_is_live(self, click: TakeCredentials) -> None:
        self._links.require_live(click.link_id)

    @workflow.update
    async def noted(self, link_id: str) -> None:
        """End the window early: the password is not given to any browser any more."""
        issued = self._issued.get(link_id)
        if issued is not None:
            issued.display.end()

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return what became of a link, its owner's id, and its sealed password while the window is open."""
        issued = self._issued.get(link_id)
        code = issued.display.code if issued else None
        return LinkStatus(self._links.verdict(link_id), code, self._terms.elector_id)

    async def _take(self, request: IdentifierAndPasswordRequest) -> None:
        is_busy = self._is_busy()
        if is_busy and not request.campaign:
            return  # anybody may ask: it must not take the password off the voter's screen
        claim = self._claim(request, self._links.current if is_busy else None)
        judged = await workflow.execute_local_activity_method(
            IdentifierAndPasswords.judge_identifier_and_password, claim, **OWN_DATABASE
        )
        if judged.verdict is not Verdict.TAKEN or is_busy:
            return
        if self._is_busy():  # the former link was clicked meanwhile
            self._unused_requests.append(claim.request.request_id)
            return
        if self._used is not None:
            self._used.mail.abandon()
        self._links.begin(Destination(request.request_id, Channel.EMAIL, judged.contact), claim.link.link_id)

    def _claim(
        self, request: IdentifierAndPasswordRequest, standing: LinkDelivery | None
    ) -> IdentifierAndPasswordClaim:
        """Return what is to be judged; a `standing` link, which it leaves alone, counts as the campaign's too."""
        if standing is None:
            link, refusal = self._links.new_link(), self._links.refusal()
        else:
            request = IdentifierAndPasswordRequest(standing.destination.request_id, request.campaign)
            link, refusal = NewLink(standing.id), None
        return IdentifierAndPasswordClaim(self._id, self._terms.elector_id, request, link, refusal)

    def _is_busy(self) -> bool:
        """Return whether a link has just been sent, or the voter is being given what a link brings."""
        delivery = self._links.current
        if delivery is not None and not delivery.link.has_ended():
            return workflow.now() < delivery.message.again_at
        return self._used is not None and self._used.is_under_way

    async def _ending(self, delivery: LinkDelivery) -> Stage:
        """Return how it ended, once what a used link brings has been given."""
        issued = self._issued.get(delivery.id)
        if issued is None:
            return ENDING_OF.get(delivery.link.ending, Stage.CANCELLED)
        return await issued.ends(lambda: self._is_replaced(delivery))

    async def _settle(self, delivery: LinkDelivery, ending: Stage) -> None:
        """Settle the recovery and show its ending, unless a newer link replaces this one."""
        if self._is_replaced(delivery):
            return
        unused = [key_id(request_id, CONTACT) for request_id in self._unused_requests]
        keys = {*self._links.keys, *unused, *(key for each in self._issued.values() for key in each.keys)}
        abandoned = [link_id for link_id, each in self._issued.items() if not each.mail.is_activated]
        settlement = self._settlement(delivery.id, ending, sorted(keys), self._links.endings)
        await workflow.execute_local_activity_method(
            IdentifierAndPasswords.settle_identifier_and_password,
            IdentifierAndPasswordSettlement(settlement, abandoned),
            **OWN_DATABASE,
        )
        if not self._is_replaced(delivery):
            self._show(ending)

    @property
    def _used(self) -> IssuedCredentials | None:
        """What the newest link has brought, once it is used."""
        return self._issued.get(self._links.current.id) if self._links.current else None

    @property
    def _message(self) -> MessageDelivery | None:
        return self._used.mail.message if self._used else super()._message

    @property
    def _delivery_stage(self) -> Stage | None:
        return self._used.stage if self._used else super()._delivery_stage

    def _status(self) -> RecoveryStatus:
        of_link = super()._status()
        return self._used.status(of_link) if self._used else of_link

    async def _cancel(self) -> bool:
        """End a link, or an identifier that is not out yet; a new password stays valid."""
        used = self._used
        if used is None:
            return await super()._cancel()
        used.display.end()
        await used.mail.activation()
        if used.mail.is_over():
            return False
        used.mail.abandon()
        return True
