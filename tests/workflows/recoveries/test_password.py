"""The recovery of a password, from the request to each of its endings."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.recoveries import clicks
from activities.recoveries.password import ChoosePassword
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.signing import WEB
from tests.support.waiting import until
from tests.workflows.scripted import password_scenarios
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.contracts.orders import CancelRequest, RetryRequest
from workflows.recoveries.password import PasswordRecovery


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[PasswordVoter]:
    """A voter for this test, who has not submitted a request yet."""
    elector = PasswordVoter(env, scripts)
    async with replayed(elector, PasswordRecovery):
        yield elector


async def test_a_new_password_is_chosen(voter: PasswordVoter) -> None:
    """Ask, receive a link, choose: the replacement settles everything, and the notice is sent."""
    await voter.asks()
    message = await voter.is_sent()
    await voter.chooses(message)
    assert await voter.ends() is Stage.REISSUED
    (order,), (notice,) = voter.script.reissues, voter.script.notices
    assert order.choice == clicks.signed(WEB, voter.workflow_id, ChoosePassword(message.link_id, "sealed hash"))
    assert order.settled.endings == {message.link_id: LinkVerdict.USED}
    assert order.settled.key_ids == [key_id("request-1", CONTACT)]
    assert notice.link_id == message.link_id
    assert message.lifetime == timedelta(hours=24)
    assert voter.script.settlements == []


async def test_its_messages_are_in_the_language_that_it_was_asked_in(voter: PasswordVoter) -> None:
    """The link, and the notice to the work mailbox."""
    await voter.asks(language="en")
    message = await voter.is_sent()
    await voter.chooses(message)
    await voter.ends()
    assert [message.language, *(notice.language for notice in voter.script.notices)] == ["en", "en"]


async def test_an_unknown_identifier_ends_refused(voter: PasswordVoter) -> None:
    """Nothing is sent."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    assert await voter.ends() is Stage.REFUSED
    assert voter.script.tried == []


async def test_a_link_expires_after_a_day(voter: PasswordVoter) -> None:
    """The keys are destroyed, and no password is replaced."""
    await voter.asks()
    message = await voter.is_sent()
    await voter.waits(hours=24, seconds=1)
    assert await voter.ends() is Stage.EXPIRED
    (settled,) = voter.script.settlements
    assert settled.links == {message.link_id: LinkVerdict.EXPIRED}
    assert voter.script.reissues == []


async def test_a_new_request_sends_another_link_after_a_minute(voter: PasswordVoter) -> None:
    """Within the minute a request sends nothing; later a new link replaces the former one."""
    await voter.asks()
    first = await voter.is_sent()
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks("request-3")
    second = await voter.is_sent(2)
    assert (len(voter.script.sent), second.request_id) == (2, "request-3")
    assert [claim.link.replaces for claim in voter.script.claims] == ["", first.link_id]
    assert await voter.choice_is_refused(first) is LinkVerdict.REPLACED
    await voter.chooses(second)
    assert await voter.ends() is Stage.REISSUED


async def test_of_two_concurrent_choices_one_succeeds(voter: PasswordVoter) -> None:
    """The other update fails, and the password is replaced once."""
    await voter.asks()
    message = await voter.is_sent()
    both = await asyncio.gather(voter.chooses(message), voter.chooses(message), return_exceptions=True)
    assert [type(each) for each in both if each] == [WorkflowUpdateFailedError]
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.reissues) == 1


async def test_a_late_choice_of_an_older_link_is_refused(voter: PasswordVoter) -> None:
    """Two passwords were chosen while the database was down: the newer link's password is stored."""
    voter.task_timeout = timedelta(seconds=2)
    await voter.asks()
    first = await voter.is_sent()
    async with voter.script.holding("replace_password"):
        older = asyncio.create_task(voter.choice_is_refused(first))
        await until(lambda: voter.script.reissues)
        await voter.asks("request-2")
        second = await voter.is_sent(2)
        newer = asyncio.create_task(voter.chooses(second))
        await until(lambda: second.link_id in {order.choice.link_id for order in voter.script.reissues})
        voter.script.replaced_link = first.link_id
    assert await older is LinkVerdict.REPLACED
    await newer
    assert await voter.ends() is Stage.REISSUED


async def test_an_elector_taken_off_the_roll_changes_nothing(voter: PasswordVoter) -> None:
    """The update fails, and the recovery ends without a notice: its link is not told to have served."""
    voter.script.is_on_the_roll = False
    await voter.asks()
    message = await voter.is_sent()
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.chooses(message)
    assert await voter.ends() is Stage.CANCELLED
    assert voter.script.settlements[-1].links == {message.link_id: LinkVerdict.CANCELLED}
    assert voter.script.notices == []


async def test_invalid_operator_updates_are_refused(voter: PasswordVoter) -> None:
    """A retry of a send that has not failed, and a cancellation without a name."""
    await voter.asks()
    message = await voter.is_sent()
    for update, invalid in (("retry_send", RetryRequest("Claude Exemple")), ("cancel", CancelRequest(" "))):
        with pytest.raises(WorkflowUpdateFailedError):
            await voter.handle.execute_update(update, invalid, rpc_timeout=timedelta(seconds=20))
    assert voter.script.sent == [message]
    await voter.chooses(message)
    assert await voter.ends() is Stage.REISSUED


async def test_an_operator_retries_a_failed_send(voter: PasswordVoter) -> None:
    """The same link is sent, and the journal has the operator's name."""
    await password_scenarios.retried(voter)
    [message] = voter.script.sent
    assert [act.operator for act in voter.script.retries] == ["Claude Exemple"]
    assert {each.link_id for each in voter.script.tried} == {message.link_id}
    await voter.chooses(message)
    assert await voter.ends() is Stage.REISSUED


async def test_an_operator_cancels(voter: PasswordVoter) -> None:
    """The recovery ends cancelled, and the settlement has the operator's name."""
    await voter.asks()
    await voter.is_sent()
    await voter.is_cancelled()
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert settled.operator == "Claude Exemple"
