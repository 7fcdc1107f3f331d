"""The embedded PostgreSQL server of `make run` and of the tests: its folder, its start and its end."""

import ctypes
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from demo.processes import postgres_programs
from demo.processes.postgres_programs import PostgresError

_USER = "reassort"
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103  # bytes of a socket's path on macOS; on Linux 107
_STOP_TIMEOUT = 5  # seconds for the server of a former run
_INITDB = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",  # of the C library, which has no C.UTF-8 everywhere
    "--encoding=UTF8",
    "--auth=trust",  # only its owner can open the socket
    f"--username={_USER}",
)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class EmbeddedPostgres:
    """A server with a folder of its own, on a Unix socket that only its owner can open."""

    def __init__(self, folder: Path, binaries: Path | None = None, *settings: str) -> None:
        """Take the folder of the programs, or None to search for it, and PostgreSQL's settings as `name=value`."""
        self._folder = folder
        self._data = folder / "data"
        self._chosen = binaries
        self._settings = settings

    @property
    def url(self) -> str:
        """The URL of its database, for SQLAlchemy."""
        return url_in(self._folder)

    @cached_property
    def binaries(self) -> Path:
        """The folder of the programs, of the version that made the data if there are any.

        Raises:
            PostgresError: they are not installed.
        """
        version = self._data / "PG_VERSION"
        return postgres_programs.find(self._chosen, int(version.read_text()) if version.exists() else None)

    @property
    def command(self) -> tuple[str, ...]:
        """The command line of the server, which stays in the foreground."""
        directory = str(_socket_folder(self._folder)).replace('"', '""')
        settings = (
            "listen_addresses=",
            "port=5432",
            f'unix_socket_directories="{directory}"',
            "log_error_verbosity=terse",  # without DETAIL, which quotes values: addresses, hashes
            *self._settings,
        )
        options = [word for setting in settings for word in ("-c", setting)]
        return (*self._launch.words, str(self.binaries / "postgres"), "-D", str(self._data), *options)

    @property
    def options(self) -> dict[str, Any]:
        """Options of `subprocess`: a session of its own, without Ctrl-C's signal; on Linux it ends with its parent."""
        on_start = partial(_end_with_parent, os.getpid())
        return {**self._launch.options, "start_new_session": True, "preexec_fn": on_start}

    def prepare(self) -> None:
        """Create the folder and the database if there are none, and stop the server of a former run if there is one.

        Raises:
            PostgresError: PostgreSQL is not installed, or cannot create its database.
        """
        for each in {self._folder, _socket_folder(self._folder)}:
            self._make_private(each)
        if self._data.exists():
            _stop_former(self._data)
        else:
            self._initialise()

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url.replace("+psycopg", "")).close()
            return True
        return False

    @cached_property
    def _launch(self) -> postgres_programs.Launch:
        return postgres_programs.launch()

    def _make_private(self, folder: Path) -> None:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
            os.chown(folder, self._launch.owner, -1)
        found = folder.lstat()
        if found.st_uid != self._launch.owner or found.st_mode & 0o077:
            raise PostgresError(
                f"{folder} must belong to the user of PostgreSQL and be closed to others: delete it"
            )

    def _initialise(self) -> None:
        # Under another name until it is complete, so that an interrupted start begins again.
        unfinished = self._folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = self._launch.run(str(self.binaries / "initdb"), "-D", str(unfinished), *_INITDB)
        if made.returncode:
            as_root = " (start as another user than root)" if os.geteuid() == 0 else ""
            raise PostgresError(f"PostgreSQL cannot make its database{as_root}: {' '.join(made.stderr.split())}")
        unfinished.rename(self._data)


def url_in(folder: Path, user: str = _USER) -> str:
    """Return the URL of the database of the server on a folder, for SQLAlchemy; without a `user`, as the owner."""
    return f"postgresql+psycopg://{user}@/postgres?host={quote(str(_socket_folder(folder)))}&port=5432"


def _socket_folder(folder: Path) -> Path:
    # libpq splits hosts at commas.
    if len(os.fsencode(folder / _SOCKET)) <= _LONGEST_SOCKET and "," not in str(folder):
        return folder
    digest = sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"reassort-{os.geteuid()}-{digest}"


def _stop_former(data: Path) -> None:
    """Stop the processes of a former run that still use the folder, and delete their `postmaster.pid`."""
    file = data / "postmaster.pid"
    postmaster = file.read_text().partition("\n")[0] if file.exists() else ""
    former = [process for process in psutil.process_iter() if _works_in(process, data)]
    for process in former:
        if str(process.pid) == postmaster:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)  # its children end with it
    for process in psutil.wait_procs(former, timeout=_STOP_TIMEOUT)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(former, timeout=_STOP_TIMEOUT)
    file.unlink(missing_ok=True)  # its process id may belong to another process by now


def _works_in(process: psutil.Process, data: Path) -> bool:
    # The server and its children have its folder as their working directory.
    with suppress(psutil.Error):
        return Path(process.cwd()) == data.resolve()
    return False


def _end_with_parent(parent: int) -> None:
    # It is in a session of its own, so killing its parent's group leaves it: Linux signals it when the parent ends.
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)
