"""The embedded PostgreSQL starts on whatever a former run left, and never outlives its starter."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url

from demo.processes import postgres_programs
from demo.processes.postgres import EmbeddedPostgres
from demo.processes.postgres_programs import PostgresError
from demo.state.settings import DemoSettings
from tests.support.waiting import until

_STARTER = """
import subprocess, sys
from pathlib import Path
from demo.processes.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]) / "server")
server.prepare()
print(subprocess.Popen(server.command, **server.options).pid, flush=True)
sys.stdin.read()
"""
_FORBIDDEN = ("false",)
_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server that is ready to start, on a folder that every test of this file takes over from the last."""
    with tempfile.TemporaryDirectory() as directory:
        made = EmbeddedPostgres(Path(directory) / "server", DemoSettings().postgres_bin)
        made.prepare()
        yield made


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


async def test_it_answers_until_it_is_told_to_end(server: EmbeddedPostgres) -> None:
    """By SIGINT, also while somebody is connected; no child of it is left."""
    with _started(server) as process:
        await until(server.answers)
        family = [process, *process.children()]
    assert not [each for each in family if each.is_running()]


async def test_what_a_former_run_left_at_work_is_stopped(server: EmbeddedPostgres) -> None:
    """A server whose starter could not end it, as where the kernel tells nothing of its death."""
    orphan = _start(server, preexec_fn=None)
    await until(server.answers)
    server.prepare()
    assert orphan.wait(0) == 0
    with _started(server):
        await until(server.answers)


async def test_a_number_that_is_another_process_s_by_now_is_forgotten(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The file of a server that was killed names a process that is none of PostgreSQL's: it is left alone."""
    other = _python("input()", tmp_path)
    killed = _start(server)
    await until(server.answers)
    folder = Path(psutil.Process(killed.pid).cwd())
    killed.kill()
    killed.wait()
    written = (folder / "postmaster.pid").read_text().replace(str(killed.pid), str(other.pid), 1)
    (folder / "postmaster.pid").write_text(written)
    server.prepare()
    with _started(server):
        await until(server.answers)
    assert other.poll() is None
    other.communicate(b"\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start stops it")
async def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    """It is in a session of its own, and still not left behind by a kill -9 of its starter's group."""
    starter = _python(_STARTER, tmp_path)
    assert starter.stdout is not None
    process = psutil.Process(int(starter.stdout.readline()))
    assert os.getsid(process.pid) == process.pid
    os.killpg(starter.pid, signal.SIGKILL)
    starter.communicate()
    await until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


async def test_a_half_made_database_is_made_anew(tmp_path: Path) -> None:
    """A first start that is killed leaves nothing that the second would take for a database."""
    (tmp_path / "server" / "data.new" / "base").mkdir(parents=True)
    (tmp_path / "server").chmod(0o700)
    server = EmbeddedPostgres(tmp_path / "server", DemoSettings().postgres_bin)
    server.prepare()
    with _started(server):
        await until(server.answers)
    assert not (tmp_path / "server" / "data.new").exists()


@pytest.mark.parametrize("name", ['"quoted" %c', "with, commas", "x" * 100])
async def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    """Where its path cannot be a socket's address, the socket is elsewhere, and as closed to others."""
    server = EmbeddedPostgres(tmp_path / name, DemoSettings().postgres_bin)
    server.prepare()
    with _started(server):
        await until(server.answers)
    host = str(make_url(server.url).query["host"])
    assert _closed_to_others(Path(host))
    if host != str(tmp_path / name):
        os.rmdir(host)  # noqa: PTH106 - at once


def test_a_folder_that_others_can_open_is_refused(tmp_path: Path) -> None:
    """Whoever opens the socket may do everything."""
    (tmp_path / "server").mkdir(mode=0o755)
    with pytest.raises(PostgresError, match="closed to others"):
        EmbeddedPostgres(tmp_path / "server").prepare()


def test_data_of_a_version_that_is_not_here_are_left_as_they_are(tmp_path: Path) -> None:
    """One line says which version is missing, and how to name another folder of programs."""
    (tmp_path / "server" / "data").mkdir(parents=True)
    (tmp_path / "server").chmod(0o700)
    (tmp_path / "server" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="PostgreSQL 9 is not found: set REASSORT_POSTGRES_BIN"):
        _ = EmbeddedPostgres(tmp_path / "server").command


def test_a_chosen_folder_without_programs_is_not_passed_over(tmp_path: Path) -> None:
    """What was set is taken, or the start ends."""
    with pytest.raises(PostgresError, match="17 or later is not found"):
        EmbeddedPostgres(tmp_path / "server", tmp_path).prepare()


@_as_root
async def test_where_namespaces_are_forbidden_it_runs_as_another_user(
    monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    """The root of a container: as `postgres` or `nobody`, in a folder that such a user can reach."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _FORBIDDEN)
    server = EmbeddedPostgres(open_folder / "server", DemoSettings().postgres_bin)
    server.prepare()
    with _started(server) as process:
        await until(server.answers)
        assert process.uids().real != 0


@_as_root
def test_a_folder_that_no_other_user_can_reach_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder above it is opened for that."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _FORBIDDEN)
    with tempfile.TemporaryDirectory() as directory:
        with pytest.raises(PostgresError, match="start as another user than root") as raised:
            EmbeddedPostgres(Path(directory) / "server", DemoSettings().postgres_bin).prepare()
        assert "\n" not in str(raised.value)
        assert Path(directory).stat().st_mode & 0o777 == 0o700


@_as_root
def test_root_without_any_other_user_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No user is added."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _FORBIDDEN)
    monkeypatch.setattr(postgres_programs, "_UNPRIVILEGED", ())
    with pytest.raises(PostgresError, match="start as another user"):
        EmbeddedPostgres(tmp_path / "server").prepare()


def _closed_to_others(folder: Path) -> bool:
    return folder.lstat().st_mode & 0o077 == 0


def _python(program: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _start(server: EmbeddedPostgres, **changed: Callable[[], None] | None) -> "subprocess.Popen[bytes]":
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(server.command, **{**server.options, **silent, **changed})


@contextmanager
def _started(server: EmbeddedPostgres) -> Iterator[psutil.Process]:
    started = _start(server)
    try:
        yield psutil.Process(started.pid)
    finally:
        started.send_signal(signal.SIGINT)
        assert started.wait(30) == 0
