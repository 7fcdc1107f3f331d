"""Faults and races in the recovery of identifier and password (2011)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.waiting import until
from tests.workflows.scripted import identifier_and_password_scenarios
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierAndPasswordVoter]:
    """A voter for this test, who has not submitted a request yet."""
    elector = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(elector, IdentifierAndPasswordRecovery):
        yield elector


async def test_a_refused_link_is_held_for_an_operator(voter: IdentifierAndPasswordVoter) -> None:
    """The retry sends the same link, and the journal has the operator's name."""
    await identifier_and_password_scenarios.held(voter)
    assert await voter.fault() == "email:recording-refused"
    voter.script.gateway = GatewayMode.OK
    await voter.is_retried()
    message = await voter.is_sent()
    assert (len(voter.script.tried), message.send_number) == (2, 2)
    (act,) = voter.script.retries
    assert (act.operator, act.fault) == ("Claude Exemple", "email:recording-refused")
    await voter.takes(message)


async def test_a_refused_identifier_is_held_for_an_operator(voter: IdentifierAndPasswordVoter) -> None:
    """The retry sends the same identifier, which is then activated."""
    await identifier_and_password_scenarios.identifier_held(voter)
    assert await voter.fault() == "email:recording-refused"
    assert "Envoi de l’identifiant en échec" in await voter.details()
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    assert await voter.ends() is Stage.REISSUED
    first, second = voter.script.identifiers_tried
    assert (first.identifier, first.contact, first.send_number) == (second.identifier, second.contact, 1)
    assert second.send_number == 2
    assert len(voter.script.activations) == 1
    (act,) = voter.script.retries
    assert act.operator == "Claude Exemple"
    assert voter.script.settlements[-1].abandoned_ids == []


async def test_the_password_is_displayed_while_the_identifier_is_held(
    voter: IdentifierAndPasswordVoter,
) -> None:
    """The stage is HELD, and the link's page still gets the password."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    message = await voter.asks_and_receives_link()
    code = await voter.takes(message)
    await voter.reaches(Stage.HELD)
    assert (await voter.link(message.link_id)).secret == code


async def test_only_a_failed_send_can_be_retried(voter: IdentifierAndPasswordVoter) -> None:
    """The update is refused."""
    await voter.asks_and_receives_link()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await voter.is_retried()
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "NothingHeld"


async def test_both_emails_can_be_late(voter: IdentifierAndPasswordVoter) -> None:
    """The details say which of the two it is."""
    await identifier_and_password_scenarios.late(voter)
    assert "Lien en retard" in await voter.details()
    voter.script.gateway = GatewayMode.OK
    await voter.waits(seconds=15)
    message = await voter.is_sent()
    voter.script.identifier_gateway = GatewayMode.DOWN
    await voter.takes(message)
    await voter.notes(message)
    await voter.reaches(Stage.SENDING)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)
    assert "Nouvel identifiant en retard" in await voter.details()


async def test_an_identifier_that_is_never_sent_expires_with_the_links(voter: IdentifierAndPasswordVoter) -> None:
    """It is abandoned, so that it is never activated; the notice of the new password was sent."""
    await identifier_and_password_scenarios.identifier_never_sent(voter)
    assert await voter.ends() is Stage.EXPIRED
    (end,) = voter.script.settlements
    assert (end.settlement.ending, end.abandoned_ids) == (Stage.EXPIRED, [voter.script.sent[0].link_id])
    assert len(voter.script.notices) == 1


async def test_a_cancelled_link_leaves_the_old_credentials(voter: IdentifierAndPasswordVoter) -> None:
    """Before the last step nothing was replaced; the settlement has the operator's name and reason."""
    message = await voter.asks_and_receives_link()
    assert await voter.is_cancelled() is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    (end,) = voter.script.settlements
    assert end.settlement.links == {message.link_id: LinkVerdict.CANCELLED}
    assert (end.settlement.operator, end.settlement.reason) == ("Claude Exemple", "demande par téléphone")
    assert voter.script.reissues == []


