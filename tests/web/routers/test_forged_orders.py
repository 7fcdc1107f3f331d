"""Anybody who can write to Temporal, as support staff can, can neither see a voter's code nor replay a proof."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select
from temporalio import workflow
from temporalio.client import (
    ActivityFailureError,
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.exceptions import TimeoutError as TemporalTimeoutError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.config.clock import utc_now
from activities.evidence.figures import gather
from activities.evidence.journal import Event
from activities.mailing_services import build_mailings
from activities.mailings.mailings import MailingAct, Mailings
from activities.recoveries import clicks
from activities.recoveries.clicks import EndDisplay
from activities.recoveries.password import PasswordRequest
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.settlements import OperatorAct, Settlement, Settlements
from activities.recoveries.voting_code import OpenLink, Reissue, VotingCodes
from activities.security import sealed_display
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from activities.store.tables import journal
from election import procedures
from election.procedures import Procedure
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.people import Person
from tests.support.signing import KEYS, SOMEBODY
from tests.support.web_app import WebApp
from web.clients.link import LinkClient
from web.clients.voting_code import workflow_id_of
from worker import mailings_worker
from workflows.contracts import options
from workflows.contracts.messages import SealedSecret
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime.temporal_calls import TemporalUnavailableError

MINE = sealed_display.public_key_of(sealed_display.new_seed())
ONCE = RetryPolicy(maximum_attempts=1)
NEVER_STARTED = timedelta(seconds=2)  # a worker that took activities would have started them by then


async def _still_votes(web_app: WebApp, person: Person) -> bool:
    judged = await web_app.services.voting_codes.check_voting_code(person.id, person.voting_code)
    return judged.verdict is Verdict.ACCEPTED


async def test_a_click_that_the_web_has_not_signed_uses_no_link(web_app: WebApp, temporal: Client) -> None:
    """An update with a link's id from a history is refused before anything is spent: the voter's own click still works."""
    voter = await web_app.new_elector()
    link_record = await web_app.voting_code_link(voter)
    handle = temporal.get_workflow_handle(link_record.workflow_id)
    unsigned = OpenLink(link_record.link_id, MINE)
    for click in (unsigned, clicks.signed(SOMEBODY, link_record.workflow_id, unsigned)):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(VotingCodeRecovery.open_link, click)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == "InvalidSignatureError"
    assert (await handle.query(VotingCodeRecovery.link, link_record.link_id)).verdict is LinkVerdict.LIVE
    assert await _still_votes(web_app, voter)
    seed = sealed_display.new_seed()
    shown = await web_app.context.voting_code_client.open_link(link_record, sealed_display.public_key_of(seed))
    assert isinstance(shown, SealedSecret)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update(VotingCodeRecovery.end_display, EndDisplay(link_record.link_id))
    assert (await handle.query(VotingCodeRecovery.link, link_record.link_id)).secret == shown


async def test_a_web_without_the_right_key_uses_no_link(web_app: WebApp, temporal: Client) -> None:
    """When the keys of the web and of the recoveries are no pair, the voter reads a fault, and the link stays live."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    unpaired = LinkClient(temporal, SOMEBODY)
    click = clicks.signed(SOMEBODY, link_record.workflow_id, OpenLink(link_record.link_id, MINE))
    with pytest.raises(TemporalUnavailableError):
        await unpaired.use(link_record, VotingCodeRecovery.open_link, click)
    recovery = temporal.get_workflow_handle(link_record.workflow_id)
    assert (await recovery.query(VotingCodeRecovery.link, link_record.link_id)).verdict is LinkVerdict.LIVE


async def test_who_starts_a_recovery_does_not_choose_its_terms(web_app: WebApp, temporal: Client) -> None:
    """Started by somebody else, with terms of their own: the voter's request gets the election's terms."""
    voter = await web_app.new_elector()
    theirs = {"elector_id": "somebody", "max_sends": 0, "requests_close": "2020-01-01T00:00:00Z", "keys": {}}
    workflow_id = workflow_id_of(voter.id)
    await temporal.start_workflow("VotingCodeRecovery", theirs, id=workflow_id, task_queue=options.RECOVERIES)
    link_record = await web_app.voting_code_link(voter)
    status = await temporal.get_workflow_handle(workflow_id).query(VotingCodeRecovery.status)
    assert status.sends_left == web_app.context.election.delivery.max_sends - 1
    key = sealed_display.public_key_of(sealed_display.new_seed())
    assert isinstance(await web_app.context.voting_code_client.open_link(link_record, key), SealedSecret)


async def test_a_request_for_another_elector_is_written_down_for_nobody(web_app: WebApp, temporal: Client) -> None:
    """Whoever starts the recovery of one identifier in another elector's name gets no link, and no line in that name."""
    voter, other = await web_app.new_elector(), await web_app.new_elector()
    subject = (await web_app.services.roll.claimant(voter.work_email)).subject
    workflow_id = procedures.workflow_id_of(Procedure.PASSWORD, subject)
    recovery = await temporal.start_workflow(
        PasswordRecovery.run,
        id=workflow_id,
        task_queue=options.RECOVERIES,
        start_signal="submit",
        start_signal_args=[PasswordRequest("forged", other.id)],
    )
    assert await recovery.result() is Stage.REFUSED
    assert await web_app.newest_link(workflow_id) is None
    async with web_app.services.database.reading() as connection:
        lines = await connection.execute(
            select(journal.c.actor, journal.c.event).where(journal.c.workflow_id == workflow_id)
        )
    assert lines.all() == [("", Event.PASSWORD_REQUEST_REFUSED)]


