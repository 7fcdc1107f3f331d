"""The embedded PostgreSQL starts after any end of a former run, and ends with the process that started it."""

import os
import shutil
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

_PARENT = """
import subprocess, sys
from pathlib import Path
from demo.processes.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.prepare()
print(subprocess.Popen(server.command, **server.options).pid, flush=True)
sys.stdin.read()
"""
_NO_NAMESPACE = ("false",)
_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server that is ready to start; the tests of this file use its folder one after the other."""
    with tempfile.TemporaryDirectory() as directory:
        server = EmbeddedPostgres(Path(directory) / "server", DemoSettings().postgres_bin)
        server.prepare()
        yield server


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can read, unlike pytest's."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


async def test_it_answers_until_it_is_stopped(server: EmbeddedPostgres) -> None:
    """SIGINT ends it with all its children, also while a client is connected."""
    with _started(server) as process:
        await until(server.answers)
        processes = [process, *process.children()]
    assert not [each for each in processes if each.is_running()]


async def test_a_server_of_a_former_run_is_stopped(server: EmbeddedPostgres) -> None:
    """A server can outlive its parent on systems other than Linux."""
    orphan = _start(server, preexec_fn=None)
    await until(server.answers)
    server.prepare()
    assert orphan.wait(0) == 0
    with _started(server):
        await until(server.answers)


async def test_a_process_id_that_was_used_again_is_ignored(server: EmbeddedPostgres, tmp_path: Path) -> None:
    """If `postmaster.pid` of a killed server names another program by now, that program is not stopped."""
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


@pytest.mark.skipif(sys.platform != "linux", reason="on other systems the next start stops it")
async def test_it_ends_when_its_parent_is_killed(server: EmbeddedPostgres) -> None:
    """It ends after `kill -9` of its parent's process group, though it is in another session."""
    parent = _python(_PARENT, server._folder)
    assert parent.stdout is not None
    process = psutil.Process(int(parent.stdout.readline()))
    assert os.getsid(process.pid) == process.pid
    await until(server.answers)
    os.killpg(parent.pid, signal.SIGKILL)
    await until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    parent.communicate()  # ends only after the server, which writes to the same pipe


async def test_an_unfinished_database_is_created_again(tmp_path: Path) -> None:
    """A start after one that was killed during `initdb` begins again."""
    (tmp_path / "server" / "data.new" / "base").mkdir(parents=True)
    (tmp_path / "server").chmod(0o700)
    server = EmbeddedPostgres(tmp_path / "server", DemoSettings().postgres_bin)
    server.prepare()
    with _started(server):
        await until(server.answers)
    assert not (tmp_path / "server" / "data.new").exists()


async def test_any_folder_can_be_used(tmp_path: Path) -> None:
    """If its path cannot be a socket's address, the socket is in another folder, also closed to others."""
    former: Path | None = None
    for name in ('"quoted" %c', "with, commas", "x" * 100):
        folder = tmp_path / name
        if former:
            shutil.move(former, folder)  # to make the data again takes a second
        server = EmbeddedPostgres(folder, DemoSettings().postgres_bin)
        server.prepare()
        with _started(server):
            await until(server.answers)
        host = str(make_url(server.url).query["host"])
        assert _closed_to_others(Path(host))
        if host != str(folder):
            os.rmdir(host)  # noqa: PTH106 - at once
        former = folder


def test_a_folder_that_others_can_open_is_refused(tmp_path: Path) -> None:
    """A user who can open the socket is the database's owner."""
    (tmp_path / "server").mkdir(mode=0o755)
    with pytest.raises(PostgresError, match="closed to others"):
        EmbeddedPostgres(tmp_path / "server").prepare()


def test_data_of_a_version_that_is_not_installed_are_not_changed(tmp_path: Path) -> None:
    """One line names the missing version and the setting for its folder."""
    (tmp_path / "server" / "data").mkdir(parents=True)
    (tmp_path / "server").chmod(0o700)
    (tmp_path / "server" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="PostgreSQL 9 is not found: set REASSORT_POSTGRES_BIN"):
        _ = EmbeddedPostgres(tmp_path / "server").command


def test_a_configured_folder_without_programs_is_refused(tmp_path: Path) -> None:
    """There is no fallback to other folders."""
    with pytest.raises(PostgresError, match="17 or later is not found"):
        EmbeddedPostgres(tmp_path / "server", tmp_path).prepare()


@_as_root
async def test_without_user_namespaces_it_runs_as_another_user(
    monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    """As root in a container: as `postgres` or `nobody`, in a folder that such a user can read."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _NO_NAMESPACE)
    server = EmbeddedPostgres(open_folder / "server", DemoSettings().postgres_bin)
    server.prepare()
    with _started(server) as process:
        await until(server.answers)
        assert process.uids().real != 0


@_as_root
def test_a_folder_that_no_other_user_can_read_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The permissions of the folders above are not changed."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _NO_NAMESPACE)
    with tempfile.TemporaryDirectory() as directory:
        with pytest.raises(PostgresError, match="start as another user than root") as raised:
            EmbeddedPostgres(Path(directory) / "server", DemoSettings().postgres_bin).prepare()
        assert "\n" not in str(raised.value)
        assert Path(directory).stat().st_mode & 0o777 == 0o700


@_as_root
def test_root_without_another_user_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No user is created."""
    monkeypatch.setattr(postgres_programs, "_NAMESPACE", _NO_NAMESPACE)
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
