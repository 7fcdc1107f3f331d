"""The operator's command that ends the pause of an elector's sign-in."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from activities.accounts.roll import Roll
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import attempts as table
from activities.store.tables import journal
from election.attempts import SignInAttemptRules
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.typography import faults

PEPPER = "70" * 32


@pytest_asyncio.fixture
async def paused(database_url: str) -> AsyncIterator[Database]:
    """A roll with one elector, whose sign-in is paused after failures."""
    database, keyed = Database(database_url), KeyedHash(bytes.fromhex(PEPPER))
    await Electorate(database, keyed, SlowHash(memory_kib=8, passes=1), Clock()).enrol(CAMILLE)
    subject = (await Roll(database, keyed).claimant(CAMILLE.work_email)).subject
    attempts = Attempts(database, SignInAttemptRules(), utc_now)
    for number in range(SignInAttemptRules().free_failures):
        assert await attempts.count(Attempt(subject, AttemptScope.SIGN_IN, f"try-{number}")) is None
    yield database
    await database.close()


def _run(url: str, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "activities.upkeep.unlock_sign_in", *arguments],
        env={**os.environ, "REASSORT_DATABASE_URL": url, "REASSORT_PEPPER": PEPPER},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_a_sign_in_is_unlocked_and_journalled(paused: Database, database_url: str) -> None:
    """The failures are deleted; the journal has the operator's name and the elector's id, and no address."""
    ended = _run(database_url, f" {CAMILLE.work_email.upper()}\n", "--operator", "m.durand")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Connexion débloquée. Essais oubliés\u00a0: 5.\n"
    assert await rows(paused, table) == []
    (entry,) = await rows(paused, journal)
    written = {name: entry[name] for name in ("event", "actor", "workflow_id", "outcome")}
    assert written == {
        "event": "operator:sign_in:unlocked",
        "actor": "m.durand",
        "workflow_id": f"sign-in/{CAMILLE.id}",
        "outcome": "5 failures",
    }


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [("personne@ac-lyon.fr\n", ("--operator", "m.durand")), ("", ("--operator", "m.durand")), ("x\n", ())],
)
async def test_a_refused_unlock_changes_nothing(
    paused: Database, database_url: str, typed: str, arguments: tuple[str, ...]
) -> None:
    """An unknown or missing identifier and a missing operator end with status 2, and nothing is written."""
    ended = _run(database_url, typed, *arguments)
    assert ended.returncode == 2
    assert "personne@" not in ended.stderr
    assert not arguments or not list(faults(ended.stderr.strip()))
    assert await rows(paused, journal) == []
    assert len(await rows(paused, table)) == 1
