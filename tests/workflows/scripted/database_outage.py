"""Moments in which the database does not answer, and other messages come in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.contracts.messages import SealedCode


@asynccontextmanager
async def settling(voter: Voter) -> AsyncIterator[None]:
    """The link has expired, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=1)
    await voter.asks_and_is_sent()
    async with voter.script.hanging("settle"):
        time = asyncio.create_task(voter.waits(hours=1, seconds=1))
        await until(lambda: voter.script.settlements)
        yield
    await time


@asynccontextmanager
async def issuing(voter: Voter) -> AsyncIterator[asyncio.Task[SealedCode]]:
    """The voter has clicked, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=1)
    message = await voter.asks_and_is_sent()
    async with voter.script.hanging("reissue_voting_code"):
        click = asyncio.create_task(voter.clicks(message))
        await voter.stands_at(Stage.OPENED)
        yield click


@asynccontextmanager
async def opened(voter: Voter) -> AsyncIterator[None]:
    """The same, for whoever only looks on: the code is shown once the block ends."""
    async with issuing(voter) as click:
        yield
    await click
