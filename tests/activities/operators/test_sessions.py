"""An operator's session is found by its cookie until it is ended, idle for too long or too old."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from activities.evidence.journal import Journal
from activities.gateways.identity.provider import VerifiedOperator
from activities.operators.sessions import OperatorSession, OperatorSessions
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.operator_table import operator_sessions
from activities.store.tables import journal as table
from tests.support.clock import Clock
from tests.support.database_dump import text_of

_MAUD = VerifiedOperator("s" * 64, "m.durand", "Maud Durand", frozenset({"operateur"}))
IDLE, LONGEST, SECOND = timedelta(minutes=30), timedelta(hours=12), timedelta(seconds=1)


@pytest.fixture
def sessions(database: Database, keyed_hash: KeyedHash, journal: Journal, now: Clock) -> OperatorSessions:
    """The sessions of the console."""
    return OperatorSessions(database, keyed_hash, journal, now)


async def _opened(sessions: OperatorSessions, state: str = "state") -> str:
    cookie = await sessions.open(_MAUD, "operateur", state)
    assert cookie is not None
    return cookie


async def test_a_session_has_who_signed_in(sessions: OperatorSessions, database: Database) -> None:
    """It is found by its cookie, which is not stored; the journal has the login and the role."""
    cookie = await _opened(sessions)
    found = await sessions.find(cookie)
    assert found == OperatorSession(
        found.id_hash if found else "", "s" * 64, "m.durand", "Maud Durand", "operateur"
    )
    assert cookie not in await text_of(database)
    async with database.reading() as connection:
        [entry] = (await connection.execute(select(table))).all()
    assert (entry.event, entry.actor, entry.outcome) == ("operator:session:opened", "m.durand", "operateur")


async def test_a_login_opens_one_session(sessions: OperatorSessions) -> None:
    """The same state opens no second one, also once the first is ended."""
    first = await sessions.find(await _opened(sessions))
    assert await sessions.open(_MAUD, "operateur", "state") is None
    assert first is not None
    await sessions.end(first)
    assert await sessions.open(_MAUD, "operateur", "state") is None


async def test_an_idle_session_ends(sessions: OperatorSessions, now: Clock) -> None:
    """After thirty minutes without a page; a page that polls does not keep it alive, another one does."""
    cookie = await _opened(sessions)
    now.advance(IDLE - SECOND)
    assert await sessions.find(cookie, keeps_alive=False)
    now.advance(SECOND)
    assert await sessions.find(cookie) is None
    now.advance(-SECOND)
    assert await sessions.find(cookie)
    now.advance(IDLE - SECOND)
    assert await sessions.find(cookie)


async def test_no_session_is_older_than_twelve_hours(sessions: OperatorSessions, now: Clock) -> None:
    """However busy the operator is."""
    cookie = await _opened(sessions)
    for _ in range(24):
        assert await sessions.find(cookie)
        now.advance(IDLE - SECOND)
    now.advance(LONGEST - 24 * (IDLE - SECOND))
    assert await sessions.find(cookie) is None


async def test_a_session_that_was_ended_is_not_revived(sessions: OperatorSessions, now: Clock) -> None:
    """Neither by a page that was asked for before."""
    cookie = await _opened(sessions)
    session = await sessions.find(cookie)
    assert session is not None
    now.advance(timedelta(minutes=2))
    await sessions.end(session)
    assert await sessions.find(cookie) is None
    now.advance(-timedelta(minutes=1))
    assert await sessions.find(cookie) is None


@pytest.mark.parametrize("column", ["subject", "login", "name", "role", "login_hash"])
async def test_an_altered_row_is_no_session(sessions: OperatorSessions, database: Database, column: str) -> None:
    """Whoever can write to the database, and has no key, makes nobody an administrator."""
    cookie = await _opened(sessions)
    async with database.writing() as connection:
        await connection.execute(update(operator_sessions).values({column: "administration"}))
    assert await sessions.find(cookie) is None
