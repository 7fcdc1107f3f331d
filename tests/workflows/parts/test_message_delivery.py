"""How long a link is valid, and when its message is late."""

from datetime import datetime, timedelta

import pytest

from activities.gateways.recording import GatewayMode
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.workflows.scripted import database_outage, voting_code_scenarios
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


async def test_a_link_by_sms_is_valid_for_ten_minutes_from_its_receipt(voter: VotingCodeVoter) -> None:
    """The ten minutes of NIST SP 800-63B-4: half a minute before their end the link is live, after it it is not."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=1)
    await voter.receives(message)
    status = await voter.status()
    assert _between(status.delivered_at, status.link_expires_at) == timedelta(minutes=10)
    await voter.waits(minutes=9, seconds=30)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.EXPIRED
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.EXPIRED


async def test_a_link_by_sms_without_a_receipt_is_valid_for_an_hour(voter: VotingCodeVoter) -> None:
    """Some operators send no receipts: the hour counts from the gateway's acceptance."""
    message = await voter.asks_and_receives_link()
    status = await voter.status()
    assert _between(status.accepted_at, status.link_expires_at) == timedelta(hours=1)
    await voter.waits(minutes=59, seconds=30)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_link_by_email_is_valid_for_a_day(voter: VotingCodeVoter) -> None:
    """It expires 24 hours after the send."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    assert message.lifetime == timedelta(hours=24)
    status = await voter.status()
    begun_at = _given(status.send_again_at) - voter.terms.between_sends
    assert _between(begun_at, status.link_expires_at) == timedelta(hours=24)
    assert message.expires_at == status.link_expires_at
    await voter.waits(hours=23, minutes=59, seconds=30)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.EXPIRED


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_a_link_expires_at_the_latest_on_the_election_s_date(
    voter: VotingCodeVoter, channel: Channel
) -> None:
    """The election's date comes first when it is earlier, and the message states it."""
    dies_at = voter.terms.links_expire - timedelta(days=2, minutes=25)
    voter.with_terms(links_expire=dies_at)
    message = await voter.asks_and_receives_link(channel)
    assert message.expires_at == (await voter.status()).link_expires_at == dies_at
    await voter.waits(minutes=4)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=61)
    assert await voter.ends() is Stage.EXPIRED


async def test_an_sms_is_late_until_it_arrives(voter: VotingCodeVoter) -> None:
    """After two minutes without a receipt the stage is LATE; the receipt sets it back to SENT."""
    message = await voter.asks_and_receives_link()
    assert timedelta(minutes=2) in await voter.timers()
    await voter.waits(minutes=1, seconds=30)
    assert (await voter.status()).stage is Stage.SENT
    await voter.waits(seconds=31)
    assert (await voter.status()).stage is Stage.LATE
    await voter.receives(message)
    status = await voter.status()
    assert status.stage is Stage.SENT
    assert status.delivered_at is not None


async def test_a_delivered_sms_is_not_late(voter: VotingCodeVoter) -> None:
    """With a receipt in time the stage stays SENT."""
    await voting_code_scenarios.delivered(voter)
    await voter.waits(minutes=3)
    assert (await voter.status()).stage is Stage.SENT


async def test_a_slow_sms_has_its_full_ten_minutes(voter: VotingCodeVoter) -> None:
    """As with the slowest SMS of 2018: delivered at minute 25, its link is valid until minute 35."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=25)
    await voter.receives(message)
    status = await voter.status()
    assert _between(status.delivered_at, status.link_expires_at) == timedelta(minutes=10)
    await voter.waits(minutes=9, seconds=30)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.EXPIRED


async def test_an_accepted_email_is_not_late(voter: VotingCodeVoter) -> None:
    """E-mail has no receipts."""
    await voting_code_scenarios.sent_by_email(voter)
    await voter.waits(minutes=3)
    assert (await voter.status()).stage is Stage.SENT


async def test_an_email_that_is_not_accepted_is_late(voter: VotingCodeVoter) -> None:
    """After two minutes of outage the stage is LATE, until the relay accepts the e-mail."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks(Channel.EMAIL)
    await voter.waits(minutes=2, seconds=1)
    assert (await voter.status()).stage is Stage.LATE
    voter.script.gateway = GatewayMode.OK
    await voter.waits(seconds=15)
    await voter.reaches(Stage.SENT)


async def test_an_expired_link_is_refused_before_the_settlement_is_written(
    voter: VotingCodeVoter,
) -> None:
    """The deadline alone decides: a later click gets the verdict EXPIRED."""
    async with database_outage.settling(voter):
        assert await voter.click_is_refused(voter.script.sent[0].link_id) is LinkVerdict.EXPIRED
    assert await voter.ends() is Stage.EXPIRED


def _between(begin: datetime | None, end: datetime | None) -> timedelta:
    return _given(end) - _given(begin)


def _given(instant: datetime | None) -> datetime:
    assert instant is not None
    return instant
