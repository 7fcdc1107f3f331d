"""Sends a voter's question to the support desk, and retries for days if need be."""

from temporalio import workflow

from activities.sending.support_desk import SupportDesk, SupportLetter
from election.rules import retention
from workflows.contracts.options import EMAIL_SENDS, NOTICE_RETRY, SEND_TIMEOUT


@workflow.defn
class SupportRequest:
    """One question to the support desk; it survives outages of relay, worker and server."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Send the letter; the workflow fails when the relay has not accepted it within seven days."""
        await workflow.execute_activity_method(
            SupportDesk.send_letter,
            letter,
            task_queue=EMAIL_SENDS,
            start_to_close_timeout=SEND_TIMEOUT,
            # Then the workflow fails, and the key sweep destroys the letter's key.
            schedule_to_close_timeout=retention.SUPPORT_LETTERS,
            retry_policy=NOTICE_RETRY,
            summary="Message à l’assistance",
        )
