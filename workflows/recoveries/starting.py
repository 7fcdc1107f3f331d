"""How a recovery of both credentials (2011) begins: the same for the door and for a campaign."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Channel, Stage
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Submission
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


async def start_identifier_and_password(
    client: Client,
    election: Election,
    subject: str,
    elector: str,
    request: str,
    campaign: str = "",
    rpc_timeout: timedelta | None = None,
) -> None:
    """Hand a request in, to a new recovery or to the one that lives; nothing is learnt of it.

    `subject` is `Claimant.subject`, `elector` is empty when what was typed is nobody's.

    Raises:
        RPCError: the server does not answer, or not in time.
    """
    attributes = [
        SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value),
        SearchAttributePair(search_attributes.PROCEDURE, Procedure.IDENTIFIER_AND_PASSWORD.value),
        SearchAttributePair(search_attributes.ELECTION, election.id),
    ]
    await client.start_workflow(
        IdentifierAndPasswordRecovery.run,
        terms_of(election, Procedure.IDENTIFIER_AND_PASSWORD, elector),
        id=workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, subject),
        task_queue=options.RECOVERIES,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="submit",
        start_signal_args=[Submission(request, Channel.EMAIL, "", "", "", campaign=campaign)],
        static_summary=f"Identifiant et mot de passe, {election.name}",
        search_attributes=TypedSearchAttributes(attributes),
        rpc_timeout=rpc_timeout,
    )
