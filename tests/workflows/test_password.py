"""The recovery of a password, from the request to each of its endings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.clock import utc_now
from activities.messaging import LinkMessage
from activities.requests import CONTACT
from activities.security.vault import key_id
from activities.verification import Judgement
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.waiting import until
from tests.workflows.scripted import Script, World
from tests.workflows.terms import terms_from
from workflows import options
from workflows.messages import Cancel, Click, Submission
from workflows.password import PasswordRecovery

_SOON = timedelta(seconds=20)


class Forgetful:
    """Somebody who has forgotten a password, and the recovery that is theirs."""

    def __init__(self, environment: WorkflowEnvironment, world: World) -> None:
        elector = uuid4().hex
        self._environment = environment
        self._id = f"password/{elector * 2}"
        self._terms = terms_from(utc_now(), elector)
        self.script: Script = world.of(self._id)
        self.handle = environment.client.get_workflow_handle_for(PasswordRecovery.run, self._id)

    async def asks(self, request: str = "request-1") -> None:
        """Ask for a link, in a new recovery or in the one that lives; nobody waits for an answer."""
        await self._environment.client.start_workflow(
            PasswordRecovery.run,
            self._terms,
            id=self._id,
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="submit",
            start_signal_args=[Submission(request, Channel.EMAIL, "", "", "")],
        )

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the last link, once that many were sent."""
        await until(lambda: len(self.script.sent) >= number)
        return self.script.sent[-1]

    async def chooses(self, message: LinkMessage) -> None:
        """Choose a password behind a link."""
        click = Click(message.link_id, "sealed hash", "the door's word")
        await self.handle.execute_update(PasswordRecovery.choose, click, rpc_timeout=_SOON)

    async def is_told(self, message: LinkMessage) -> LinkVerdict:
        """Choose a password behind a link that does nothing, and return why."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.chooses(message)
        assert isinstance(refused.value.cause, ApplicationError)
        return LinkVerdict(refused.value.cause.message)

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward."""
        async with asyncio.timeout(_SOON.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> Stage:
        """Return how the recovery ended, once it has."""
        async with asyncio.timeout(_SOON.total_seconds()):
            return await self.handle.result()


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, world: World) -> AsyncIterator[Forgetful]:
    """Somebody of this test's own, who has not asked for anything yet."""
    elector = Forgetful(env, world)
    yield elector
    with suppress(RPCError):
        await elector.handle.terminate("the test is over")


async def test_a_password_is_chosen_anew(voter: Forgetful) -> None:
    """Ask, receive a link by mail, choose: the transaction settles all, the work mailbox is told."""
    await voter.asks()
    message = await voter.is_sent()
    await voter.chooses(message)
    assert await voter.ends() is Stage.REISSUED
    (order,), (notice,) = voter.script.replacements, voter.script.notices
    assert (order.envelope, order.word, order.link_id) == ("sealed hash", "the door's word", message.link_id)
    assert order.links == {message.link_id: LinkVerdict.USED}
    assert order.keys == [key_id("request-1", CONTACT)]
    assert notice.link_id == message.link_id
    assert message.lifetime == timedelta(hours=24)
    assert voter.script.settlements == []


async def test_an_unknown_identifier_ends_refused(voter: Forgetful) -> None:
    """Nothing is sent, and no recovery stays behind."""
    voter.script.judgements = [Judgement(Verdict.WRONG_PROOF)]
    await voter.asks()
    assert await voter.ends() is Stage.REFUSED
    assert voter.script.tried == []


async def test_a_link_expires_after_a_day(voter: Forgetful) -> None:
    """Without a choice the link dies, the keys are destroyed, the password stays."""
    await voter.asks()
    message = await voter.is_sent()
    await voter.waits(hours=24, seconds=1)
    assert await voter.ends() is Stage.EXPIRED
    (settled,) = voter.script.settlements
    assert settled.links == {message.link_id: LinkVerdict.EXPIRED}
    assert voter.script.replacements == []


async def test_a_new_request_sends_another_link_but_not_at_once(voter: Forgetful) -> None:
    """Within a minute nothing more is sent; later a new link takes the former one's place."""
    await voter.asks()
    first = await voter.is_sent()
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks("request-3")
    second = await voter.is_sent(2)
    assert (len(voter.script.sent), second.request) == (2, "request-3")
    assert await voter.is_told(first) is LinkVerdict.REPLACED
    await voter.chooses(second)
    assert await voter.ends() is Stage.REISSUED


async def test_of_two_choices_at_once_one_wins(voter: Forgetful) -> None:
    """The second reads that the link is used, and one password is stored."""
    await voter.asks()
    message = await voter.is_sent()
    both = await asyncio.gather(voter.chooses(message), voter.chooses(message), return_exceptions=True)
    assert [type(each) for each in both if each] == [WorkflowUpdateFailedError]
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.replacements) == 1


async def test_an_elector_taken_off_the_roll_changes_nothing(voter: Forgetful) -> None:
    """The click fails, and the recovery ends without a password or a notice."""
    voter.script.is_on_the_roll = False
    await voter.asks()
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.chooses(await voter.is_sent())
    assert await voter.ends() is Stage.CANCELLED
    assert voter.script.notices == []


async def test_an_operator_cancels(voter: Forgetful) -> None:
    """The link is dead, and the journal is given the operator's name."""
    await voter.asks()
    await voter.is_sent()
    order = Cancel("Claude Exemple", "demande par téléphone")
    await voter.handle.execute_update("cancel", order, result_type=Stage)
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert settled.operator == "Claude Exemple"
