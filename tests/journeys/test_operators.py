"""Operators retry one send, retry all and cancel a recovery in Temporal; each action is journalled."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from demo.client.running import Demo
from demo.processes.temporal import binary
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.journey_voter import main_text, title
from tests.support.waiting import until
from workflows.contracts.orders import CancelRequest, RetryRequest

CAMILLE, ELODIE, JEAN_BAPTISTE = range(3)
NAME = "Dominique Exemple"


async def test_an_operator_retries_a_failed_send(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """`retry_send` sends the same link to the same contact; without a name or a failed send it is refused."""
    fast_demo.gateways(sms="refuse")
    voter = await fast_people.signed_in(CAMILLE)
    await voter.ask()
    await voter.wait_for_stage("Held")
    recovery = fast_operator.recovery_of(voter)
    with pytest.raises(WorkflowUpdateFailedError):
        await recovery.execute_update("retry_send", RetryRequest(" "))
    fast_demo.gateways(sms="ok")
    await recovery.execute_update("retry_send", RetryRequest(NAME))
    link = await voter.received_link()
    await voter.wait_for_stage("Sent")
    assert (await voter.page(link)).status_code == 200
    with pytest.raises(WorkflowUpdateFailedError):
        await recovery.execute_update("retry_send", RetryRequest(NAME))
    assert _acts(fast_operator, recovery.id) == [("operator:send:retried", "sms:smpp-0x0000000B")]


async def test_an_operator_retries_all_failed_sends(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """One batch signal to all recoveries at the stage Held retries every failed send."""
    fast_demo.gateways(sms="refuse")
    voters = [await fast_people.signed_in(number) for number in (CAMILLE, ELODIE, JEAN_BAPTISTE)]
    for voter in voters:
        await voter.ask()
    for voter in voters:
        await voter.wait_for_stage("Held")
    fast_demo.gateways(sms="ok")
    await until(lambda: _are_held(fast_operator, len(voters)))
    await _temporal(
        fast_demo,
        *("workflow", "signal", "--query", "RecoveryStage='Held'", "--name", "retry_send_all"),
        *("--input", f'{{"operator": "{NAME}"}}', "--reason", "opérateur rétabli", "--yes"),
    )
    for voter in voters:
        assert (await voter.page(await voter.received_link())).status_code == 200


async def test_an_operator_cancels_a_recovery(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """Its link shows that it was cancelled, and the current code still works."""
    voter = await fast_people.signed_in(ELODIE)
    code = await voter.recover()
    await voter.ask("email")  # mails have no receipts, which could arrive during the cancellation
    link = await voter.received_link()
    recovery = fast_operator.recovery_of(voter)
    assert await recovery.execute_update("cancel", CancelRequest(NAME, "demande par téléphone")) == "Cancelled"
    page = await voter.page(link)
    assert (page.status_code, title(page)) == (410, "Lien annulé")
    assert "Votre code de vote n’a pas changé." in main_text(page)
    assert (await voter.follow())["title"] == "Demande annulée"
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"
    assert ("operator:recovery:cancelled", "Cancelled") in _acts(fast_operator, recovery.id)
    assert fast_demo.supervisor.poll() is None


def _acts(operator: Operator, recovery: str) -> list[tuple[str, str]]:
    query = "SELECT event, outcome FROM journal WHERE actor = %s AND workflow_id = %s ORDER BY number"
    return operator.roll(query, NAME, recovery)


async def _are_held(operator: Operator, count: int) -> bool:
    return (await operator.client.count_workflows("RecoveryStage = 'Held'")).count >= count


async def _temporal(demo: Demo, *words: str) -> None:
    program = await asyncio.create_subprocess_exec(binary(demo.state), *words, "--address", demo.temporal)
    assert await program.wait() == 0
