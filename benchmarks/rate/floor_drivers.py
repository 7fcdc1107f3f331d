"""Drives a recovery of each procedure on the floor with the Temporal calls that the web makes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from activities.recoveries.identifier import IdentifierSubmission
from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest, TakeCredentials
from activities.recoveries.password import ChoosePassword, PasswordRequest
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink
from benchmarks.rate.floor_activities import SEALED
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel, Stage
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import RecoveryTerms
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery

# How long a code is shown, on the floor and by the demo beside it: short, so that each recovery ends within its run.
WINDOW = timedelta(seconds=5)
_HINT = "•• •• •• •• 00"

Arrival = asyncio.Future[str]  # the id of the link, once it has been received
Drive = Callable[[Client, str, Channel, Arrival], Awaitable[object]]


async def voting_code(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and open it."""
    submission = VotingCodeSubmission(elector_id, channel, SEALED, SEALED, _HINT)
    await _submit(client, VotingCodeRecovery, Procedure.VOTING_CODE, elector_id, submission)
    handle = client.get_workflow_handle(workflow_id_of(Procedure.VOTING_CODE, elector_id))
    await handle.execute_update(VotingCodeRecovery.open_link, OpenLink(await link, SEALED[:44]))


async def identifier(client: Client, elector_id: str, channel: Channel, sms: Arrival) -> None:
    """Submit, and wait for the SMS."""
    submission = IdentifierSubmission(elector_id, SEALED, SEALED, _HINT)
    await _submit(client, IdentifierRecovery, Procedure.IDENTIFIER, elector_id, submission)
    await sms


async def password(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and choose a password."""
    await _signal(client, PasswordRecovery, Procedure.PASSWORD, elector_id, PasswordRequest(elector_id))
    handle = client.get_workflow_handle(workflow_id_of(Procedure.PASSWORD, elector_id))
    await handle.execute_update(PasswordRecovery.choose_password, ChoosePassword(await link, SEALED, SEALED[:64]))


async def identifier_and_password(client: Client, elector_id: str, channel: Channel, link: Arrival) -> None:
    """Submit, wait for the link, and take both credentials."""
    procedure, request = Procedure.IDENTIFIER_AND_PASSWORD, IdentifierAndPasswordRequest(elector_id)
    await _signal(client, IdentifierAndPasswordRecovery, procedure, elector_id, request)
    handle = client.get_workflow_handle(workflow_id_of(procedure, elector_id))
    click = TakeCredentials(await link, SEALED[:44], SEALED[:64], elector_id, SEALED, "•••")
    await handle.execute_update(IdentifierAndPasswordRecovery.take_credentials, click)


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
        _terms(elector_id),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **_start_options(procedure, elector_id),
    )
    await client.execute_update_with_start_workflow(
        recovery.submit, submission, start_workflow_operation=start, id=elector_id
    )


async def _signal(client: Client, recovery: Any, procedure: Procedure, elector_id: str, request: object) -> None:
    await client.start_workflow(
        recovery.run,
        _terms(elector_id),
        start_signal="submit",
        start_signal_args=[request],
        **_start_options(procedure, elector_id),
    )


def _start_options(procedure: Procedure, elector_id: str) -> dict[str, Any]:
    return {
        "id": workflow_id_of(procedure, elector_id),
        "task_queue": options.RECOVERIES,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value)]
        ),
    }


def _terms(elector_id: str) -> RecoveryTerms:
    later = datetime.now(UTC) + timedelta(days=7)
    return RecoveryTerms(
        elector_id=elector_id,
        election="floor",
        time_zone="Europe/Paris",
        requests_close=later,
        links_expire=later,
        sms_lifetime=timedelta(minutes=10),
        sms_max_lifetime=timedelta(hours=1),
        email_lifetime=timedelta(hours=24),
        late_after=timedelta(minutes=1),
        retry_for=timedelta(hours=1),
        max_sends=8,
        between_sends=timedelta(minutes=1),
        display_window=WINDOW,
    )
