"""A recovery of identifier and password (2011) starts in the same way for the web and for a mailing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from election.procedures import reference_of
from election.settings import load
from election.stages import Stage
from election.timetable import Period
from tests.support.waiting import until
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.contracts import search_attributes
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.starting import RecoveryStarts, start_identifier_and_password

_2011 = Path(__file__).parents[3] / "election" / "2011.toml"


@pytest.fixture
def starts() -> RecoveryStarts:
    """The recoveries of the election of 2011, with dates around now."""
    now, read = utc_now(), load(_2011)
    requests = Period(opens=now - timedelta(days=1), closes=now + timedelta(days=2))
    dates = {"identifier_and_password": requests, "recoveries": requests, "links_expire": now + timedelta(days=10)}
    election = read.model_copy(update={"calendar": read.calendar.model_copy(update=dates)})
    return RecoveryStarts(election, "https://elections.exemple.fr/")


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierAndPasswordVoter]:
    """A voter for this test, who has not submitted a request yet."""
    elector = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(elector, IdentifierAndPasswordRecovery):
        yield elector


async def test_a_recovery_starts_with_its_search_attributes(
    env: WorkflowEnvironment, voter: IdentifierAndPasswordVoter, starts: RecoveryStarts
) -> None:
    """The procedure, the election and the reference that its id ends in; its details are a link to its page in the console."""
    subject = voter.elector_id * 2
    await start_identifier_and_password(env.client, starts, subject, voter.elector_id, "request-1")
    await voter.is_sent()
    described = await voter.handle.describe()
    found, reference = described.typed_search_attributes, reference_of(subject)
    assert found[search_attributes.REFERENCE] == voter.workflow_id[-14:] == reference
    page = f"https://elections.exemple.fr/exploitation/recherche?reference={reference}"
    assert await described.static_details() == f"[Ce réassort dans la console]({page})"
    values = (found[search_attributes.PROCEDURE], found[search_attributes.ELECTION])
    assert values == ("identifier-and-password", "2011")
    assert [claim.request.elector_id for claim in voter.script.claims] == [voter.elector_id]


async def test_a_second_request_goes_to_the_running_recovery(
    env: WorkflowEnvironment, voter: IdentifierAndPasswordVoter, starts: RecoveryStarts
) -> None:
    """Also a mailing's request, which carries the mailing's name."""
    subject = voter.elector_id * 2
    await start_identifier_and_password(env.client, starts, subject, voter.elector_id, "request-1")
    await voter.is_sent()
    await start_identifier_and_password(env.client, starts, subject, voter.elector_id, "request-2", "the mailing")
    await until(lambda: len(voter.script.claims) == 2)
    assert [claim.request.mailing for claim in voter.script.claims] == ["", "the mailing"]
    assert {claim.workflow_id for claim in voter.script.claims} == {voter.workflow_id}


async def test_a_recovery_starts_for_an_unknown_identifier_too(
    env: WorkflowEnvironment, voter: IdentifierAndPasswordVoter, starts: RecoveryStarts
) -> None:
    """The caller sees no difference: the recovery finds that the elector id is empty."""
    await start_identifier_and_password(
        env.client, starts, voter.elector_id * 2, "", "request-1", rpc_timeout=timedelta(seconds=20)
    )
    await until(lambda: voter.script.claims)
    assert voter.script.claims[0].elector_id == ""
    await voter.reaches(Stage.SENT)  # the scripted judgement is ACCEPTED; the real activity would refuse
