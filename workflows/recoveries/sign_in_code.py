"""Mails the code of a sign-in, and retries while the code is valid."""

from temporalio import workflow

from activities.sending.sign_in_code import SealedCodeMail, SignInCodeMails
from workflows.contracts.options import EMAIL_SENDS, SEND_RETRY, SEND_TIMEOUT


@workflow.defn
class SignInCodeMailing:
    """One code to one work mailbox; it survives outages of relay, worker and server."""

    @workflow.run
    async def run(self, sealed: SealedCodeMail) -> None:
        """Send the mail; the workflow fails when the relay has not accepted it while the code was valid."""
        await workflow.execute_activity_method(
            SignInCodeMails.send_code,
            sealed,
            task_queue=EMAIL_SENDS,
            start_to_close_timeout=SEND_TIMEOUT,
            schedule_to_close_timeout=sealed.lifetime,
            retry_policy=SEND_RETRY,
            summary="Code de connexion",
        )
