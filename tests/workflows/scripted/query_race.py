"""A workflow whose local activity ends while a query is being answered, if the runner allows the query then."""

import asyncio
import threading
from collections import defaultdict
from datetime import timedelta

from temporalio import activity, workflow

_TIMEOUT_SECONDS = 20.0
# After so many iterations of the worker's event loop, the activity's result has reached the SDK's core.
_LOOP_ITERATIONS = 500


class RunEvents:
    """The events of one run: its first local activity is held and released; its second begins, is queried and ends."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.release = threading.Event()
        self.begun = threading.Event()
        self.queried = threading.Event()
        self.ended = threading.Event()
        self.loop = asyncio.get_running_loop()


RUNS: defaultdict[str, RunEvents] = defaultdict(RunEvents)


@activity.defn
async def hold(run: str) -> None:
    """Hold the first workflow task, so that the next one begins with every message that has arrived."""
    RUNS[run].held.set()
    await asyncio.to_thread(RUNS[run].release.wait, _TIMEOUT_SECONDS)


@activity.defn
async def wait_for_query(run: str) -> None:
    """Return once the query handler runs."""
    events = RUNS[run]
    events.begun.set()
    await asyncio.to_thread(events.queried.wait, _TIMEOUT_SECONDS)
    events.ended.set()


@workflow.defn
class QueriedWorkflow:
    """Behaves as a recovery: a request runs a local activity, whose end cancels a timer."""

    @workflow.init
    def __init__(self, name: str) -> None:
        self._name = name
        self._has_ended = False
        self._is_submitted = False

    @workflow.run
    async def run(self, name: str) -> None:
        """Return when the request was handled."""
        await workflow.execute_local_activity(hold, name, start_to_close_timeout=_ACTIVITY_TIMEOUT)
        await workflow.wait_condition(lambda: self._is_submitted)
        await workflow.wait_condition(lambda: self._has_ended, timeout=timedelta(hours=1))

    @workflow.signal
    async def submit(self) -> None:
        """Handle a request."""
        self._is_submitted = True
        await workflow.execute_local_activity(wait_for_query, self._name, start_to_close_timeout=_ACTIVITY_TIMEOUT)
        self._has_ended = True

    @workflow.query
    def activity_had_ended(self) -> bool:
        """Return whether the local activity had ended; if not, let it end now and its result reach the SDK's core."""
        events = RUNS[self._name]
        had_ended = events.ended.is_set()
        events.queried.set()
        events.ended.wait(_TIMEOUT_SECONDS)
        for _ in range(0 if had_ended else _LOOP_ITERATIONS):
            asyncio.run_coroutine_threadsafe(_iterate(), events.loop).result()
        return had_ended


async def _iterate() -> None:
    """Do nothing, in one iteration of the worker's event loop."""


_ACTIVITY_TIMEOUT = timedelta(seconds=_TIMEOUT_SECONDS)
