"""The operator's command that ends the pause of an elector's sign-in."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from activities.accounts.roll import Roll
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import attempts as table
from activities.store.tables import journal
from election.attempts import AttemptRules, SignInAttemptRules
from tests.support.clock import Clock
from tests.support.commands import run_command
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.typography import faults

PEPPER = "70" * 32
DEMO = str(Path(__file__).parents[3] / "election" / "demo.toml")


@pytest_asyncio.fixture
async def paused(database_url: str) -> AsyncIterator[Database]:
    """A roll with one elector, whose sign-in is paused after failures."""
    database, keyed = Database(database_url), KeyedHash(bytes.fromhex(PEPPER))
    await Electorate(database, keyed, SlowHash(keyed, memory_kib=8, passes=1), Clock()).enrol(CAMILLE)
    subject = (await Roll(database, keyed).claimant(CAMILLE.work_email)).subject
    attempts = Attempts(database, AttemptRules(), utc_now)
    for number in range(SignInAttemptRules().free_failures):
        await attempts.count_without_pause(Attempt(subject, AttemptScope.SIGN_IN, f"try-{number}"))
    yield database
    await database.close()


def _run(url: str, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"REASSORT_DATABASE_URL": url, "REASSORT_PEPPER": PEPPER, "REASSORT_ELECTION": DEMO}
    return run_command("activities.upkeep.unlock_sign_in", *arguments, typed=typed, variables=variables)


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


async def test_several_sign_ins_are_unlocked(paused: Database, database_url: str) -> None:
    """With `--list` one identifier a line: each that is known is unlocked and journalled, the others are counted."""
    ended = _run(
        database_url, f"{CAMILLE.work_email}\n\npersonne@ac-lyon.fr\n", "--operator", "m.durand", "--list"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Connexions débloquées\u00a0: 1. Identifiants inconnus\u00a0: 1.\n"
    assert await rows(paused, table) == []
    assert [each["workflow_id"] for each in await rows(paused, journal)] == [f"sign-in/{CAMILLE.id}"]


async def test_all_sign_ins_are_unlocked(paused: Database, database_url: str) -> None:
    """With `--all`, for instance after an attack: nobody needs a code any more; fewer failures and other counts stay."""
    attempts = Attempts(paused, AttemptRules(), utc_now)
    await attempts.count_without_pause(Attempt("another", AttemptScope.SIGN_IN, "try"))
    for number in range(SignInAttemptRules().free_failures):
        await attempts.count_without_pause(Attempt("unknown", AttemptScope.SIGN_IN, f"try-{number}"))
        await attempts.count_without_pause(Attempt("another", AttemptScope.RECOVERY, f"try-{number}"))
    ended = _run(database_url, "", "--operator", "m.durand", "--all")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Connexions débloquées pour tout le monde. Identifiants concernés\u00a0: 2.\n"
    left = [(each["subject"], each["scope"]) for each in await rows(paused, table)]
    assert sorted(left) == [("another", "recovery"), ("another", "sign_in")]
    (entry,) = await rows(paused, journal)
    assert (entry["actor"], entry["workflow_id"], entry["outcome"]) == ("m.durand", "sign-in/all", "2 counts")


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
