"""The figures after an outage: many messages that no gateway has accepted."""

from datetime import UTC, datetime, timedelta

from activities.evidence.figures_sends import count_sends
from activities.store.database import Database
from tests.support.scans import scans_of

# A thousand deliveries, each sent twice; of fifty neither message was accepted.
_LEDGER = """INSERT INTO messages (id, workflow_id, delivery_id, channel, gateway, country_or_domain, started_at, accepted_at)
    SELECT n, 'code-de-vote/' || mod(n, 1000), mod(n, 1000), 'sms', 'sms', '', now() + n * interval '1 second',
        CASE WHEN mod(n, 1000) >= 50 THEN now() END
    FROM generate_series(1, 2000) AS n"""


async def test_the_ledger_is_read_a_few_times_however_many_messages_wait(database_url: str) -> None:
    """Whether each was sent anew is looked up for all of them at once; the second message of each delivery is still tried."""
    database = Database(database_url, pool_size=1)
    async with database.reading() as connection:
        for statement in (_LEDGER, "ANALYZE messages"):
            await connection.exec_driver_sql(statement)
        before = await scans_of(connection, "messages")
        figures = await count_sends(connection, timedelta(minutes=1), datetime.now(UTC), UTC)
        scans = await scans_of(connection, "messages") - before
    await database.close()
    assert len(figures.trying) == 50
    assert scans < 10
