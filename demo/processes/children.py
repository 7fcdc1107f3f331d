"""The demo's processes: children of the supervisor, each restarted when it ends."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_RESTART_DELAY = 0.5  # seconds
_STOP_TIMEOUT = 30.0  # seconds before SIGKILL: enough for a worker to finish its sends


@dataclass(frozen=True, eq=False)
class Program:
    """A process to run: name, command line, additions to the environment, signal that stops it, options of `subprocess`."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    options: dict[str, Any] = field(default_factory=dict)


class Processes:
    """Runs programs until stopped; the output of each goes to a log file of its name."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._restarts: list[asyncio.Task[None]] = []
        self._running: dict[Program, Process] = {}

    async def start(self, program: Program) -> None:
        """Start a program, and restart it whenever it ends."""
        await self._spawn(program)
        self._restarts.append(asyncio.create_task(self._restart_when_ended(program)))

    async def stop(self) -> None:
        """Stop every process, the last started first, and wait for the end of each."""
        for restart in self._restarts:
            restart.cancel()
        for program, process in reversed(list(self._running.items())):
            await _end(process, program.stop_signal)

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

    async def _restart_when_ended(self, program: Program) -> None:
        while True:
            status = await self._running[program].wait()
            sys.stderr.write(f"{program.name} ended with status {status}: restarting it\n")
            await asyncio.sleep(_RESTART_DELAY)
            await self._spawn(program)


async def _end(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has already ended
        process.send_signal(number)
    try:
        async with asyncio.timeout(_STOP_TIMEOUT):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
