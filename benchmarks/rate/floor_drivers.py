"""Drives a recovery of each procedure on the floor with the Temporal calls that the web makes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from activities.recoveries import clicks
from activities.recoveries.identifier import IdentifierSubmission
from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest, TakeCredentials
from activities.recoveries.password import ChoosePassword, PasswordRequest
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink
from benchmarks.rate.floor_activities import SEALED
from benchmarks.rate.floor_terms import WEB
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel
from workflows.contracts import options, search_attributes
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery

_HINT = "•• •• •• •• 00"

Arrival = asyncio.Future[str]  # the id of the link, once it has been received
Drive = Callable[[Client, str, Channel, Arrival], Awaitable[object]]


async def voting_code(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and open it."""
    submission = VotingCodeSubmission(elector_id, channel, SEALED, SEALED, _HINT)
    await _submit(client, VotingCodeRecovery, Procedure.VOTING_CODE, elector_id, submission)
    workflow_id = workflow_id_of(Procedure.VOTING_CODE, elector_id)
    click = clicks.signed(WEB, workflow_id, OpenLink(await link, SEALED[:44]))
    await client.get_workflow_handle(workflow_id).execute_update(VotingCodeRecovery.open_link, click)


async def identifier(client: Client, elector_id: str, channel: Channel, sms: Arrival) -> None:
    """Submit, and wait for the SMS."""
    submission = IdentifierSubmission(elector_id, SEALED, SEALED, _HINT)
    await _submit(client, IdentifierRecovery, Procedure.IDENTIFIER, elector_id, submission)
    await sms


async def password(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and choose a password."""
    await _signal(
        client, PasswordRecovery, Procedure.PASSWORD, elector_id, PasswordRequest(elector_id, elector_id)
    )
    workflow_id = workflow_id_of(Procedure.PASSWORD, elector_id)
    choice = clicks.signed(WEB, workflow_id, ChoosePassword(await link, SEALED))
    await client.get_workflow_handle(workflow_id).execute_update(PasswordRecovery.choose_password, choice)


async def identifier_and_password(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and take both credentials."""
    procedure, request = (
        Procedure.IDENTIFIER_AND_PASSWORD,
        IdentifierAndPasswordRequest(elector_id, elector_id=elector_id),
    )
    await _signal(client, IdentifierAndPasswordRecovery, procedure, elector_id, request)
    workflow_id = workflow_id_of(procedure, elector_id)
    click = clicks.signed(WEB, workflow_id, TakeCredentials(await link, SEALED[:44], elector_id, SEALED, "•••"))
    await client.get_workflow_handle(workflow_id).execute_update(
        IdentifierAndPasswordRecovery.take_credentials, click
    )


DRIVERS: dict[Procedure, Drive] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.IDENTIFIER: identifier,
    Procedure.PASSWORD: password,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password,
}


async def _submit(
    client: Client, recovery: Any, procedure: Procedure, elector_id: str, submission: object
) -> None:
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        recovery.run,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **_start_options(procedure, elector_id),
    )
    await client.execute_update_with_start_workflow(
        recovery.submit, submission, start_workflow_operation=start, id=elector_id
    )


async def _signal(client: Client, recovery: Any, procedure: Procedure, elector_id: str, request: object) -> None:
    await client.start_workflow(
        recovery.run,
        start_signal="submit",
        start_signal_args=[request],
        **_start_options(procedure, elector_id),
    )


def _start_options(procedure: Procedure, elector_id: str) -> dict[str, Any]:
    return {
        "id": workflow_id_of(procedure, elector_id),
        "task_queue": options.RECOVERIES,
        "search_attributes": search_attributes.at_start(procedure, "2022"),
    }
