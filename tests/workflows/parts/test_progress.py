"""The search attributes, details and status of a recovery, and that they contain nothing personal."""

import re

import pytest

from election.stages import Channel, Stage
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.voting_code_scenarios import Scenario
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.parts.ui_details import current_details


@pytest.mark.parametrize(
    ("reach", "stage"), [*voting_code_scenarios.WAITING.items(), *voting_code_scenarios.ENDINGS.items()]
)
async def test_attributes_and_details_have_the_stage_and_nothing_personal(
    voter: VotingCodeVoter, reach: Scenario, stage: Stage
) -> None:
    """Neither the search attributes, which are never encrypted, nor the details contain a contact, masked or not."""
    await reach(voter)
    found, text = await voter.attributes(), await voter.details()
    assert set(found) == {"RecoveryStage", "RecoveryProcedure", "RecoveryChannel", "RecoveryFault", "Election"}
    assert found["RecoveryStage"] == (await voter.status()).stage == stage
    assert found["RecoveryChannel"] in {"", *Channel}
    assert found["RecoveryFault"] in {"", "sms:recording-refused"}
    assert (found["RecoveryProcedure"], found["Election"]) == ("voting-code", "2022")
    assert text == current_details(await voter.status(), voter.terms.time_zone, voter.handle.id)
    assert not re.search("•|@|sealed|Exemple", text)


async def test_the_channel_follows_the_newest_request(voter: VotingCodeVoter) -> None:
    """When another channel is chosen, the search attribute changes."""
    await voter.asks_and_receives_link(Channel.SMS, "request-1")
    assert (await voter.attributes())["RecoveryChannel"] == "sms"
    await voter.asks_and_receives_link(Channel.EMAIL, "request-2")
    assert (await voter.attributes())["RecoveryChannel"] == "email"


async def test_the_status_has_the_masked_destination_and_the_times(voter: VotingCodeVoter) -> None:
    """The acceptance, the expiry and, after the receipt, the delivery."""
    message = await voter.asks_and_receives_link()
    status = await voter.status()
    assert (status.channel, status.hint, status.sends_left) == (Channel.SMS, "•• •• •• •• 78", 7)
    assert status.accepted_at is not None
    assert status.link_expires_at == status.accepted_at + voter.terms.sms_max_lifetime
    assert (status.delivered_at, status.display_until, status.fault) == (None, None, "")
    await voter.receives(message)
    status = await voter.status()
    assert status.delivered_at is not None
    assert status.link_expires_at == status.delivered_at + voter.terms.sms_lifetime


async def test_a_refused_request_has_a_status_without_a_delivery(voter: VotingCodeVoter) -> None:
    """The channel, the hint and the expiry are empty."""
    await voting_code_scenarios.refused(voter)
    status = await voter.status()
    assert (status.stage, status.channel, status.hint, status.link_expires_at) == (Stage.REFUSED, None, "", None)
