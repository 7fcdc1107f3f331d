"""An elector's own record: every entry of the journal about the elector, and a code that stands for it."""

from datetime import timedelta

import pytest
import pytest_asyncio

from activities.accounts.elector_record import ElectorRecords
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.commands import run_command
from tests.support.people import CAMILLE, SACHA, Electorate

PEPPER = b"pepper of the tests, 32 bytes ok".hex()


@pytest.fixture
def numen(database: Database, keyed_hash: KeyedHash, attempts: Attempts) -> NumenProof:
    """The proof by NUMEN, of which recoveries of identifiers have their ids."""
    return NumenProof(database, keyed_hash, attempts)


@pytest_asyncio.fixture
async def records(
    database: Database, keyed_hash: KeyedHash, roll: Roll, numen: NumenProof, electorate: Electorate
) -> ElectorRecords:
    """The records of two electors."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    return ElectorRecords(database, keyed_hash, roll, numen)


async def _journal(database: Database, journal: Journal, *entries: Entry) -> None:
    async with database.writing() as connection:
        for entry in entries:
            await journal.record(connection, entry)


async def test_a_record_has_every_procedure_s_entries(
    records: ElectorRecords, database: Database, journal: Journal, roll: Roll, numen: NumenProof, now: Clock
) -> None:
    """It has every entry of the elector's recoveries, and every act of the elector; nothing of other electors."""
    claimed, typed = roll.subject(CAMILLE.work_email), numen.subject(CAMILLE.numen)
    mine = [
        Entry(
            "1",
            Event.REQUEST_ACCEPTED,
            CAMILLE.id,
            workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id),
            "sms",
            "accepted",
        ),
        Entry(
            "2",
            Event.SEND_ACCEPTED,
            "smpp",
            workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id),
            "sms",
            "accepted",
            "33",
        ),
        Entry(
            "3",
            Event.PASSWORD_REQUEST_REFUSED,
            "",
            workflow_id_of(Procedure.PASSWORD, claimed),
            "email",
            "wrong_proof",
        ),
        Entry(
            "4", Event.IDENTIFIER_REFUSED, typed, workflow_id_of(Procedure.IDENTIFIER, typed), "sms", "wrong_proof"
        ),
        Entry(
            "5",
            Event.IDENTIFIER_AND_PASSWORD_ENDED,
            claimed,
            workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, claimed),
            "",
            "Expired",
        ),
        Entry("6", Event.OPERATOR_UNLOCKED, "m.durand", f"sign-in/{CAMILLE.id}", outcome="5 failures"),
        Entry("6b", Event.OPERATOR_UNLOCKED, "m.durand", f"requests/{CAMILLE.id}", outcome="5 failures"),
        Entry("6c", Event.OPERATOR_UNLOCKED, "m.durand", f"reissues/{CAMILLE.id}", outcome="1 more"),
        Entry("7", Event.PASSWORD_REPLACED, CAMILLE.id, "mot-de-passe/of a former address", "email"),
        Entry("8", Event.SIGN_IN_REFUSED, CAMILLE.id, "", outcome="wrong_proof", address_hash="a"),
    ]
    theirs = [
        Entry(
            "9",
            Event.REQUEST_ACCEPTED,
            SACHA.id,
            workflow_id_of(Procedure.VOTING_CODE, SACHA.id),
            "sms",
            "accepted",
        ),
        Entry("10", Event.MAILING_BEGUN, "m.durand", "envoi/default/envoi-1"),
    ]
    await _journal(database, journal, *mine, *theirs)
    record = await records.read(CAMILLE.id, now())
    assert [(each.event, each.outcome) for each in record.evidence] == [(e.event, e.outcome) for e in mine[:-1]]
    assert [each.event for each in record.accesses] == [Event.SIGN_IN_REFUSED]
    assert {each.procedure for each in record.evidence[:5]} == {
        "voting-code",
        "password",
        "identifier",
        "identifier-and-password",
    }
    assert "m.durand" not in repr(record)


async def test_an_empty_record_s_code_stands_for_the_elector_and_the_instant(
    records: ElectorRecords, now: Clock
) -> None:
    """That nothing was asked for is a proof too, of one elector at one instant."""
    asked = [(CAMILLE.id, now()), (SACHA.id, now()), (CAMILLE.id, now() + timedelta(seconds=1))]
    assert len({(await records.read(*each)).code for each in asked}) == 3


