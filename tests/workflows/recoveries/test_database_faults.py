"""Database activities that fail for good or do not end: the recovery says so, and can be retried, asked again and cancelled."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from election.stages import ENDINGS, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts import options
from workflows.contracts.messages import Answer
from workflows.contracts.orders import CancelRequest, RetryRequest
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery

REFUSED = "database:DataError"


@pytest_asyncio.fixture
async def password(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[PasswordVoter]:
    """A voter whose requests come by signal."""
    voter = PasswordVoter(env, scripts)
    async with replayed(voter, PasswordRecovery):
        yield voter


def _with_attempts(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    policy = options.DATABASE_ACTIVITY["retry_policy"]
    assert policy is not None
    monkeypatch.setitem(options.DATABASE_ACTIVITY, "retry_policy", replace(policy, maximum_attempts=number))


@pytest.fixture
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancellation waits for a second; the ten seconds are those of the test of a hanging judgement."""
    monkeypatch.setattr("workflows.parts.operators.CANCEL_WITHIN", timedelta(seconds=1))


async def test_a_refused_judgement_is_held_until_an_operator_retries(voter: VotingCodeVoter) -> None:
    """The stage is Held and the fault names the database; a retry judges the same request, and the journal has it."""
    voter.script.errors["judge_challenge"] = "DataError"
    asked = asyncio.create_task(voter.asks())
    await until(lambda: voter.script.claims)
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == REFUSED
    assert "Base de données" in await voter.details()
    voter.script.errors.clear()
    await Operator().retries_by_batch(voter)
    assert await asked == Answer(Verdict.ACCEPTED)
    await voter.is_sent()
    assert [(act.operator, act.fault) for act in voter.script.retries] == [("Claude Exemple", REFUSED)]


async def test_the_voter_can_ask_again_while_a_judgement_is_held(voter: VotingCodeVoter) -> None:
    """The held request gives way to the new one."""
    voter.script.errors["judge_challenge"] = "DataError"
    asked = asyncio.create_task(voter.asks())
    await until(lambda: voter.script.claims)
    await voter.reaches(Stage.HELD)
    voter.script.errors.clear()
    assert await voter.asks(request_id="request-2") == Answer(Verdict.ACCEPTED)
    with pytest.raises(WorkflowUpdateFailedError):
        await asked
    await voter.is_sent()


async def test_a_held_judgement_can_be_cancelled(voter: VotingCodeVoter) -> None:
    """The recovery ends, and the voter can begin again."""
    voter.script.errors["judge_challenge"] = "ProgrammingError"
    asked = asyncio.create_task(voter.asks())
    await until(lambda: voter.script.claims)
    await voter.reaches(Stage.HELD)
    assert await Operator().cancels(voter) in ENDINGS
    with pytest.raises(WorkflowUpdateFailedError):
        await asked
    assert await voter.ends() is Stage.REFUSED
    assert [act.operator for act in voter.script.cancellations] == ["Claude Exemple"]


async def test_a_request_by_signal_is_held_too(password: PasswordVoter) -> None:
    """A refused statement does not fail the workflow; another request is judged."""
    password.script.errors["judge_password"] = "DataError"
    await password.asks()
    await password.reaches(Stage.HELD)
    password.script.errors.clear()
    await password.asks("request-2")
    await password.is_sent()


async def test_an_error_that_is_final_for_the_request_does_not_fail_the_recovery(password: PasswordVoter) -> None:
    """A signal with an id that is none of ours is logged; a link that was sent before stays live."""
    await password.asks()
    message = await password.is_sent()
    await password.waits(minutes=3)
    password.script.errors["judge_password"] = "InvalidIdError"
    await password.asks("request-2")
    await until(lambda: len(password.script.claims) > 1)
    password.script.errors.clear()
    await password.chooses(message)
    assert await password.ends() is Stage.REISSUED


