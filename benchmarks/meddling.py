"""Recoveries that are looked at without a pause and given contradictory orders: could each still be taken over?"""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from benchmarks import backstage, takeover
from benchmarks.bench import Bench
from benchmarks.browsers import at_once, signed_in
from benchmarks.running import Demo
from benchmarks.tables import Table
from benchmarks.voter import Voter
from benchmarks.ways import lose_identifier
from workflows.messages import Cancel, Retry

_SEED = 1
_WIDTH = 20  # voters at once, and as many recoveries are looked at, the newest
_OPEN = "ExecutionStatus = 'Running'"
_MODES = ("ok", "ok", "refuse", "undelivered", "early", "twice", "late:1")
_OPERATOR = "Claude Exemple"
_SOON = timedelta(seconds=5)
# It has ended, or nothing is held there, or something else had to be done first.
_IN_VAIN = (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError)
_LINK_WITHIN = 2.0  # seconds; of a gateway that refuses none comes


class Meddlers:
    """Staff who look and look, an operator who cancels and retries at random, gateways that change their minds."""

    def __init__(self, demo: Demo, client: Client) -> None:
        self.done: Counter[str] = Counter()
        self._demo = demo
        self._client = client
        self._draw = Random(_SEED)
        self._open: list[str] = []
        self._has_enough = False

    def stop(self) -> None:
        """Let them stop after what they do at the moment."""
        self._has_enough = True

    async def meddle(self) -> None:
        """Go on with it until told to stop."""
        async with asyncio.TaskGroup() as together:
            for habit in (self._look, self._order, self._disturb):
                together.create_task(habit())

    async def _look(self) -> None:
        while not self._has_enough:
            self._open = [each.id async for each in self._client.list_workflows(_OPEN, limit=_WIDTH)]
            looks = [
                self._client.get_workflow_handle(each).query("status", rpc_timeout=_SOON) for each in self._open
            ]
            answers = await asyncio.gather(*looks, return_exceptions=True)
            self.done["looks"] += sum(not isinstance(each, BaseException) for each in answers)

    async def _order(self) -> None:
        while not self._has_enough:
            await asyncio.sleep(self._draw.uniform(0, 0.1))
            if not self._open:
                continue
            recovery = self._client.get_workflow_handle(self._draw.choice(self._open))
            with suppress(*_IN_VAIN):
                if self._draw.random() < 0.5:  # noqa: PLR2004 - one as often as the other
                    await recovery.execute_update("cancel", Cancel(_OPERATOR, "essai"), rpc_timeout=_SOON)
                else:
                    await recovery.execute_update("retry_send", Retry(_OPERATOR), rpc_timeout=_SOON)
                self.done["orders"] += 1

    async def _disturb(self) -> None:
        while not self._has_enough:
            await asyncio.sleep(self._draw.uniform(0, 1))
            mode = self._draw.choice(_MODES)
            await asyncio.to_thread(self._demo.gateways, sms=mode)


async def measure(bench: Bench) -> list[Table]:
    """Let voters lose code and identifier, ask again, and press, while all is meddled with; then replay everything."""
    number = bench.size(6, 200, 2_000)
    async with bench.ground() as ground:
        people, client = await ground.people(number), await backstage.temporal(ground.demo)
        meddlers = Meddlers(ground.demo, client)
        async with signed_in(ground.demo.url, people) as voters:
            meddling = asyncio.create_task(meddlers.meddle())
            await at_once([partial(_insists, each) for each in voters], _WIDTH)
            meddlers.stop()
            await meddling
        await asyncio.to_thread(ground.demo.gateways, sms="ok")
        failures = await takeover.failures(client)
        lived = (await client.count_workflows(takeover.OURS)).count
    bench.broken += failures
    table = Table("Meddled with", ("recoveries", "looks", "orders taken", "could not be taken over"))
    table.add(lived, meddlers.done["looks"], meddlers.done["orders"], len(failures))
    return [table]


async def _insists(voter: Voter) -> None:
    """Ask for all that can be asked for, twice; what is answered is not looked at here."""
    for channel in ("sms", "email"):
        await voter.ask(channel)
        await lose_identifier(voter)
        with suppress(TimeoutError):
            await voter.press(await voter.link(within=_LINK_WITHIN))
