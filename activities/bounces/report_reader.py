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
# By the clock, in seconds: the database waits meanwhile, and a process that stands still uses no time of the processor's.
ANSWERS_WITHIN = 30.0
# What ends the process for another reason than the mail: an operator, the system.
_FROM_OUTSIDE = {signal.SIGINT, signal.SIGTERM, signal.SIGKILL}
_ROOT = Path(__file__).parents[2]
_log = structlog.stdlib.get_logger(__name__)


class ReaderNotStartedError(Exception):
    """Raised when the process that reads does not start: nothing was read."""


class ReaderKilledError(ReaderNotStartedError):
    """Raised when the process was ended from outside while it read: perhaps by the system, and because of the mail."""


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
        """Return what a mail reports; OTHER if that cannot be found out within `LONGEST`, and `ANSWERS_WITHIN`.

        Raises:
            ReaderNotStartedError: nothing can be read now.
            ReaderKilledError: the process was ended from outside.
        """
        process = self._process or await self._start()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                answer = await _answer(process, mail)
                ended_by = None if answer else -await process.wait()
        except TimeoutError:
            answer, ended_by = b"", None
        if answer:
            kind, _, status = answer.decode().rstrip("\n").partition(" ")
            return BounceReport(BounceKind(kind), status)
        await self._end()
        if ended_by in _FROM_OUTSIDE:
            raise ReaderKilledError("ended from outside")
        _log.warning("bounce_unreadable", size=len(mail))
        return OTHER

    async def _start(self) -> Process:
        program = (sys.executable, "-m", "activities.bounces.reading_process", str(LONGEST))
        try:
            self._process = await asyncio.create_subprocess_exec(*program, cwd=_ROOT, stdin=PIPE, stdout=PIPE)
        except OSError as error:
            raise ReaderNotStartedError(type(error).__name__) from None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                is_ready = await self._process.stdout.readline() == READY
        except TimeoutError:
            is_ready = False
        if not is_ready:
            await self._end()
            raise ReaderNotStartedError("not ready")
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _answer(process: Process, mail: bytes) -> bytes:
    """Return the line that answers a mail; nothing if the process has ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(ConnectionError):  # the answer says that it has ended
        process.stdin.write(len(mail).to_bytes(4, "big") + mail)
        await process.stdin.drain()
    return await process.stdout.readline()
