"""A browser's session is found by its cookie until it is ended, idle for too long or too old."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from activities.accounts.credentials import (
    CheckedCredential,
    CredentialReplacedError,
    Credentials,
    Kind,
    require_active,
)
from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session, Sessions
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import sessions as table
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, Electorate
from tests.support.waiting import until

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sessions(database: Database, keyed_hash: KeyedHash, now: Clock) -> Sessions:
    """The sessions of the web."""
    return Sessions(database, keyed_hash, now)


@pytest.mark.parametrize("claimant", [Claimant("subject", "elector"), Claimant("subject", None)])
async def test_a_session_keeps_its_claimant_between_identifier_and_password(
    sessions: Sessions, claimant: Claimant
) -> None:
    """It has the last claimant, on the roll or not, and no signed-in elector."""
    cookie, session = sessions.anonymous()
    for each in (Claimant("another", None), claimant):
        await sessions.claim(session, each)
        assert await sessions.find(cookie) == Session(session.id_hash, None, each)


async def test_a_session_after_sign_in_has_its_elector(sessions: Sessions) -> None:
    """The session that was opened is found by its cookie."""
    cookie, session = await sessions.open("elector")
    assert await sessions.find(cookie) == session == Session(session.id_hash, "elector")


async def test_a_claim_leaves_a_session_signed_in_and_does_not_make_it_last_longer(
    sessions: Sessions, now: Clock
) -> None:
    """Another sign-in that waits for its code changes neither whose the session is, nor what it opens, nor when it ends."""
    cookie, session = await sessions.open("elector")
    await sessions.open_voting_space(session)
    now.advance(IDLE - SECOND)
    before = await sessions.find(cookie, keeps_alive=False)
    assert before is not None
    await sessions.claim(before, Claimant("subject", "other"))
    after = await sessions.find(cookie, keeps_alive=False)
    assert after == Session(session.id_hash, "elector", Claimant("subject", "other"), voting_space_open=True)
    assert after.ends_at == before.ends_at


async def test_a_claim_does_not_open_a_session_again_that_has_ended(sessions: Sessions) -> None:
    """The elector has signed out in another tab while a password was being checked."""
    cookie, session = await sessions.open("elector")
    await sessions.end(session)
    await sessions.claim(session, Claimant("subject", "elector"))
    assert await sessions.find(cookie) is None


async def test_an_anonymous_session_is_not_stored(sessions: Sessions, database: Database, now: Clock) -> None:
    """It is found by its cookie for twelve hours, without a row in the database."""
    cookie, session = sessions.anonymous()
    now.advance(LONGEST - SECOND)
    assert await sessions.find(cookie) == session == Session(session.id_hash)
    assert await rows(database, table) == []
    now.advance(SECOND)
    assert await sessions.find(cookie) is None


async def test_a_session_without_its_claim_is_anonymous(sessions: Sessions, now: Clock) -> None:
    """After the claim is ended or idle for too long, the cookie finds an anonymous session."""
    (ended, session), (idle, other) = sessions.anonymous(), sessions.anonymous()
    await sessions.claim(other, Claimant("subject", "elector"))
    now.advance(IDLE)
    await sessions.claim(session, Claimant("subject", "elector"))
    await sessions.end(session)
    assert [await sessions.find(each) for each in (ended, idle)] == [session, other]


async def test_every_session_has_its_own_cookie(sessions: Sessions) -> None:
    """Twenty sessions of one elector have twenty cookies of 43 characters (256 bits)."""
    cookies = {(await sessions.open("elector"))[0] for _ in range(20)}
    assert len(cookies) == 20
    assert {len(cookie) for cookie in cookies} == {43}


@pytest.mark.parametrize("cookie", ["", "guess", "\0", "é" * 5000, "0" * 64])
async def test_an_unknown_cookie_finds_no_session(sessions: Sessions, cookie: str) -> None:
    """The hash in the database finds none either."""
    _, session = await sessions.open("elector")
    assert await sessions.find(cookie) is None
    assert await sessions.find(session.id_hash) is None


async def test_the_cookie_is_not_stored(sessions: Sessions, database: Database) -> None:
    """A dump of the database contains no usable session."""
    cookie, _ = await sessions.open("elector")
    assert cookie not in await text_of(database)


async def test_a_session_ends_after_thirty_idle_minutes(sessions: Sessions, now: Clock) -> None:
    """It is found a second before thirty minutes have passed, and not found then."""
    cookie, _ = await sessions.open("elector")
    now.advance(IDLE)
    assert await sessions.find(cookie) is None
    now.advance(-SECOND)
    assert await sessions.find(cookie) is not None


async def test_each_use_prolongs_a_session(sessions: Sessions, now: Clock) -> None:
    """A session that is used every 29 minutes is found; after 30 idle minutes it is not."""
    cookie, _ = await sessions.open("elector")
    for _ in range(20):
        now.advance(IDLE - timedelta(minutes=1))
        assert await sessions.find(cookie) is not None
    now.advance(IDLE)
    assert await sessions.find(cookie) is None


async def test_a_session_ends_after_twelve_hours(sessions: Sessions, now: Clock) -> None:
    """Twelve hours after the sign-in it ends, even if it is used."""
    cookie, _ = await sessions.open("elector")
    for _ in range(24 * 2 - 1):
        now.advance(LONGEST / 48)
        assert await sessions.find(cookie) is not None
    now.advance(LONGEST / 48)
    assert await sessions.find(cookie) is None


async def test_automatic_requests_do_not_prolong_a_session(sessions: Sessions, now: Clock) -> None:
    """A page that updates itself does not keep an unattended browser signed in."""
    cookie, _ = await sessions.open("elector")
    for _ in range(2):
        now.advance(IDLE / 2 - SECOND)
        assert await sessions.find(cookie, keeps_alive=False) is not None
    now.advance(2 * SECOND)
    assert await sessions.find(cookie) is None


async def test_the_last_use_is_written_once_a_minute(sessions: Sessions, database: Database, now: Clock) -> None:
    """`last_seen_at` is updated only if it is more than a minute old."""
    cookie, _ = await sessions.open("elector")
    opened_at = now()
    now.advance(timedelta(minutes=1))
    await sessions.find(cookie)
    assert [row["last_seen_at"] for row in await rows(database, table)] == [opened_at]
    now.advance(SECOND)
    await sessions.find(cookie)
    assert [row["last_seen_at"] for row in await rows(database, table)] == [now()]


async def test_a_right_voting_code_marks_only_this_session(sessions: Sessions) -> None:
    """The elector's session in another browser is not marked as voting."""
    here, session = await sessions.open("elector")
    elsewhere, _ = await sessions.open("elector")
    await sessions.open_voting_space(session)
    found = [await sessions.find(cookie) for cookie in (here, elsewhere)]
    assert [each and each.voting_space_open for each in found] == [True, False]


