"""A password, forgotten and chosen anew (2018, 2022). `run` reads as the voter lives it."""

from contextlib import suppress
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from activities.recoveries.password import PasswordClaim, PasswordOrder, Passwords
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Cancel, Click, RecoveryStatus, RecoveryTerms, Retry, Submission
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.operators import require_name
from workflows.parts.progress import ENDING_OF, Progress
from workflows.parts.security_notice import SecurityNotice


@workflow.defn
class PasswordRecovery:
    """The recovery of whatever identifier was typed, on the roll or not: at most one lives, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        self._judged = False
        self._is_replaced_yet: bool | None = None  # None until the database has answered
        self._deliveries = LinkDeliveries(terms, self._show)
        self._nothing_shown = DisplayWindow()
        self._notices: list[SecurityNotice] = []
        self._progress = Progress(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Ask, receive a link, choose a password, done; return how it ended."""
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

    @workflow.signal
    async def submit(self, request: Submission) -> None:
        """Send a link to whoever is on the roll; a signal, since nobody waits for an answer that tells who is."""
        try:
            async with self._deliveries.one_at_a_time:
                if not self._just_sent():
                    await self._take(request)
        finally:
            self._judged = True

    @workflow.update
    async def choose(self, click: Click) -> None:
        """Spend the link before the first await, and let the new password take the old one's place."""
        self._deliveries.spend(click.link_id)
        delivery = self._deliveries.current
        self._is_replaced_yet = None
        self._show(Stage.OPENED)
        order = self._deliveries.reissue(click)
        try:
            address = await workflow.execute_local_activity_method(
                Passwords.replace_password,
                PasswordOrder(
                    order.workflow_id,
                    order.elector,
                    order.link_id,
                    envelope=order.public_key,
                    word=order.word,
                    links=order.links,
                    keys=order.keys,
                ),
                **OWN_DATABASE,
            )
        except FailureError:  # what no retry mends: the elector was taken off the roll, or a newer link came first
            if not self._has_newer(delivery):
                self._is_replaced_yet = False
            raise
        self._is_replaced_yet = True
        self._notices.append(SecurityNotice(self._deliveries.notice(click.link_id, address)))

    @choose.validator
    def _link_is_live(self, click: Click) -> None:
        verdict = self._deliveries.verdict(click.link_id)
        if verdict is not LinkVerdict.LIVE:
            raise ApplicationError(verdict, type="LinkVerdict")

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, retry: Retry) -> Stage:
        """Try a failed send again, and return the stage it leads to."""
        await self._deliveries.retry(retry.operator)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, retry: Retry) -> None:
        require_name(retry.operator)
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, retry: Retry) -> None:
        """Try a failed send again, as one of many."""
        await self._deliveries.retry(retry.operator)

    @workflow.update(description="Opérateur\u00a0: annuler le réassort\u202f; ses liens sont morts")
    async def cancel(self, cancel: Cancel) -> Stage:
        """End the recovery: no link of it works any more; a password that was chosen stays valid."""
        self._judged = True
        cancelled = self._deliveries.current
        if not self._deliveries.cancel(cancel.operator, cancel.reason):
            await self._deliveries.note_cancel(cancel.operator, cancel.reason, self._progress.stage)
        await workflow.wait_condition(lambda: self._progress.ended or self._has_newer(cancelled))
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, cancel: Cancel) -> None:
        require_name(cancel.operator)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return where the recovery stands, without any secret or contact."""
        return self._progress.status(self._deliveries, self._nothing_shown)

    async def _take(self, request: Submission) -> None:
        claim = self._deliveries.claim(request)
        asked = PasswordClaim(
            claim.workflow_id, claim.elector, claim.request, claim.link_id, claim.refusal, claim.replaces
        )
        judged = await workflow.execute_local_activity_method(Passwords.judge_password, asked, **OWN_DATABASE)
        if judged.verdict is Verdict.TAKEN:
            self._deliveries.begin(replace(request, contact=judged.contact), claim.link_id)

    def _just_sent(self) -> bool:
        current = self._deliveries.current
        return bool(current and not current.link.has_ended() and workflow.now() < current.message.again_at)

    async def _ended(self, delivery: LinkDelivery) -> None:
        is_used = delivery.link.ending is LinkVerdict.USED
        if is_used:
            await workflow.wait_condition(lambda: self._is_replaced_yet is not None or self._has_newer(delivery))
        if self._has_newer(delivery):
            return
        ending = Stage.REISSUED if is_used and self._is_replaced_yet else ENDING_OF[delivery.link.ending]
        if ending is not Stage.REISSUED:  # the replacement itself has settled everything
            await self._deliveries.settle(ending)
        if not self._has_newer(delivery):
            self._show(ending)

    def _has_newer(self, delivery: LinkDelivery | None) -> bool:
        return self._deliveries.current is not delivery

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and all(notice.is_over for notice in self._notices)

    def _show(self, stage: Stage) -> None:
        self._progress.show(stage, self._deliveries, self._nothing_shown)
