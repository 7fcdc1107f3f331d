"""An elector who has forgotten the password, as workflow tests play one: asks, receives, chooses, waits."""

from activities.recoveries.password import ChoosePassword, PasswordRequest
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, RecoveryVoter, why_refused
from workflows.recoveries.password import PasswordRecovery


class PasswordVoter(RecoveryVoter):
    """One elector and the recovery of the password that is theirs."""

    procedure = Procedure.PASSWORD

    @property
    def subject(self) -> str:
        """What stands for the typed identifier: as long as a hash."""
        return self.elector_id * 2

    async def asks(self, request: str = "request-1") -> None:
        """Ask for a link, in a new recovery or in the one that lives; there is no answer."""
        await self._environment.client.start_workflow(
            PasswordRecovery.run,
            self.terms,
            start_signal="submit",
            start_signal_args=[PasswordRequest(request)],
            **self.start,
        )

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the last link, once so many were sent."""
        await until(lambda: len(self.script.sent) >= number)
        return self.script.sent[-1]

    async def chooses(self, message: LinkMessage) -> None:
        """Choose a password behind a link."""
        choice = ChoosePassword(message.link_id, "sealed hash", "the web's signature")
        await self.handle.execute_update(PasswordRecovery.choose, choice, rpc_timeout=ANSWERED_WITHIN)

    async def chooses_in_vain(self, message: LinkMessage) -> LinkVerdict:
        """Choose a password behind a link that does nothing, and return why."""
        return await why_refused(self.chooses(message))
