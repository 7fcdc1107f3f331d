"""A step of an act orders recoveries once each, and notes why one was not ordered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from sqlalchemy import insert
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.acts.bulk_items import BulkItems, ClaimedItem
from activities.acts.bulk_order import ItemState
from activities.acts.item_orders import ItemOrders, OrderStep
from activities.config.clock import utc_now
from activities.gateways.recording import GatewayMode
from activities.progress import rows as progress
from activities.progress.rows import LinkOf, SendOf
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.database import Database
from election.stages import Channel, Stage
from tests.support.database_dump import rows
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter

NAME = "Dominique Exemple"
STEP = OrderStep("act", 50.0, 5.0, 100)


@pytest_asyncio.fixture
async def held(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[VotingCodeVoter]:
    """A voter whose send is held."""
    voter = VotingCodeVoter(env, scripts)
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    voter.script.gateway = GatewayMode.OK
    yield voter
    await voter.terminate()


async def _act(database: Database, *recoveries: str, kind: str = "retry") -> None:
    texts = dict.fromkeys(("cause", "channel", "procedure", "gateway", "reason"), "")
    numbers = dict.fromkeys(("total", "sent", "failed", "skipped"), 0)
    at = dict.fromkeys(("held_until", "created_at", "changed_at"), utc_now())
    act = {"id": "act", "kind": kind, "operator": NAME, "state": "running", "rate": 1.0, "is_verified": True}
    empty = {"act_id": "act", "state": ItemState.WAITING, "why": "", "tries": 0, "changed_at": utc_now()}
    async with database.writing() as connection:
        await connection.execute(insert(bulk_acts).values(**texts, **numbers, **at, **act))
        await connection.execute(insert(bulk_items), [{**empty, "workflow_id": each} for each in recoveries])


async def _items(database: Database) -> dict[str, tuple[str, str, int]]:
    return {
        row["workflow_id"]: (row["state"], row["why"], row["tries"]) for row in await rows(database, bulk_items)
    }


class _LosingClient:
    """A client of Temporal that loses the first order to a recovery, or its answer, after the recovery has noted that it obeys."""

    def __init__(self, client: Client, database: Database, *, arrives: bool) -> None:
        self._client = client
        self._database = database
        self._arrives = arrives
        self.given: list[str] = []

    def get_workflow_handle(self, workflow_id: str) -> Any:
        """Return the handle of a recovery."""
        recovery = self._client.get_workflow_handle(workflow_id)

        async def execute_update(name: str, order: object, *, id: str, **options: Any) -> object:  # noqa: A002 - the SDK's name
            self.given.append(id)
            if len(self.given) > 1:
                return await recovery.execute_update(name, order, id=id, **options)
            if self._arrives:
                await recovery.execute_update(name, order, id=id, **options)
            async with self._database.writing() as connection:
                await connection.execute(bulk_items.update().values(state=ItemState.ORDERED))
            if self._arrives:
                raise RPCError("lost", RPCStatusCode.UNAVAILABLE, b"")
            raise WorkflowUpdateRPCTimeoutOrCancelledError

        return SimpleNamespace(execute_update=execute_update)


async def _step(
    env: WorkflowEnvironment, database: Database, attempt: int = 1, client: _LosingClient | None = None
) -> int:
    orders, running = ItemOrders(BulkItems(database), cast("Any", client or env.client)), ActivityEnvironment()
    running.info = replace(running.info, attempt=attempt)
    return (await running.run(orders.order_items, STEP)).answered


async def test_a_held_recovery_is_ordered_and_the_others_are_skipped(
    env: WorkflowEnvironment, database: Database, held: VotingCodeVoter, voter: VotingCodeVoter
) -> None:
    """One that is no longer held, and one that is not there: each says why."""
    held.script.claimed = ClaimedItem(is_claimed=True, operator=NAME)
    await voter.asks_and_receives_link()
    gone = "code-de-vote/gone"
    await _act(database, held.workflow_id, voter.workflow_id, gone)
    assert await _step(env, database) == 3
    await held.is_sent()
    assert [act.operator for act in held.script.retries] == [NAME]
    # Whoever obeys notes it: the scripted recovery does not.
    assert await _items(database) == {
        held.workflow_id: ("waiting", "", 0),
        voter.workflow_id: ("skipped", "not-held", 0),
        gone: ("skipped", "gone", 0),
    }


async def test_a_recovery_that_does_not_know_yet_that_its_send_has_failed_is_tried_again(
    env: WorkflowEnvironment, database: Database, voter: VotingCodeVoter
) -> None:
    """The messaging role writes the row a moment before: the act was given in between."""
    await voter.asks_and_receives_link()
    dies_at, link = utc_now() + timedelta(days=1), LinkOf(voter.workflow_id, "link")
    async with database.writing() as connection:
        await progress.begin(connection, link, Channel.SMS, hint="", sends_left=1, dies_at=dies_at)
        await progress.hold(connection, SendOf(voter.workflow_id, "link", 1), "sms:smpp-1", dies_at)
    await _act(database, voter.workflow_id)
    assert await _step(env, database) == 0
    assert await _items(database) == {voter.workflow_id: ("waiting", "", 1)}


async def test_an_order_that_is_given_again_is_the_same(
    env: WorkflowEnvironment, database: Database, held: VotingCodeVoter
) -> None:
    """A step that was killed before it knew the answer gets it again; the recovery is asked once."""
    held.script.claimed = ClaimedItem(is_claimed=True, operator=NAME)
    await _act(database, held.workflow_id)
    assert [await _step(env, database), await _step(env, database)] == [1, 1]
    await held.is_sent()
    assert (len(held.script.item_claims), len(held.script.retries)) == (1, 1)


async def test_an_order_that_was_lost_with_its_worker_is_given_again(
    env: WorkflowEnvironment, database: Database, held: VotingCodeVoter
) -> None:
    """The recovery had noted that it obeys, and Temporal never knew: the step's next attempt asks it, its next step does not."""
    held.script.claimed = ClaimedItem(is_claimed=True, operator=NAME)
    await _act(database, held.workflow_id)
    async with database.writing() as connection:
        await connection.execute(bulk_items.update().values(state=ItemState.ORDERED))
    assert (await _step(env, database), len(held.script.retries)) == (0, 0)
    assert [await _step(env, database, attempt=2) for _ in range(2)] == [1, 1]
    assert (len(held.script.item_claims), len(held.script.retries)) == (1, 1)


