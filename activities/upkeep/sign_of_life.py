"""The sign of life of one worker process: a file on its own machine, which it locks and renews.

The heartbeats in the database are of a role, which several processes may have: one that stands still would be hidden by
another. The lock ends with the process, whatever ends it, so a file that is left behind is not taken for a process.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from activities.upkeep.heartbeat import SILENT_AFTER

# The same in all processes of a machine, and not changed by a correction of its clock.
Timer = Callable[[], float]


class SignOfLife:
    """The files of one process, one for each of its roles."""

    def __init__(self, roles: tuple[str, ...], folder: Path | None = None, timer: Timer = time.monotonic) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        self._paths = [self._folder / f"{_prefix(role)}{os.getpid()}" for role in roles]
        self._timer = timer
        self._files: list[int] = []

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the files until the end of the block."""
        try:
            for path in self._paths:
                self._files.append(self._locked(path))
            yield
        finally:
            for path in self._paths:
                path.unlink(missing_ok=True)
            for file in self._files:
                os.close(file)
            self._files.clear()

    async def renew(self) -> None:
        """Write that the process works."""
        for file in self._files:
            _write(file, self._timer())

    def _locked(self, path: Path) -> int:
        """Return the open file, which has its name only once it is locked: without a lock it would be removed."""
        unnamed, hidden = tempfile.mkstemp(dir=self._folder, prefix=".reassort-")
        fcntl.flock(unnamed, fcntl.LOCK_EX)
        _write(unnamed, self._timer())
        Path(hidden).rename(path)
        return unnamed


def silent_processes(
    role: str, folder: Path | None = None, timer: Timer = time.monotonic
) -> tuple[list[str], list[str]]:
    """Return the ids of this machine's processes of a role, and of those the ones without a sign of life for ten seconds.

    Files whose process has ended are removed.
    """
    running, silent = [], []
    for path in sorted((folder or Path(tempfile.gettempdir())).glob(f"{_prefix(role)}*")):
        with suppress(OSError, ValueError):  # it has just ended, or is the file of another user
            renewed_at = _renewed_at(path)
            if renewed_at is None:
                path.unlink()
                continue
            pid = path.name.removeprefix(_prefix(role))
            running.append(pid)
            if timer() - renewed_at >= SILENT_AFTER.total_seconds():
                silent.append(pid)
    return running, silent


def _renewed_at(path: Path) -> float | None:
    """Return when a process renewed its file, or None when no process holds it."""
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return float(os.pread(file, 32, 0))
    finally:
        os.close(file)
    return None


def _write(file: int, at: float) -> None:
    os.pwrite(file, f"{at:<31.3f}\n".encode(), 0)


def _prefix(role: str) -> str:
    return f"reassort-worker-{role}-"
