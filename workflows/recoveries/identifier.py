"""The recovery of an identifier, by SMS (2018). `run` follows the voter's steps."""

from functools import partial

from temporalio import workflow

from activities.recoveries.identifier import (
    IdentifierClaim,
    Identifiers,
    IdentifierSettlement,
    IdentifierSubmission,
)
from activities.recoveries.notices import Notice
from activities.security.purposes import CONTACT, IDENTIFIER, PROOFS
from activities.security.vault import key_id
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Answer, RecoveryStatus
from workflows.parts.identifier_delivery import IdentifierDelivery
from workflows.parts.link_delivery import Destination
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.operators import OperatedRecovery


@workflow.defn
class IdentifierRecovery(OperatedRecovery):
    """The recovery of the identifier of one NUMEN; the workflow id allows one running recovery at most."""

    def __init__(self) -> None:
        super().__init__()
        self._request_ids: list[str] = []
        self._delivery: IdentifierDelivery | None = None

    @workflow.run
    async def run(self) -> Stage:
        """Wait for a proven request, deliver the new identifier, and return the ending."""
        await self._wait_for_first_request()
        while True:
            delivery = self._delivery
            if delivery is None:
                self._publish(Stage.REFUSED)
            else:
                await self._finish(delivery, await delivery.wait_for_end())
            # A request that is accepted before the end replaces the delivery: follow the new one.
            if not await self._wait_for_replacement(delivery):
                return self._progress.stage

    @workflow.update
    async def submit(self, submission: IdentifierSubmission) -> Answer:
        """Judge the request of a voter who has signed in, and return the answer."""
        return await self._judge(submission)

    @workflow.signal
    async def submit_by_signal(self, submission: IdentifierSubmission) -> None:
        """Judge the request of a voter who has not signed in; a signal, since the page must not depend on the answer."""
        if submission.request_id not in self._request_ids:  # the same form may be sent twice
            async with self._logging_failures():
                await self._judge(submission)

    async def _judge(self, submission: IdentifierSubmission) -> Answer:
        self._request_ids.append(submission.request_id)
        async with self._judging_one_request():
            refusal = self._refusal()
            failed_request_id = self._delivery.id if self._delivery and self._delivery.message.fault else ""
            verdict = refusal.verdict if refusal else None
            claim = IdentifierClaim(self._id, submission, verdict, failed_request_id)
            drawn = await self._judge_by(Identifiers.judge_identifier, claim)
            self._terms.agree(drawn.terms)
            if drawn.identifier:
                self._begin(submission, drawn.identifier)
            told = (submission.request_id, drawn.verdict, drawn.notice, Channel.SMS)
            self._send_request_notice(*told, submission.language)
            return refusal or Answer(drawn.verdict, drawn.until)

    def _refusal(self) -> Answer | None:
        """Return why no SMS can be sent now, whatever the proofs are, or None when one can."""
        if self._is_closed():
            return Answer(Verdict.CLOSED)
        return self._delivery.message.too_soon() if self._delivery else None

    def _begin(self, submission: IdentifierSubmission, identifier: str) -> None:
        if self._delivery is not None:
            self._delivery.abandon()
        where = (submission.request_id, Channel.SMS, submission.contact, submission.hint)
        to = Destination(*where, submission.language)
        send_notice = partial(self._send_notice, submission.language)
        self._delivery = IdentifierDelivery(
            self._terms(), self._database, to, submission.request_id, self._on_change, send_notice
        )
        self._delivery.begin(identifier)
        self._on_change()

    def _send_notice(self, language: str, request_id: str, address: str) -> None:
        self._notices.send(Notice(self._id, request_id, address, Channel.SMS, workflow.now(), language=language))

    async def _finish(self, delivery: IdentifierDelivery, ending: Stage) -> None:
        """Settle the recovery and publish its ending, unless a newer request has replaced this delivery."""
        if self._is_replaced(delivery):
            return
        purposes = (PROOFS, CONTACT, IDENTIFIER)
        key_ids = [key_id(request_id, purpose) for request_id in self._request_ids for purpose in purposes]
        failed_request_id = "" if ending is Stage.REISSUED else delivery.id
        settlement = IdentifierSettlement(self._settlement(delivery.id, ending, key_ids), failed_request_id)
        await self._settle_by(Identifiers.settle_identifier, settlement)
        if not self._is_replaced(delivery):
            self._publish(ending)

    @property
    def _current(self) -> IdentifierDelivery | None:
        return self._delivery

    @property
    def _message(self) -> MessageDelivery | None:
        return self._delivery.message if self._delivery else None

    @property
    def _delivery_stage(self) -> Stage | None:
        is_live = self._delivery is not None and not self._delivery.has_ended()
        return self._delivery.message.stage if self._delivery and is_live else None

    def _status(self) -> RecoveryStatus:
        stage, since, delivery = self._progress.stage, self._progress.since, self._delivery
        if delivery is None:
            return RecoveryStatus(stage, since)
        message, hint = delivery.message, delivery.destination.hint
        times = (message.accepted_at, message.delivered_at)
        return RecoveryStatus(
            stage,
            since,
            Channel.SMS,
            hint,
            *times,
            fault=message.fault or message.postponement,
            tries_end_at=message.tries_end_at,
            send_again_at=message.send_again_at,
            is_replaced=delivery.is_activated,
        )

    async def _cancel(self, verdict: LinkVerdict = LinkVerdict.CANCELLED) -> bool:  # noqa: ARG002 - there is no link
        """Abandon the delivery; an identifier that a gateway has accepted stays valid."""
        delivery = self._delivery
        if delivery is None:
            return False
        await delivery.wait_for_activation()
        if delivery.has_ended() or (delivery.is_activated and not delivery.message.fault):
            delivery.end(Stage.REISSUED)
            return False
        delivery.abandon()
        return True
