"""The recovery of a voting code, from the request to each of its endings."""

from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus

from activities.proofs.judgement import JudgedRequest
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.workflows.scripted.activities import ADDRESS, BOX
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.messages import Answer


async def test_a_code_is_reissued_by_sms(voter: VotingCodeVoter) -> None:
    """Prove the identity, receive a link by SMS, open it, see the code for two minutes, done."""
    assert await voter.asks(Channel.SMS) == Answer(Verdict.ACCEPTED)
    message = await voter.is_sent()
    await voter.receives(message)
    code = await voter.clicks(message)
    assert code.box == BOX
    await voter.reaches(Stage.DISPLAYING)
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED


async def test_a_code_is_reissued_by_email(voter: VotingCodeVoter) -> None:
    """E-mail has no receipts: the link can be used once the relay has accepted it."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    assert message.channel is Channel.EMAIL
    await voter.clicks(message)
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED


async def test_the_activities_get_the_ids_of_the_recovery(voter: VotingCodeVoter) -> None:
    """Claim, message, order and notice have the same elector, request and link."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    await voter.waits(seconds=121)
    await voter.ends()
    (claim,), (order,), (notice,) = voter.script.claims, voter.script.reissues, voter.script.notices
    assert claim.link.link_id == message.link_id == order.click.link_id == notice.link_id
    assert claim.elector_id == order.elector_id == voter.terms.elector_id
    assert claim.submission.request_id == message.request_id == "request-1"
    assert (order.channel, notice.channel, notice.address) == ("sms", Channel.SMS, ADDRESS)
    assert message.message_id == f"{message.link_id}-1"
    assert message.lifetime == timedelta(minutes=10)


async def test_each_link_of_a_request_is_in_the_language_that_it_was_asked_in(voter: VotingCodeVoter) -> None:
    """Also one that is sent again; a later request brings its own."""
    await voter.asks(language="en")
    assert (await voter.is_sent()).language == "en"
    await voter.waits(seconds=61)
    await voter.sends_again()
    assert (await voter.is_sent()).language == "en"
    await voter.waits(seconds=61)
    assert (await voter.asks_and_receives_link(request_id="request-2")).language == "fr"


async def test_the_notices_of_a_request_are_in_its_language_too(voter: VotingCodeVoter) -> None:
    """That it was made, and that the code was replaced."""
    voter.script.judgements = [JudgedRequest(Verdict.ACCEPTED, notice="sealed address")]
    await voter.asks(language="en")
    await voter.clicks(await voter.is_sent())
    await voter.waits(seconds=121)
    await voter.ends()
    assert [notice.language for notice in voter.script.notices] == ["en", "en"]


async def test_a_reissue_settles_the_recovery(voter: VotingCodeVoter) -> None:
    """Its order has the keys to destroy and the links' endings, so that no settlement follows."""
    first = await voter.asks_and_receives_link(request_id="request-1")
    message = await voter.asks_and_receives_another_link(Channel.EMAIL)
    await voter.clicks(message)
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    (order,) = voter.script.reissues
    assert order.settled.key_ids == [key_id("request-1", CONTACT), key_id("request-2", CONTACT)]
    assert order.settled.endings == {first.link_id: LinkVerdict.REPLACED, message.link_id: LinkVerdict.USED}
    assert voter.script.settlements == []


async def test_an_expired_link_is_settled(voter: VotingCodeVoter) -> None:
    """The settlement has the keys to destroy and the link's ending."""
    message = await voter.asks_and_receives_link()
    await voter.waits(hours=1, seconds=1)
    assert await voter.ends() is Stage.EXPIRED
    (settled,) = voter.script.settlements
    assert (settled.subject, settled.ending, settled.operator) == (voter.terms.elector_id, Stage.EXPIRED, "")
    assert settled.key_ids == [key_id("request-1", CONTACT)]
    assert settled.links == {message.link_id: LinkVerdict.EXPIRED}


async def test_a_cancelled_recovery_is_settled_with_the_operator_s_name(voter: VotingCodeVoter) -> None:
    """The settlement has the name, the reason, the keys to destroy and the link's ending."""
    message = await voter.asks_and_receives_link()
    assert await Operator().cancels(voter) is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert (settled.ending, settled.operator) == (Stage.CANCELLED, "Claude Exemple")
    assert settled.reason == "demande par téléphone"
    assert voter.script.cancellations == []  # the settlement journals the act
    assert settled.key_ids == [key_id("request-1", CONTACT)]
    assert settled.links == {message.link_id: LinkVerdict.CANCELLED}


async def test_a_cancellation_leaves_a_reissued_code_valid(voter: VotingCodeVoter) -> None:
    """During the display the window ends, the recovery ends reissued, and the act is journalled."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    assert await Operator().cancels(voter) is Stage.REISSUED
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(message.link_id)).secret is None
    assert voter.script.settlements == []
    (act,) = voter.script.cancellations
    assert (act.operator, act.fault, act.reason) == ("Claude Exemple", "Displaying", "demande par téléphone")


async def test_a_refused_proof_ends_a_new_recovery(voter: VotingCodeVoter) -> None:
    """The answer has the verdict, nothing is sent, and nothing is settled."""
    voter.script.judgements = [JudgedRequest(Verdict.WRONG_PROOF)]
    assert await voter.asks() == Answer(Verdict.WRONG_PROOF)
    assert await voter.ends() is Stage.REFUSED
    assert (voter.script.tried, voter.script.settlements) == ([], [])
    assert (await voter.attributes())["RecoveryStage"] == "Refused"


async def test_the_answer_has_the_end_of_a_pause(voter: VotingCodeVoter) -> None:
    """From then on proofs are judged again."""
    pause_ends = voter.terms.requests_close
    voter.script.judgements = [JudgedRequest(Verdict.PAUSED, pause_ends)]
    assert await voter.asks() == Answer(Verdict.PAUSED, pause_ends)
    assert await voter.ends() is Stage.REFUSED


async def test_requests_close_before_links_expire(voter: VotingCodeVoter) -> None:
    """A late request is refused without a check of its proofs; the live link can still be used."""
    voter.with_terms(requests_close=voter.terms.requests_close - timedelta(days=2) + timedelta(minutes=5))
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=5, seconds=1)
    assert await voter.asks(request_id="request-2") == Answer(Verdict.CLOSED)
    assert await voter.sends_again() == Answer(Verdict.CLOSED)
    assert [claim.refusal for claim in voter.script.claims] == [None, Verdict.CLOSED]
    assert (await voter.clicks(message)).box == BOX


async def test_a_recovery_that_starts_after_requests_closed_is_refused(voter: VotingCodeVoter) -> None:
    """It ends immediately; the judgement knows the election's dates, and nobody who starts a recovery does."""
    voter.script.judgements = [JudgedRequest(Verdict.CLOSED)]
    assert await voter.asks() == Answer(Verdict.CLOSED)
    assert await voter.ends() is Stage.REFUSED
    assert [claim.refusal for claim in voter.script.claims] == [None]


async def test_every_ending_completes_the_workflow(voter: VotingCodeVoter) -> None:
    """Endings are results, so that only faults show as failed workflows."""
    voter.script.judgements = [JudgedRequest(Verdict.NOT_ACTIVATED)]
    await voter.asks()
    await voter.ends()
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.COMPLETED
