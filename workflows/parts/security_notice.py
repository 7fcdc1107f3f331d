"""The notice to the work mailbox: sent beside the display window, owed even when the relay is down."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.sending.messaging import Messaging, Notice
from workflows.contracts.options import MESSAGING, NOTICE_RETRY, ONE_SEND


class SecurityNotice:
    """One notice on its way; the recovery does not end before it."""

    def __init__(self, notice: Notice) -> None:
        self._task = asyncio.create_task(self._send(notice))

    @property
    def is_over(self) -> bool:
        """Say whether the relay took the notice, or refused it for good."""
        return self._task.done()

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
            # A mailbox that does not exist: the journal and the ledger have it, the voter has the code.
            workflow.logger.warning("the notice was refused for good: %s", error.cause)
