"""The queries of the operators' guide run on a server, and list running recoveries alone."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter

_GUIDE = Path("docs/operations.md").read_text()
_VIEWS = re.findall(r"^\| [^|`]+ \| `((?:ExecutionStatus|Recovery)[^`]+)` \|$", _GUIDE, re.MULTILINE)
_COMMANDS = re.findall(r'--query "((?:[^"$]|\$\([^)]*\))+)"', _GUIDE)
_NOW = re.compile(r"\$\(date [^)]*\)")


def _runnable(query: str) -> str:
    query = _NOW.sub(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), query)
    return query.replace("'…'", "'2026-12-04T08:00:00Z'")


QUERIES = [_runnable(each) for each in [*_VIEWS, *_COMMANDS]]


def test_the_guide_has_its_queries() -> None:
    """The views and the commands are found, the alert among them."""
    assert len(_VIEWS) == 4
    assert [each for each in QUERIES if "TemporalReportedProblems" in each]


@pytest.mark.parametrize("query", QUERIES)
async def test_a_query_of_the_guide_runs(env: WorkflowEnvironment, query: str) -> None:
    """The server takes it; one for work that is left names running recoveries alone."""
    assert (await env.client.count_workflows(query)).count >= 0
    is_for_work = any(each in query for each in ("Held", "Late", "TemporalReportedProblems"))
    assert not is_for_work or re.search("ExecutionStatus=[\"']Running[\"']", query)


async def test_a_terminated_recovery_is_not_listed_as_held(
    env: WorkflowEnvironment, voter: VotingCodeVoter
) -> None:
    """Its stage stays Held, and the view « À relancer » leaves it out."""
    await voter.asks_and_receives_link()
    await voter.cannot_receive(voter.script.sent[-1])
    await voter.reaches(Stage.HELD)
    view = f"{_VIEWS[0]} AND WorkflowId='{voter.workflow_id}'"

    async def count() -> int:
        return (await env.client.count_workflows(view)).count

    async def is_listed() -> bool:
        return await count() == 1

    async def is_gone() -> bool:
        return await count() == 0

    await until(is_listed)
    await voter.terminate()
    await until(is_gone)
