"""How each recovery of the floor is driven: what the door hands in, and nothing more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from activities.recoveries.identifier import IdentifierSubmission
from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest, TakeCredentials
from activities.recoveries.password import ChoosePassword, PasswordRequest
from benchmarks.rate import floor
from benchmarks.rate.floor_activities import SEALED
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel, Stage
from workflows.contracts import options, search_attributes
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery

Arrival = asyncio.Future[str]
Drive = Callable[[Client, str, Channel, Arrival], Awaitable[object]]


async def voting_code(client: Client, elector: str, channel: Channel, link: Arrival) -> None:
    """Drive one recovery to its code: submit, wait for the link, click."""
    await floor.recover(client, elector, channel, link)


async def identifier(client: Client, elector: str, channel: Channel, sms: Arrival) -> None:
    """Drive one recovery to its SMS."""
    start: WithStartWorkflowOperation[IdentifierRecovery, Any] = WithStartWorkflowOperation(
        IdentifierRecovery.run,
        floor.terms(elector),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **_begun(Procedure.IDENTIFIER, elector),
    )
    submission = IdentifierSubmission(elector, SEALED, SEALED, "•• •• •• •• 00")
    await client.execute_update_with_start_workflow(
        IdentifierRecovery.submit, submission, start_workflow_operation=start, id=elector
    )
    await sms


async def password(client: Client, elector: str, channel: Channel, link: Arrival) -> None:
    """Drive one recovery to its new password: ask, wait for the link, choose."""
    await _asked(client, PasswordRecovery.run, Procedure.PASSWORD, elector, PasswordRequest(elector))
    handle = client.get_workflow_handle(workflow_id_of(Procedure.PASSWORD, elector))
    await handle.execute_update(PasswordRecovery.choose_password, ChoosePassword(await link, SEALED, SEALED[:64]))


async def both(client: Client, elector: str, channel: Channel, link: Arrival) -> None:
    """Drive one recovery to its password on screen: ask, wait for the link, take."""
    request = IdentifierAndPasswordRequest(elector)
    await _asked(client, IdentifierAndPasswordRecovery.run, Procedure.IDENTIFIER_AND_PASSWORD, elector, request)
    handle = client.get_workflow_handle(workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, elector))
    click = TakeCredentials(await link, SEALED[:44], SEALED[:64], elector, SEALED, "•••")
    await handle.execute_update(IdentifierAndPasswordRecovery.take_credentials, click)


OF: dict[Procedure, Drive] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.IDENTIFIER: identifier,
    Procedure.PASSWORD: password,
    Procedure.IDENTIFIER_AND_PASSWORD: both,
}


async def _asked(client: Client, run: Any, procedure: Procedure, elector: str, request: object) -> None:
    await client.start_workflow(
        run,
        floor.terms(elector),
        start_signal="submit",
        start_signal_args=[request],
        **_begun(procedure, elector),
    )


def _begun(procedure: Procedure, elector: str) -> dict[str, Any]:
    return {
        "id": workflow_id_of(procedure, elector),
        "task_queue": options.RECOVERIES,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value)]
        ),
    }
