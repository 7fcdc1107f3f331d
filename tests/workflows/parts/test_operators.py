"""Operators' orders: signed by the console or typed, and what each does to a recovery."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.acts.bulk_items import ClaimedItem
from activities.config.clock import utc_now
from activities.gateways.recording import GatewayMode
from activities.security.signatures import SigningKey
from activities.security.signed_orders import signed
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.typography import faults
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.orders import CancelRequest, ExtendRequest, RetryRequest
from workflows.recoveries.identifier import IdentifierRecovery

Order = RetryRequest | CancelRequest | ExtendRequest
NAME = "Dominique Exemple"


async def _give(voter: VotingCodeVoter, order: Order, **kind: Any) -> Any:
    return await voter.handle.execute_update(order.act, order, rpc_timeout=ANSWERED_WITHIN, **kind)


async def _refusal(voter: VotingCodeVoter, order: Order) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await _give(voter, order)
    assert isinstance(refused.value.cause, ApplicationError)
    assert faults(refused.value.cause.message) == []
    return refused.value.cause.type or ""


def _signed(voter: VotingCodeVoter, order: Any, key: SigningKey = CONSOLE, at: datetime | None = None) -> Any:
    return signed(key, voter.workflow_id, order, at or utc_now())


async def _held(voter: VotingCodeVoter) -> None:
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    voter.script.gateway = GatewayMode.OK


async def test_a_signed_order_is_verified_and_a_typed_one_is_not(voter: VotingCodeVoter) -> None:
    """The journal is told which; the message goes by the gateway that the operator has chosen, and then as ever."""
    await _held(voter)
    assert await _give(voter, _signed(voter, RetryRequest(NAME, "sms-2"))) == Stage.SENDING
    message = await voter.is_sent()
    await voter.cannot_receive(message)
    await voter.reaches(Stage.HELD)
    await _give(voter, RetryRequest(NAME))
    await voter.is_sent(2)
    assert [each.gateway for each in voter.script.sent] == ["sms-2", ""]
    acts = [(act.operator, act.reason, act.is_verified) for act in voter.script.retries]
    assert acts == [(NAME, "par la passerelle sms-2", True), (NAME, "", False)]
    await _give(voter, _signed(voter, CancelRequest(NAME)))
    assert voter.script.settlements[-1].is_verified


async def test_a_forged_or_old_order_changes_nothing(voter: VotingCodeVoter) -> None:
    """Whoever reads histories finds signed orders: neither one for another recovery nor an old one can be given again."""
    await _held(voter)
    retry, another = RetryRequest(NAME), VotingCodeVoter(voter._environment, Scripts())
    assert await _refusal(voter, _signed(voter, retry, SOMEBODY)) == "InvalidSignatureError"
    assert await _refusal(voter, _signed(another, retry)) == "InvalidSignatureError"
    assert await _refusal(voter, RetryRequest(NAME, signature="none")) == "InvalidSignatureError"
    late = utc_now() - timedelta(minutes=11)
    assert await _refusal(voter, _signed(voter, CancelRequest(NAME), at=late)) == "OrderExpired"
    assert await _refusal(voter, _signed(voter, ExtendRequest(NAME), SOMEBODY)) == "InvalidSignatureError"
    assert await _refusal(voter, RetryRequest(NAME, "Où ?")) == "UnknownGateway"
    assert (await voter.status()).stage is Stage.HELD
    assert voter.script.retries == []


async def test_an_act_s_order_is_the_database_s(voter: VotingCodeVoter) -> None:
    """Who gave it, why and by which gateway: what the update says besides does not count."""
    await _held(voter)
    order = RetryRequest("M. Inconnu", "sms-3", bulk="act-1")
    assert await _refusal(voter, order) == "NotOrdered"
    voter.script.claimed = ClaimedItem(True, NAME, "opérateur rétabli", "sms-2", is_verified=True)
    assert await _give(voter, order) == Stage.SENDING
    assert (await voter.is_sent()).gateway == "sms-2"
    [act] = voter.script.retries
    assert (act.operator, act.reason, act.is_verified) == (NAME, "acte act-1 opérateur rétabli", True)
    claims = voter.script.item_claims
    assert {(each.act_id, each.workflow_id, each.order) for each in claims} == {
        ("act-1", voter.workflow_id, "retry_send")
    }
    assert len({each.token for each in claims}) == 2
    await _give(voter, CancelRequest("M. Inconnu", bulk="act-1"))
    settled = voter.script.settlements[-1]
    assert (settled.operator, settled.reason, settled.is_verified) == (NAME, "acte act-1 opérateur rétabli", True)


async def test_a_link_by_email_lives_a_day_longer(voter: VotingCodeVoter) -> None:
    """From the order on; the order is journalled with the new end, and after it the link has expired."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    await voter.waits(hours=23)
    order = ExtendRequest(NAME, 24, "malade")
    until = datetime.fromisoformat(await _give(voter, order))
    assert until - message.expires_at > timedelta(hours=22)
    assert (await voter.status()).link_expires_at == until
    [noted] = voter.script.extensions
    assert (noted.link_id, noted.dies_at, noted.operator) == (message.link_id, until, NAME)
    assert (noted.reason, noted.is_verified) == ("malade", False)
    await voter.waits(hours=23, minutes=59)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(minutes=2)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_link_by_sms_lives_as_long_again_as_the_election_lets_one(voter: VotingCodeVoter) -> None:
    """An hour, whatever is asked for; a receipt that comes later counts."""
    message = await voter.asks_and_receives_link()
    await voter.waits(minutes=30)
    until = datetime.fromisoformat(await _give(voter, ExtendRequest(NAME)))
    accepted_at = (await voter.status()).accepted_at
    assert accepted_at is not None
    assert until - accepted_at >= timedelta(minutes=90)
    await voter.receives(message)
    assert (until - ((await voter.status()).link_expires_at or until)) > timedelta(minutes=49)


async def test_an_extension_that_makes_no_sense_is_refused(voter: VotingCodeVoter) -> None:
    """While the send is held the link lives until the election's end; a used one or more than a day cannot be extended."""
    await _held(voter)
    assert await _refusal(voter, ExtendRequest(NAME)) == "NothingToExtend"
    await _give(voter, RetryRequest(NAME))
    message = await voter.is_sent()
    for hours in (0, -1, 25):
        assert await _refusal(voter, ExtendRequest(NAME, hours)) == "OrderMalformed"
    await voter.clicks(message)
    assert await _refusal(voter, ExtendRequest(NAME)) == "NothingToExtend"
    assert voter.script.extensions == []


async def test_an_identifier_has_no_link_to_extend(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """Its order is refused in a sentence."""
    voter = IdentifierVoter(env, scripts)
    async with replayed(voter, IdentifierRecovery):
        await voter.asks()
        await voter.reaches(Stage.SENT)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await voter.handle.execute_update("extend", ExtendRequest(NAME))
        assert "Rien à prolonger" in str(refused.value.cause)
