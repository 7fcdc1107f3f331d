"""Sends a voter's question to the support desk, and retries for days if need be."""

from datetime import timedelta

from temporalio import workflow

from activities.sending.support_desk import SupportDesk, SupportLetter
from workflows.contracts.options import MESSAGING, NOTICE_RETRY, SEND_TIMEOUT

# Then the workflow fails, and the key sweep destroys the letter's key.
_RETRY_FOR = timedelta(days=7)


@workflow.defn
class SupportRequest:
    """One question to the support desk; it survives outages of relay, worker and server."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Send the letter; the workflow fails when the relay has not accepted it within seven days."""
        await workflow.execute_activity_method(
            SupportDesk.send_letter,
            letter,
            task_queue=MESSAGING,
            start_to_close_timeout=SEND_TIMEOUT,
            schedule_to_close_timeout=_RETRY_FOR,
            retry_policy=NOTICE_RETRY,
            summary="Message à l’assistance",
        )
