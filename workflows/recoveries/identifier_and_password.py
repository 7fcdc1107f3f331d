"""Identifier and password, lost and reissued together (2011). `run` reads as the voter lives it."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.identifier_and_password import IdentifierAndPasswords
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import (
    Cancel,
    IdentifierAndPasswordClick,
    LinkStatus,
    RecoveryStatus,
    RecoveryTerms,
    Retry,
    SealedCode,
    Submission,
)
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.identifier_and_password_orders import claim_of, order_of
from workflows.parts.issued_credentials_by_link import IssuedCredentialsByLink
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.operators import require_name
from workflows.parts.progress import ENDING_OF, Progress


@workflow.defn
class IdentifierAndPasswordRecovery:
    """The recovery of whatever identifier was typed, on the roll or not: at most one lives, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        self._elector = terms.elector
        self._judged = False
        self._deliveries = LinkDeliveries(terms, self._show)
        self._issued = IssuedCredentialsByLink(terms, self._deliveries, self._tell)
        self._nothing_shown = DisplayWindow()
        self._progress = Progress(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Receive a link, open it, see the password, receive the identifier, done; return how it ended."""
        with suppress(TimeoutError):  # a request that was lost with its server never comes
            await workflow.wait_condition(lambda: self._judged, timeout=self._deliveries.still_taken)
        while True:
            delivery = self._deliveries.current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.link_ends()
                await self._ended(delivery)
            # A newer request, taken at any moment before the end, opens another turn.
            await workflow.wait_condition(lambda: self._has_newer(delivery) or self._may_end())  # noqa: B023
            if not self._has_newer(delivery):
                return self._progress.stage

    @workflow.update
    async def take(self, click: IdentifierAndPasswordClick) -> SealedCode:
        """Spend the link before the first await, return the new password in its box, and mail the identifier."""
        self._deliveries.spend(click.link_id)
        issued = self._issued.begin(click)
        self._show(Stage.OPENED)
        return await issued.issue(order_of(click, self._deliveries))

    @take.validator
    def _link_is_live(self, click: IdentifierAndPasswordClick) -> None:
        verdict = self._deliveries.verdict(click.link_id)
        if verdict is not LinkVerdict.LIVE:
            raise ApplicationError(verdict, type="LinkVerdict")

    @workflow.update
    async def noted(self, link_id: str) -> None:
        """End the window early: the password is not given to anyone any more."""
        used = self._issued.of(link_id)
        if used is not None:
            used.display.end()

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, retry: Retry) -> Stage:
        """Try a failed send again, of the link or of the identifier, and return the stage it leads to."""
        await self._issued.retry(retry.operator)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, retry: Retry) -> None:
        require_name(retry.operator)
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.update(description="Opérateur\u00a0: annuler le réassort\u202f; ses liens sont morts")
    async def cancel(self, cancel: Cancel) -> Stage:
        """End the recovery: no link works any more; an identifier on its way never will, a new password stays."""
        self._judged = True
        cancelled = self._deliveries.current
        await self._issued.cancel(cancel, self._progress.stage)
        await workflow.wait_condition(lambda: self._progress.ended or self._has_newer(cancelled))
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, cancel: Cancel) -> None:
        require_name(cancel.operator)

    @workflow.signal
    async def submit(self, request: Submission) -> None:
        """Send a link to whoever is on the roll; a signal, since nobody waits for an answer that tells who is."""
        try:
            async with self._deliveries.one_at_a_time:
                await self._take(request)
        finally:
            self._judged = True

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, retry: Retry) -> None:
        """Try a failed send again, as one of many."""
        await self._issued.retry(retry.operator)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return where the recovery stands, without any secret or contact."""
        used = self._issued.current
        status = self._progress.status(self._deliveries, used.display if used else self._nothing_shown)
        return used.status(status) if used else status

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return what became of a link, whose it is, and its sealed password while the window is open."""
        used = self._issued.of(link_id)
        code = used.display.code if used else None
        return LinkStatus(self._deliveries.verdict(link_id), code, self._elector)

    async def _take(self, request: Submission) -> None:
        is_busy = self._issued.is_busy()
        if is_busy and not request.campaign:
            return  # anybody may ask: it must not take the password off the voter's screen
        claim = claim_of(request, self._deliveries, self._deliveries.current if is_busy else None)
        judged = await workflow.execute_local_activity_method(
            IdentifierAndPasswords.judge_identifier_and_password, claim, **OWN_DATABASE
        )
        if judged.verdict is not Verdict.TAKEN or is_busy:
            return
        if self._issued.is_busy():  # the former link was clicked meanwhile
            self._issued.forget(claim.request)
            return
        if self._issued.current is not None:
            self._issued.current.mail.abandon()
        self._deliveries.begin(replace(request, contact=judged.contact), claim.link_id)

    async def _ended(self, delivery: LinkDelivery) -> None:
        used = self._issued.of(delivery.id)
        newer = partial(self._has_newer, delivery)
        ended = await used.ends(newer) if used else None
        if newer():
            return
        ending = ended or ENDING_OF[delivery.link.ending]
        await self._issued.settle(ending)
        if not newer():
            self._show(ending)

    def _has_newer(self, delivery: LinkDelivery | None) -> bool:
        return self._deliveries.current is not delivery

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and self._issued.are_told

    def _tell(self) -> None:
        used = self._issued.current
        if used is not None and used.stage is not None:
            self._show(used.stage)

    def _show(self, stage: Stage) -> None:
        self._progress.reach(stage)
        self._progress.tell(self.status())
