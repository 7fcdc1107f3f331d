"""How the recovery of both credentials (2011) comes to each stage where it waits, and to each of its endings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter


async def sending(voter: IdentifierAndPasswordVoter) -> None:
    """The relay is down: the link's mail is tried again and again."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: IdentifierAndPasswordVoter) -> None:
    """The relay has the link's mail."""
    await voter.asks_and_is_sent()


async def sent_by_a_campaign(voter: IdentifierAndPasswordVoter) -> None:
    """A campaign has reached the elector; the same one, again, changes nothing."""
    await voter.asks("request-1", "the campaign")
    await voter.is_sent()
    await voter.waits(seconds=61)
    voter.script.verdicts = [Verdict.ALREADY_SENT]
    await voter.asks("request-2", "the campaign")
    await until(lambda: len(voter.script.claims) == 2)


async def late(voter: IdentifierAndPasswordVoter) -> None:
    """The relay does not take the link's mail in time."""
    await sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)


async def held(voter: IdentifierAndPasswordVoter) -> None:
    """The relay refused the link's mail for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)


async def retried(voter: IdentifierAndPasswordVoter) -> None:
    """An operator had the link's mail tried again."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.stands_at(Stage.SENT)


async def replaced(voter: IdentifierAndPasswordVoter) -> None:
    """A later request has taken the place of the first; one that came too soon sent nothing."""
    await sent(voter)
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks_and_is_sent("request-3")


async def displaying(voter: IdentifierAndPasswordVoter) -> None:
    """The password is on screen, and the identifier's mail is out."""
    await voter.takes(await voter.asks_and_is_sent())
    await until(lambda: voter.script.activations)
    await voter.stands_at(Stage.DISPLAYING)


async def identifier_sending(voter: IdentifierAndPasswordVoter) -> None:
    """The password is noted, and the relay is down for the identifier's mail."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    message = await voter.asks_and_is_sent()
    await voter.takes(message)
    await voter.notes(message)
    await voter.stands_at(Stage.SENDING)


async def identifier_late(voter: IdentifierAndPasswordVoter) -> None:
    """The relay does not take the identifier's mail in time."""
    await identifier_sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)


async def identifier_held(voter: IdentifierAndPasswordVoter) -> None:
    """The relay refused the identifier's mail for good; the password was on screen to the end of the window."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.takes(await voter.asks_and_is_sent())
    await voter.stands_at(Stage.HELD)
    await voter.waits(minutes=10, seconds=1)


async def identifier_held_and_replaced(voter: IdentifierAndPasswordVoter) -> None:
    """Another link is on its way instead."""
    await identifier_held(voter)
    await voter.asks_and_is_sent("request-2")


async def notice_owed(voter: IdentifierAndPasswordVoter) -> None:
    """All is done, and the work mailbox's relay does not take the notice."""
    voter.script.relay = GatewayMode.DOWN
    message = await voter.asks_and_is_sent()
    await voter.takes(message)
    await voter.notes(message)
    await voter.stands_at(Stage.REISSUED)


@asynccontextmanager
async def opened(voter: IdentifierAndPasswordVoter) -> AsyncIterator[asyncio.Task[object]]:
    """The voter is at the last step, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=1)
    message = await voter.asks_and_is_sent()
    async with voter.script.hanging("reissue_identifier_and_password"):
        click = asyncio.create_task(voter.takes(message))
        await voter.stands_at(Stage.OPENED)
        yield click
    await asyncio.wait([click])


@asynccontextmanager
async def activating(voter: IdentifierAndPasswordVoter) -> AsyncIterator[None]:
    """The relay has the identifier's mail, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=1)
    message = await voter.asks_and_is_sent()
    async with voter.script.hanging("activate_identifier"):
        await voter.takes(message)
        await until(lambda: voter.script.activations)
        yield


async def reissued(voter: IdentifierAndPasswordVoter) -> None:
    """The window closed, with the identifier in its mailbox."""
    await displaying(voter)
    await voter.waits(minutes=10, seconds=1)
    await voter.ends()


async def noted(voter: IdentifierAndPasswordVoter) -> None:
    """The voter said that the password is noted."""
    message = await voter.asks_and_is_sent()
    await voter.takes(message)
    await voter.notes(message)
    await voter.ends()


async def reissued_after_a_retry(voter: IdentifierAndPasswordVoter) -> None:
    """An operator had the identifier's mail tried again."""
    await identifier_held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.ends()


async def refused(voter: IdentifierAndPasswordVoter) -> None:
    """Nobody has the identifier."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: IdentifierAndPasswordVoter) -> None:
    """Nobody came to the last step before the date on which links die."""
    await sent(voter)
    await voter.waits(days=20, seconds=1)
    await voter.ends()


async def identifier_never_out(voter: IdentifierAndPasswordVoter) -> None:
    """The identifier's mail was held until the date on which links die."""
    await identifier_held(voter)
    await voter.waits(days=20)
    await voter.ends()


async def cancelled(voter: IdentifierAndPasswordVoter) -> None:
    """An operator ended it before the link was used."""
    await sent(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_while_held(voter: IdentifierAndPasswordVoter) -> None:
    """An operator ended it with the identifier's mail held."""
    await identifier_held(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_too_late(voter: IdentifierAndPasswordVoter) -> None:
    """An operator ended it with the identifier out: the window alone is closed."""
    await displaying(voter)
    await voter.is_cancelled()
    await voter.ends()


async def failed(voter: IdentifierAndPasswordVoter) -> None:
    """The elector was taken off the roll before the last step."""
    message = await voter.asks_and_is_sent()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.takes(message)
    await voter.ends()


WAITING = (
    sending,
    sent,
    sent_by_a_campaign,
    late,
    held,
    retried,
    replaced,
    opened,
    activating,
    displaying,
    identifier_sending,
    identifier_late,
    identifier_held,
    identifier_held_and_replaced,
    notice_owed,
)
ENDINGS = (
    reissued,
    noted,
    reissued_after_a_retry,
    refused,
    expired,
    identifier_never_out,
    cancelled,
    cancelled_while_held,
    cancelled_too_late,
    failed,
)
