"""One reader wakes the open pages of a process: for changes, for what comes with the time, and when sessions end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, update

from activities.accounts.sessions import Session, Sessions
from activities.progress import rows
from activities.progress.reader import Noted, ProgressReader
from activities.progress.rows import LinkOf, SendOf
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import workers
from activities.upkeep.heartbeat import TEMPORAL, Heartbeat
from election.procedures import subject_of
from election.settings import Election, load
from election.stages import Channel, Stage
from tests.support.clock import Clock
from tests.support.waiting import until
from web.following.feed import Follower, ProgressFeed

_DEFAULT = Path(__file__).parents[3] / "election" / "default.toml"
ONE, OTHER = LinkOf("code-de-vote/camille", "link"), LinkOf("code-de-vote/sacha", "link")
END = datetime(2031, 1, 1, tzinfo=UTC)


class CountingReader(ProgressReader):
    """A reader that counts the rows of each round, fails as often as the test wants, and whose clock it can put forward."""

    ahead = timedelta(0)
    read = 0
    faults = 0

    async def now(self) -> datetime:
        """Return the database's clock, put forward."""
        return await super().now() + self.ahead

    async def changed_since(self, instant: datetime, wanted: set[str] | dict[str, Any]) -> list[Noted]:
        """Return the changed rows, and keep their number.

        Raises:
            ValueError: the test wants it.
        """
        if self.faults:
            self.faults -= 1
            raise ValueError
        noted = await super().changed_since(instant, wanted)
        self.read = len(noted)
        return noted


class Following:
    """A feed of which the test makes rounds beside its own, one a second, and its sessions."""

    def __init__(self, database: Database, keyed: KeyedHash, election: Election) -> None:
        self.now = Clock(datetime.now(UTC))
        self.sessions = Sessions(database, keyed, self.now)
        self.heartbeat = Heartbeat(database)
        self.database = database
        self.reader = CountingReader(database)
        self.feed = ProgressFeed(self.reader, self.sessions, self.heartbeat, election.delivery, self.now)

    async def begins(self, link: LinkOf) -> None:
        """Begin a recovery's message."""
        async with self.database.writing() as connection:
            await rows.begin(connection, link, Channel.SMS, hint="", sends_left=6, dies_at=END)

    async def look(self) -> None:
        """Have the feed make a round, never beside one of its own."""
        await self.feed._look_alone()

    async def accepts(self, link: LinkOf) -> None:
        """Have its message accepted."""
        async with self.database.writing() as connection:
            await rows.accept(connection, SendOf(link.workflow_id, link.link_id, 1), dies_at=None, lives=None)

    @asynccontextmanager
    async def open_page(self, link: LinkOf) -> AsyncIterator[tuple[Follower, "asyncio.Task[bool]", Session]]:
        """Open a page of an elector who has signed in; yield its follower, which waits, and its session."""
        _, session = await self.sessions.open(subject_of(link.workflow_id))
        async with self.feed.following(link.workflow_id, session) as follower:
            waiting = asyncio.ensure_future(follower.wait())
            yield follower, waiting, session
            waiting.cancel()


@pytest_asyncio.fixture
async def following(database: Database, keyed_hash: KeyedHash) -> Following:
    """A feed on the test's database, while everything else works."""
    following = Following(database, keyed_hash, load(_DEFAULT))
    await following.heartbeat.beat(["recoveries", "messaging", TEMPORAL])
    return following


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed's own reader looks again at once."""
    monkeypatch.setattr("web.following.feed._EVERY", timedelta(milliseconds=10))


async def test_a_change_wakes_the_pages_of_its_recovery_alone(following: Following) -> None:
    """The page has the new facts when it is woken."""
    await following.begins(ONE)
    await following.begins(OTHER)
    async with following.open_page(ONE) as (_, woken, _), following.open_page(OTHER) as (_, other, _):
        await following.look()
        assert not woken.done()
        await following.accepts(ONE)
        await following.look()
        assert await asyncio.wait_for(woken, 1)
        found = following.feed.progress(ONE.workflow_id)
        assert found is not None
        assert found.accepted_at is not None
        assert not other.done()


