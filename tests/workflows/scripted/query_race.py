"""A workflow whose local activity ends while a query is being answered, if one ever is meanwhile."""

import asyncio
import threading
from collections import defaultdict
from datetime import timedelta

from temporalio import activity, workflow

_LONG = 20.0
# So many turns of the worker's loop after an activity's end, its result has long reached the SDK's core.
_TURNS = 500


class Moment:
    """What happens to one run: its first local activity lets go; its second begins, is looked at, and ends."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.abandon = threading.Event()
        self.begun = threading.Event()
        self.looked_at = threading.Event()
        self.ended = threading.Event()
        self.loop = asyncio.get_running_loop()


MOMENTS: defaultdict[str, Moment] = defaultdict(Moment)


@activity.defn
async def hold(run: str) -> None:
    """Hold the first workflow task, so that the next begins with all that has come meanwhile."""
    MOMENTS[run].held.set()
    await asyncio.to_thread(MOMENTS[run].abandon.wait, _LONG)


@activity.defn
async def wait_to_be_looked_at(run: str) -> None:
    """Return once somebody has looked."""
    moment = MOMENTS[run]
    moment.begun.set()
    await asyncio.to_thread(moment.looked_at.wait, _LONG)
    moment.ended.set()


@workflow.defn
class LookedAt:
    """As a recovery: on a request, a local activity, and beside it a deadline that goes when it has ended."""

    @workflow.init
    def __init__(self, name: str) -> None:
        self._name = name
        self._has_ended = False
        self._is_asked = False

    @workflow.run
    async def run(self, name: str) -> None:
        """Return when the request has been seen to."""
        await workflow.execute_local_activity(hold, name, start_to_close_timeout=_PATIENCE)
        await workflow.wait_condition(lambda: self._is_asked)
        await workflow.wait_condition(lambda: self._has_ended, timeout=timedelta(hours=1))

    @workflow.signal
    async def ask(self) -> None:
        """Ask."""
        self._is_asked = True
        await workflow.execute_local_activity(wait_to_be_looked_at, self._name, start_to_close_timeout=_PATIENCE)
        self._has_ended = True

    @workflow.query
    def look(self) -> bool:
        """Return whether the local activity had ended before; if not, let it end now, and its result arrive."""
        moment = MOMENTS[self._name]
        had_ended = moment.ended.is_set()
        moment.looked_at.set()
        moment.ended.wait(_LONG)
        for _ in range(0 if had_ended else _TURNS):
            asyncio.run_coroutine_threadsafe(_turn(), moment.loop).result()
        return had_ended


async def _turn() -> None:
    """Take a turn of the worker's loop."""


_PATIENCE = timedelta(seconds=_LONG)