async def test_a_credential_replaced_after_its_check_is_refused(
    sessions: Sessions, database: Database, electorate: Electorate, now: Clock
) -> None:
    """A password that was replaced opens no session, and such a voting code does not mark one as voting."""
    await electorate.enrol(CAMILLE)
    kept = Credentials(database, now)
    checked = {kind: CheckedCredential(kind, await kept.active_hash(CAMILLE.id, kind) or "") for kind in Kind}
    _, session = await sessions.open(CAMILLE.id, checked[Kind.PASSWORD])
    await sessions.open_voting_space(session, checked[Kind.VOTING_CODE])
    for kind in (Kind.PASSWORD, Kind.VOTING_CODE):
        async with database.writing() as connection:
            await kept.replace(connection, CAMILLE.id, kind, f"new {kind}", "new")
    with pytest.raises(CredentialReplacedError):
        await sessions.open(CAMILLE.id, checked[Kind.PASSWORD])
    _, other = await sessions.open(CAMILLE.id, CheckedCredential(Kind.PASSWORD, "new"))
    with pytest.raises(CredentialReplacedError):
        await sessions.open_voting_space(other, checked[Kind.VOTING_CODE])
    assert [bool(row["voting_space_mac"]) for row in await rows(database, table)] == [True, False]


async def test_a_replacement_waits_for_a_sign_in_in_progress(
    database: Database, electorate: Electorate, now: Clock
) -> None:
    """A password is replaced after the transaction that checks it, so that the new session is ended with the others."""
    await electorate.enrol(CAMILLE)
    kept = Credentials(database, now)
    checked = CheckedCredential(Kind.PASSWORD, await kept.active_hash(CAMILLE.id, Kind.PASSWORD) or "")

    async def replaced() -> str | None:
        async with database.writing() as connection:
            await kept.replace(connection, CAMILLE.id, Kind.PASSWORD, "new", "new")
        return await kept.active_hash(CAMILLE.id, Kind.PASSWORD)

    async with database.writing() as connection:
        await require_active(connection, CAMILLE.id, checked)
        replacing = asyncio.create_task(replaced())
        await until(lambda: _has_ended_or_waits(replacing, database))
        assert not replacing.done()
    assert await replacing == "new"


async def _has_ended_or_waits(task: asyncio.Task[str | None], database: Database) -> bool:
    async with database.reading() as connection:
        waiting = await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    return task.done() or bool(waiting)


async def test_an_ended_session_is_not_found(sessions: Sessions) -> None:
    """A later `open_voting_space` does not restore it; the elector's other session is still found."""
    cookie, session = await sessions.open("elector")
    other, _ = await sessions.open("elector")
    await sessions.end(session)
    await sessions.open_voting_space(session)
    assert await sessions.find(cookie) is None
    assert await sessions.find(other) is not None


async def test_ending_a_session_touches_no_other(sessions: Sessions, database: Database, now: Clock) -> None:
    """Those that are idle are left to the purge: to delete them in another order than it does may end in a deadlock."""
    _, idle = await sessions.open("left idle")
    now.advance(IDLE + SECOND)
    _, session = await sessions.open("elector")
    await sessions.end(session)
    assert [row["id_hash"] for row in await rows(database, table)] == [idle.id_hash]


async def test_a_session_says_when_it_ends(sessions: Sessions, now: Clock) -> None:
    """Half an hour after its last page, and twelve hours after the sign-in at the latest; to poll does not put it off."""
    cookie, _ = await sessions.open("elector")
    opened = now()

    async def ends_at(*, keeps_alive: bool) -> timedelta:
        found = await sessions.find(cookie, keeps_alive=keeps_alive)
        assert found
        assert found.ends_at
        return found.ends_at - opened

    assert await ends_at(keeps_alive=True) == IDLE
    now.advance(IDLE - SECOND)
    assert await ends_at(keeps_alive=False) == IDLE
    assert await ends_at(keeps_alive=True) == 2 * IDLE - SECOND
    while now() < opened + LONGEST - IDLE:
        now.advance(IDLE - SECOND)
        await sessions.find(cookie)
    assert await ends_at(keeps_alive=True) == LONGEST
