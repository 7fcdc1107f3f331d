"""Runs one mailing on a demo to its end, to the demo's own relay or to a sink, and kills processes meanwhile."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any

from temporalio.service import RPCError

from activities.mailings.start_order import StartMailing
from benchmarks.base import storage
from demo.client import demo_internals
from demo.client.running import Demo
from workflows.mailings.messages import MailingProgress
from workflows.mailings.starting import MailingHandle, make_mailing_input, start_mailing
from workflows.mailings.terminal import fetch_progress
from workflows.mailings.ui_details import status_line

if TYPE_CHECKING:
    from asyncio.subprocess import Process

PROCESSES = ("sender", "worker", "temporal", "postgres")
_POLL_INTERVAL = 0.2  # seconds
_PROGRESS_INTERVAL = 10.0
_SEALED_WITHIN = 300.0
_ACCEPTED = "SELECT count(*) FROM outbox WHERE mailing = %s AND state = 'accepted'"
_LAST = "SELECT max(changed_at) FROM outbox WHERE mailing = %s"
_UNSEALED = "SELECT count(*) FROM journal_seals WHERE position IS NULL"


@dataclass(frozen=True)
class Kill:
    """A process to kill when the relay has accepted so many mails."""

    accepted: int
    process: str


@dataclass(frozen=True)
class Finished:
    """The progress of an ended mailing, the seconds until its last mail was accepted, and what each database has grown by."""

    progress: MailingProgress
    seconds: float
    growth: dict[str, int]

    @property
    def per_second(self) -> float:
        """How many links a second were accepted."""
        return self.progress.accepted / self.seconds


def plan_kills(seed: int, electors: int, number: int) -> list[Kill]:
    """Return so many kills at random moments of a mailing, of each process in turn; the same seed gives the same kills."""
    moments = sorted(Random(seed).sample(range(1, electors), number))
    return [Kill(moment, PROCESSES[place % len(PROCESSES)]) for place, moment in enumerate(moments)]


async def send(
    demo: Demo, name: str, per_second: float, kills: Sequence[Kill], report: Callable[[str], None]
) -> Finished:
    """Run a mailing, kill processes as planned, and return when the journal of it is sealed too."""
    before = storage.database_sizes(demo)
    client, election = await demo_internals.connect_temporal(demo), demo_internals.load_election(demo)
    begun = datetime.now(UTC)
    mailing = await start_mailing(
        client, election, make_mailing_input(election, name, StartMailing("bench", per_second))
    )
    async with _killing(demo, name, kills, report):
        progress = await _wait_for_end(mailing, report)
    seconds = (_read(demo, _LAST, name) - begun).total_seconds()
    async with asyncio.timeout(_SEALED_WITHIN):
        while _read(demo, _UNSEALED):  # noqa: ASYNC110 - it is another process's rows that change
            await asyncio.sleep(_POLL_INTERVAL)
    growth = {each: size - before[each] for each, size in storage.database_sizes(demo).items()}
    return Finished(progress, seconds, growth)


@asynccontextmanager
async def sink(demo: Demo) -> AsyncIterator[None]:
    """Put a sink in the place of the demo's relay, on the same port."""
    port = demo.ports["SMTP_PORT"]
    demo.gateways(email="down")
    await _until(port, listens=False)
    command = ("-m", "benchmarks.mailing.sink", "--port", str(port))
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        await _until(port, listens=True)
        yield
    finally:
        process.kill()
        await process.wait()
        demo.gateways(email="ok")


@asynccontextmanager
async def _killing(
    demo: Demo, name: str, kills: Sequence[Kill], report: Callable[[str], None]
) -> AsyncIterator[None]:
    """Kill processes as planned while the block runs; beside the demo's worker there is a sender that does nothing else."""
    if not kills:
        yield
        return
    sender = _Sender(demo)
    await sender.start()
    task = asyncio.create_task(_kill_processes(demo, sender, name, kills, report))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await sender.kill()


class _Sender:
    """A second worker of the role `messaging`."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._environment = demo.process("worker").environ()
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it."""
        with (self._demo.state / "logs" / "sender.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "worker.py", "--role", "messaging", env=self._environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """Kill it, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def _kill_processes(
    demo: Demo, sender: _Sender, name: str, kills: Sequence[Kill], report: Callable[[str], None]
) -> None:
    for kill in kills:
        while await _accepted(demo, name) < kill.accepted:  # noqa: ASYNC110 - it is another process's rows that change
            await asyncio.sleep(_POLL_INTERVAL)
        if kill.process == "sender":
            await sender.kill()
            await sender.start()
        else:
            with suppress(LookupError):  # it is not restarted yet
                demo.kill(kill.process)
        report(f"{kill.process} killed, {kill.accepted} mails accepted")


async def _accepted(demo: Demo, name: str) -> int:
    try:
        return int(await asyncio.to_thread(_read, demo, _ACCEPTED, name))
    except demo_internals.DatabaseAway:
        return 0  # PostgreSQL was killed, and is not restarted yet


async def _wait_for_end(mailing: MailingHandle, report: Callable[[str], None]) -> MailingProgress:
    reported = monotonic()
    while True:
        with suppress(RPCError):  # Temporal was killed, and is not restarted yet
            progress = await fetch_progress(mailing)
            if progress.ending:
                return progress
            if monotonic() - reported > _PROGRESS_INTERVAL:
                reported = monotonic()
                report(status_line(progress))
        await asyncio.sleep(_POLL_INTERVAL)


async def _until(port: int, *, listens: bool) -> None:
    """Return when a process listens on a port, or none does."""
    while True:
        with socket.socket() as probe:
            if (probe.connect_ex(("127.0.0.1", port)) == 0) is listens:
                return
        await asyncio.sleep(_POLL_INTERVAL)


def _read(demo: Demo, query: str, *values: str) -> Any:
    return demo_internals.fetch_rows(demo, query, *values)[0][0]
