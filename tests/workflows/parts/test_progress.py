"""The search attributes, details and status of a recovery, and that they contain nothing personal."""

import re

import pytest
from temporalio.api.enums.v1 import EventType

from activities.gateways.recording import GatewayMode
from election.stages import ENDINGS, Channel, Stage
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
    assert set(found) == {
        "RecoveryStage",
        "RecoveryProcedure",
        "RecoveryChannel",
        "RecoveryFault",
        "RecoveryReference",
        "Election",
    }
    assert (await voter.status()).stage is stage
    is_shown = stage in ENDINGS | {Stage.HELD, Stage.LATE}
    assert found["RecoveryStage"] == (stage if is_shown else "")
    assert found["RecoveryChannel"] in {"", *Channel}
    assert found["RecoveryFault"] in {"", "sms:recording-refused", "sms:recording-down"}
    assert (found["RecoveryProcedure"], found["Election"]) == ("voting-code", "2022")
    assert text == current_details(await voter.status(), voter.terms.time_zone, voter.handle.id)
    assert not re.search("•|@|sealed|Exemple", text)


async def test_an_ordinary_recovery_changes_no_attribute_before_its_end(voter: VotingCodeVoter) -> None:
    """Each change is an event and a write: the rows that pages read have its stages."""
    await voter.clicks(await voter.asks_and_receives_link())
    upserted = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    assert upserted not in [event.event_type for event in await voter.events()]
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    assert [event.event_type for event in await voter.events()].count(upserted) == 1


async def test_attributes_are_removed_when_a_fault_is_over(voter: VotingCodeVoter) -> None:
    """After an operator's retry neither stage nor fault is set: nobody finds the recovery among those that need help."""
    await voting_code_scenarios.held(voter)
    assert (await voter.attributes())["RecoveryChannel"] == "sms"
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.reaches(Stage.SENT)
    found = await voter.attributes()
    assert (found["RecoveryStage"], found["RecoveryFault"]) == ("", "")


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
