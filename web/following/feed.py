"""Tells the open pages of one process what has changed: one reader for all of them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from activities.accounts.sessions import Session, Sessions
from activities.progress.reader import Noted, ProgressReader
from activities.upkeep.heartbeat import TEMPORAL, Heartbeat
from activities.upkeep.periodic_tasks import every
from election.following.progress import Progress, SendRules, next_change
from workflows.contracts import options

_EVERY = timedelta(seconds=1)
# In case a change became visible later than the reader looks back.
_READ_ALL_EVERY = 30  # rounds
_AT_ONCE = 1_000  # rows
_LOOK_FOR_SILENCE_EVERY = 5  # rounds
# Without one of them no recovery moves.
_MOVING = [options.RECOVERIES, options.MESSAGING, TEMPORAL]


class Follower:
    """One open page: what it shows of a recovery, and whether its session still lives."""

    __slots__ = ("_is_woken", "_wake", "has_ended", "session", "workflow_id")

    def __init__(self, workflow_id: str, session: Session) -> None:
        self.workflow_id = workflow_id
        self.session = session
        self.has_ended = False
        self._is_woken = False  # also while nobody waits: the page then looks again at once
        self._wake: asyncio.Future[None] | None = None

    async def wait(self) -> bool:
        """Return True when what the page shows may have changed, or False when its session has ended."""
        if not self._is_woken:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        self._is_woken = False
        return not self.has_ended

    def wake(self) -> None:
        """Let the page look again."""
        self._is_woken = True
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def end(self) -> None:
        """Let the page close its stream."""
        self.has_ended = True
        self.wake()


class ProgressFeed:
    """Reads the rows that have changed once a second, while a page of this process is open, and wakes the pages concerned.

    `is_stalled` is True while Temporal or the workers are silent, so that no recovery moves.
    """

    def __init__(
        self,
        reader: ProgressReader,
        sessions: Sessions,
        heartbeat: Heartbeat,
        rules: SendRules,
        now: Callable[[], datetime],
    ) -> None:
        self.is_stalled = False
        self._reader = reader
        self._sessions = sessions
        self._heartbeat = heartbeat
        self._rules = rules
        self._now = now
        self._followers: defaultdict[str, set[Follower]] = defaultdict(set)  # by workflow id
        self._noted: dict[str, Noted] = {}
        self._coming: dict[str, datetime] = {}  # when a followed recovery changes next by the clock alone
        self._mark: datetime | None = None
        self._rounds = 0
        self._reading: asyncio.Task[object] | None = None
        self._looking = asyncio.Lock()

    @asynccontextmanager
    async def following(self, workflow_id: str, session: Session) -> AsyncIterator[Follower]:
        """Yield a follower of a recovery, which is woken until the end of the block."""
        if noted := await self._reader.find(workflow_id):
            self._note(noted)
        follower = Follower(workflow_id, session)
        self._followers[workflow_id].add(follower)
        if self._reading is None:
            self._mark, self._rounds = None, 0
            # Whatever a look raises, the next one serves the pages that are open.
            self._reading = asyncio.ensure_future(every(_EVERY, self._look_alone, survives=(Exception,))())
        try:
            yield follower
        finally:
            await self._leave(follower)

    def progress(self, workflow_id: str) -> Progress | None:
        """Return where a followed recovery stands, or None when there is none."""
        noted = self._noted.get(workflow_id)
        return noted.progress if noted else None

    async def look_whether_stalled(self) -> bool:
        """Return whether Temporal or the workers are silent now; when that has changed, every page is woken."""
        is_stalled = bool(await self._heartbeat.silent(_MOVING))
        if is_stalled != self.is_stalled:
            self.is_stalled = is_stalled
            for workflow_id in self._followers:
                self._wake(workflow_id)
        return is_stalled

    async def _leave(self, follower: Follower) -> None:
        others = self._followers[follower.workflow_id]
        others.discard(follower)
        if not others:
            del self._followers[follower.workflow_id]
            self._noted.pop(follower.workflow_id, None)
            self._coming.pop(follower.workflow_id, None)
        if self._followers:
            return
        try:
            async with self._looking:  # a read that is cut off may leave its connection to nobody
                pass
        finally:
            if not self._followers and self._reading is not None:
                self._reading.cancel()
                self._reading = None

    async def look(self) -> None:
        """Read once what has changed, and wake the pages concerned; sessions first, which end even if a row cannot be read."""
        self._rounds += 1
        await self._end_sessions()
        await self._read_changes()
        self._wake_by_clock()
        if self._rounds % _LOOK_FOR_SILENCE_EVERY == 1:
            await self.look_whether_stalled()

    async def _look_alone(self) -> None:
        async with self._looking:
            await self.look()

    async def _read_changes(self) -> None:
        # By the clock, and not by the newest change: when nothing changes, the last rows would be read again every second.
        now = await self._reader.now()
        noted = await self._reader.changed_since(self._mark or now, self._followers)
        self._mark = now
        if self._rounds % _READ_ALL_EVERY == 0:
            ids = list(self._followers)
            for start in range(0, len(ids), _AT_ONCE):
                noted += await self._reader.of(ids[start : start + _AT_ONCE])
        for each in noted:
            if each.workflow_id in self._followers:
                self._note(each)

    def _note(self, noted: Noted) -> None:
        """Keep the newest facts of a recovery, and wake its pages if they are new."""
        known = self._noted.get(noted.workflow_id)
        if known is not None and noted.changed_at <= known.changed_at:
            return
        self._noted[noted.workflow_id] = noted
        self._expect(noted.workflow_id, noted.progress)
        self._wake(noted.workflow_id)

    def _expect(self, workflow_id: str, progress: Progress) -> None:
        instant = next_change(progress, self._now(), self._rules)
        if instant is None:
            self._coming.pop(workflow_id, None)
        else:
            self._coming[workflow_id] = instant

    def _wake_by_clock(self) -> None:
        now = self._now()
        for workflow_id in [each for each, instant in self._coming.items() if instant <= now]:
            self._expect(workflow_id, self._noted[workflow_id].progress)
            self._wake(workflow_id)

    def _wake(self, workflow_id: str) -> None:
        for follower in self._followers.get(workflow_id, ()):
            follower.wake()

    async def _end_sessions(self) -> None:
        followers = [follower for each in self._followers.values() for follower in each]
        ended = await self._sessions.ended([follower.session for follower in followers])
        if ended:
            for follower in followers:
                if follower.session.id_hash in ended:
                    follower.end()
