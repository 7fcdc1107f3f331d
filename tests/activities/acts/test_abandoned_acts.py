"""An act whose workflow was terminated leaves its recoveries to other acts."""

from datetime import timedelta

from sqlalchemy import update
from temporalio.client import Client

from activities.acts.abandoned_acts import AbandonedActs
from activities.acts.bulk_acts import BulkActs
from activities.acts.bulk_order import ActState, BulkKind, BulkOrder
from activities.acts.bulk_orders import BulkOrders, act_workflow_id
from activities.config.clock import utc_now
from activities.evidence.journal import Journal
from activities.progress import rows as progress
from activities.progress.rows import LinkOf, SendOf
from activities.store.act_tables import bulk_acts
from activities.store.database import Database
from election.settings import Election
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.receipt_listener import ReceiptListener


async def test_what_a_terminated_act_had_before_it_is_free(
    database: Database, election: Election, temporal: Client, now: Clock
) -> None:
    """After ten minutes without a change, and only if its workflow does not run."""
    dies_at, link = utc_now() + timedelta(days=1), LinkOf("mot-de-passe/a", "link")
    async with database.writing() as connection:
        await progress.begin(connection, link, Channel.EMAIL, hint="", sends_left=1, dies_at=dies_at)
        await progress.hold(connection, SendOf("mot-de-passe/a", "link", 1), "email:smtp-550", dies_at)
    orders = BulkOrders(database, Journal(database, election, now), election, "", now)
    await orders.begin_act(BulkOrder("terminated", BulkKind.RETRY, "Dominique Exemple"))
    abandoned, acts = AbandonedActs(database, temporal), BulkActs(database)
    assert await abandoned.end() == 0
    async with database.writing() as connection:
        await connection.execute(update(bulk_acts).values(changed_at=utc_now() - timedelta(minutes=11)))
    running = await temporal.start_workflow(
        ReceiptListener.run, id=act_workflow_id("terminated"), task_queue="nobody"
    )
    assert await abandoned.end() == 0
    await running.terminate()
    assert await abandoned.end() == 1
    found = await acts.act("terminated")
    assert found is not None
    assert found.state is ActState.STOPPED
    assert (await orders.begin_act(BulkOrder("next", BulkKind.RETRY, "Dominique Exemple"))).counts.waiting == 1
