"""The operator's command that allows an elector more voting codes, run as a process."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import journal, reissue_allowances
from election.procedures import Procedure, workflow_id_of
from tests.support.clock import Clock
from tests.support.commands import run_command
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.typography import faults

PEPPER = "70" * 32
ELECTION = str(Path(__file__).parents[3] / "election" / "demo.toml")  # allows 50 new codes


@pytest_asyncio.fixture
async def roll(database_url: str) -> AsyncIterator[Database]:
    """A roll with one elector."""
    database, keyed = Database(database_url), KeyedHash(bytes.fromhex(PEPPER))
    await Electorate(database, keyed, SlowHash(keyed, memory_kib=8, passes=1), Clock()).enrol(CAMILLE)
    yield database
    await database.close()


def _run(url: str, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"REASSORT_DATABASE_URL": url, "REASSORT_PEPPER": PEPPER, "REASSORT_ELECTION": ELECTION}
    return run_command("activities.upkeep.allow_reissues", *arguments, typed=typed, variables=variables)


async def test_more_codes_are_allowed_and_journalled(roll: Database, database_url: str) -> None:
    """The command says how many are left; the journal has the operator's name and the elector's id, and no address."""
    ended = _run(database_url, f" {CAMILLE.work_email.upper()}\n", "--operator", "m.durand", "--more", "2")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "C’est noté. Nouveaux codes de vote encore possibles\u00a0: 52.\n"
    [allowance] = await rows(roll, reissue_allowances)
    assert (allowance["elector_id"], allowance["extra"]) == (CAMILLE.id, 2)
    [entry] = await rows(roll, journal)
    assert (entry["actor"], entry["workflow_id"]) == (
        "m.durand",
        workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id),
    )
    assert CAMILLE.work_email not in str(entry)


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("personne@ac-demo.fr\n", ("--operator", "m.durand")),
        (f"{CAMILLE.work_email}\n", ("--operator", " ")),
        (f"{CAMILLE.work_email}\n", ()),
        (f"{CAMILLE.work_email}\n", ("--operator", "m.durand", "--more", "6")),
    ],
)
async def test_a_wrong_order_changes_nothing(
    roll: Database, database_url: str, typed: str, arguments: tuple[str, ...]
) -> None:
    """Nobody's identifier, no operator, or too many at once: status 2, and what was typed is not repeated."""
    ended = _run(database_url, typed, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert typed.strip() not in ended.stderr
    assert await rows(roll, reissue_allowances) == []


async def test_without_a_database_one_line_says_so(database_url: str) -> None:
    """Status 2, and no traceback."""
    away = database_url.rpartition("/")[0] + "/no_such_database"
    ended = _run(away, f"{CAMILLE.work_email}\n", "--operator", "m.durand")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert not list(faults(ended.stderr.strip()))
