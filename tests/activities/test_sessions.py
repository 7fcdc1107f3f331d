"""A browser's session: known by its cookie alone, until it ends or nobody uses it."""

from datetime import timedelta

import pytest

from activities.roll import Claimant
from activities.security.hashing import KeyedHash
from activities.sessions import Session, Sessions
from activities.store.database import Database
from activities.store.tables import sessions as table
from tests.clock import Clock
from tests.dump import rows, text_of

IDLE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sessions(database: Database, keyed_hash: KeyedHash, now: Clock) -> Sessions:
    """The door's sessions."""
    return Sessions(database, keyed_hash, now)


@pytest.mark.parametrize("claimant", [Claimant("subject", "elector"), Claimant("subject", None)])
async def test_a_session_between_identifier_and_password(sessions: Sessions, claimant: Claimant) -> None:
    """It knows who claims to be there, on the roll or not, and nobody is signed in."""
    cookie, session = await sessions.open(claimant=claimant)
    assert await sessions.find(cookie) == session == Session(session.id_hash, None, claimant)


async def test_a_session_after_both(sessions: Sessions) -> None:
    """It knows its elector."""
    cookie, session = await sessions.open(elector_id="elector")
    assert await sessions.find(cookie) == session == Session(session.id_hash, "elector")


async def test_a_session_before_anything(sessions: Sessions) -> None:
    """A form has a session too, of nobody."""
    cookie, session = await sessions.open()
    assert await sessions.find(cookie) == session == Session(session.id_hash)


async def test_every_session_has_a_cookie_of_its_own(sessions: Sessions) -> None:
    """Two browsers of one elector are two sessions, and a cookie has 256 bits."""
    cookies = {(await sessions.open(elector_id="elector"))[0] for _ in range(20)}
    assert len(cookies) == 20
    assert {len(cookie) for cookie in cookies} == {43}


@pytest.mark.parametrize("cookie", ["", "guess", "\0", "é" * 5000])
async def test_a_cookie_that_was_never_given_opens_nothing(sessions: Sessions, cookie: str) -> None:
    """Nor does the hash that the database keeps."""
    _, session = await sessions.open(elector_id="elector")
    assert await sessions.find(cookie) is None
    assert await sessions.find(session.id_hash) is None


async def test_the_database_never_has_the_cookie(sessions: Sessions, database: Database) -> None:
    """Whoever has a dump has nobody's session."""
    cookie, _ = await sessions.open(elector_id="elector")
    assert cookie not in await text_of(database)


async def test_a_session_ends_after_thirty_idle_minutes(sessions: Sessions, now: Clock) -> None:
    """It is there a second before, and gone at the thirtieth minute."""
    cookie, _ = await sessions.open(elector_id="elector")
    now.advance(IDLE)
    assert await sessions.find(cookie) is None
    now.advance(-SECOND)
    assert await sessions.find(cookie) is not None


async def test_use_keeps_a_session_alive(sessions: Sessions, now: Clock) -> None:
    """Whoever opens a page every 29 minutes stays signed in all day."""
    cookie, _ = await sessions.open(elector_id="elector")
    for _ in range(20):
        now.advance(IDLE - timedelta(minutes=1))
        assert await sessions.find(cookie) is not None
    now.advance(IDLE)
    assert await sessions.find(cookie) is None


async def test_reading_a_page_seldom_writes(sessions: Sessions, database: Database, now: Clock) -> None:
    """The last sign of life is written once a minute at most."""
    cookie, _ = await sessions.open(elector_id="elector")
    opened_at = now()
    now.advance(timedelta(minutes=1))
    await sessions.find(cookie)
    assert [row["seen_at"] for row in await rows(database, table)] == [opened_at]
    now.advance(SECOND)
    await sessions.find(cookie)
    assert [row["seen_at"] for row in await rows(database, table)] == [now()]


async def test_a_right_voting_code_marks_this_session_alone(sessions: Sessions) -> None:
    """The elector's other browser is not in the voting space."""
    here, session = await sessions.open(elector_id="elector")
    elsewhere, _ = await sessions.open(elector_id="elector")
    await sessions.begin_vote(session)
    found = [await sessions.find(cookie) for cookie in (here, elsewhere)]
    assert [each and each.voting for each in found] == [True, False]


async def test_a_session_that_was_ended_is_gone(sessions: Sessions) -> None:
    """Neither its cookie nor a late touch brings it back; other sessions go on."""
    cookie, session = await sessions.open(elector_id="elector")
    other, _ = await sessions.open(elector_id="elector")
    await sessions.end(session)
    await sessions.begin_vote(session)
    assert await sessions.find(cookie) is None
    assert await sessions.find(other) is not None


async def test_ending_one_clears_away_those_left_idle(sessions: Sessions, database: Database, now: Clock) -> None:
    """The table keeps no session that nobody can use any more."""
    await sessions.open(elector_id="left idle")
    now.advance(IDLE + SECOND)
    _, session = await sessions.open(elector_id="elector")
    await sessions.end(session)
    assert await rows(database, table) == []
