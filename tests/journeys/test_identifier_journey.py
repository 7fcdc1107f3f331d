"""The recovery of an identifier by SMS, with a late and with a refused SMS."""

import re
from typing import Any

from temporalio.client import WorkflowHandle

from demo.client.recovery_drivers import enter_voting_space, received_identifiers, request_identifier
from demo.client.running import Demo
from election.stages import Stage
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.held_back_messages import HELD_BACK, release
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text
from tests.support.waiting import until
from workflows.contracts.orders import CancelRequest

MARC, SYLVIE = 4, 7
_MAX_REQUESTS = 3  # in all (2018)


async def _ask(voter: JourneyVoter) -> None:
    await voter.ignore_earlier_messages()
    assert (await request_identifier(voter)).headers.get("location") == FOLLOW


async def _receive(voter: JourneyVoter) -> str:
    [identifier] = await until(lambda: received_identifiers(voter, voter.since), within=30)
    voter.seen.add(identifier)
    await voter.wait_for_stage("Reissued")
    return identifier


async def _opens(voter: JourneyVoter, identifier: str) -> bool:
    """Return whether an identifier opens the voting space, in a browser without a session."""
    voter.http.cookies.clear()
    answer = await enter_voting_space(voter, identifier, voter.person["password"])
    return answer.headers.get("location") == "/espace-de-vote"


async def _recovery(operator: Operator) -> WorkflowHandle[Any, Any]:
    """Return the only running recovery of an identifier."""
    query = "RecoveryProcedure = 'identifier' AND ExecutionStatus = 'Running'"

    async def running_id() -> str | None:
        listed = [each.id async for each in operator.client.list_workflows(query)]
        return (
            listed[0] if len(listed) == 1 else None
        )  # a recovery that has just ended is still listed for a moment

    return operator.client.get_workflow_handle(str(await until(running_id)))


async def test_a_late_sms_shows_how_long_sms_take(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The follow-up page has how long SMS took in the last hour; only the newest identifier works."""
    voter = await fast_people.signed_in(SYLVIE)
    await _ask(voter)
    former = await _receive(voter)
    fast_demo.gateways(sms=HELD_BACK)
    await _ask(voter)
    assert (await voter.wait_for_stage("Late"))["title"] == "Votre SMS prend du retard"
    recovery = await _recovery(fast_operator)

    async def is_late() -> bool:  # the page knows by the clock, the recovery by its timer, a moment later
        return "SMS en retard" in str(await recovery.query("__temporal_workflow_metadata"))

    await until(is_late)
    page = main_text(await voter.loaded(FOLLOW))
    assert re.search("En ce moment, (un SMS sur deux arrive en une minute au plus, neuf|neuf SMS) sur dix", page)
    assert "Faire une nouvelle demande" in page
    release(fast_demo, "receipt")
    newer = await _receive(voter)
    assert [await _opens(voter, each) for each in (voter.person["identifier"], former, newer)] == [
        False,
        False,
        True,
    ]


async def test_a_cancelled_request_is_not_counted(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """After a refused SMS an operator cancels: the old identifier works, and three more requests are possible."""
    voter = await fast_people.signed_in(MARC)
    fast_demo.gateways(sms="refuse")
    await _ask(voter)
    assert (await voter.wait_for_stage("Held"))["title"] == "Votre SMS n’a pas pu être envoyé"
    order = CancelRequest("Claude Exemple", "demande par téléphone")
    recovery = await _recovery(fast_operator)
    assert await recovery.execute_update("cancel", order, result_type=Stage) is Stage.CANCELLED
    assert "Cette demande n’est pas comptée" in main_text(await voter.loaded(FOLLOW))
    fast_demo.gateways(sms="ok")
    assert await _opens(voter, voter.person["identifier"])
    voter = await fast_people.signed_in(MARC)
    received = []
    for _ in range(_MAX_REQUESTS):
        await _ask(voter)
        received.append(await _receive(voter))
    assert (await request_identifier(voter, phone="06 39 98 88 88")).status_code == 429
    assert [await _opens(voter, each) for each in (voter.person["identifier"], *received)] == [False] * 3 + [True]
