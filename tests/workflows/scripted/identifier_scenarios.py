"""Scenarios that bring the recovery of an identifier to each stage where it waits, and to each of its endings."""

import asyncio

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.identifier_voter import IdentifierVoter


async def sending(voter: IdentifierVoter) -> None:
    """The gateway is down: the SMS is retried."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)


async def sent(voter: IdentifierVoter) -> None:
    """The gateway has accepted the SMS, the new identifier is active, the notice is sent."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    await until(lambda: voter.script.notices)


async def sent_without_sign_in(voter: IdentifierVoter) -> None:
    """The same for a voter who has not signed in and has sent the form twice."""
    await voter.asks_without_sign_in()
    await voter.asks_without_sign_in()
    await voter.reaches(Stage.SENT)


async def late(voter: IdentifierVoter) -> None:
    """No receipt came in time."""
    await sent(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)


async def held(voter: IdentifierVoter) -> None:
    """The gateway has refused the SMS for good."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)


async def undelivered(voter: IdentifierVoter) -> None:
    """The gateway has accepted the SMS, and its receipt says that it cannot be delivered."""
    await sent(voter)
    await voter.receives(delivered=False)
    await voter.reaches(Stage.HELD)


async def replaced(voter: IdentifierVoter) -> None:
    """A second request has replaced one whose send failed."""
    await held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.asks("request-2")
    await voter.reaches(Stage.SENT)


async def retried(voter: IdentifierVoter) -> None:
    """An operator has retried the failed send."""
    await held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.reaches(Stage.SENT)


async def notice_pending(voter: IdentifierVoter) -> None:
    """The SMS has arrived, and the relay of the notice is down."""
    voter.script.relay = GatewayMode.DOWN
    await sent(voter)
    await voter.receives()
    await voter.reaches(Stage.REISSUED)


async def reissued(voter: IdentifierVoter) -> None:
    """The SMS has arrived."""
    await sent(voter)
    await voter.receives()
    await voter.ends()


async def never_receipted(voter: IdentifierVoter) -> None:
    """No receipt came; the identifier is active nevertheless."""
    await late(voter)
    await voter.waits(hours=1)
    await voter.ends()


async def refused(voter: IdentifierVoter) -> None:
    """The first request had a wrong proof."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: IdentifierVoter) -> None:
    """A failed send was not retried until the deadline."""
    await held(voter)
    await voter.waits(days=3)
    await voter.ends()


async def cancelled(voter: IdentifierVoter) -> None:
    """An operator has cancelled it before the SMS was accepted."""
    await sending(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_too_late(voter: IdentifierVoter) -> None:
    """An operator has cancelled it after the new identifier was active."""
    await sent(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_during_send(voter: IdentifierVoter) -> None:
    """The cancellation and the gateway's acceptance arrive together, while another request is judged."""
    voter.script.hold("send_identifier")
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)
    voter.script.hold("judge_identifier")
    voter.script.hold("settle_identifier")
    other = asyncio.create_task(voter.asks("request-2"))
    await until(lambda: len(voter.script.claims) > 1)
    cancelled = asyncio.create_task(voter.is_cancelled())
    voter.script.release("send_identifier")
    await until(voter.sends_are_done)
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    voter.script.release("judge_identifier")
    await until(lambda: voter.script.settlements)
    await other
    voter.script.release("settle_identifier")
    await cancelled
    await voter.ends()


async def failed(voter: IdentifierVoter) -> None:
    """The elector was taken off the roll before the activation."""
    voter.script.is_on_the_roll = False
    await voter.asks()
    await voter.ends()


WAITING = (sending, sent, sent_without_sign_in, late, held, undelivered, replaced, retried, notice_pending)
ENDINGS = (
    reissued,
    never_receipted,
    refused,
    expired,
    cancelled,
    cancelled_too_late,
    cancelled_during_send,
    failed,
)
