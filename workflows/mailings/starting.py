"""Starts mailings: with the dates of the election, at most one of a name at a time."""

import asyncio
from datetime import timedelta

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy

from activities.mailings.start_order import StartMailing
from election.procedures import Procedure
from election.settings import Election
from workflows.contracts import options, search_attributes
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingInput, MailingProgress, RetryFailed, mailing_id

MailingHandle = WorkflowHandle[Mailing, MailingProgress]
# A worker that runs local activities says what it has accepted after eight seconds. After 20 the server stops waiting, and the
# SDK asks again.
_ACCEPTED_WITHIN = timedelta(seconds=18)
_DONE_WITHIN = timedelta(seconds=2)
RETRY_ANSWERED_WITHIN = _ACCEPTED_WITHIN + _DONE_WITHIN


def make_mailing_input(election: Election, name: str, order: StartMailing) -> MailingInput:
    """Return the input of a mailing's workflow; it ends when requests close, or earlier if its links die before."""
    period = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD)
    return MailingInput(
        name=name,
        election=election.id,
        time_zone=election.time_zone,
        deadline=min(period.closes, election.calendar.links_expire),
        order=order,
    )


async def start_mailing(client: Client, election: Election, mailing_input: MailingInput) -> MailingHandle:
    """Start a mailing, and return its handle; started again, it sends only to electors whom it has not reached.

    Raises:
        WorkflowAlreadyStartedError: the mailing is running.
        RPCError: Temporal does not answer.
    """
    return await client.start_workflow(
        Mailing.run,
        mailing_input,
        id=mailing_id(election.id, mailing_input.name),
        task_queue=options.MAILINGS,
        static_summary=_summary(election, mailing_input.name),
        search_attributes=search_attributes.at_start(mailing_input.purpose, election.id),
    )


async def retry_failed(
    client: Client, election: Election, mailing_input: MailingInput, order: RetryFailed
) -> MailingProgress | None:
    """Have a mailing, one that is running or a new one, send again what has failed; return the progress once all of it waits.

    None when that takes longer: the mailing has the order, and goes on with it.

    Raises:
        WorkflowUpdateFailedError: it refuses the order.
        WorkflowUpdateRPCTimeoutOrCancelledError: no worker answers.
        RPCError: Temporal does not.
    """
    ordered = await client.start_update_with_start_workflow(
        order.act,
        order,
        start_workflow_operation=_running_or_new(election, mailing_input),
        wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        result_type=MailingProgress,
        rpc_timeout=_ACCEPTED_WITHIN,
    )
    try:
        async with asyncio.timeout(_DONE_WITHIN.total_seconds()):
            progress: MailingProgress = await ordered.result()
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return None
    return progress


def _running_or_new(
    election: Election, mailing_input: MailingInput
) -> WithStartWorkflowOperation[Mailing, MailingProgress]:
    return WithStartWorkflowOperation(
        Mailing.run,
        mailing_input,
        id=mailing_id(election.id, mailing_input.name),
        task_queue=options.MAILINGS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=_summary(election, mailing_input.name),
        search_attributes=search_attributes.at_start(mailing_input.purpose, election.id),
    )


def mailing_handle(client: Client, election: Election, name: str) -> MailingHandle:
    """Return the handle of an election's mailing, whether it was started or not."""
    return client.get_workflow_handle_for(Mailing.run, mailing_id(election.id, name))


def _summary(election: Election, name: str) -> str:
    return f"Envoi des liens «\u00a0{name}\u00a0», {election.name}"