async def test_the_last_page_lets_a_look_come_to_its_end(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that is cut off may leave its connection to nobody."""
    reads, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> list[Noted]:
        reads.set()
        await may_end.wait()
        ended.set()
        return []

    monkeypatch.setattr(following.reader, "changed_since", slow)
    async with following.open_page(ONE):
        await asyncio.wait_for(reads.wait(), 30)
        asyncio.get_running_loop().call_soon(may_end.set)
    assert ended.is_set()


async def test_a_recovery_that_begins_later_wakes_its_page(following: Following) -> None:
    """The page was opened while the request was being judged."""
    async with following.open_page(ONE) as (_, woken, _):
        await following.look()
        assert following.feed.progress(ONE.workflow_id) is None
        await following.begins(ONE)
        await following.look()
        assert await asyncio.wait_for(woken, 1)


async def test_what_comes_with_the_time_wakes_a_page(following: Following) -> None:
    """Nobody notes that a message is late."""
    await following.begins(ONE)
    async with following.open_page(ONE) as (_, woken, _):
        following.now.advance(timedelta(minutes=3))
        await following.look()
        assert await asyncio.wait_for(woken, 1)


async def test_pages_that_are_opened_and_left_leave_nothing(following: Following) -> None:
    """Neither while another one is open nor afterwards: an e-mail's link is waited for, for a day."""
    await following.begins(ONE)
    async with following.open_page(ONE) as (_, _, session):
        await following.begins(OTHER)
        for _ in range(1000):
            async with following.feed.following(OTHER.workflow_id, session):
                pass
        assert list(following.feed._coming) == list(following.feed._noted) == [ONE.workflow_id]
    assert not following.feed._coming
    assert not following.feed._noted


async def test_a_change_that_became_visible_late_is_found_all_the_same(following: Following) -> None:
    """Every half minute each followed row is read, however old its instant is."""
    await following.begins(ONE)
    await _set(following.database, changed_at=func.clock_timestamp() - timedelta(minutes=1))
    async with following.open_page(ONE) as (_, woken, _):
        await following.look()
        assert not woken.done()
        late = func.clock_timestamp() - timedelta(seconds=20)
        await _set(following.database, stage=Stage.CANCELLED, changed_at=late)
        await following.look()
        assert not woken.done()
        for _ in range(28):
            await following.look()
        assert await asyncio.wait_for(woken, 1)


async def test_rows_that_do_not_change_are_not_read_every_second(following: Following) -> None:
    """After an hour without a change, the last ones are not read again: there may be thousands."""
    await following.begins(ONE)
    async with following.open_page(ONE):
        await following.look()
        await following.accepts(ONE)
        await following.look()
        assert following.reader.read == 1
        following.reader.ahead = timedelta(hours=1)
        await following.look()
        await following.look()
    assert following.reader.read == 0


async def test_the_end_of_a_session_ends_its_page(following: Following) -> None:
    """By signing out, or by the hour; another session of the same elector goes on."""
    await following.begins(ONE)
    async with (
        following.open_page(ONE) as (_, woken, session),
        following.open_page(ONE) as (other_page, other, _),
    ):
        await following.look()
        assert not woken.done()
        await following.sessions.end(session)
        await following.look()
        assert await asyncio.wait_for(woken, 1) is False
        assert not other.done()
        following.now.advance(timedelta(hours=13))
        await following.look()
        await other  # its message is late by now
        assert not await other_page.wait()


async def test_pages_are_told_when_nothing_moves(following: Following) -> None:
    """Without a sign of life of Temporal or of a worker; and when it moves again."""
    await following.begins(ONE)
    async with following.open_page(ONE) as (follower, woken, _):
        await _beat(following, TEMPORAL, ago=timedelta(minutes=1))
        for _ in range(5):
            await following.look()
        assert await asyncio.wait_for(woken, 1)
        assert following.feed.is_stalled
        await following.heartbeat.beat([TEMPORAL])
        again = asyncio.ensure_future(follower.wait())
        for _ in range(5):
            await following.look()
        assert await asyncio.wait_for(again, 1)
        assert not following.feed.is_stalled


async def test_the_page_that_finds_out_first_tells_the_others(following: Following) -> None:
    """A page that is made meanwhile asks for itself, and the reader then finds nothing new."""
    await following.begins(ONE)
    async with following.open_page(ONE) as (_, woken, _):
        await following.look()
        await _beat(following, TEMPORAL, ago=timedelta(minutes=1))
        assert await following.feed.look_whether_stalled()
        assert await asyncio.wait_for(woken, 1)


@pytest.mark.usefixtures("quick")
async def test_a_fault_of_the_reader_ends_no_page_s_updates(following: Following) -> None:
    """The next look is made as if nothing had been; sessions end also while no row can be read."""
    await following.begins(ONE)
    following.reader.faults = 2
    async with following.open_page(ONE) as (follower, woken, session):
        await until(lambda: following.reader.faults == 0)
        await following.accepts(ONE)
        assert await asyncio.wait_for(woken, 10)
        following.reader.faults = 10**6
        await following.sessions.end(session)
        assert not await asyncio.wait_for(follower.wait(), 10)


async def _beat(following: Following, role: str, ago: timedelta) -> None:
    async with following.database.writing() as connection:
        await connection.execute(
            update(workers).where(workers.c.role == role).values(last_seen_at=func.now() - ago)
        )


async def _set(database: Database, **values: object) -> None:
    async with database.writing() as connection:
        await connection.execute(update(progress).values(values))


async def test_a_change_while_the_page_is_made_is_not_lost(following: Following) -> None:
    """The page looks again at once; what it has looked at does not wake it twice."""
    await following.begins(ONE)
    _, session = await following.sessions.open("camille")
    async with following.feed.following(ONE.workflow_id, session) as follower:
        follower.wake()
        assert await asyncio.wait_for(follower.wait(), 1)
        waiting = asyncio.ensure_future(follower.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
