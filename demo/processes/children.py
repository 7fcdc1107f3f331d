"""The demo's processes: children of one leader, started again when one of them dies."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PAUSE = 0.5  # seconds before a process that died is started again
_PATIENCE = 30.0  # seconds for a process to end when asked: a send that is leaving may leave


@dataclass(frozen=True, eq=False)
class Program:
    """One process: its name, its command line, what its environment adds, and by which signal it is asked to end."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    ended_by: signal.Signals = signal.SIGTERM
    options: dict[str, Any] = field(default_factory=dict)  # of `subprocess`


class Processes:
    """Runs programs, their output in one log file each, until stopped."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = False
        self._running: dict[Program, Process] = {}

    async def start(self, program: Program) -> None:
        """Start a program, and start it again whenever it dies."""
        await self._spawn(program)
        self._keepers.append(asyncio.create_task(self._keep(program)))

    async def stop(self) -> None:
        """Ask every process to end, the last one started first, and wait until they have."""
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        for program, process in reversed(list(self._running.items())):
            await _end(process, program.ended_by)

    async def _spawn(self, program: Program) -> None:
        with (self._logs / f"{program.name}.log").open("ab") as log:
            self._running[program] = await asyncio.create_subprocess_exec(
                *program.command,
                env={**os.environ, **program.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **program.options,
            )

    async def _keep(self, program: Program) -> None:
        while True:
            status = await self._running[program].wait()
            sys.stderr.write(f"{program.name} ended with status {status}: starting it again\n")
            await asyncio.sleep(_PAUSE)
            await self._spawn(program)


async def _end(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        process.send_signal(number)
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
