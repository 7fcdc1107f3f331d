"""A mailing takes what the console has signed and what was typed, says which it was, and refuses what is forged or old."""

from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from activities.security.signed_orders import signed
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.typography import faults
from tests.workflows.scripted import mailing_scenarios as scenarios
from tests.workflows.scripted.mailing_activities import MailingOperator
from tests.workflows.scripted.mailing_scenarios import mailing
from workflows.contracts.orders import Control, Pause, Resume, SetRate, Stop
from workflows.mailings.messages import MailingState, RetryFailed

NAME = "Dominique Exemple"


async def _refusal(operator: MailingOperator, order: Control) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await operator.orders(order)
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.message


async def test_each_order_is_journalled_as_signed_or_typed(env: WorkflowEnvironment) -> None:
    """By the order's own signature: the console and the command line may control one mailing in turn."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        given: list[Control] = [
            Pause(NAME),
            Resume(NAME),
            SetRate(NAME, 20),
            RetryFailed(NAME, "smtp-550"),
            Stop(NAME),
        ]
        for order in given:
            await operator.orders(signed(CONSOLE, operator.id, order, utc_now()))
        typed = await operator.orders(Stop(NAME))
        assert typed.per_second == 20
        operator.activities.may_send.set()
        await operator.ends()
        told = [(act.event, act.is_verified) for act in operator.activities.acts if act.who == NAME]
        assert told == [
            (Event.MAILING_PAUSED, True),
            (Event.MAILING_RESUMED, True),
            (Event.MAILING_PACED, True),
            (Event.MAILING_RETRIED, True),
            (Event.MAILING_STOPPED, True),
            (Event.MAILING_STOPPED, False),
        ]


async def test_a_forged_or_old_order_is_refused(env: WorkflowEnvironment) -> None:
    """With somebody else's key, of another mailing or another order, or eleven minutes old; nothing is journalled."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        pause = signed(CONSOLE, operator.id, Pause(NAME), utc_now())
        forged = (
            signed(SOMEBODY, operator.id, Pause(NAME), utc_now()),
            signed(CONSOLE, "envoi/2011/another", Pause(NAME), utc_now()),
            replace(pause, operator="Claude Exemple"),
            Stop(NAME, given_at=pause.given_at, signature=pause.signature),
        )
        old = signed(CONSOLE, operator.id, Pause(NAME), utc_now() - timedelta(minutes=11))
        said = {await _refusal(operator, order) for order in forged}
        said.add(await _refusal(operator, old))
        assert said == {
            "Ordre refusé\u00a0: sa signature n’est pas celle de la console.",
            "Ordre périmé\u00a0: redonnez-le depuis la console.",
        }
        assert operator.activities.events == [Event.MAILING_BEGUN]
        operator.activities.may_send.set()


async def test_a_forged_start_ends_at_once(env: WorkflowEnvironment) -> None:
    """Nothing is prepared, and the details say why."""
    async with mailing(env, 25) as operator:
        operator.activities.is_forged = True
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.pages == []
        details = await operator.details()
        assert "Envoi refusé" in details
        assert faults(details) == []


async def test_an_order_that_comes_with_the_start_is_verified_when_the_mailing_has_begun(
    env: WorkflowEnvironment,
) -> None:
    """A retry from the console starts a mailing that has ended: before that no key is known."""
    async with mailing(env, 25) as operator:
        await scenarios.incomplete(operator)
        operator.activities.refused = {}
        await operator.retries_anew(signed(CONSOLE, operator.id, RetryFailed(NAME, "smtp-550"), utc_now()))
        await operator.ends()
        retried = [act.is_verified for act in operator.activities.acts if act.event is Event.MAILING_RETRIED]
        assert retried == [True]


async def test_a_state_that_somebody_has_made_up_is_not_taken(env: WorkflowEnvironment) -> None:
    """It would bring a key of theirs: only a run that continues another has one."""
    async with mailing(env, 25) as operator:
        state = MailingState(utc_now(), 10, console_key=SOMEBODY.public_key)
        operator.order = replace(operator.order, state=state)
        await scenarios.sending(operator)
        assert operator.activities.events == [Event.MAILING_BEGUN]
        assert "signature" in await _refusal(operator, signed(SOMEBODY, operator.id, Stop(NAME), utc_now()))
        operator.activities.may_send.set()


async def test_a_new_run_knows_the_key(env: WorkflowEnvironment) -> None:
    """Continue-as-new hands it on."""
    async with mailing(env, 25) as operator:
        await scenarios.sending_in_a_new_run(operator)
        assert "signature" in await _refusal(operator, signed(SOMEBODY, operator.id, Stop(NAME), utc_now()))
        operator.activities.may_send.set()
