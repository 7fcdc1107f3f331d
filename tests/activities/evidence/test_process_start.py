"""The journal says with which version and which election's file each process ran."""

import tomllib
from hashlib import sha256
from pathlib import Path

from structlog.testing import capture_logs

from activities.config.version import VERSION
from activities.evidence.journal import Event
from activities.evidence.process_start import record_start
from activities.store.database import Database
from activities.store.tables import journal
from election.rules.security import SecurityRules
from election.settings import Election
from tests.support.clock import Clock
from tests.support.database_dump import rows

_ROOT = Path(__file__).parents[3]


def test_the_version_is_that_of_the_package() -> None:
    """As in pyproject.toml."""
    assert tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


async def test_a_start_has_version_and_hash_of_the_election_s_file(
    database: Database, election: Election, now: Clock, tmp_path: Path
) -> None:
    """One entry for each role, at each start; an expert compares the hash with that of `sha256sum`."""
    file = tmp_path / "election.toml"
    file.write_text("id = 'changed'\n")
    for _ in range(2):
        await record_start(database, election, file, now, "recoveries", "messaging")
    hashed = sha256(file.read_bytes()).hexdigest()
    starts = [(row["event"], row["actor"], row["outcome"], row["detail"]) for row in await rows(database, journal)]
    expected = [("process:role:started", role, VERSION, hashed) for role in ("recoveries", "messaging")]
    assert sorted(start for start in starts if start[0] == Event.PROCESS_STARTED) == sorted(2 * expected)


async def test_a_start_has_the_weaknesses_that_the_election_keeps_and_why(
    database: Database, election: Election, now: Clock, tmp_path: Path
) -> None:
    """An entry each beside the start; none if the file keeps no weakness."""
    file = tmp_path / "election.toml"
    file.touch()
    await record_start(database, election, file, now, "web")
    strong = election.model_copy(update={"security": SecurityRules()})
    await record_start(database, strong, file, now, "messaging")
    kept = [
        (row["actor"], row["outcome"], row["detail"])
        for row in await rows(database, journal)
        if row["event"] == Event.WEAKNESS_KEPT
    ]
    assert kept
    assert kept == [("web", weakness, reason) for weakness, reason in election.security.overrides.items()]


async def test_a_start_is_one_line_of_the_log(
    database: Database, election: Election, now: Clock, tmp_path: Path
) -> None:
    """With role, version, election and the hash of its file."""
    file = tmp_path / "election.toml"
    file.touch()
    with capture_logs() as logs:
        await record_start(database, election, file, now, "recoveries", "messaging")
    [line] = logs
    assert (line["event"], line["role"]) == ("started", "recoveries+messaging")
    assert (line["version"], line["election"]) == (VERSION, election.id)
