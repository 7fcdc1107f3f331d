"""The floor: the same workflow, whose activities do nothing, driven without a web."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.config import event_loop
from activities.proofs.judgement import Judgement
from activities.recoveries.requests import Claim, Submission
from activities.recoveries.voting_code import OpenLink, Reissue, Reissued
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import LinkMessage, Notice
from benchmarks.rate.floor_activities import SEALED, NothingElse
from benchmarks.rate.floor_messages import Post
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel, Stage
from election.verdicts import Verdict
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import RecoveryTerms
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime import sandbox
from workflows.runtime.registration import register_search_attributes

NAMESPACE = "floor"
# A code is shown for so long on the floor, and beside it: the end of a recovery is part of what is measured.
WINDOW = timedelta(seconds=5)


class Nothing:
    """Activities of the real names and types that do nothing at all."""

    def __init__(self, post: Post) -> None:
        self._post = post

    @activity.defn
    async def judge_challenge(self, claim: Claim) -> Judgement:  # noqa: ARG002 - the real one's type
        """Take every claim."""
        return Judgement(Verdict.TAKEN)

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:  # noqa: ARG002 - the real one's type
        """Issue nothing."""
        return Reissued(SEALED, SEALED)

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Send nothing, and let its link arrive."""
        self._post.deliver(message.workflow_id, message.message_id, message.channel, message.link_id)
        return Acceptance("none", datetime.now(UTC))

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:  # noqa: ARG002 - the real one's type
        """Send nothing."""
        return Acceptance("none", datetime.now(UTC))


async def make_namespace(address: str) -> None:
    """Make the floor's own namespace, and return once the server answers in it."""
    default = await Client.connect(address)
    request = RegisterNamespaceRequest(namespace=NAMESPACE)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    try:
        await default.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    floor = await connect(address)
    while not await _knows_its_namespace(floor):  # noqa: ASYNC110 - the server sets no Event of ours
        await asyncio.sleep(0.5)


async def connect(address: str) -> Client:
    """Return a client of the floor's namespace."""
    return await Client.connect(address, namespace=NAMESPACE, data_converter=pydantic_data_converter)


async def work(address: str) -> None:
    """Work as the real worker does, on activities that do nothing, until killed."""
    client = await connect(address)
    post = Post(client)
    nothing, neither = Nothing(post), NothingElse(post)
    recoveries = Worker(
        client,
        task_queue=options.RECOVERIES,
        workflows=[VotingCodeRecovery, IdentifierRecovery, PasswordRecovery, IdentifierAndPasswordRecovery],
        activities=[*neither.of_our_database, nothing.judge_challenge, nothing.reissue_voting_code],
        workflow_runner=sandbox.runner(),
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
    )
    messaging = Worker(
        client,
        task_queue=options.MESSAGING,
        activities=[*neither.sends, nothing.send_link, nothing.send_notice],
    )
    await asyncio.gather(recoveries.run(), messaging.run())


async def recover(client: Client, elector: str, channel: Channel, link: asyncio.Future[str]) -> None:
    """Drive one recovery to its code: submit, wait for the link, click."""
    workflow_id = workflow_id_of(Procedure.VOTING_CODE, elector)
    start = WithStartWorkflowOperation(
        VotingCodeRecovery.run,
        terms(elector),
        id=workflow_id,
        task_queue=options.RECOVERIES,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING)],
        ),
    )
    submission = Submission(elector, channel, SEALED, SEALED, "•• •• •• •• 00")
    await client.execute_update_with_start_workflow(
        VotingCodeRecovery.submit, submission, start_workflow_operation=start, id=elector
    )
    handle = client.get_workflow_handle(workflow_id)
    await handle.execute_update(VotingCodeRecovery.open_link, OpenLink(await link, SEALED[:44]))


async def _knows_its_namespace(client: Client) -> bool:
    try:
        await register_search_attributes(client)
    except RPCError:
        return False
    return True


def terms(elector: str) -> RecoveryTerms:
    """Return the terms of a recovery of the floor."""
    later = datetime.now(UTC) + timedelta(days=7)
    return RecoveryTerms(
        elector_id=elector,
        election="floor",
        time_zone="Europe/Paris",
        requests_close=later,
        links_die=later,
        sms_lifetime=timedelta(minutes=10),
        sms_longest=timedelta(hours=1),
        email_lifetime=timedelta(hours=24),
        late_after=timedelta(minutes=1),
        retry_for=timedelta(hours=1),
        sends=8,
        between_sends=timedelta(minutes=1),
        display_window=WINDOW,
    )


if __name__ == "__main__":
    event_loop.run(work(sys.argv[1]))
