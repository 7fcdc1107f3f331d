"""How each recovery of the floor is driven: what the door hands in, and nothing more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from benchmarks.rate import floor
from benchmarks.rate.floor_activities import SEALED
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel, Stage
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Click, IdentifierAndPasswordClick, Submission
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
    await client.execute_update_with_start_workflow(
        IdentifierRecovery.submit, _submission(elector, channel), start_workflow_operation=start, id=elector
    )
    await sms


async def password(client: Client, elector: str, channel: Channel, link: Arrival) -> None:
    """Drive one recovery to its new password: ask, wait for the link, choose."""
    await _asked(client, PasswordRecovery.run, Procedure.PASSWORD, elector, channel)
    handle = client.get_workflow_handle(workflow_id_of(Procedure.PASSWORD, elector))
    await handle.execute_update(PasswordRecovery.choose, Click(await link, SEALED))


async def both(client: Client, elector: str, channel: Channel, link: Arrival) -> None:
    """Drive one recovery to its password on screen: ask, wait for the link, take."""
    await _asked(client, IdentifierAndPasswordRecovery.run, Procedure.IDENTIFIER_AND_PASSWORD, elector, channel)
    handle = client.get_workflow_handle(workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, elector))
    click = IdentifierAndPasswordClick(await link, SEALED[:44], SEALED[:64], elector, SEALED, "•••")
    await handle.execute_update(IdentifierAndPasswordRecovery.take, click)


OF: dict[Procedure, Drive] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.IDENTIFIER: identifier,
    Procedure.PASSWORD: password,
    Procedure.IDENTIFIER_AND_PASSWORD: both,
}


async def _asked(client: Client, run: Any, procedure: Procedure, elector: str, channel: Channel) -> None:
    await client.start_workflow(
        run,
        floor.terms(elector),
        start_signal="submit",
        start_signal_args=[_submission(elector, channel)],
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


def _submission(elector: str, channel: Channel) -> Submission:
    return Submission(elector, channel, SEALED, SEALED, "•• •• •• •• 00")
