"""The bureau is told of each act that touches many, once at each address, after outages too."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.gateways.recording import GatewayMode
from activities.sending.bureau_desk import BureauNews, Deed
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted import mailing_scenarios as scenarios
from tests.workflows.scripted.act_activities import NAME, act
from tests.workflows.scripted.mailing_scenarios import mailing
from tests.workflows.scripted.replaying import replay
from tests.workflows.scripted.script import Scripts
from workflows.acts.bureau_notice import BureauNotice
from workflows.contracts import options
from workflows.mailings.messages import RetryFailed
from workflows.runtime import sandbox


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _worker(env: WorkflowEnvironment) -> AsyncIterator[None]:
    """The worker of the news, whose mails the scripted messaging role sends."""
    worker = Worker(
        env.client, task_queue=options.ACTS, workflows=[BureauNotice], workflow_runner=sandbox.runner()
    )
    async with worker:
        yield


async def test_an_act_tells_each_address_and_does_not_wait(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """Of how many, by whom; the mails are tried again while the relay is away, also after the act."""
    async with act(env, 5) as operator:
        operator.activities.bureau_addresses = 2
        script = scripts.of(operator.id)
        script.relay = GatewayMode.DOWN
        await operator.starts()
        await operator.ends()
        notice = env.client.get_workflow_handle(f"avis-au-bureau/{operator.id}")
        await until(lambda: len(script.news) >= 2)
        script.relay = GatewayMode.OK
        await env.fast_forward(notice, timedelta(minutes=10))
        await notice.result()
        assert {(each.place, each.deed, each.operator, each.number) for each in script.news} == {
            (place, Deed.RETRY, NAME, 5) for place in range(2)
        }
        await replay(BureauNotice, await notice.fetch_history())


async def test_a_mailing_tells_the_bureau_when_it_begins(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """Once, also where it continues as new."""
    async with mailing(env, 45, steps_per_run=2) as operator:
        operator.activities.bureau_addresses = 1
        await operator.starts()
        await operator.ends()
        told = await until(lambda: _news_of(scripts, operator.order.name))
        assert [(each.deed, each.number, each.operator) for each in told] == [(Deed.MAILING, 45, "Claude Exemple")]


async def test_a_mailing_s_retry_tells_the_bureau_of_how_many(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """Where there was something to send again."""
    async with mailing(env, 5) as operator:
        operator.activities.bureau_addresses = 1
        operator.activities.refused = dict.fromkeys(operator.activities.roll[:2], "smtp-550")
        operator.activities.busy.update(operator.activities.roll[3:])  # so that it does not end
        operator.activities.are_answered = False
        await operator.starts()
        await until(lambda: len(operator.activities.causes) == 2)
        operator.activities.refused = {}
        await operator.commands("retry_failed", cause="smtp-550")
        await operator.commands("retry_failed", cause="smtp-550")
        told = await until(lambda: (news := _news_of(scripts, operator.order.name))[1:] and news)
        assert [(each.deed, each.number) for each in told] == [(Deed.MAILING, 5), (Deed.MAILING_RETRY, 2)]


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_a_mailing_that_begins_again_for_a_retry_tells_the_bureau_of_that(
    env: WorkflowEnvironment, scripts: Scripts, *, is_stopped: bool
) -> None:
    """How many mails are sent again, by whose order and why; of other electors only after a stop, and only of those left."""
    async with mailing(env, 50) as operator:
        operator.activities.refused = dict.fromkeys(operator.activities.roll[:3], "smtp-552")
        await scenarios.sending(operator)
        if is_stopped:
            await operator.commands("stop")
        operator.activities.may_send.set()
        await operator.ends()
        left = 47 - len(operator.activities.sent)
        assert bool(left) is is_stopped
        operator.activities.refused, operator.activities.bureau_addresses = {}, 1
        await operator.retries_anew(RetryFailed(NAME, "smtp-552"))
        await operator.ends()
        told = await until(lambda: (news := _news_of(scripts, operator.order.name))[int(is_stopped) :] and news)
        of_the_others = [(Deed.MAILING_AGAIN, left, "Claude Exemple")] if is_stopped else []
        retried = (Deed.MAILING_RETRY, 3, NAME)
        assert sorted((each.deed, each.number, each.operator) for each in told) == [*of_the_others, retried]
        [retry] = [each for each in told if each.deed is Deed.MAILING_RETRY]
        assert retry.reason.endswith("code smtp-552. La boîte est pleine, ou le message trop grand.")
        assert faults(f"{retry.reason} {retry.details}") == []


def _news_of(scripts: Scripts, mailing_name: str) -> list[BureauNews]:
    return [news for script in scripts.all for news in script.news if mailing_name in news.details]
