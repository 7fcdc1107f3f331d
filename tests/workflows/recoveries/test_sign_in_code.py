"""The mail with a sign-in's code is retried while the code is valid."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from tests.workflows.scripted import sign_in_code_scenarios as scenarios
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.sign_in_code import SignInCodeMailing


@pytest_asyncio.fixture
async def reader(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[scenarios.CodeReader]:
    """A voter who waits for a code, for this test."""
    voter = scenarios.CodeReader(env, scripts)
    async with replayed(voter, SignInCodeMailing):
        yield voter


async def test_a_code_is_retried_until_the_relay_accepts_it(reader: scenarios.CodeReader) -> None:
    """It survives an outage; each attempt is the same mail."""
    await scenarios.handed_over_after_outage(reader)
    assert len(reader.script.code_mails) > 1
    assert set(reader.script.code_mails) == {reader.mail}


@pytest.mark.parametrize("ending", [scenarios.refused, scenarios.too_late])
async def test_a_code_that_cannot_arrive_in_time_is_given_up(
    reader: scenarios.CodeReader, ending: Callable[[scenarios.CodeReader], Awaitable[None]]
) -> None:
    """After a refusal, and after ten minutes, when the code is no longer valid: the workflow fails."""
    await ending(reader)
    assert (await reader.handle.describe()).status is WorkflowExecutionStatus.FAILED
