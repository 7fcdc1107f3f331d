"""How a recovery comes to each stage where it waits, and to each of its endings."""

from collections.abc import Awaitable, Callable

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.gateways.recording import GatewayMode
from activities.proofs.judgement import Judgement
from election.stages import Channel, Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import Voter

Scenario = Callable[[Voter], Awaitable[object]]


async def sending(voter: Voter) -> None:
    """The gateway is down: the send is tried again and again."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: Voter) -> None:
    """The gateway has the SMS."""
    await voter.asks_and_is_sent()


async def sent_by_email(voter: Voter) -> None:
    """The relay has the e-mail."""
    await voter.asks_and_is_sent(Channel.EMAIL)


async def delivered(voter: Voter) -> None:
    """The phone has the SMS."""
    await voter.receives(await voter.asks_and_is_sent())


async def late(voter: Voter) -> None:
    """No receipt came in time."""
    await voter.asks_and_is_sent()
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)


async def held(voter: Voter) -> None:
    """The gateway refused for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)


async def replaced(voter: Voter) -> None:
    """A second request has taken the place of the first."""
    await voter.asks_and_is_sent(Channel.SMS, "request-1")
    await voter.asks_and_is_sent(Channel.EMAIL, "request-2")


async def renewed(voter: Voter) -> None:
    """The voter asked for the link again."""
    await voter.asks_and_is_sent()
    await voter.waits(seconds=61)
    await voter.sends_again()
    await voter.is_sent()


async def retried(voter: Voter) -> None:
    """An operator had the failed send tried again."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await Operator().retries(voter)
    await voter.is_sent()


async def displaying(voter: Voter) -> None:
    """The new code is on the voter's screen."""
    await voter.clicks(await voter.asks_and_is_sent())


async def notice_owed(voter: Voter) -> None:
    """The window is closed, the work mailbox's relay is down."""
    voter.script.relay = GatewayMode.DOWN
    await displaying(voter)
    await voter.waits(seconds=121)
    await voter.stands_at(Stage.REISSUED)


async def reissued(voter: Voter) -> None:
    """The code was seen, the window closed."""
    message = await voter.asks_and_is_sent()
    await voter.receives(message)
    await voter.clicks(message)
    await voter.waits(seconds=121)
    await voter.ends()


async def noted(voter: Voter) -> None:
    """The voter said that the code is noted."""
    message = await voter.asks_and_is_sent(Channel.EMAIL)
    await voter.clicks(message)
    await voter.notes(message)
    await voter.ends()


async def refused(voter: Voter) -> None:
    """A wrong proof began a recovery."""
    voter.script.judgements = [Judgement(Verdict.WRONG_PROOF)]
    await voter.asks()
    await voter.ends()


async def expired(voter: Voter) -> None:
    """Nobody clicked."""
    await voter.asks_and_is_sent()
    await voter.waits(hours=1, seconds=1)
    await voter.ends()


async def cancelled(voter: Voter) -> None:
    """An operator ended it."""
    await voter.asks_and_is_sent()
    await Operator().cancels(voter)
    await voter.ends()


async def failed(voter: Voter) -> None:
    """The elector was taken off the roll before the click."""
    message = await voter.asks_and_is_sent()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.clicks(message)
    await voter.ends()


# Each with the stage at which support staff find it.
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
    notice_owed: Stage.REISSUED,
}
ENDINGS: dict[Scenario, Stage] = {
    reissued: Stage.REISSUED,
    noted: Stage.REISSUED,
    refused: Stage.REFUSED,
    expired: Stage.EXPIRED,
    cancelled: Stage.CANCELLED,
    failed: Stage.CANCELLED,
}
