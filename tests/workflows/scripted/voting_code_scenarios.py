"""Scenarios that bring the recovery of a voting code to each stage where it waits, and to each of its endings."""

from collections.abc import Awaitable, Callable

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.gateways.recording import GatewayMode
from activities.proofs.judgement import JudgedRequest
from election.stages import Channel, Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter

Scenario = Callable[[VotingCodeVoter], Awaitable[object]]


async def sending(voter: VotingCodeVoter) -> None:
    """The gateway is down: the send is retried."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: VotingCodeVoter) -> None:
    """The gateway has accepted the SMS."""
    await voter.asks_and_receives_link()


async def sent_by_email(voter: VotingCodeVoter) -> None:
    """The relay has accepted the e-mail."""
    await voter.asks_and_receives_link(Channel.EMAIL)


async def delivered(voter: VotingCodeVoter) -> None:
    """The SMS was delivered."""
    await voter.receives(await voter.asks_and_receives_link())


async def late(voter: VotingCodeVoter) -> None:
    """No receipt came in time."""
    await voter.asks_and_receives_link()
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)


async def held(voter: VotingCodeVoter) -> None:
    """The gateway has refused the SMS for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)


async def replaced(voter: VotingCodeVoter) -> None:
    """A second request has replaced the first."""
    await voter.asks_and_receives_link(Channel.SMS, "request-1")
    await voter.asks_and_receives_another_link(Channel.EMAIL)


async def renewed(voter: VotingCodeVoter) -> None:
    """The voter has asked for another link."""
    await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    await voter.sends_again()
    await voter.is_sent()


async def retried(voter: VotingCodeVoter) -> None:
    """An operator has retried the failed send."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await Operator().retries(voter)
    await voter.is_sent()


async def displaying(voter: VotingCodeVoter) -> None:
    """The new code is displayed."""
    await voter.clicks(await voter.asks_and_receives_link())


async def notice_pending(voter: VotingCodeVoter) -> None:
    """The display window has ended, and the relay of the notice is down."""
    voter.script.relay = GatewayMode.DOWN
    await displaying(voter)
    await voter.waits(seconds=121)
    await voter.reaches(Stage.REISSUED)


async def reissued(voter: VotingCodeVoter) -> None:
    """The code was displayed, and the window has ended."""
    message = await voter.asks_and_receives_link()
    await voter.receives(message)
    await voter.clicks(message)
    await voter.waits(seconds=121)
    await voter.ends()


async def noted(voter: VotingCodeVoter) -> None:
    """The voter has noted the code."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    await voter.clicks(message)
    await voter.notes(message)
    await voter.ends()


async def refused(voter: VotingCodeVoter) -> None:
    """The first request had a wrong proof."""
    voter.script.judgements = [JudgedRequest(Verdict.WRONG_PROOF)]
    await voter.asks()
    await voter.ends()


async def expired(voter: VotingCodeVoter) -> None:
    """The link was not used."""
    await voter.asks_and_receives_link()
    await voter.waits(hours=1, seconds=1)
    await voter.ends()


async def cancelled(voter: VotingCodeVoter) -> None:
    """An operator has cancelled it."""
    await voter.asks_and_receives_link()
    await Operator().cancels(voter)
    await voter.ends()


async def failed(voter: VotingCodeVoter) -> None:
    """The elector was taken off the roll before the click."""
    message = await voter.asks_and_receives_link()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.clicks(message)
    await voter.ends()


# Each scenario with the stage that it reaches.
WAITING: dict[Scenario, Stage] = {
    sending: Stage.SENDING,
    sent: Stage.SENT,
    sent_by_email: Stage.SENT,
    delivered: Stage.SENT,
    late: Stage.LATE,
    held: Stage.HELD,
    replaced: Stage.SENT,
    renewed: Stage.SENT,
    retried: Stage.SENT,
    displaying: Stage.DISPLAYING,
    notice_pending: Stage.REISSUED,
}
ENDINGS: dict[Scenario, Stage] = {
    reissued: Stage.REISSUED,
    noted: Stage.REISSUED,
    refused: Stage.REFUSED,
    expired: Stage.EXPIRED,
    cancelled: Stage.CANCELLED,
    failed: Stage.CANCELLED,
}
