"""The recovery of identifier and password (2011), from the request to its ordinary endings."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.recoveries import clicks
from activities.security.purposes import CONTACT, IDENTIFIER
from activities.security.vault import key_id
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.signing import KEYS
from tests.support.waiting import until
from tests.workflows.scripted import identifier_and_password_scenarios
from tests.workflows.scripted.activities import ADDRESS, BOX
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierAndPasswordVoter]:
    """A voter for this test, who has not submitted a request yet."""
    elector = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(elector, IdentifierAndPasswordRecovery):
        yield elector


async def test_both_are_reissued(voter: IdentifierAndPasswordVoter) -> None:
    """The password is displayed for ten minutes, the identifier sent by e-mail, the notice to the work mailbox."""
    message = await voter.asks_and_receives_link()
    code = await voter.takes(message)
    await voter.reaches(Stage.DISPLAYING)
    status = await voter.status()
    assert (code.box, code.until - status.since) == (BOX, timedelta(minutes=10))
    await voter.waits(minutes=9, seconds=30)
    assert (await voter.link(message.link_id)).secret == code
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(message.link_id)).secret is None
    (order,), (mail,), (notice,) = voter.script.reissues, voter.script.identifiers_sent, voter.script.notices
    click = order.click
    assert (click.contact, click.contact_id) == ("sealed address", "typed-1")
    assert clicks.is_from_web(KEYS.web, voter.workflow_id, click)
    assert order.settled.endings == {message.link_id: LinkVerdict.USED}
    assert order.settled.key_ids == [key_id("request-1", CONTACT)]
    assert mail.identifier == f"identifier of {message.link_id}"
    assert (mail.delivery_id, mail.contact, mail.contact_id) == (message.link_id, "sealed address", "typed-1")
    assert (notice.address, notice.channel) == (ADDRESS, Channel.EMAIL)


async def test_each_message_is_in_the_language_of_the_step_before_it(voter: IdentifierAndPasswordVoter) -> None:
    """The link in that of the request; the identifier and the notice in that of the click, signed with the click."""
    await voter.asks(language="en")
    assert (await voter.is_sent()).language == "en"
    await voter.waits(minutes=2)
    await voter.asks("request-2")
    message = await voter.is_sent(2)
    assert message.language == "fr"
    await voter.takes(message, language="en")
    await voter.waits(minutes=11)
    await voter.ends()
    assert [sent.language for sent in voter.script.identifiers_sent] == ["en"]
    assert [notice.language for notice in voter.script.notices] == ["en"]


async def test_all_keys_are_destroyed_at_the_end(voter: IdentifierAndPasswordVoter) -> None:
    """The keys of both addresses and of the identifier, so that nothing sealed stays readable."""
    message = await voter.asks_and_receives_link()
    await voter.takes(message)
    await voter.notes(message)
    assert await voter.ends() is Stage.REISSUED
    (end,) = voter.script.settlements
    typed, drawn = key_id("typed-1", CONTACT), key_id(message.link_id, IDENTIFIER)
    assert set(end.settlement.key_ids) == {key_id("request-1", CONTACT), typed, drawn}
    assert (end.settlement.ending, end.abandoned_ids) == (Stage.REISSUED, [])


async def test_the_new_identifier_is_not_activated_before_its_email_is_accepted(
    voter: IdentifierAndPasswordVoter,
) -> None:
    """While its e-mail is held there is no activation."""
    await identifier_and_password_scenarios.identifier_held(voter)
    assert voter.script.activations == []
    await voter.terminate()


async def test_a_link_is_valid_until_the_election_s_date(voter: IdentifierAndPasswordVoter) -> None:
    """The message has that date, and a click on the day before succeeds."""
    message = await voter.asks_and_receives_link()
    assert message.expires_at == voter.terms.links_expire
    await voter.waits(days=19, hours=23)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.takes(message)


async def test_an_unused_link_expires_on_that_date(voter: IdentifierAndPasswordVoter) -> None:
    """The keys are destroyed, and nothing is reissued."""
    message = await voter.asks_and_receives_link()
    await voter.waits(days=20, seconds=1)
    assert await voter.ends() is Stage.EXPIRED
    (end,) = voter.script.settlements
    assert end.settlement.links == {message.link_id: LinkVerdict.EXPIRED}
    assert end.settlement.key_ids == [key_id("request-1", CONTACT)]
    assert voter.script.reissues == []


async def test_requests_close_before_links_expire(voter: IdentifierAndPasswordVoter) -> None:
    """A late request is refused, and the earlier link stays valid."""
    message = await voter.asks_and_receives_link()
    await voter.waits(days=2, seconds=1)
    await voter.asks("request-2")
    await until(lambda: len(voter.script.claims) == 2)
    assert voter.script.claims[1].refusal is Verdict.CLOSED
    await voter.takes(message)
    assert len(voter.script.sent) == 1


async def test_an_unknown_identifier_ends_refused(voter: IdentifierAndPasswordVoter) -> None:
    """Nothing is sent."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    assert await voter.ends() is Stage.REFUSED
    assert voter.script.tried == []


async def test_a_new_request_sends_another_link_after_a_minute(voter: IdentifierAndPasswordVoter) -> None:
    """Within the minute a request is not judged; later a new link replaces the former one."""
    first = await voter.asks_and_receives_link()
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    second = await voter.asks_and_receives_link("request-3")
    claims = [(claim.request.request_id, claim.link.replaces) for claim in voter.script.claims]
    assert claims == [("request-1", ""), ("request-3", first.link_id)]
    assert await voter.take_is_refused(first.link_id) is LinkVerdict.REPLACED
    await voter.takes(second)
    assert voter.script.reissues[0].click.link_id == second.link_id


async def test_of_two_concurrent_clicks_one_succeeds(voter: IdentifierAndPasswordVoter) -> None:
    """The other gets the verdict USED; one password is drawn and one identifier sent."""
    message = await voter.asks_and_receives_link()
    clicks = [voter.takes(message, f"typed-{number}") for number in range(2)]
    both = await asyncio.gather(*clicks, return_exceptions=True)
    assert [type(each) for each in both].count(WorkflowUpdateFailedError) == 1
    assert await voter.take_is_refused(message.link_id) is LinkVerdict.USED
    assert await voter.take_is_refused("no-such-link") is LinkVerdict.UNKNOWN
    assert len(voter.script.reissues) == 1
    await voter.notes(message)
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.identifiers_sent) == 1


async def test_another_request_does_not_end_the_display(voter: IdentifierAndPasswordVoter) -> None:
    """A stranger may type the identifier: while the password is displayed, the request has no effect."""
    message = await voter.asks_and_receives_link()
    code = await voter.takes(message)
    await voter.waits(minutes=5)
    await voter.asks("request-2")
    assert (await voter.link(message.link_id)).secret == code
    assert len(voter.script.claims) == 1
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
