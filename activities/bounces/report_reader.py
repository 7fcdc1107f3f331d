"""Reads reports in a process of its own, which may die of what somebody has written to a return path."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Self

import structlog

from activities.bounces.reading_process import READY
from activities.bounces.report import OTHER, BounceKind, BounceReport

# Of the processor's time, for one mail; a report takes some milliseconds.
LONGEST = 1.0
# What ends the process for another reason than the mail: an operator, the system.
_FROM_OUTSIDE = {signal.SIGINT, signal.SIGTERM, signal.SIGKILL}
_ROOT = Path(__file__).parents[2]
_log = structlog.stdlib.get_logger(__name__)


class ReaderNotStartedError(Exception):
    """Raised when the process that reads does not start: nothing was read."""


class ReportReader:
    """Starts a process with the first mail, another one after a mail that has ended it, and none for no mail.

    A regular expression keeps all threads of a process waiting, and cannot be interrupted.
    """

    def __init__(self) -> None:
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    async def read(self, mail: bytes) -> BounceReport:
        """Return what a mail reports; OTHER if that cannot be found out within `LONGEST`.

        Raises:
            ReaderNotStartedError: nothing can be read now.
        """
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):  # the answer says that it has ended
            process.stdin.write(len(mail).to_bytes(4, "big") + mail)
            await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer:
            ended_by = -await process.wait()
            await self._end()
            if ended_by in _FROM_OUTSIDE:
                raise ReaderNotStartedError("ended from outside")
            _log.warning("bounce_unreadable", size=len(mail))
            return OTHER
        kind, _, status = answer.decode().rstrip("\n").partition(" ")
        return BounceReport(BounceKind(kind), status)

    async def _start(self) -> Process:
        program = (sys.executable, "-m", "activities.bounces.reading_process", str(LONGEST))
        try:
            self._process = await asyncio.create_subprocess_exec(*program, cwd=_ROOT, stdin=PIPE, stdout=PIPE)
        except OSError as error:
            raise ReaderNotStartedError(type(error).__name__) from None
        assert self._process.stdout is not None
        if await self._process.stdout.readline() != READY:
            await self._end()
            raise ReaderNotStartedError("ended at once")
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
