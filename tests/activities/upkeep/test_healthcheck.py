"""The health check of a worker's container asks that process alone."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities.upkeep import healthcheck
from activities.upkeep.heartbeat import BEAT_EVERY, SILENT_AFTER
from activities.upkeep.sign_of_life import SignOfLife, silent_processes
from tests.support.commands import run_command

_OTHER = """
import sys
from pathlib import Path
from activities.upkeep.sign_of_life import SignOfLife
with SignOfLife(("recoveries",), Path(sys.argv[1]), lambda: float(sys.argv[2])).shown():
    print("shown", flush=True)
    sys.stdin.read()
"""


class Seconds:
    """The machine's timer, which a test moves."""

    def __init__(self) -> None:
        self.passed = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.passed

    def pass_by(self, duration: timedelta) -> None:
        """Let time pass."""
        self.passed += duration.total_seconds()


@pytest.fixture
def timer() -> Seconds:
    """The machine's timer."""
    return Seconds()


@pytest.fixture
def other(tmp_path: Path, timer: Seconds) -> Iterator[subprocess.Popen[str]]:
    """Another process with the same role."""
    command = [sys.executable, "-c", _OTHER, os.fspath(tmp_path), str(timer())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        yield process
        process.kill()


async def test_a_process_that_renews_its_sign_works(tmp_path: Path, timer: Seconds) -> None:
    """For each of its roles, until ten seconds after the last time."""
    life = SignOfLife(("recoveries", "messaging"), tmp_path, timer)
    with life.shown():
        for _ in range(10):
            timer.pass_by(3 * BEAT_EVERY)
            await life.renew()
            assert silent_processes("messaging", tmp_path, timer) == ([str(os.getpid())], [])
        timer.pass_by(SILENT_AFTER)
        assert silent_processes("recoveries", tmp_path, timer) == ([str(os.getpid())], [str(os.getpid())])


async def test_one_that_stands_still_is_seen_beside_another(
    tmp_path: Path, timer: Seconds, other: subprocess.Popen[str]
) -> None:
    """Although the role of both has a heartbeat in the database."""
    life = SignOfLife(("recoveries",), tmp_path, timer)
    with life.shown():
        timer.pass_by(SILENT_AFTER)
        await life.renew()
        running, silent = silent_processes("recoveries", tmp_path, timer)
    assert set(running) == {str(os.getpid()), str(other.pid)}
    assert silent == [str(other.pid)]


def test_a_killed_process_leaves_nothing(tmp_path: Path, timer: Seconds, other: subprocess.Popen[str]) -> None:
    """Its file is not taken for a process, and is removed."""
    assert silent_processes("recoveries", tmp_path, timer) == ([str(other.pid)], [])
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert silent_processes("recoveries", tmp_path, timer) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_process_leaves_nothing(tmp_path: Path) -> None:
    """Its files go with it."""
    with SignOfLife(("recoveries", "messaging"), tmp_path).shown():
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_why_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 1 and one line without a process of the role, 0 with one; it needs no setting and no database."""
    environment = {"TMPDIR": os.fspath(tmp_path)}
    with SignOfLife(("messaging",), tmp_path).shown():
        command = [sys.executable, "-m", "activities.upkeep.healthcheck", "messaging"]
        done = subprocess.run(
            command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    monkeypatch.setattr(tempfile, "tempdir", None)  # so that it reads the variable, as a new process does
    failed = run_command("activities.upkeep.healthcheck", "messaging", variables=environment, bare=True)
    assert (failed.returncode, failed.stderr) == (1, "worker messaging: none runs here\n")


def test_a_silent_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id, for the operator."""
    monkeypatch.setattr(healthcheck, "silent_processes", lambda _role: (["7", "12"], ["12"]))
    assert healthcheck.fault("recoveries") == "worker recoveries: no sign of life from process 12"
