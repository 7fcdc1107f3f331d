"""A voter's question to the support desk: tried until the relay has it, for days if need be."""

from datetime import timedelta

from temporalio import workflow

from activities.sending.support_desk import SupportDesk, SupportLetter
from workflows.contracts.options import MESSAGING, NOTICE_RETRY, ONE_SEND

# After that the election is over or the desk has no mailbox; the sweep destroys the letter's key.
_OWED_FOR = timedelta(days=7)


@workflow.defn
class SupportRequest:
    """One question: nothing of it is lost while relay, worker or server are away."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Hand the letter over; it ends as failed when the desk's mailbox refused it for a week."""
        await workflow.execute_activity_method(
            SupportDesk.send_letter,
            letter,
            task_queue=MESSAGING,
            start_to_close_timeout=ONE_SEND,
            schedule_to_close_timeout=_OWED_FOR,
            retry_policy=NOTICE_RETRY,
            summary="Message à l’assistance",
        )
