"""A recovery of the password ends the elector's other recoveries: they are told, and give no code."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import identifier_scenarios, voting_code_scenarios
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.messages import PasswordRecovered
from workflows.parts.security_notice import PASSWORD_RECOVERED_SIGNAL
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.password import PasswordRecovery


@pytest_asyncio.fixture
async def owner(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[PasswordVoter]:
    """An elector who recovers the password."""
    elector = PasswordVoter(env, scripts)
    async with replayed(elector, PasswordRecovery):
        yield elector


@pytest_asyncio.fixture
async def by_sms(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierVoter]:
    """A voter who recovers the identifier (2018)."""
    elector = IdentifierVoter(env, scripts)
    async with replayed(elector, IdentifierRecovery):
        yield elector


async def _recovers(owner: PasswordVoter, *others: str) -> None:
    owner.script.others = list(others)
    await owner.asks()
    await owner.chooses(await owner.is_sent())


async def test_a_live_link_is_replaced(owner: PasswordVoter, voter: VotingCodeVoter) -> None:
    """The recovery ends as cancelled, with the link's verdict « remplacé »; a click on it gives no code."""
    message = await voter.asks_and_receives_link()
    await _recovers(owner, voter.workflow_id)
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert settled.links == {message.link_id: LinkVerdict.REPLACED}
    assert (settled.operator, voter.script.reissues) == ("", [])
    assert await owner.ends() is Stage.REISSUED


async def test_a_displayed_code_is_shown_no_longer(owner: PasswordVoter, voter: VotingCodeVoter) -> None:
    """The window ends at once, long before its 120 seconds."""
    await voting_code_scenarios.displaying(voter)
    link_id = voter.script.sent[0].link_id
    assert (await voter.link(link_id)).secret is not None
    await _recovers(owner, voter.workflow_id)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(link_id)).secret is None


async def test_an_identifier_that_is_not_sent_is_abandoned(owner: PasswordVoter, by_sms: IdentifierVoter) -> None:
    """Its request is given back, as after a cancellation."""
    await identifier_scenarios.held(by_sms)
    await _recovers(owner, by_sms.workflow_id)
    assert await by_sms.ends() is Stage.CANCELLED
    (settled,) = by_sms.script.settlements
    assert settled.failed_request_id
    assert by_sms.script.activations == []


async def test_recoveries_that_have_ended_delay_nothing(owner: PasswordVoter, voter: VotingCodeVoter) -> None:
    """Neither one that has ended nor one that never was is in the way of the others."""
    await voter.asks_and_receives_link()
    await _recovers(owner, "code-de-vote/nobody", voter.workflow_id, "identifiant/nobody")
    assert await voter.ends() is Stage.CANCELLED
    assert await owner.ends() is Stage.REISSUED


async def test_a_request_during_the_end_is_not_lost(owner: PasswordVoter, voter: VotingCodeVoter) -> None:
    """A request that the database accepts after the password was recovered has its link."""
    await voter.asks_and_receives_link()
    await _recovers(owner, voter.workflow_id)
    await until(lambda: voter.script.settlements)
    await voter.asks(request_id="request-2")
    await until(lambda: len(voter.script.sent) == 2)


_FORGED = ("mot-de-passe/x", "identifiant-et-mot-de-passe/x", "code-de-vote/other", "", "password")


async def _is_signalled(voter: VotingCodeVoter, sender: str) -> None:
    await voter.handle.signal(PASSWORD_RECOVERED_SIGNAL, PasswordRecovered(sender))
    await until(lambda: voter.script.password_claims)
    assert voter.script.password_claims.pop().by == sender


async def test_a_forged_signal_replaces_no_link(voter: VotingCodeVoter, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever can write to Temporal can name any recovery: the database knows of none, so the link gives its code."""
    message = await voter.asks_and_receives_link()
    for sender in _FORGED:
        await _is_signalled(voter, sender)
    assert (await voter.status()).stage is Stage.SENT
    told = [record.getMessage() for record in caplog.records if record.name == "temporalio.workflow"]
    assert len([each for each in told if each.startswith("ignored a signal that ends nothing")]) == len(_FORGED)
    assert (await voter.clicks(message)).box


async def test_a_forged_signal_ends_no_display(voter: VotingCodeVoter) -> None:
    """The code stays on the page until its window ends."""
    await voting_code_scenarios.displaying(voter)
    await _is_signalled(voter, "mot-de-passe/x")
    assert (await voter.link(voter.script.sent[0].link_id)).secret is not None
    assert (await voter.status()).stage is Stage.DISPLAYING


async def test_a_signal_that_the_database_cannot_check_stops_nothing(voter: VotingCodeVoter) -> None:
    """An id that is none of ours, for instance: the recovery goes on, and an operator can cancel it."""
    await voter.asks_and_receives_link()
    voter.script.errors["was_password_recovered"] = "InvalidIdError"
    await _is_signalled(voter, "\0" * 1000)
    assert (await voter.status()).stage is Stage.SENT
    assert await voter.is_cancelled() is Stage.CANCELLED
