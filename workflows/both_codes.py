"""Identifier and password, lost and reissued together (2011). `run` reads as the voter lives it."""

from contextlib import suppress
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.both_codes import BothCodes
from activities.requests import CONTACT
from activities.security.vault import key_id
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.both_orders import claim_of, order_of, settlement_of
from workflows.deliveries import Deliveries
from workflows.display import Display
from workflows.identifier_by_mail import IdentifierByMail
from workflows.link_delivery import LinkDelivery
from workflows.messages import (
    BothClick,
    Cancel,
    LinkStatus,
    RecoveryStatus,
    RecoveryTerms,
    Retry,
    SealedCode,
    Submission,
)
from workflows.notice import WorkMailboxNotice
from workflows.operators import require_name
from workflows.options import OWN_DATABASE
from workflows.progress import ENDING_OF, Progress


@workflow.defn
class BothCodesRecovery:
    """The recovery of whatever identifier was typed, on the roll or not: at most one lives, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        self._terms = terms
        self._judged = False
        self._deliveries = Deliveries(terms, self._show)
        self._display = Display()
        self._mails: list[IdentifierByMail] = []
        self._strays: list[str] = []  # keys of requests that were judged, and came to nothing
        self._notices: list[WorkMailboxNotice] = []
        self._cancel = Cancel("")
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
    async def take(self, click: BothClick) -> SealedCode:
        """Spend the link before the first await, return the new password in its box, and mail the identifier."""
        self._deliveries.spend(click.link_id)
        self._display = display = Display(click.link_id)
        mail = IdentifierByMail(self._terms, click, self._tell)
        self._mails.append(mail)
        self._show(Stage.OPENED)
        order = order_of(click, self._deliveries)
        reissue = workflow.execute_local_activity_method(BothCodes.reissue_both, order, **OWN_DATABASE)
        issued = await display.issue(reissue)
        given = display.begin(issued.box, self._terms.display_window)
        mail.begin(issued.identifier)
        self._tell()
        self._notices.append(WorkMailboxNotice(self._deliveries.notice(click.link_id, issued.notice)))
        return given

    @take.validator
    def _link_is_live(self, click: BothClick) -> None:
        verdict = self._deliveries.verdict(click.link_id)
        if verdict is not LinkVerdict.LIVE:
            raise ApplicationError(verdict, type="LinkVerdict")

    @workflow.update
    async def noted(self, link_id: str) -> None:
        """End the window early: the password is not given to anyone any more."""
        if self._display.link_id == link_id:
            self._display.end()

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, retry: Retry) -> Stage:
        """Try a failed send again, of the link or of the identifier, and return the stage it leads to."""
        await self._retry(retry.operator)
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
        delivery, mail = self._deliveries.current, self._mail
        self._display.end()
        await workflow.wait_condition(lambda: mail is None or not mail.is_activating)
        if mail is not None and not mail.is_over():
            self._cancel = cancel
            mail.let_go()
        elif not self._deliveries.cancel(cancel.operator, cancel.reason):
            await self._deliveries.note_cancel(cancel.operator, cancel.reason, self._progress.stage)
        await workflow.wait_condition(lambda: self._progress.ended or self._has_newer(delivery))
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
        await self._retry(retry.operator)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return where the recovery stands, without any secret or contact."""
        status = self._progress.status(self._deliveries, self._display)
        return self._mail.status(status) if self._mail else status

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return what became of a link, whose it is, and its sealed password while the window is open."""
        code = self._display.code if self._display.link_id == link_id else None
        return LinkStatus(self._deliveries.verdict(link_id), code, self._terms.elector)

    async def _take(self, request: Submission) -> None:
        is_busy = self._is_busy()
        if is_busy and not request.campaign:
            return  # anybody may ask: it must not take the password off the voter's screen
        claim = claim_of(request, self._deliveries, self._deliveries.current if is_busy else None)
        judged = await workflow.execute_local_activity_method(BothCodes.judge_both, claim, **OWN_DATABASE)
        if judged.verdict is not Verdict.TAKEN or is_busy:
            return
        if self._is_busy():  # the former link was clicked meanwhile
            self._strays.append(key_id(claim.request, CONTACT))
            return
        if self._mail is not None:
            self._mail.let_go()
        self._deliveries.begin(replace(request, contact=judged.contact), claim.link_id)

    def _is_busy(self) -> bool:
        """Say whether a link has just left, or the voter is being given what was behind one."""
        current, mail = self._deliveries.current, self._mail
        if current is not None and not current.link.has_ended():
            return workflow.now() < current.message.again_at
        return mail is not None and (self._display.code is not None or not (mail.is_over() or mail.message.fault))

    async def _retry(self, operator: str) -> None:
        if self._mail is None:
            await self._deliveries.retry(operator)
        else:
            await self._mail.retry(operator)

    async def _ended(self, delivery: LinkDelivery) -> None:
        is_used = delivery.link.ending is LinkVerdict.USED
        ending = await self._handed_over(delivery) if is_used else ENDING_OF[delivery.link.ending]
        if not self._has_newer(delivery):
            settlement = settlement_of(ending, self._deliveries, self._mails, self._strays, self._cancel)
            await workflow.execute_local_activity_method(BothCodes.settle_both, settlement, **OWN_DATABASE)
        if not self._has_newer(delivery):
            self._show(ending)

    async def _handed_over(self, delivery: LinkDelivery) -> Stage:
        mail = self._mail
        is_reissued = await self._display.closes(lambda: self._has_newer(delivery))
        if mail is None or not is_reissued:
            return Stage.CANCELLED if mail is None else mail.let_go()
        self._tell()
        await mail.ends()
        return mail.ending or Stage.CANCELLED

    @property
    def _mail(self) -> IdentifierByMail | None:
        """The mail of the new identifier, once the newest link is used."""
        current = self._deliveries.current
        return next((mail for mail in self._mails if current is not None and mail.id == current.id), None)

    def _has_newer(self, delivery: LinkDelivery | None) -> bool:
        return self._deliveries.current is not delivery

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and all(notice.is_over for notice in self._notices)

    def _tell(self) -> None:
        mail, is_shown = self._mail, self._display.code is not None
        if mail is None or (mail.is_over() and not is_shown):
            return
        stage = mail.message.stage
        self._show(Stage.DISPLAYING if is_shown and stage is not Stage.HELD else stage)

    def _show(self, stage: Stage) -> None:
        self._progress.reach(stage)
        self._progress.tell(self.status())
