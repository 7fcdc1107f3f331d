"""Starts recoveries, with the same options for the web and for a mailing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy

from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest
from election.procedures import Procedure, reference_of, workflow_id_of
from election.settings import Election
from election.text.translation import SOURCE
from workflows.contracts import options, search_attributes
from workflows.parts.ui_texts import BY_PROCEDURE
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


class StartOptions(TypedDict):
    """Arguments of `start_workflow` and `WithStartWorkflowOperation`."""

    id: str
    task_queue: str
    id_conflict_policy: WorkflowIDConflictPolicy
    static_summary: str
    static_details: str
    search_attributes: TypedSearchAttributes


@dataclass(frozen=True)
class RecoveryStarts:
    """How recoveries of an election start; operators have the console under `public_url`."""

    election: Election
    public_url: str

    def options(self, procedure: Procedure, subject: str) -> StartOptions:
        """Return the start options of a recovery.

        `subject` is what the workflow id is made from; a request for a subject whose recovery is running goes to that
        recovery.
        """
        return {
            "id": workflow_id_of(procedure, subject),
            "task_queue": options.RECOVERIES,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "static_details": self._static_details(reference_of(subject)),
            "static_summary": f"{BY_PROCEDURE[procedure].name}, {self.election.name}",
            "search_attributes": search_attributes.at_start(procedure, self.election.id, reference_of(subject)),
        }

    def _static_details(self, reference: str) -> str:
        """Return a Markdown link to this recovery's page of the console."""
        page = f"{self.public_url.rstrip('/')}/exploitation/recherche?reference={reference}"
        return f"[Ce réassort dans la console]({page})"


async def start_identifier_and_password(
    client: Client,
    starts: RecoveryStarts,
    subject: str,
    elector_id: str,
    request_id: str,
    mailing: str = "",
    rpc_timeout: timedelta | None = None,
    language: str = SOURCE,
) -> None:
    """Submit a request for identifier and password, to the running recovery or to a new one.

    `subject` is `Claimant.subject`; `elector_id` is empty when the typed identifier is not on the roll.

    Raises:
        RPCError: Temporal does not answer in time.
    """
    await client.start_workflow(
        IdentifierAndPasswordRecovery.run,
        start_signal="submit",
        start_signal_args=[IdentifierAndPasswordRequest(request_id, mailing, elector_id, language)],
        rpc_timeout=rpc_timeout,
        **starts.options(Procedure.IDENTIFIER_AND_PASSWORD, subject),
    )