async def test_the_code_stands_for_the_lines_the_elector_and_the_instant(
    records: ElectorRecords, database: Database, journal: Journal, now: Clock
) -> None:
    """The same later, whatever follows; another for another elector or instant, or with one more line."""
    line = Entry(
        "1",
        Event.REQUEST_ACCEPTED,
        CAMILLE.id,
        workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id),
        "sms",
        "accepted",
    )
    await _journal(database, journal, line)
    now.instant += timedelta(milliseconds=250, microseconds=999)
    established = now()
    first = await records.read(CAMILLE.id, established)
    codes = {first.code, (await records.read(SACHA.id, established)).code}
    now.advance(timedelta(minutes=1))
    await _journal(database, journal, Entry("2", Event.CODE_REISSUED, CAMILLE.id, line.workflow_id, "sms"))
    assert await records.read(CAMILLE.id, established) == first
    codes |= {(await records.read(CAMILLE.id, now())).code}
    assert len(codes) == 3
    assert records.is_right(first, first.code.lower().replace("-", " ").replace("0", "o"))
    assert not records.is_right(first, (codes - {first.code}).pop())


async def test_accesses_are_not_part_of_the_code(
    records: ElectorRecords, database: Database, journal: Journal, now: Clock
) -> None:
    """They are purged earlier; the latest hundred are shown, however many strangers make."""
    before = await records.read(CAMILLE.id, now())
    tries = [
        Entry(f"access:{each}", Event.SIGN_IN_REFUSED, CAMILLE.id, "", outcome=Verdict.WRONG_PROOF)
        for each in range(120)
    ]
    await _journal(database, journal, *tries)
    after = await records.read(CAMILLE.id, now())
    assert (after.code, len(after.accesses)) == (before.code, 100)


async def test_strangers_tries_do_not_push_a_sign_in_off_the_page(
    records: ElectorRecords, database: Database, journal: Journal, now: Clock
) -> None:
    """Successes and failures are limited apart: a thief cannot hide a sign-in behind wrong passwords."""
    own = Entry("access:own", Event.SIGN_IN_ACCEPTED, CAMILLE.id, "", outcome=Verdict.ACCEPTED)
    tries = [
        Entry(f"access:{each}", Event.SIGN_IN_REFUSED, CAMILLE.id, "", outcome=Verdict.WRONG_PROOF)
        for each in range(120)
    ]
    await _journal(database, journal, own, *tries)
    accesses = (await records.read(CAMILLE.id, now())).accesses
    assert [each.event for each in accesses] == [Event.SIGN_IN_ACCEPTED, *100 * [Event.SIGN_IN_REFUSED]]


async def test_the_command_verifies_a_printed_record(
    records: ElectorRecords, database: Database, journal: Journal, database_url: str, now: Clock
) -> None:
    """The right code prints the journal's lines; another code, date or elector ends with status 2 and one line."""
    line = Entry(
        "1",
        Event.REQUEST_ACCEPTED,
        CAMILLE.id,
        workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id),
        "sms",
        "accepted",
    )
    await _journal(database, journal, line)
    record = await records.read(CAMILLE.id, now())
    at = record.established_at.isoformat()
    status, printed = _verify(database_url, CAMILLE.work_email, at, record.code)
    assert status == 0
    assert "voting_code:request:accepted voting-code sms accepted" in printed
    earlier = (record.established_at - timedelta(days=1)).isoformat()
    for wrong in (
        (CAMILLE.work_email, at, record.code[:-1] + ("A" if record.code[-1] != "A" else "B")),
        (CAMILLE.work_email, earlier, record.code),
        (SACHA.work_email, at, record.code),
        ("personne@ac-lyon.fr", at, record.code),
    ):
        status, printed = _verify(database_url, *wrong)
        assert (status, printed.count("\n")) == (2, 1)
        assert CAMILLE.work_email not in printed


def _verify(url: str, address: str, at: str, code: str) -> tuple[int | None, str]:
    settings = {"REASSORT_DATABASE_URL": url, "REASSORT_PEPPER": PEPPER, "REASSORT_ELECTION": "election/demo.toml"}
    words = ("--at", at, "--code", code)
    ended = run_command("activities.accounts.verify_record", *words, typed=f"{address}\n", variables=settings)
    return ended.returncode, ended.stdout + ended.stderr