async def test_cancelling_abandons_a_held_identifier(voter: IdentifierAndPasswordVoter) -> None:
    """The new password and the former identifier stay valid; the settlement names the operator."""
    await identifier_and_password_scenarios.cancelled_while_held(voter)
    assert await voter.ends() is Stage.CANCELLED
    (end,) = voter.script.settlements
    assert (end.settlement.operator, end.abandoned_ids) == ("Claude Exemple", [voter.script.sent[0].link_id])
    assert len(voter.script.notices) == 1


async def test_cancelling_after_the_identifier_was_sent_only_ends_the_window(
    voter: IdentifierAndPasswordVoter,
) -> None:
    """The recovery ends reissued, and the operator's act is journalled."""
    await identifier_and_password_scenarios.displaying(voter)
    message = voter.script.sent[0]
    assert await voter.is_cancelled() is Stage.REISSUED
    assert (await voter.link(message.link_id)).secret is None
    (act,) = voter.script.cancellations
    assert (act.operator, act.fault) == ("Claude Exemple", Stage.DISPLAYING)
    assert voter.script.settlements[0].settlement.operator == ""


async def test_cancelling_waits_for_a_running_activation(
    voter: IdentifierAndPasswordVoter,
) -> None:
    """The e-mail was accepted, so its identifier must become active."""
    async with identifier_and_password_scenarios.activating(voter):
        cancellation = asyncio.create_task(voter.is_cancelled())
        await until(lambda: _update_is_accepted(voter, "cancel"))
    assert await cancellation is Stage.REISSUED
    assert voter.script.settlements[-1].abandoned_ids == []


async def test_the_expiry_of_links_waits_for_a_running_activation(
    env: WorkflowEnvironment, voter: IdentifierAndPasswordVoter
) -> None:
    """The recovery ends reissued, and the identifier is not abandoned."""
    voter.task_timeout = timedelta(seconds=3)
    await identifier_and_password_scenarios.identifier_held(voter)
    now = await env.get_current_time(voter.handle)
    await voter.waits(seconds=(voter.terms.links_expire - now).total_seconds() - 10)
    voter.script.identifier_gateway = GatewayMode.OK
    async with voter.script.holding("activate_identifier"):
        await voter.is_retried()
        await until(lambda: voter.script.activations)
        before = await _timers_fired(voter)
        await until(lambda: _has_fired_since(voter, before))
    assert await voter.ends() is Stage.REISSUED
    assert [end.abandoned_ids for end in voter.script.settlements] == [[]]


async def test_a_newer_request_replaces_a_held_identifier(voter: IdentifierAndPasswordVoter) -> None:
    """Another link is sent, both credentials are reissued again, and the first identifier is abandoned."""
    await identifier_and_password_scenarios.identifier_held_and_replaced(voter)
    first, second = voter.script.sent
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.takes(second, "typed-2")
    await voter.notes(second)
    assert await voter.ends() is Stage.REISSUED
    assert [mail.delivery_id for mail in voter.script.identifiers_sent] == [second.link_id]
    (end,) = voter.script.settlements
    assert end.abandoned_ids == [first.link_id]
    assert {key_id("typed-1", CONTACT), key_id("typed-2", CONTACT)} <= set(end.settlement.key_ids)
    assert [notice.link_id for notice in voter.script.notices] == [first.link_id, second.link_id]


async def test_a_mailing_s_second_request_changes_nothing(voter: IdentifierAndPasswordVoter) -> None:
    """It is judged ALREADY_SENT, and the first link stays live."""
    await identifier_and_password_scenarios.sent_by_a_mailing(voter)
    assert [claim.request.mailing for claim in voter.script.claims] == ["the mailing"] * 2
    (message,) = voter.script.sent
    await voter.takes(message)


