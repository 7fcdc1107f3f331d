"""The notice to the work mailbox: sent beside the display window, tried for as long as the relay is down."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.sending.messaging import Messaging, Notice
from workflows.contracts.options import MESSAGING, NOTICE_RETRY, ONE_SEND


class SecurityNotices:
    """The notices of one recovery, which does not end before them."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, notice: Notice) -> None:
        """Start sending a notice."""
        self._tasks.append(asyncio.create_task(self._send(notice)))

    @property
    def are_over(self) -> bool:
        """Whether the relay has taken each notice, or refused it for good."""
        return all(task.done() for task in self._tasks)

    async def _send(self, notice: Notice) -> None:
        try:
            await workflow.execute_activity_method(
                Messaging.send_notice,
                notice,
                task_queue=MESSAGING,
                start_to_close_timeout=ONE_SEND,
                retry_policy=NOTICE_RETRY,
                summary="Avis à la messagerie professionnelle",
            )
        except ActivityError as error:
            # The mailbox does not exist: journal and ledger have it, and the voter has the new credential.
            workflow.logger.warning("the notice was refused for good: %s", error.cause)
