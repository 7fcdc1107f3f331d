"""What a recovery tells: the work mailbox, by notices that are retried until the relay accepts them, and other recoveries."""

import asyncio
from collections.abc import Callable, Iterable

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

from activities.recoveries.notices import Notice
from activities.sending.messaging import Messaging
from election.stages import Channel
from workflows.contracts.agreed_terms import AgreedTerms
from workflows.contracts.genuine_sends import ACCEPTANCE_FORGED, ForgedAcceptanceError, Retries, send_genuinely
from workflows.contracts.messages import PasswordRecovered
from workflows.contracts.options import NOTICE_PAUSE_IF_FORGED, NOTICE_RETRY

PASSWORD_RECOVERED_SIGNAL = "password_recovered"  # noqa: S105 - the name of a signal
OBJECTED_SIGNAL = "objected"


class SecurityNotices:
    """The notices of one recovery; the recovery ends after they are done."""

    def __init__(self, terms: AgreedTerms, on_change: Callable[[], None]) -> None:
        self.fault = ""
        self._terms = terms
        self._on_change = on_change
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, notice: Notice) -> None:
        """Start sending a notice."""
        self._tasks.append(asyncio.create_task(self._send(notice)))

    @property
    def are_done(self) -> bool:
        """Whether the relay has accepted each notice, or refused it for good."""
        return all(task.done() for task in self._tasks)

    async def _send(self, notice: Notice) -> None:
        while True:
            try:
                await send_genuinely(
                    Messaging.send_notice,
                    notice,
                    self._terms().keys.messaging,
                    channel=Channel.EMAIL,
                    retries=Retries(NOTICE_RETRY),
                    summary="Avis à la messagerie professionnelle",
                )
            except ActivityError as error:
                # The mailbox does not exist, for example. Journal and ledger keep the refusal; the recovery goes on.
                workflow.logger.warning("the notice was refused for good: %s", error.cause)
            except ForgedAcceptanceError:
                # The notice is how an elector learns of a theft: it is not given up because a worker swallows it.
                self._set_fault(f"{Channel.EMAIL}:{ACCEPTANCE_FORGED}")
                await workflow.sleep(NOTICE_PAUSE_IF_FORGED)
                continue
            self._set_fault("")
            return

    def _set_fault(self, fault: str) -> None:
        if fault != self.fault:
            self.fault = fault
            self._on_change()


class OtherRecoveries:
    """The recoveries that this workflow ends; it ends after they are told.

    Their links have ended in the transaction of the new password or of the objection, so that nothing depends on when they
    are told.
    """

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def tell(self, workflow_ids: Iterable[str]) -> None:
        """Start signalling recoveries that the password was recovered."""
        message = PasswordRecovered(workflow.info().workflow_id)
        self._tell(workflow_ids, PASSWORD_RECOVERED_SIGNAL, message)

    def tell_objection(self, workflow_ids: Iterable[str]) -> None:
        """Start signalling recoveries that the elector has objected."""
        self._tell(workflow_ids, OBJECTED_SIGNAL)

    def _tell(self, workflow_ids: Iterable[str], signal: str, *message: PasswordRecovered) -> None:
        self._tasks += [asyncio.create_task(_tell(each, signal, *message)) for each in workflow_ids]

    @property
    def are_told(self) -> bool:
        """Whether each was signalled, or has ended."""
        return all(task.done() for task in self._tasks)


async def _tell(workflow_id: str, signal: str, *message: PasswordRecovered) -> None:
    handle = workflow.get_external_workflow_handle(workflow_id)
    try:
        await handle.signal(signal, args=message)
    except FailureError:
        workflow.logger.info("a former recovery has ended already")