async def test_a_mailing_counts_a_link_that_was_just_sent(voter: IdentifierAndPasswordVoter) -> None:
    """No second e-mail within a minute: the link that was just sent counts as the mailing's."""
    message = await voter.asks_and_receives_link()
    await voter.asks("request-2", "the mailing")
    await until(lambda: len(voter.script.claims) == 2)
    claim = voter.script.claims[1]
    assert claim.link.link_id == message.link_id
    assert (claim.request.request_id, claim.request.mailing) == ("request-1", "the mailing")
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    assert len(voter.script.sent) == 1


async def test_a_mailing_does_not_end_the_display(voter: IdentifierAndPasswordVoter) -> None:
    """The used link counts as the mailing's."""
    message = await voter.asks_and_receives_link()
    code = await voter.takes(message)
    await voter.asks("request-2", "the mailing")
    await until(lambda: len(voter.script.claims) == 2)
    assert voter.script.claims[1].link.link_id == message.link_id
    assert (await voter.link(message.link_id)).secret == code


async def test_a_click_during_the_judgement_of_a_newer_request_succeeds(voter: IdentifierAndPasswordVoter) -> None:
    """The link was live when it was clicked; the newer request sends nothing, and its key is destroyed."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    async with voter.script.holding("judge_identifier_and_password"):
        await voter.asks("request-2")
        await until(lambda: len(voter.script.claims) == 2)
        code = await voter.takes(message)
    await voter.notes(message)
    assert await voter.ends() is Stage.REISSUED
    assert code.box
    assert len(voter.script.sent) == 1
    assert key_id("request-2", CONTACT) in voter.script.settlements[-1].settlement.key_ids


async def test_an_elector_taken_off_the_roll_changes_nothing(voter: IdentifierAndPasswordVoter) -> None:
    """The update fails, and the recovery ends without an identifier or a notice: its link is not told to have served."""
    await identifier_and_password_scenarios.failed(voter)
    assert await voter.ends() is Stage.CANCELLED
    assert set(voter.script.settlements[-1].settlement.links.values()) == {LinkVerdict.CANCELLED}
    assert (voter.script.identifiers_tried, voter.script.notices) == ([], [])
    assert key_id("typed-1", CONTACT) in voter.script.settlements[-1].settlement.key_ids


async def test_the_recovery_ends_after_the_notice(voter: IdentifierAndPasswordVoter) -> None:
    """The recovery stays open until the relay accepts the notice."""
    await identifier_and_password_scenarios.notice_pending(voter)
    assert voter.script.settlements[-1].settlement.ending is Stage.REISSUED
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5)
    assert await voter.ends() is Stage.REISSUED


async def test_a_refused_request_ends_without_a_settlement(voter: IdentifierAndPasswordVoter) -> None:
    """With an unknown identifier the recovery ends refused, and there is nothing to settle."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    await voter.asks()
    assert await voter.ends() is Stage.REFUSED
    assert voter.script.settlements == []


async def _update_is_accepted(voter: IdentifierAndPasswordVoter, update: str) -> bool:
    events = (await voter.handle.fetch_history()).events
    accepted = [event.workflow_execution_update_accepted_event_attributes for event in events]
    return any(each.accepted_request.input.name == update for each in accepted)


async def _timers_fired(voter: IdentifierAndPasswordVoter) -> int:
    events = (await voter.handle.fetch_history()).events
    return sum(event.event_type == EventType.EVENT_TYPE_TIMER_FIRED for event in events)


async def _has_fired_since(voter: IdentifierAndPasswordVoter, before: int) -> bool:
    return await _timers_fired(voter) > before


async def test_a_late_bounce_of_the_link_s_mail_says_nothing_of_the_identifier_s(
    voter: IdentifierAndPasswordVoter,
) -> None:
    """The link was used: somebody has received its mail."""
    await identifier_and_password_scenarios.identifier_sending(voter)
    before = await voter.status()
    await voter.receipt_comes(voter.script.sent[-1].message_id, delivered=False, reason="bounce-5.1.1")
    assert await voter.status() == before
