"""One dev server and one pair of workers for all workflow tests; each test has its own elector."""

import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.workflows.scripted.environment import server, workers
from tests.workflows.scripted.replaying import replay_workers, replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.recoveries.voting_code import VotingCodeRecovery


@pytest_asyncio.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal dev server on which every workflow has its own clock."""
    async with server() as environment:
        yield environment


@pytest.fixture(scope="session", autouse=True)
def _scripted_errors() -> None:
    """The worker does not log the errors of scripted activities: pytest would format the traceback of each."""
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)


@pytest_asyncio.fixture(scope="session", autouse=True)
async def _replays() -> AsyncIterator[None]:
    """Stops what replays the histories of these tests."""
    yield
    await replay_workers.stop()


@pytest_asyncio.fixture(scope="session")
async def scripts(env: WorkflowEnvironment) -> AsyncIterator[Scripts]:
    """The scripts of all recoveries; the workers run while the fixture is alive."""
    scripts = Scripts()
    async with workers(env.client, scripts):
        yield scripts


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[VotingCodeVoter]:
    """A voter for this test, who has not submitted a request yet."""
    elector = VotingCodeVoter(env, scripts)
    async with replayed(elector, VotingCodeRecovery):
        yield elector
