"""The documented commands back the roll database up, and restore it on an empty server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from activities.config.clock import utc_now
from activities.evidence.chain.sealing import Sealing
from activities.evidence.process_start import record_start
from activities.security.vault import Vault
from activities.store.all_tables import metadata
from activities.store.database import Database
from activities.store.grants import USERS, grant
from election.settings import load
from tests.conftest import PostgresServer
from tests.support.database_dump import rows

_ROOT = Path(__file__).parents[2]
_ELECTION = _ROOT / "election" / "default.toml"
_PASSWORDS = dict.fromkeys(USERS, "hush")
_NEVER_BACKED_UP = {"vault_keys", "sessions", "captchas", "address_keys", "roll_pieces"}


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[PostgresServer]:
    """A server on which nothing was ever done."""
    server = PostgresServer(tmp_path / "server")
    yield server
    server.stop()


def _documented(title: str) -> str:
    """Return the commands of the first block of a section, a line each."""
    text = (_ROOT / "docs" / "operations.md").read_text()
    section = re.search(rf"^##+ {title}\n.*?```console\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    assert section
    block = section[1].replace("\\\n", " ")
    return "\n".join(line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))


def _run(commands: str, server: PostgresServer, database: str, folder: Path) -> str:
    """Run commands as the owner of a database and return what they print."""
    url = make_url(server.embedded.url).set(database=database)
    environment = {
        "PATH": os.pathsep.join(
            [str(server.embedded.binaries), str(Path(sys.executable).parent), os.environ["PATH"]]
        ),
        "PYTHONPATH": os.fspath(_ROOT),
        "PGHOST": str(url.query["host"]),
        "PGUSER": str(url.username),
        "PGDATABASE": database,
        "REASSORT_DATABASE_URL": url.render_as_string(hide_password=False),
        "REASSORT_ELECTION": os.fspath(_ELECTION),
        **{f"{user.upper()}_PASSWORD": password for user, password in _PASSWORDS.items()},
    }
    done = subprocess.run(
        ["/bin/bash", "-ec", commands], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_backup_is_restored_on_an_empty_server(
    postgres_server: PostgresServer,
    empty_server: PostgresServer,
    database_url: str,
    database: Database,
    tmp_path: Path,
) -> None:
    """Every row comes back but those that must not be backed up; users have their rights, and the journal is intact."""
    grant(database_url, _PASSWORDS)
    await record_start(database, load(_ELECTION), _ELECTION, utc_now, "recoveries")
    head = await Sealing(database, utc_now).seal()
    await Vault(database, b"1" * 32, utc_now).seal("code-de-vote/1", "1", {"contact": "+33639980000"})

    backup = _documented("Backups").splitlines()[0]
    _run(backup, postgres_server, str(make_url(database_url).database), tmp_path)
    said = _run(_documented("Restore"), empty_server, "reassort", tmp_path)

    assert "Droits inchangés." in said
    assert str(head) in said
    url = make_url(empty_server.embedded.url).set(database="reassort").render_as_string(hide_password=False)
    restored = Database(url)
    for table in metadata.sorted_tables:
        kept = [] if table.name in _NEVER_BACKED_UP else await rows(database, table)
        assert sorted(map(str, await rows(restored, table))) == sorted(map(str, kept)), table.name
    assert await rows(database, metadata.tables["vault_keys"]) != []
    await restored.close()
