"""The door's side of forgotten passwords: a request in, never an answer; a click in, and what became of it."""

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from activities.accounts.roll import Claimant
from activities.recoveries.links import LinkPlace
from activities.recoveries.password import Passwords
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from web.clients.calls import RecoveryNotFoundError, answered, handed_in
from web.clients.link import ending_of
from web.clients.response_floor import with_response_floor
from web.clients.voting_code import PATIENCE
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Click, Submission
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.password import PasswordRecovery


class PasswordClient:
    """Starts and asks recoveries of passwords; their id stands for the identifier that was typed."""

    def __init__(self, client: Client, election: Election, passwords: Passwords) -> None:
        self._client = client
        self._election = election
        self._passwords = passwords

    async def ask(self, claimant: Claimant, request: str) -> None:
        """Have a link sent to whoever is on the roll; the very same request made twice sends one.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        with answered():
            await with_response_floor(self._start(claimant, request))

    async def choose(self, place: LinkPlace, password: str) -> LinkVerdict | None:
        """Let a new password take the old one's place and return None, or return why the link does nothing.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        envelope, word = await self._passwords.seal_new(place, password)
        click = Click(place.link_id, envelope, word)
        try:
            update, patience = PasswordRecovery.choose, PATIENCE
            await handed_in(lambda: self._handle(place).execute_update(update, click, rpc_timeout=patience))
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == "LinkVerdict":
                verdict = LinkVerdict(error.cause.message)
                return ending_of(place) if verdict is LinkVerdict.UNKNOWN else verdict
            return LinkVerdict.CANCELLED
        except RecoveryNotFoundError:
            return ending_of(place)
        return None

    async def _start(self, claimant: Claimant, request: str) -> None:
        await self._client.start_workflow(
            PasswordRecovery.run,
            terms_of(self._election, Procedure.PASSWORD, claimant.elector_id or ""),
            id=workflow_id_of(Procedure.PASSWORD, claimant.subject),
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="submit",
            start_signal_args=[Submission(request, Channel.EMAIL, "", "", "")],
            static_summary=f"Mot de passe, {self._election.name}",
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING),
                    SearchAttributePair(search_attributes.PROCEDURE, Procedure.PASSWORD),
                    SearchAttributePair(search_attributes.ELECTION, self._election.id),
                ]
            ),
            rpc_timeout=PATIENCE,
        )

    def _handle(self, place: LinkPlace) -> WorkflowHandle[PasswordRecovery, Stage]:
        return self._client.get_workflow_handle_for(PasswordRecovery.run, place.workflow_id)
