"""The operator's commands for one elector's requests: lifting a pause of proofs, giving requests back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from activities.commands.command_line import CommandError
from activities.config.clock import utc_now
from activities.objections.links import ObjectionLinks
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import attempts as attempts_table
from activities.store.tables import journal
from activities.upkeep.elector_requests import GIVE_BACK, UNLOCK, ElectorRequests, Helped
from election.attempts import AttemptRules
from election.settings import Election, load
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.commands import run_command
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.typography import faults

PEPPER = "70" * 32
KEYED = KeyedHash(bytes.fromhex(PEPPER))
ELECTION = Path(__file__).parents[3] / "election" / "demo.toml"


@pytest.fixture
def demo() -> Election:
    """The demo's election."""
    return load(ELECTION)


@pytest_asyncio.fixture
async def locked(database_url: str) -> AsyncIterator[Database]:
    """A roll with two electors, each with ten wrong proofs at every page that counts them."""
    database, rules = Database(database_url), AttemptRules(free_failures=100)
    slow = SlowHash(KEYED, memory_kib=8, passes=1)
    attempts = Attempts(database, rules, utc_now)
    proof = NumenProof(database, KEYED, attempts, attempts)
    for person in (CAMILLE, SACHA):
        await Electorate(database, KEYED, slow, Clock()).enrol(person)
        for number in range(10):
            for attempt in (
                Attempt(person.id, AttemptScope.RECOVERY, f"try-{number}"),
                Attempt(person.id, AttemptScope.VOTE, f"try-{number}"),
                proof.attempt("", f"try-{number}", person.id),
                proof.attempt(proof.subject(person.numen), f"try-{number}"),
            ):
                assert await attempts.count(attempt) is None
    yield database
    await database.close()


async def test_the_pauses_of_one_elector_are_lifted(locked: Database, demo: Election) -> None:
    """The counts of all proofs and of voting codes are deleted, those of others stay; the journal names the operator."""
    helping = ElectorRequests(locked, KEYED, demo)
    assert await helping.unlock(f" {CAMILLE.work_email} ", "m.durand") == Helped(40)
    attempts = Attempts(locked, demo.proof_attempts, utc_now)
    assert await attempts.refusal(CAMILLE.id, AttemptScope.RECOVERY) is None
    refusal = await attempts.refusal(SACHA.id, AttemptScope.RECOVERY)
    assert refusal is None or refusal.verdict in {Verdict.PAUSED, Verdict.LOCKED}
    left = await rows(locked, attempts_table)
    assert len(left) == 4
    assert CAMILLE.id not in {row["subject"] for row in left}
    (entry,) = await rows(locked, journal)
    written = {name: entry[name] for name in ("event", "actor", "workflow_id", "outcome")}
    assert written == {
        "event": "operator:proofs:unlocked",
        "actor": "m.durand",
        "workflow_id": f"requests/{CAMILLE.id}",
        "outcome": "40 failures",
    }


async def test_an_objection_is_lifted_with_the_pause(locked: Database, demo: Election) -> None:
    """For this elector alone, once; the journal says so in a line of its own, with the operator's name."""
    pauses = ObjectionPauses(locked, utc_now)
    links = ObjectionLinks(locked, bytes(32), "https://vote.fr", demo.calendar.vote.closes, Clock())
    async with locked.writing() as connection:
        for person in (CAMILLE, SACHA):
            await links.register(connection, "code-de-vote/x", person.id, person.id)
            assert await links.spend(connection, "code-de-vote/x", person.id, "run") is LinkVerdict.LIVE
    helping = ElectorRequests(locked, KEYED, demo)
    assert await helping.unlock(CAMILLE.work_email, "m.durand") == Helped(40, had_objected=True)
    assert await pauses.refusal(CAMILLE.id) is None
    assert await pauses.refusal(SACHA.id) is Verdict.OBJECTED
    assert await helping.unlock(CAMILLE.work_email, "m.durand") == Helped(0)
    lifted = [row for row in await rows(locked, journal) if row["event"] == "operator:objection:lifted"]
    assert [(row["actor"], row["workflow_id"]) for row in lifted] == [("m.durand", f"requests/{CAMILLE.id}")]


async def test_giving_back_is_journalled(locked: Database, demo: Election) -> None:
    """With the number of requests, also when there was none."""
    assert await ElectorRequests(locked, KEYED, demo).give_back(CAMILLE.work_email, "m.durand") == Helped(0)
    (entry,) = await rows(locked, journal)
    assert (entry["event"], entry["outcome"]) == ("operator:requests:given_back", "0 requests")


async def test_an_unknown_identifier_changes_nothing(locked: Database, demo: Election) -> None:
    """The text does not repeat it."""
    with pytest.raises(CommandError) as refused:
        await ElectorRequests(locked, KEYED, demo).unlock("nobody@ac-lyon.fr", "m.durand")
    assert not list(faults(str(refused.value)))
    assert "nobody" not in str(refused.value)
    assert await rows(locked, journal) == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (UNLOCK, "Preuves et code de vote débloqués. Essais oubliés\u00a0: 40.\n"),
        (GIVE_BACK, "Demandes d’identifiant rendues\u00a0: 0.\n"),
    ],
)
@pytest.mark.usefixtures("locked")
def test_the_command_says_what_it_did(database_url: str, act: str, said: str) -> None:
    """One line, and status 0; without an operator's name, status 2."""
    command = ("activities.upkeep.elector_requests", act, "--operator")
    known = {"REASSORT_DATABASE_URL": database_url, "REASSORT_PEPPER": PEPPER, "REASSORT_ELECTION": str(ELECTION)}
    ended, refused = (
        run_command(*command, name, typed=f"{CAMILLE.work_email}\n", variables=known) for name in ("m.durand", " ")
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, said, "")
    assert (refused.returncode, refused.stdout) == (2, "")