async def test_a_receipt_that_the_messaging_role_has_not_signed_changes_nothing(
    web_app: WebApp, temporal: Client
) -> None:
    """Neither the page, nor the life of the link, nor the figures, which are read from the journal and the ledger alone."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    handle = temporal.get_workflow_handle(link_record.workflow_id)
    before, now = await handle.query(VotingCodeRecovery.status), timedelta(minutes=1)
    counted = await gather(web_app.services.database, now, utc_now)
    for delivered in (True, False):
        forged = DeliveryReceipt(f"{link_record.link_id}-1", delivered=delivered, reason="" if delivered else "x")
        await handle.signal(RECEIPT_SIGNAL, forged)
        await handle.signal(RECEIPT_SIGNAL, forged.signed(SOMEBODY, link_record.workflow_id))
    assert await handle.query(VotingCodeRecovery.status) == before
    assert await gather(web_app.services.database, now, utc_now) == counted


async def test_an_activity_that_is_scheduled_from_outside_does_not_run(web_app: WebApp, temporal: Client) -> None:
    """Whoever can start activities orders neither a settlement, nor a journal's line, nor a code: no worker takes them."""
    voter = await web_app.new_elector()
    link_record = await web_app.voting_code_link(voter)
    ending = {link_record.link_id: LinkVerdict.CANCELLED}
    act = OperatorAct("forged", link_record.workflow_id, "m.durand", "Sent")
    orders: list[tuple[object, object]] = [
        (
            Settlements.settle,
            Settlement(link_record.workflow_id, voter.id, "forged", Stage.CANCELLED, links=ending),
        ),
        (Settlements.note_cancel, act),
        (Settlements.note_retry, act),
        (
            VotingCodes.reissue_voting_code,
            Reissue(link_record.workflow_id, voter.id, "sms", OpenLink(link_record.link_id, MINE)),
        ),
    ]
    await asyncio.gather(*(_is_not_started(temporal, *order) for order in orders))
    record = await web_app.services.links.find(
        web_app.services.links.token(link_record.workflow_id, link_record.link_id)
    )
    assert record is not None
    assert record.ending is LinkVerdict.LIVE
    assert await _still_votes(web_app, voter)


@workflow.defn
class ForgedWorkflow:
    """A workflow of an attacker's own, which schedules an activity on the queue of the recoveries."""

    @workflow.run
    async def run(self, act: OperatorAct) -> None:
        """Order a line of the journal."""
        await workflow.execute_activity(
            "note_cancel", act, task_queue=options.RECOVERIES, schedule_to_close_timeout=NEVER_STARTED
        )


async def test_a_workflow_of_somebody_s_own_does_not_reach_the_activities(
    web_app: WebApp, temporal: Client
) -> None:
    """Neither does a workflow type of theirs run on our workers, nor do our activities run for their workflow."""
    nobody, theirs = uuid4().hex, uuid4().hex  # no other test's journal has the name
    act = OperatorAct("forged-too", "code-de-vote/somebody", nobody, "Sent")
    runner = UnsandboxedWorkflowRunner()
    async with Worker(temporal, task_queue=theirs, workflows=[ForgedWorkflow], workflow_runner=runner):
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal.execute_workflow(ForgedWorkflow.run, act, id=theirs, task_queue=theirs)
    assert isinstance(failed.value.cause, ActivityError)
    assert isinstance(failed.value.cause.cause, TemporalTimeoutError)
    async with web_app.services.database.reading() as connection:
        written = await connection.execute(select(journal.c.entry_id).where(journal.c.actor == act.operator))
    assert written.all() == []


async def test_a_line_of_a_mailing_s_journal_cannot_be_ordered_from_outside(
    web_app: WebApp, temporal: Client
) -> None:
    """Such a line could name any event, so it would be counted in the figures."""

    async def ask(*_: str) -> None:
        """Ask nobody."""

    services = web_app.services
    mailings = build_mailings(services, web_app.context.election, KEYS, ask)
    act = MailingAct("forged-line", "envoi/default/envoi-1", Event.REQUEST_ACCEPTED, uuid4().hex)
    async with mailings_worker(temporal, mailings):
        await _is_not_started(temporal, Mailings.note_mailing, act, options.MAILINGS)
    async with services.database.reading() as connection:
        written = await connection.execute(select(journal.c.entry_id).where(journal.c.actor == act.who))
    assert written.all() == []


async def _is_not_started(temporal: Client, order: Any, message: Any, queue: str = options.RECOVERIES) -> None:
    with pytest.raises(ActivityFailureError) as failed:
        await _execute(temporal, order, message, queue)
    assert isinstance(failed.value.cause, TemporalTimeoutError)


async def _execute(temporal: Client, order: Any, message: Any, queue: str) -> None:
    await temporal.execute_activity(
        order,
        message,
        id=uuid4().hex,
        task_queue=queue,
        schedule_to_close_timeout=NEVER_STARTED,
        retry_policy=ONCE,
    )


async def test_a_request_from_a_history_cannot_be_replayed(web_app: WebApp, temporal: Client) -> None:
    """Sent again by somebody else, it starts no recovery and makes no link."""
    voter = await web_app.new_elector()
    link_record = await web_app.voting_code_link(voter)
    handle = temporal.get_workflow_handle(link_record.workflow_id)
    submission = await _request_in(handle)
    await handle.terminate("nothing is sent in these tests, so the recovery would wait for its notice")
    again = WithStartWorkflowOperation(
        VotingCodeRecovery.run,
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
