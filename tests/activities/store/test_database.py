"""The database wrapper: transactions, time zones, outages, and errors without personal data."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from structlog.testing import capture_logs

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError, InvalidIdError
from activities.store.database import Database
from activities.store.tables import activations, attempts, electors, links, workers
from tests.support.clock import Clock
from tests.support.waiting import until


def _elector(number: int) -> dict[str, str]:
    names = dict.fromkeys([column.name for column in electors.c], "x")
    return {**names, "id": str(number), "work_email": f"camille{number}@ac-lyon.fr", "numen_hash": str(number)}


async def _count(database: Database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(electors)) or 0


async def test_a_committed_transaction_is_visible_to_others(database: Database) -> None:
    """The next connection reads what was written."""
    async with database.writing() as connection:
        await connection.execute(insert(electors).values(_elector(1)))
    assert await _count(database) == 1


async def test_a_failed_transaction_is_rolled_back(database: Database) -> None:
    """Also its statements that succeeded."""

    async def enrol_twice() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(electors).values(_elector(1)))
            await connection.execute(insert(electors).values(_elector(1)))

    with pytest.raises(IntegrityError):
        await enrol_twice()
    assert await _count(database) == 0


@pytest.mark.parametrize("given", ["x" * 65, "x\0", "é", "a\nb"])
async def test_an_id_that_is_none_of_ours_is_refused_before_the_statement(database: Database, given: str) -> None:
    """Too long for its column, or not printable: an error of its own, in writes and in reads, without the id."""

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(links).values({"token_hash": "t", "link_id": given}))

    async def read() -> None:
        async with database.reading() as connection:
            await connection.execute(select(links).where(links.c.link_id == given))

    for statement in (write, read):
        with pytest.raises(InvalidIdError) as refused:
            await statement()
        assert given not in str(refused.value)


async def test_concurrent_increments_respect_a_limit(database: Database) -> None:
    """Of twenty concurrent increments of a count with the limit three, three succeed."""
    first = {"subject": "s", "scope": "d", "failures": 1, "last_attempt_id": "", "paused_until": datetime.now(UTC)}
    statement = (
        insert(attempts)
        .values(first)
        .on_conflict_do_update(
            index_elements=["subject", "scope"],
            set_={"failures": attempts.c.failures + 1},
            where=attempts.c.failures < 3,
        )
        .returning(attempts.c.failures)
    )

    async def add() -> int | None:
        async with database.writing() as connection:
            count: int | None = (await connection.execute(statement)).scalar_one_or_none()
            return count

    counts = await asyncio.gather(*(add() for _ in range(20)))
    assert sorted(count for count in counts if count) == [1, 2, 3]


async def test_transactions_that_lock_a_row_run_one_after_the_other(database: Database, database_url: str) -> None:
    """Two connection pools that read a row FOR UPDATE and change it lose no update."""
    async with database.writing() as connection:
        await connection.execute(insert(electors).values(_elector(1)))

    async def append(process: Database, letter: str) -> None:
        async with process.writing() as connection:
            name = await connection.scalar(select(electors.c.used_name).with_for_update())
            await connection.execute(update(electors).values(used_name=f"{name}{letter}"))

    other = Database(database_url)
    assert await _count(other) == 1  # both are connected before the concurrent part
    await asyncio.gather(append(database, "a"), append(other, "b"))
    await other.close()
    async with database.reading() as connection:
        assert await connection.scalar(select(electors.c.used_name)) in {"xab", "xba"}


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    """An uncommitted transaction blocks no reader and is not visible."""
    async with database.writing() as connection:
        await connection.execute(insert(electors).values(_elector(1)))
        assert await _count(database) == 0


async def test_rows_of_an_elector_are_deleted_with_the_elector(database: Database, now: Clock) -> None:
    """Foreign keys are enforced, with ON DELETE CASCADE."""
    activation = {"elector_id": "1", "question": "q", "answer_hash": "h", "activated_at": now()}
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(activations).values(activation))
    async with database.writing() as connection:
        await connection.execute(insert(electors).values(_elector(1)))
        await connection.execute(insert(activations).values(activation))
        await connection.execute(delete(electors))
        assert (await connection.execute(select(activations))).all() == []


async def test_instants_are_kept_in_utc(database: Database) -> None:
    """An instant with another offset is returned as the same instant in UTC."""
    at = datetime(2026, 12, 3, 12, 0, tzinfo=timezone(timedelta(hours=4)))
    async with database.writing() as connection:
        await connection.execute(insert(workers).values(role="all", last_seen_at=at))
        seen = await connection.scalar(select(workers.c.last_seen_at))
    assert seen == datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
    assert seen.tzinfo is UTC


async def test_a_naive_instant_is_refused(database: Database) -> None:
    """An instant without a time zone is ambiguous."""
    naive = datetime(2026, 12, 3, 12, 0)  # noqa: DTZ001 - the value that must be refused
    with pytest.raises(StatementError, match="time zone"):
        async with database.writing() as connection:
            await connection.execute(insert(workers).values(role="all", last_seen_at=naive))


async def test_a_database_that_does_not_answer_is_unavailable() -> None:
    """Reading and writing raise the same exception."""
    database = Database("postgresql+psycopg://elections@/roll?host=/nowhere")
    for connecting in (database.reading, database.writing):
        with pytest.raises(DatabaseUnavailableError):
            async with connecting():
                pass
    await database.close()


async def test_readings_in_the_background_end_before_the_connections_close(database_url: str) -> None:
    """One that is on its way comes to its end; that the database does not answer is raised to nobody."""
    read = list[int]()

    async def reading(of: Database) -> None:
        read.append(await _count(of))

    for url in (database_url, "postgresql+psycopg://elections@/roll?host=/nowhere"):
        database = Database(url)
        database.in_background(reading(database))
        await database.close()
    assert read == [0]


async def test_connections_that_the_server_closed_are_replaced(database: Database, database_url: str) -> None:
    """After a restart of the server one use raises DatabaseUnavailableError; the next ones get new connections."""
    async with database.reading() as one, database.reading() as two:
        ended = [await each.scalar(text("SELECT pg_backend_pid()")) for each in (one, two)]
    other = Database(database_url)
    async with other.reading() as connection:
        for process in ended:
            await connection.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    await other.close()
    with pytest.raises(DatabaseUnavailableError):
        await _count(database)
    assert [await _count(database) for _ in range(3)] == [0, 0, 0]


async def test_a_read_only_database_is_unavailable_for_writes(database_url: str, now: Clock) -> None:
    """As a standby after a failover: activities are retried, and the web reports an outage."""
    read_only = f"{database_url}&options=-cdefault_transaction_read_only%3Don"
    database = Database(read_only)
    with pytest.raises(DatabaseUnavailableError):
        async with database.writing() as connection:
            await connection.execute(insert(workers).values(role="one", last_seen_at=now()))
    await database.close()


async def test_connections_have_timeouts(database_url: str) -> None:
    """Connections have default timeouts for a host that does not answer; the URL can change them."""
    parameters = {}
    for url in (database_url, f"{database_url}&tcp_user_timeout=3000"):
        database = Database(url)
        async with database.reading() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            parameters[url] = driver.info.get_parameters()
        await database.close()
    assert [each["tcp_user_timeout"] for each in parameters.values()] == ["10000", "3000"]
    assert {each["connect_timeout"] for each in parameters.values()} == {"5"}
    assert {each["keepalives_idle"] for each in parameters.values()} == {"10"}


async def test_the_server_gives_up_clients_that_are_gone_or_stand_still(database_url: str) -> None:
    """A machine that is gone within 20 seconds, and a transaction without a statement after two minutes; the URL can change them."""
    query = text("SELECT name, reset_val FROM pg_settings WHERE source = 'client' AND name ~ :names")
    found = []
    for url in (database_url, f"{database_url}&options=-cidle_in_transaction_session_timeout%3D5s"):
        database = Database(url)
        async with database.reading() as connection:
            rows = await connection.execute(query, {"names": "^(tcp_keepalives|idle_in)"})
            found.append({row.name: row.reset_val for row in rows})
        await database.close()
    (ours, theirs), idle = found, "idle_in_transaction_session_timeout"
    # The other three are 0 where the connection is none of TCP, as here.
    assert ours.keys() == {idle, *(f"tcp_keepalives_{each}" for each in ("idle", "interval", "count"))}
    assert (ours[idle], theirs) == ("120000", {idle: "5000"})


async def test_a_transaction_that_stands_still_does_not_keep_its_locks(database: Database) -> None:
    """Another gets the lock; what goes on too late has lost its transaction, and raises as in an outage."""
    lock, sooner = text("SELECT pg_advisory_xact_lock(1)"), text("SET idle_in_transaction_session_timeout = 1")

    async def is_free() -> bool:
        async with database.reading() as connection:
            return bool(await connection.scalar(text("SELECT pg_try_advisory_xact_lock(1)")))

    async def stand_still() -> None:
        async with database.writing() as connection:
            await connection.execute(lock)
            await connection.execute(sooner)
            await until(is_free)
            await connection.execute(lock)

    with pytest.raises(DatabaseUnavailableError):
        await stand_still()


async def test_an_error_does_not_contain_parameters(database: Database) -> None:
    """The values of a failing statement must not get into logs and Temporal's history."""
    query = text("SELECT :address FROM nowhere")
    with pytest.raises((DatabaseUnavailableError, DatabaseNotReadyError, DBAPIError)) as raised:
        async with database.writing() as connection:
            await connection.execute(query, {"address": "camille@ac-lyon.fr"})
    error: BaseException | None = raised.value
    message = ""
    while error is not None:
        message += str(error)
        error = error.__cause__ or error.__context__
    assert "nowhere" in message
    assert "camille" not in message


async def test_a_database_that_is_away_is_logged_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line when it goes and one when it is back, however many statements fail between."""
    away = Database("postgresql+psycopg://elections@/roll?host=/nowhere")
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(DatabaseUnavailableError):
                await _count(away)
        await away.close()
        monkeypatch.setattr(away, "_autocommit", database._autocommit)
        assert [await _count(away) for _ in range(2)] == [0, 0]
    assert [line["event"] for line in logs] == ["database_unavailable", "database_available_again"]
