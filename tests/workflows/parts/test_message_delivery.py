"""How long a link lives, and when its message is said to be late."""

from datetime import timedelta

import pytest

from activities.gateways.recording import GatewayMode
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.workflows.scripted import database_outage, voting_code_scenarios
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


async def test_a_link_by_sms_lives_ten_minutes_from_its_receipt(voter: VotingCodeVoter) -> None:
    """NIST's ten minutes: a second before they are over the link is live, a second after it is not."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=1)
    await voter.receives(message)
    await voter.waits(minutes=9, seconds=59)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=2)
    assert await voter.ends() is Stage.EXPIRED
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.EXPIRED


async def test_a_link_by_sms_without_a_receipt_lives_an_hour(voter: VotingCodeVoter) -> None:
    """Some operators tell nothing: the hour counts from when the gateway took the message."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=59, seconds=58)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=3)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_link_by_email_lives_a_day(voter: VotingCodeVoter) -> None:
    """24 hours from the send, and no longer."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    assert message.lifetime == timedelta(hours=24)
    await voter.waits(hours=23, minutes=59, seconds=58)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=3)
    assert await voter.ends() is Stage.EXPIRED


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_no_link_outlives_the_election(voter: VotingCodeVoter, channel: Channel) -> None:
    """The election's own deadline comes first when it is nearer, and the message says so."""
    dies_at = voter.terms.links_die - timedelta(days=2, minutes=25)
    voter.with_terms(links_die=dies_at)
    message = await voter.asks_and_receives_link(channel)
    assert message.expires_at == (await voter.status()).link_expires_at == dies_at
    await voter.waits(minutes=4, seconds=57)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=4)
    assert await voter.ends() is Stage.EXPIRED


async def test_an_sms_is_late_until_it_arrives(voter: VotingCodeVoter) -> None:
    """Two minutes without a receipt and it is said to be late; the receipt ends that."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=1, seconds=58)
    assert (await voter.status()).stage is Stage.SENT
    await voter.waits(seconds=3)
    assert (await voter.status()).stage is Stage.LATE
    await voter.receives(message)
    status = await voter.status()
    assert status.stage is Stage.SENT
    assert status.delivered_at is not None


async def test_an_sms_that_arrived_is_not_late(voter: VotingCodeVoter) -> None:
    """The receipt in time, nobody is told of a delay."""
    await voting_code_scenarios.delivered(voter)
    await voter.waits(minutes=3)
    assert (await voter.status()).stage is Stage.SENT


async def test_an_sms_of_25_minutes_gives_its_ten_minutes_all_the_same(voter: VotingCodeVoter) -> None:
    """2018's slowest SMS: who receives it at minute 25 can click until minute 35."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=25)
    await voter.receives(message)
    await voter.waits(minutes=9, seconds=58)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=3)
    assert await voter.ends() is Stage.EXPIRED


async def test_an_email_that_was_taken_is_not_late(voter: VotingCodeVoter) -> None:
    """No receipt is expected of a mailbox."""
    await voting_code_scenarios.sent_by_email(voter)
    await voter.waits(minutes=3)
    assert (await voter.status()).stage is Stage.SENT


async def test_an_email_that_no_relay_takes_is_late(voter: VotingCodeVoter) -> None:
    """The relay is down for two minutes: the voter learns that it takes longer, until the relay is back."""
    voter.script.gateway = GatewayMode.DOWN
    await voter.asks(Channel.EMAIL)
    await voter.waits(minutes=2, seconds=1)
    assert (await voter.status()).stage is Stage.LATE
    voter.script.gateway = GatewayMode.OK
    await voter.waits(seconds=15)
    await voter.reaches(Stage.SENT)


async def test_a_link_that_has_expired_gives_nothing_even_before_its_end_is_settled(
    voter: VotingCodeVoter,
) -> None:
    """The deadline alone decides: a click after it is told that the link has expired."""
    async with database_outage.settling(voter):
        assert await voter.click_is_refused(voter.script.sent[0].link_id) is LinkVerdict.EXPIRED
    assert await voter.ends() is Stage.EXPIRED
