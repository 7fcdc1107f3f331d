"""Scenarios that bring the recovery of a password to each stage where it waits, and to each of its endings."""

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
    """The relay is down: the e-mail is retried."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: PasswordVoter) -> None:
    """The relay has accepted the e-mail."""
    await voter.asks()
    await voter.reaches(Stage.SENT)


async def late(voter: PasswordVoter) -> None:
    """The relay does not accept the e-mail in time."""
    await sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)


async def held(voter: PasswordVoter) -> None:
    """The relay has refused the e-mail for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)


async def replaced(voter: PasswordVoter) -> None:
    """A later request has replaced the first; one that came too soon sent nothing."""
    await sent(voter)
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks("request-3")
    await voter.is_sent(2)


async def retried(voter: PasswordVoter) -> None:
    """An operator has retried the failed send."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.reaches(Stage.SENT)


async def notice_pending(voter: PasswordVoter) -> None:
    """The password is replaced, and the relay of the notice is down."""
    await sent(voter)
    voter.script.relay = GatewayMode.DOWN
    await voter.chooses(await voter.is_sent())
    await voter.reaches(Stage.REISSUED)


async def reissued(voter: PasswordVoter) -> None:
    """A new password was chosen."""
    await sent(voter)
    await voter.chooses(await voter.is_sent())
    await voter.ends()


async def refused(voter: PasswordVoter) -> None:
    """The typed identifier is not on the roll."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: PasswordVoter) -> None:
    """The link was not used."""
    await sent(voter)
    await voter.waits(hours=24, seconds=1)
    await voter.ends()


async def cancelled(voter: PasswordVoter) -> None:
    """An operator has cancelled it."""
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
    voter.task_timeout = timedelta(seconds=2)
    await sent(voter)
    async with voter.script.holding("replace_password"):
        choice = asyncio.create_task(voter.chooses(await voter.is_sent()))
        await until(lambda: voter.script.reissues)
        yield
    await choice


WAITING = (sending, sent, late, held, replaced, retried, notice_pending, opened)
ENDINGS = (reissued, refused, expired, cancelled, failed)
