"""An objection ends the elector's recoveries, whatever state they are in, and is not given up."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import identifier_scenarios, objection_scenarios, voting_code_scenarios
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.objection_scenarios import Objector
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.options import OBJECTION_ACTIVITY
from workflows.parts.security_notice import OBJECTED_SIGNAL
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.objection import Objection
from workflows.recoveries.password import PasswordRecovery


@pytest_asyncio.fixture
async def owner(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[Objector]:
    """An elector who objects."""
    elector = Objector(env, scripts)
    async with replayed(elector, Objection):
        yield elector


@pytest_asyncio.fixture
async def by_sms(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierVoter]:
    """Somebody who recovers the identifier (2018)."""
    somebody = IdentifierVoter(env, scripts)
    async with replayed(somebody, IdentifierRecovery):
        yield somebody


@pytest_asyncio.fixture
async def by_mail(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[PasswordVoter]:
    """Somebody who recovers the password."""
    somebody = PasswordVoter(env, scripts)
    async with replayed(somebody, PasswordRecovery):
        yield somebody


async def test_live_links_are_stopped(owner: Objector, voter: VotingCodeVoter, by_mail: PasswordVoter) -> None:
    """Each recovery ends as cancelled, its link with the verdict « interrompu », and no operator is named."""
    message = await voter.asks_and_receives_link()
    await by_mail.asks()
    link_id = (await by_mail.is_sent()).link_id
    await owner.objects(voter.workflow_id, by_mail.workflow_id)
    assert await owner.ends() is LinkVerdict.LIVE
    assert await voter.ends() is Stage.CANCELLED
    assert await by_mail.ends() is Stage.CANCELLED
    (settled,), (other,) = voter.script.settlements, by_mail.script.settlements
    assert (settled.links, other.links) == (
        {message.link_id: LinkVerdict.STOPPED},
        {link_id: LinkVerdict.STOPPED},
    )
    assert (settled.operator, voter.script.reissues) == ("", [])


async def test_a_displayed_code_is_shown_no_longer(owner: Objector, voter: VotingCodeVoter) -> None:
    """The window ends at once; the code stays the elector's, until another replaces it."""
    await voting_code_scenarios.displaying(voter)
    await owner.objects(voter.workflow_id)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(voter.script.sent[0].link_id)).secret is None


async def test_an_identifier_that_is_not_sent_is_abandoned(owner: Objector, by_sms: IdentifierVoter) -> None:
    """Its request is given back, as after a cancellation."""
    await identifier_scenarios.held(by_sms)
    await owner.objects(by_sms.workflow_id)
    assert await by_sms.ends() is Stage.CANCELLED
    assert by_sms.script.activations == []


async def test_an_objection_is_made_once_the_database_answers(owner: Objector) -> None:
    """It is tried again without an end, each time for the same run."""
    await objection_scenarios.made_after_outage(owner)
    assert await owner.ends() is LinkVerdict.LIVE
    assert len({order.by for order in owner.script.objections}) == 1
    assert owner.script.objections[0].by
    policy = OBJECTION_ACTIVITY["retry_policy"]
    assert policy is not None
    assert policy.maximum_attempts == 0


async def test_a_link_that_was_used_before_tells_nobody(owner: Objector, voter: VotingCodeVoter) -> None:
    """The answer is why it cannot be used."""
    await voter.asks_and_receives_link()
    owner.script.objection = LinkVerdict.USED
    await owner.objects(voter.workflow_id)
    assert await owner.ends() is LinkVerdict.USED
    assert (await voter.status()).stage is Stage.SENT


async def test_a_forged_signal_ends_nothing(voter: VotingCodeVoter) -> None:
    """Whoever can write to Temporal can send it: the database knows of no objection, so the link gives its code."""
    message = await voter.asks_and_receives_link()
    await voter.handle.signal(OBJECTED_SIGNAL)
    await voter.handle.signal(OBJECTED_SIGNAL, {"workflow_id": "opposition/x"})
    await until(lambda: len(voter.script.objection_claims) == 2)
    assert (await voter.status()).stage is Stage.SENT
    assert (await voter.clicks(message)).box