@pytest.mark.parametrize("arrives", [True, False], ids=["answer lost", "order lost"])
async def test_an_order_without_an_answer_is_given_again_at_once(
    env: WorkflowEnvironment, database: Database, held: VotingCodeVoter, *, arrives: bool
) -> None:
    """The recovery had noted that it obeys, so that no later step orders it: the same order again is carried out once in all."""
    held.script.claimed = ClaimedItem(is_claimed=True, operator=NAME)
    await _act(database, held.workflow_id)
    losing = _LosingClient(env.client, database, arrives=arrives)
    assert await _step(env, database, client=losing) == 1
    assert losing.given == ["act-0", "act-0"]
    await held.is_sent()
    assert (len(held.script.item_claims), len(held.script.retries)) == (1, 1)


async def test_a_recovery_that_cannot_obey_now_is_tried_again_with_another_id(
    env: WorkflowEnvironment, database: Database, held: VotingCodeVoter
) -> None:
    """The act was paused, or the database did not answer: that is not the recovery's last word."""
    await _act(database, held.workflow_id)
    assert await _step(env, database) == 0
    assert await _items(database) == {held.workflow_id: ("waiting", "", 1)}
    held.script.claimed = ClaimedItem(is_claimed=True, operator=NAME)
    assert await _step(env, database) == 1
    assert len(held.script.retries) == 1


@pytest.mark.parametrize("state", ["paused", "stopped", "done"])
async def test_an_act_that_does_not_run_orders_nothing(
    env: WorkflowEnvironment, database: Database, state: str
) -> None:
    """Whoever may write to Temporal may ask for a step."""
    await _act(database, "code-de-vote/gone")
    async with database.writing() as connection:
        await connection.execute(bulk_acts.update().values(state=state))
    assert await _step(env, database) == 0
    assert await _items(database) == {"code-de-vote/gone": ("waiting", "", 0)}
