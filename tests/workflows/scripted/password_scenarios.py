"""How the recovery of a password comes to each stage where it waits, and to each of its endings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.password_voter import PasswordVoter


async def sending(voter: PasswordVoter) -> None:
    """The relay is down: the mail is tried again and again."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: PasswordVoter) -> None:
    """The relay has the mail."""
    await voter.asks()
    await voter.stands_at(Stage.SENT)


async def late(voter: PasswordVoter) -> None:
    """The relay does not take the mail in time."""
    await sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)


async def held(voter: PasswordVoter) -> None:
    """The relay refused for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)


async def replaced(voter: PasswordVoter) -> None:
    """A later request has taken the place of the first; one that came too soon sent nothing."""
    await sent(voter)
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks("request-3")
    await voter.is_sent(2)


async def retried(voter: PasswordVoter) -> None:
    """An operator had the failed send tried again."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.stands_at(Stage.SENT)


async def notice_owed(voter: PasswordVoter) -> None:
    """The password is changed, and the relay does not take the notice."""
    await sent(voter)
    voter.script.relay = GatewayMode.DOWN
    await voter.chooses(await voter.is_sent())
    await voter.stands_at(Stage.REISSUED)


async def reissued(voter: PasswordVoter) -> None:
    """A new password was chosen."""
    await sent(voter)
    await voter.chooses(await voter.is_sent())
    await voter.ends()


async def refused(voter: PasswordVoter) -> None:
    """Nobody has the identifier."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: PasswordVoter) -> None:
    """Nobody chose."""
    await sent(voter)
    await voter.waits(hours=24, seconds=1)
    await voter.ends()


async def cancelled(voter: PasswordVoter) -> None:
    """An operator ended it."""
    await sent(voter)
    await voter.is_cancelled()
    await voter.ends()


async def failed(voter: PasswordVoter) -> None:
    """The elector was taken off the roll before the choice."""
    await sent(voter)
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.chooses(await voter.is_sent())
    await voter.ends()


@asynccontextmanager
async def opened(voter: PasswordVoter) -> AsyncIterator[None]:
    """The voter has chosen, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=1)
    await sent(voter)
    async with voter.script.hanging("replace_password"):
        choice = asyncio.create_task(voter.chooses(await voter.is_sent()))
        await voter.stands_at(Stage.OPENED)
        yield
    await choice


WAITING = (sending, sent, late, held, replaced, retried, notice_owed, opened)
ENDINGS = (reissued, refused, expired, cancelled, failed)
