"""A scripted voter who recovers the password."""

from activities.recoveries import clicks
from activities.recoveries.password import ChoosePassword, PasswordRequest
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.text.translation import SOURCE
from election.verdicts import LinkVerdict
from tests.support.signing import WEB
from tests.support.waiting import until
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, RecoveryVoter, why_refused
from workflows.recoveries.password import PasswordRecovery


class PasswordVoter(RecoveryVoter):
    """One voter and the voter's recovery of the password."""

    procedure = Procedure.PASSWORD

    @property
    def subject(self) -> str:
        """A stand-in for the hash of the typed identifier, of the same length."""
        return self.elector_id * 2

    async def asks(self, request_id: str = "request-1", language: str = SOURCE) -> None:
        """Request a link by signal, from the running recovery or a new one."""
        await self._environment.client.start_workflow(
            PasswordRecovery.run,
            start_signal="submit",
            start_signal_args=[PasswordRequest(request_id, self.elector_id, language)],
            **self.start,
        )

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the last link's message, once `number` links were sent."""
        await until(lambda: len(self.script.sent) >= number)
        return self.script.sent[-1]

    async def chooses(self, message: LinkMessage) -> None:
        """Choose a password behind a link."""
        choice = clicks.signed(WEB, self.workflow_id, ChoosePassword(message.link_id, "sealed hash"))
        await self.handle.execute_update(PasswordRecovery.choose_password, choice, rpc_timeout=ANSWERED_WITHIN)

    async def choice_is_refused(self, message: LinkMessage) -> LinkVerdict:
        """Choose a password behind a link that cannot be used, and return the verdict."""
        return await why_refused(self.chooses(message))
