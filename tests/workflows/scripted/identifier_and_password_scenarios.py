"""Scenarios that bring the recovery of identifier and password (2011) to each stage where it waits and to each ending."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.waiting import until
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter


async def sending(voter: IdentifierAndPasswordVoter) -> None:
    """The relay is down: the link's e-mail is retried."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.tried)


async def sent(voter: IdentifierAndPasswordVoter) -> None:
    """The relay has accepted the link's e-mail."""
    await voter.asks_and_receives_link()


async def sent_by_a_mailing(voter: IdentifierAndPasswordVoter) -> None:
    """A mailing has asked for the link; its second request changes nothing."""
    await voter.asks("request-1", "the mailing")
    await voter.is_sent()
    await voter.waits(seconds=61)
    voter.script.verdicts = [Verdict.ALREADY_SENT]
    await voter.asks("request-2", "the mailing")
    await until(lambda: len(voter.script.claims) == 2)


async def begun_with_a_mailing_s_link(voter: IdentifierAndPasswordVoter) -> None:
    """A mailing's link was used: the password is displayed, and the identifier's e-mail is sent."""
    voter.script.mailed_links = {"mailed": LinkVerdict.LIVE}
    await voter.takes_first()
    await until(lambda: voter.script.activations)
    await voter.reaches(Stage.DISPLAYING)


async def late(voter: IdentifierAndPasswordVoter) -> None:
    """The relay does not accept the link's e-mail in time."""
    await sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)


async def held(voter: IdentifierAndPasswordVoter) -> None:
    """The relay has refused the link's e-mail for good."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)


async def retried(voter: IdentifierAndPasswordVoter) -> None:
    """An operator has retried the link's e-mail."""
    await held(voter)
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.reaches(Stage.SENT)


async def replaced(voter: IdentifierAndPasswordVoter) -> None:
    """A later request has replaced the first; one that came too soon sent nothing."""
    await sent(voter)
    await voter.asks("request-2")
    await voter.waits(seconds=61)
    await voter.asks_and_receives_link("request-3")


async def displaying(voter: IdentifierAndPasswordVoter) -> None:
    """The password is displayed, and the identifier's e-mail is sent."""
    await voter.takes(await voter.asks_and_receives_link())
    await until(lambda: voter.script.activations)
    await voter.reaches(Stage.DISPLAYING)


async def identifier_sending(voter: IdentifierAndPasswordVoter) -> None:
    """The voter has noted the password, and the relay is down for the identifier's e-mail."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    message = await voter.asks_and_receives_link()
    await voter.takes(message)
    await voter.notes(message)
    await voter.reaches(Stage.SENDING)


async def identifier_late(voter: IdentifierAndPasswordVoter) -> None:
    """The relay does not accept the identifier's e-mail in time."""
    await identifier_sending(voter)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)


async def identifier_held(voter: IdentifierAndPasswordVoter) -> None:
    """The relay has refused the identifier's e-mail for good, and the display window has ended."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.takes(await voter.asks_and_receives_link())
    await voter.reaches(Stage.HELD)
    await voter.waits(minutes=10, seconds=1)


async def identifier_held_and_replaced(voter: IdentifierAndPasswordVoter) -> None:
    """The identifier's e-mail has failed, and the voter has asked for another link."""
    await identifier_held(voter)
    await voter.asks_and_receives_link("request-2")


async def notice_pending(voter: IdentifierAndPasswordVoter) -> None:
    """Everything is done except the notice: its relay is down."""
    voter.script.relay = GatewayMode.DOWN
    message = await voter.asks_and_receives_link()
    await voter.takes(message)
    await voter.notes(message)
    await voter.reaches(Stage.REISSUED)


@asynccontextmanager
async def opened(voter: IdentifierAndPasswordVoter) -> AsyncIterator[asyncio.Task[object]]:
    """The voter has clicked at the last step, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    async with voter.script.holding("reissue_identifier_and_password"):
        click = asyncio.create_task(voter.takes(message))
        await until(lambda: voter.script.reissues)
        yield click
    await asyncio.wait([click])


@asynccontextmanager
async def activating(voter: IdentifierAndPasswordVoter) -> AsyncIterator[None]:
    """The relay has accepted the identifier's e-mail, and the database answers only when the block ends."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    async with voter.script.holding("activate_identifier"):
        await voter.takes(message)
        await until(lambda: voter.script.activations)
        yield


async def reissued(voter: IdentifierAndPasswordVoter) -> None:
    """The window has ended, and the identifier's e-mail is sent."""
    await displaying(voter)
    await voter.waits(minutes=10, seconds=1)
    await voter.ends()


async def noted(voter: IdentifierAndPasswordVoter) -> None:
    """The voter has noted the password."""
    message = await voter.asks_and_receives_link()
    await voter.takes(message)
    await voter.notes(message)
    await voter.ends()


async def reissued_after_a_retry(voter: IdentifierAndPasswordVoter) -> None:
    """An operator has retried the identifier's e-mail."""
    await identifier_held(voter)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.ends()


async def refused(voter: IdentifierAndPasswordVoter) -> None:
    """The typed identifier is not on the roll."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    await voter.ends()


async def expired(voter: IdentifierAndPasswordVoter) -> None:
    """The link was not used before the links' expiry date."""
    await sent(voter)
    await voter.waits(days=20, seconds=1)
    await voter.ends()


async def identifier_never_sent(voter: IdentifierAndPasswordVoter) -> None:
    """The identifier's e-mail was held until the links' expiry date."""
    await identifier_held(voter)
    await voter.waits(days=20)
    await voter.ends()


async def cancelled(voter: IdentifierAndPasswordVoter) -> None:
    """An operator has cancelled it before the link was used."""
    await sent(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_while_held(voter: IdentifierAndPasswordVoter) -> None:
    """An operator has cancelled it while the identifier's e-mail was held."""
    await identifier_held(voter)
    await voter.is_cancelled()
    await voter.ends()


async def cancelled_too_late(voter: IdentifierAndPasswordVoter) -> None:
    """An operator has cancelled it after the identifier was sent: only the window ends."""
    await displaying(voter)
    await voter.is_cancelled()
    await voter.ends()


async def failed(voter: IdentifierAndPasswordVoter) -> None:
    """The elector was taken off the roll before the last step."""
    message = await voter.asks_and_receives_link()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError):
        await voter.takes(message)
    await voter.ends()


WAITING = (
    sending,
    sent,
    sent_by_a_mailing,
    begun_with_a_mailing_s_link,
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
    notice_pending,
)
ENDINGS = (
    reissued,
    noted,
    reissued_after_a_retry,
    refused,
    expired,
    identifier_never_sent,
    cancelled,
    cancelled_while_held,
    cancelled_too_late,
    failed,
)
