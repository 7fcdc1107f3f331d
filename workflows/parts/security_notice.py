"""The security notice to the work mailbox: sent during the display window, and retried until the relay accepts it."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.sending.messaging import Messaging, Notice
from workflows.contracts.options import MESSAGING, NOTICE_RETRY, SEND_TIMEOUT


class SecurityNotices:
    """The notices of one recovery; the recovery ends after they are done."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, notice: Notice) -> None:
        """Start sending a notice."""
        self._tasks.append(asyncio.create_task(self._send(notice)))

    @property
    def are_done(self) -> bool:
        """Whether the relay has accepted each notice, or refused it for good."""
        return all(task.done() for task in self._tasks)

    async def _send(self, notice: Notice) -> None:
        try:
            await workflow.execute_activity_method(
                Messaging.send_notice,
                notice,
                task_queue=MESSAGING,
                start_to_close_timeout=SEND_TIMEOUT,
                retry_policy=NOTICE_RETRY,
                summary="Avis à la messagerie professionnelle",
            )
        except ActivityError as error:
            # The mailbox does not exist, for example. Journal and ledger keep the refusal; the recovery goes on.
            workflow.logger.warning("the notice was refused for good: %s", error.cause)
