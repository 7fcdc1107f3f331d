"""How the recovery of an identifier comes to each stage where it waits, and to each of its endings."""

import asyncio

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.identifier_voter import IdentifierVoter


async def sending(voter: IdentifierVoter) -> None:
    """The gateway is down: the SMS is tried again and again."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)


async def sent(voter: IdentifierVoter) -> None:
    """The gateway has the SMS, the new identifier works, the work mailbox is told."""
    await voter.asks()
    await voter.stands_at(Stage.SENT)
    await until(lambda: voter.script.notices)


async def sent_to_an_outsider(voter: IdentifierVoter) -> None:
    """The same, for whoever had not signed in and sent the form twice."""
    await voter.asks_from_outside()
    await voter.asks_from_outside()
    await voter.stands_at(Stage.SENT)


async def late(voter: IdentifierVoter) -> None:
    """No receipt came in time."""
    await sent(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)


async def held(voter: IdentifierVoter) -> None:
    """The gateway refused for good."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)


async def undelivered(voter: IdentifierVoter) -> None:
    """The gateway took the SMS, and said later that it cannot be delivered."""
    await sent(voter)
    await voter.receives(delivered=False)
    await voter.stands_at(Stage.HELD)


async def replaced(voter: IdentifierVoter) -> None:
    """A second request has taken the place of one that failed."""
    await held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.asks("request-2")
    await voter.stands_at(Stage.SENT)


async def retried(voter: IdentifierVoter) -> None:
    """An operator had the failed send tried again."""
    await held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.stands_at(Stage.SENT)


async def notice_owed(voter: IdentifierVoter) -> None:
    """The SMS has arrived, and the relay does not take the notice."""
    voter.script.relay = GatewayMode.DOWN
    await sent(voter)
    await voter.receives()
    await voter.stands_at(Stage.REISSUED)


async def reissued(voter: IdentifierVoter) -> None:
    """The SMS has arrived."""
    await sent(voter)
    await voter.receives()
    await voter.ends()


async def never_receipted(voter: IdentifierVoter) -> None:
    """No receipt ever came; the identifier works all the same."""
    await late(voter)
    await voter.waits(hours=1)
    await voter.ends()


async def refused(voter: IdentifierVoter) -> None:
    """A wrong proof began a recovery."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: IdentifierVoter) -> None:
    """Nobody mended a send that had failed."""
    await held(voter)
    await voter.waits(days=3)
    await voter.ends()


async def cancelled(voter: IdentifierVoter) -> None:
    """An operator ended it before the SMS was taken."""
    await sending(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_too_late(voter: IdentifierVoter) -> None:
    """An operator ended it when the new identifier worked already."""
    await sent(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_while_leaving(voter: IdentifierVoter) -> None:
    """An operator ended it, and the gateway took the SMS, while a request kept the recovery busy."""
    voter.script.hold("send_identifier")
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)
    voter.script.hold("judge_identifier")
    voter.script.hold("settle_identifier")
    other = asyncio.create_task(voter.asks("request-2"))
    await until(lambda: len(voter.script.claims) > 1)
    cancelled = asyncio.create_task(voter.is_cancelled())
    voter.script.release("send_identifier")
    await until(voter.is_answered)
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    voter.script.release("judge_identifier")
    await until(lambda: voter.script.settlements)
    await other
    voter.script.release("settle_identifier")
    await cancelled
    await voter.ends()


async def failed(voter: IdentifierVoter) -> None:
    """The elector was taken off the roll while the SMS was on its way."""
    voter.script.is_on_the_roll = False
    await voter.asks()
    await voter.ends()


WAITING = (sending, sent, sent_to_an_outsider, late, held, undelivered, replaced, retried, notice_owed)
ENDINGS = (
    reissued,
    never_receipted,
    refused,
    expired,
    cancelled,
    cancelled_too_late,
    cancelled_while_leaving,
    failed,
)
