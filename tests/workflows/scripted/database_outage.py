"""Scenarios in which the database does not answer while other messages arrive."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.support.waiting import until
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.messages import SealedSecret


@asynccontextmanager
async def settling(voter: VotingCodeVoter) -> AsyncIterator[None]:
    """The link has expired, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=2)
    await voter.asks_and_receives_link()
    async with voter.script.holding("settle"):
        time = asyncio.create_task(voter.waits(hours=1, seconds=1))
        await until(lambda: voter.script.settlements)
        yield
    await time


@asynccontextmanager
async def issuing(voter: VotingCodeVoter) -> AsyncIterator[asyncio.Task[SealedSecret]]:
    """The voter has clicked, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    async with voter.script.holding("reissue_voting_code"):
        click = asyncio.create_task(voter.clicks(message))
        await until(lambda: voter.script.reissues)
        yield click


@asynccontextmanager
async def opened(voter: VotingCodeVoter) -> AsyncIterator[None]:
    """The voter has clicked; the code is displayed once the block ends."""
    async with issuing(voter) as click:
        yield
    await click
