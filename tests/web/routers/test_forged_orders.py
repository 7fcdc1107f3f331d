"""Anybody who can write to Temporal, as support staff can, can neither see a voter's code nor replay a proof."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from temporalio.client import (
    ActivityFailureError,
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink, Reissue, VotingCodes
from activities.security import sealed_display
from election.procedures import Procedure
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.people import Person
from tests.support.web_app import WebApp
from workflows.contracts import options
from workflows.contracts.messages import CancelRequest
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.voting_code import VotingCodeRecovery

MINE = sealed_display.public_key_of(sealed_display.new_seed())
ONCE = RetryPolicy(maximum_attempts=1)


async def _still_votes(web_app: WebApp, person: Person) -> bool:
    judged = await web_app.services.voting_codes.check_voting_code(person.id, person.voting_code)
    return judged.verdict is Verdict.ACCEPTED


async def test_a_click_that_the_web_has_not_signed_gives_no_code(web_app: WebApp, temporal: Client) -> None:
    """An update with a link's id from a history is refused, and the old code still works."""
    voter = await web_app.new_elector(1)
    link_record = await web_app.voting_code_link(voter)
    handle = temporal.get_workflow_handle_for(VotingCodeRecovery.run, link_record.workflow_id)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update(VotingCodeRecovery.open_link, OpenLink(link_record.link_id, MINE))
    assert await _still_votes(web_app, voter)


async def test_a_reissue_activity_without_a_recovery_gives_no_code(web_app: WebApp, temporal: Client) -> None:
    """Activities can be started alone; they need a signed click of that elector's own link."""
    voter, thief = await web_app.new_elector(2), await web_app.new_elector(3)
    theirs, mine = await web_app.voting_code_link(voter), await web_app.voting_code_link(thief)
    for order in (
        Reissue(theirs.workflow_id, voter.id, "sms", OpenLink(theirs.link_id, MINE)),
        Reissue(mine.workflow_id, voter.id, "sms", OpenLink(mine.link_id, MINE)),
    ):
        with pytest.raises(ActivityFailureError):
            await temporal.execute_activity(
                VotingCodes.reissue_voting_code,  # type: ignore[arg-type]
                order,
                id=order.click.link_id,
                task_queue=options.RECOVERIES,
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=ONCE,
            )
    assert await _still_votes(web_app, voter)


async def test_a_request_from_a_history_cannot_be_replayed(web_app: WebApp, temporal: Client) -> None:
    """Sent again by somebody else, it starts no recovery and makes no link."""
    voter = await web_app.new_elector(4)
    link_record = await web_app.voting_code_link(voter)
    handle = temporal.get_workflow_handle_for(VotingCodeRecovery.run, link_record.workflow_id)
    submission = await _request_in(handle)
    await handle.execute_update("cancel", CancelRequest("Claude Exemple"))
    await handle.result()
    again = WithStartWorkflowOperation(
        VotingCodeRecovery.run,
        terms_of(web_app.context.election, Procedure.VOTING_CODE, voter.id),
        id=link_record.workflow_id,
        task_queue=options.RECOVERIES,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    with pytest.raises(WorkflowUpdateFailedError):
        await temporal.execute_update_with_start_workflow(
            VotingCodeRecovery.submit, submission, start_workflow_operation=again
        )


async def _request_in(handle: WorkflowHandle[VotingCodeRecovery, Stage]) -> VotingCodeSubmission:
    history = await handle.fetch_history()
    accepted = (event.workflow_execution_update_accepted_event_attributes for event in history.events)
    [sent] = [
        each.accepted_request.input.args.payloads[0] for each in accepted if each.accepted_request.input.name
    ]
    return TypeAdapter(VotingCodeSubmission).validate_json(sent.data)
