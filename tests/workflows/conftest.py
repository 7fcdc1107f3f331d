"""One dev server and one pair of workers for all workflow tests; each test has an elector of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.workflows.scripted.environment import server, workers
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.recoveries.voting_code import VotingCodeRecovery


@pytest_asyncio.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal dev server on which every workflow has a clock of its own."""
    async with server() as environment:
        yield environment


@pytest_asyncio.fixture(scope="session")
async def world(env: WorkflowEnvironment) -> AsyncIterator[Scripts]:
    """What the activities do to each recovery, with the workers that run them."""
    scripts = Scripts()
    async with workers(env.client, scripts):
        yield scripts


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, world: Scripts) -> AsyncIterator[Voter]:
    """An elector of this test's own, who has not asked for anything yet."""
    elector = Voter(env, world)
    async with replayed(elector, VotingCodeRecovery):
        yield elector