async def test_an_outage_is_held_and_tried_again_without_an_operator(
    voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five minutes of tries it is Held; when the database is back, the next try succeeds by itself."""
    _with_attempts(monkeypatch, 3)
    voter.script.errors["judge_challenge"] = "DatabaseUnavailableError"
    asked = asyncio.create_task(voter.asks())
    await until(lambda: voter.script.claims)
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == "database:DatabaseUnavailableError"
    voter.script.errors.clear()
    await voter.waits(minutes=5, seconds=1)
    assert await asked == Answer(Verdict.ACCEPTED)
    await voter.is_sent()


async def _fails_while_the_database_is_away(voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of the message; its failure could not be noted."""
    _with_attempts(monkeypatch, 3)
    voter.script.errors["note_failed_send"] = "DatabaseUnavailableError"
    await voting_code_scenarios.held(voter)
    await until(lambda: _has_fault(voter, "database:DatabaseUnavailableError"))
    return voter.script.tried[0].message_id


async def _has_fault(voter: VotingCodeVoter, fault: str) -> bool:
    return (await voter.status()).fault == fault


async def test_a_failed_send_is_noted_once_the_database_is_back(
    voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the note its row would say for ever that it is sent, and no operator would find it."""
    await _fails_while_the_database_is_away(voter, monkeypatch)
    voter.script.errors.clear()
    await voter.waits(minutes=5, seconds=1)
    await until(lambda: voter.script.failed_sends)
    (noted,) = voter.script.failed_sends
    assert (noted.link_id, noted.send_number) == (voter.script.tried[0].link_id, 1)
    assert noted.fault == (await voter.status()).fault == "sms:recording-refused"
    assert (await voter.status()).stage is Stage.HELD


async def test_a_failure_that_is_over_is_not_noted_any_more(
    voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt that comes before the note says that the message has arrived: the row keeps that."""
    message_id = await _fails_while_the_database_is_away(voter, monkeypatch)
    voter.script.errors.clear()
    await voter.receipt_comes(message_id)
    await until(lambda: _has_fault(voter, ""))
    await voter.waits(minutes=5, seconds=1)
    assert voter.script.failed_sends == []
    assert (await voter.status()).delivered_at is not None


async def test_a_refused_reissue_is_held_and_shown_after_a_retry(voter: VotingCodeVoter) -> None:
    """The link stays used; the click that waits gets its code."""
    message = await voter.asks_and_receives_link()
    voter.script.errors["reissue_voting_code"] = "IntegrityError"
    click = asyncio.create_task(voter.clicks(message))
    await voter.reaches(Stage.HELD)
    assert await voter.click_is_refused(message.link_id) is LinkVerdict.USED
    voter.script.errors.clear()
    await Operator().retries(voter)
    assert (await click).box
    await voter.reaches(Stage.DISPLAYING)


async def test_a_refused_settlement_is_held_and_a_cancellation_ends_it(voter: VotingCodeVoter) -> None:
    """The ending is not written: the key sweep destroys the keys of an ended workflow."""
    await voter.asks_and_receives_link()
    voter.script.errors["settle"] = "DataError"
    await voter.waits(hours=1, seconds=1)
    await voter.reaches(Stage.HELD)
    assert await Operator().cancels(voter) is Stage.EXPIRED
    assert await voter.ends() is Stage.EXPIRED


async def test_a_hanging_judgement_can_be_cancelled(voter: VotingCodeVoter) -> None:
    """The cancellation waits for ten seconds at most, then gives the judgement up."""
    voter.task_timeout = timedelta(seconds=2)
    async with voter.script.holding("judge_challenge"):
        asked = asyncio.create_task(voter.asks())
        await until(lambda: voter.script.claims)
        cancelled = asyncio.create_task(Operator().cancels(voter))
        assert await cancelled is Stage.REFUSED
        with pytest.raises(WorkflowUpdateFailedError):
            await asked
        assert await voter.ends() is Stage.REFUSED


@pytest.mark.usefixtures("_short_wait")
async def test_a_reissue_that_hangs_beyond_its_timeout_can_be_cancelled(
    voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again and again, it is waited for, then given up: the click gets no code."""
    monkeypatch.setitem(options.DATABASE_ACTIVITY, "start_to_close_timeout", timedelta(seconds=1))
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    async with voter.script.holding("reissue_voting_code"):
        click = asyncio.create_task(voter.clicks(message))
        await until(lambda: len(voter.script.reissues) > 1)
        assert await Operator().cancels(voter) is Stage.CANCELLED
        with pytest.raises(WorkflowUpdateFailedError):
            await click
    assert await voter.ends() is Stage.CANCELLED
    assert [act.operator for act in voter.script.cancellations] == ["Claude Exemple"]


@pytest.mark.usefixtures("_short_wait")
async def test_a_cancellation_is_accepted_while_the_database_is_away(voter: VotingCodeVoter) -> None:
    """The link ends at once; the ending is written, with the operator, when the database answers again."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    voter.script.errors["settle"] = "DatabaseUnavailableError"
    assert await Operator().cancels(voter) is Stage.CANCELLED
    assert await voter.click_is_refused(message.link_id) is LinkVerdict.CANCELLED
    voter.script.settlements.clear()
    voter.script.errors.clear()
    assert await voter.ends() is Stage.CANCELLED
    assert voter.script.settlements[-1].operator == "Claude Exemple"


@pytest.mark.usefixtures("_short_wait")
async def test_a_cancellation_while_nothing_can_be_written_is_given_up_by_the_next(
    voter: VotingCodeVoter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With neither settlement nor note, the second cancellation still ends the recovery."""
    _with_attempts(monkeypatch, 3)
    voter.task_timeout = timedelta(seconds=2)
    await voter.asks_and_receives_link()
    voter.script.errors |= dict.fromkeys(("settle", "note_cancel"), "DatabaseUnavailableError")
    assert await Operator().cancels(voter) is Stage.CANCELLED
    assert await Operator().cancels(voter) is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED


async def test_a_refused_activation_is_held_and_retried(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """The SMS is sent; its identifier becomes active with an operator's retry, without another SMS."""
    voter = IdentifierVoter(env, scripts)
    async with replayed(voter, IdentifierRecovery):
        voter.script.errors["activate_identifier"] = "DataError"
        await voter.asks()
        await voter.reaches(Stage.HELD)
        voter.script.errors.clear()
        await voter.handle.execute_update("retry_send", RetryRequest("m.durand"))
        await voter.reaches(Stage.SENT)
        assert len(voter.script.identifiers_tried) == 1


@pytest.mark.usefixtures("_short_wait")
async def test_identifier_and_password_are_held_too(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """Both the judgement and the settlement; each can be cancelled."""
    voter = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(voter, IdentifierAndPasswordRecovery):
        voter.script.errors["judge_identifier_and_password"] = "DataError"
        await voter.asks()
        await voter.reaches(Stage.HELD)
        voter.script.errors.clear()
        await voter.handle.execute_update("retry_send", RetryRequest("m.durand"))
        await voter.reaches(Stage.SENT)
        voter.script.errors["settle_identifier_and_password"] = "DataError"
        await voter.handle.execute_update("cancel", CancelRequest("m.durand"))
        await voter.handle.execute_update("cancel", CancelRequest("m.durand"))
        assert await voter.ends() is Stage.CANCELLED
