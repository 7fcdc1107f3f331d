"""A mailing's workflow over real rows: what had been prepared when it was stopped is sent when it begins again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.config.clock import utc_now
from activities.gateways.mail.gateway import MailMessage
from activities.mailings.start_order import StartMailing
from tests.activities.mailings.post import ELECTORS, Post
from workflows.contracts.options import MAILING_SENDS
from workflows.contracts.orders import Stop
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingEnding, MailingInput, MailingProgress, mailing_id
from workflows.runtime import sandbox

_QUEUE = "mailing-over-rows"


@asynccontextmanager
async def _workers(client: Client, post: Post) -> AsyncIterator[None]:
    mailings = Worker(
        client,
        task_queue=_QUEUE,
        workflows=[Mailing],
        activities=post.mailings.activities,
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
    )
    async with mailings, Worker(client, task_queue=MAILING_SENDS, activities=[post.sender.send_mailing]):
        yield


async def _starts(client: Client, per_second: float) -> WorkflowHandle[Mailing, MailingProgress]:
    order, deadline = StartMailing("m.durand", per_second), utc_now() + timedelta(days=1)
    given = MailingInput(
        "envoi-1", "demo", "Europe/Paris", deadline, order, step=timedelta(seconds=1), page_size=24
    )
    return await client.start_workflow(Mailing.run, given, id=mailing_id("demo", "envoi-1"), task_queue=_QUEUE)


async def test_a_stopped_mailing_goes_on_when_it_is_started_again(temporal: Client, post: Post) -> None:
    """More mails wait than it prepares ahead, and none of them has an address any more."""
    under_way, may_be_taken = asyncio.Event(), asyncio.Event()

    async def waits(_: MailMessage) -> None:
        under_way.set()
        await may_be_taken.wait()

    post.relay.on_send = waits
    async with _workers(temporal, post), asyncio.timeout(30):
        mailing = await _starts(temporal, 1)
        await under_way.wait()
        await mailing.execute_update(Stop.act, Stop("m.durand"))
        may_be_taken.set()
        assert (await mailing.result()).ending is MailingEnding.STOPPED
        assert await post.states() == ["accepted"] + ["waiting"] * 23
        assert {row.sealed for row in await post.rows()} == {None}
        ended = await (await _starts(temporal, 10)).result()
    assert (ended.ending, ended.accepted) == (MailingEnding.COMPLETE, 24)
    assert sorted(mail.to for mail in post.relay.sent) == sorted(each.work_email for each in ELECTORS)
