"""A sender whose answers the database refuses stops at once, and is not started again by itself."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError

from activities.config.errors import DatabaseUnavailableError
from activities.mailings.sender import CONNECTIONS
from activities.store.database import Database
from tests.activities.mailings.post import ELECTORS, Post

ADDRESSES = sorted(person.work_email for person in ELECTORS)
_REFUSE = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$"""


@asynccontextmanager
async def _refused(database: Database, code: str, condition: str = "true") -> AsyncIterator[None]:
    """The database refuses the ledger's rows, as a missing grant makes it do, or a trigger."""
    async with database.writing() as connection:
        await connection.execute(text(_REFUSE.format(code=code, condition=condition)))
        await connection.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()")
        )
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute(text("DROP TRIGGER refuse ON messages"))
            await connection.execute(text("DROP FUNCTION refuse"))


@pytest.mark.parametrize(("code", "fault"), [("42501", "ProgrammingError"), ("42P01", "DatabaseNotReadyError")])
async def test_a_sender_whose_answers_are_refused_sends_nothing_more(post: Post, code: str, fault: str) -> None:
    """It says why, and must not be retried; once the database takes them, the next one forgets nobody."""
    await post.prepares()
    async with _refused(post.database, code):
        with pytest.raises(ApplicationError) as refused:
            await post.sends()
    assert (refused.value.type, refused.value.non_retryable) == (fault, True)
    sent = Counter(mail.to for mail in post.relay.sent)
    assert 1 <= sum(sent.values()) <= 2 * CONNECTIONS
    assert set(sent.values()) == {1}
    assert await post.states() == ["waiting"] * 24
    await post.sends()
    assert await post.states() == ["accepted"] * 24
    assert Counter(mail.to for mail in post.relay.sent) == Counter(ADDRESSES) + sent


async def test_answers_that_another_connection_can_write_are_kept(post: Post) -> None:
    """As after a migration, which a prepared statement does not outlive: the next sender goes on by itself, and none goes twice."""
    await post.prepares()
    of_sender = "(SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') > 0"
    async with _refused(post.database, "0A000", of_sender):
        with pytest.raises(DatabaseUnavailableError):
            await post.sends()
    assert (await post.states()).count("accepted") == len(post.relay.sent)
    await post.sends()
    assert sorted(mail.to for mail in post.relay.sent) == ADDRESSES
