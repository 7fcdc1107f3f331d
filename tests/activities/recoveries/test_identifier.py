"""Identifiers, asked for, drawn and put in the former one's place."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.evidence.journal import Journal
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.recoveries import unactivated_identifiers
from activities.recoveries.identifier import Identifiers, IdentifierSettlement
from activities.recoveries.quotas import Quotas
from activities.recoveries.requests import Settlement
from activities.recoveries.unactivated_identifiers import Activated, Activation
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, IDENTIFIER, PROOFS
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import quotas as quotas_table
from election.settings import Election
from election.stages import Stage
from election.verdicts import Verdict
from tests.activities.recoveries.identifier_forms import PHONE, IdentifierDesk
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, SACHA, Electorate, Person


@pytest.fixture
def desk(
    database: Database,
    keyed_hash: KeyedHash,
    vault: Vault,
    attempts: Attempts,
    roll: Roll,
    journal: Journal,
    election: Election,
    now: Clock,
) -> IdentifierDesk:
    """Identifiers, under the default election's rules."""
    proof = NumenProof(database, keyed_hash, attempts)
    quotas = Quotas(database, election.identifier_recovery)
    pending = unactivated_identifiers.UnactivatedIdentifiers(
        database, keyed_hash, election.identifier, vault, quotas, now
    )
    kept = Credentials(database, now)
    return IdentifierDesk(Identifiers(database, vault, proof, pending, roll, kept, journal), proof, vault)


async def _issued(desk: IdentifierDesk, request: str, phone: str = PHONE) -> str:
    """Return the identifier that the SMS of a request carries."""
    claim = await desk.claim(request, phone=phone)
    drawn = await desk.identifiers.judge_identifier(claim)
    assert drawn.verdict is Verdict.TAKEN
    return await desk.vault.unseal(claim.workflow_id, request, IDENTIFIER, drawn.identifier)


def _order(desk: IdentifierDesk, request: str) -> Activation:
    return Activation(f"identifier/{desk.proof.subject(CAMILLE.numen)}", request)


async def _opens(roll: Roll, identifier: str) -> bool:
    return (await roll.voter(identifier)).elector_id == CAMILLE.id


async def test_the_old_identifier_works_until_the_new_one_is_activated(
    desk: IdentifierDesk, electorate: Electorate, roll: Roll
) -> None:
    """Drawn, it opens nothing; activated, it opens, and the former one is refused."""
    await electorate.enrol(CAMILLE)
    new = await _issued(desk, "request")
    assert (await _opens(roll, CAMILLE.identifier), await _opens(roll, new)) == (True, False)
    told = await desk.identifiers.activate_identifier(_order(desk, "request"))
    assert (await _opens(roll, CAMILLE.identifier), await _opens(roll, new)) == (False, True)
    workflow_id = _order(desk, "request").workflow_id
    assert await desk.vault.unseal(workflow_id, "request", "notice", told.notice) == CAMILLE.work_email


async def test_what_is_run_again_is_the_same(desk: IdentifierDesk, electorate: Electorate, roll: Roll) -> None:
    """Judged twice it is counted once and carries the same identifier; activated twice it works."""
    await electorate.enrol(CAMILLE)
    claim = await desk.claim("request")
    first = await desk.identifiers.judge_identifier(claim)
    assert await desk.identifiers.judge_identifier(claim) == first
    assert {row["n"] for row in await rows(desk.identifiers._database, quotas_table)} == {1}
    for _ in range(2):
        await desk.identifiers.activate_identifier(_order(desk, "request"))
    new = await desk.vault.unseal(claim.workflow_id, "request", IDENTIFIER, first.identifier)
    assert await _opens(roll, new)


@pytest.mark.parametrize(
    "wrong",
    [
        {"numen": SACHA.numen},
        {"numen": "x"},
        {"birth_date": "01/01/1985"},
        {"birth_date": ""},
        {"elector": SACHA.id},
    ],
)
async def test_a_wrong_proof_draws_nothing(
    desk: IdentifierDesk, electorate: Electorate, database: Database, wrong: dict[str, str]
) -> None:
    """It is not counted as a request, its envelopes can no longer be read, and what was typed stands nowhere."""
    await electorate.enrol(CAMILLE)
    claim = await desk.claim("request", CAMILLE, PHONE, "", **wrong)
    drawn = await desk.identifiers.judge_identifier(claim)
    assert (drawn.verdict, drawn.identifier) == (Verdict.WRONG_PROOF, "")
    assert await rows(database, quotas_table) == []
    with pytest.raises(EnvelopeError):
        await desk.vault.unseal(claim.workflow_id, "request", "contact", claim.submission.contact)
    assert PHONE not in await text_of(database)


async def test_too_many_wrong_proofs_pause_the_identifier_s_recoveries(
    desk: IdentifierDesk, electorate: Electorate, election: Election
) -> None:
    """By NUMEN, on the roll or not; the right proof waits too."""
    await electorate.enrol(CAMILLE)
    for person in (CAMILLE, SACHA):
        for number in range(election.attempts.free):
            claim = await desk.claim(f"{person.id}-{number}", person, birth_date="01/01/1901")
            assert (await desk.identifiers.judge_identifier(claim)).verdict is Verdict.WRONG_PROOF
        paused = await desk.identifiers.judge_identifier(await desk.claim(f"{person.id}-right", person))
        assert paused.verdict is Verdict.PAUSED
        assert paused.until is not None


async def test_a_newer_request_takes_the_place_of_the_older(
    desk: IdentifierDesk, electorate: Electorate, roll: Roll
) -> None:
    """The older one's identifier never works, though its SMS be taken late: only the last one received counts."""
    await electorate.enrol(CAMILLE)
    older, newer = await _issued(desk, "older"), await _issued(desk, "newer")
    await desk.identifiers.activate_identifier(_order(desk, "newer"))
    assert await desk.identifiers.activate_identifier(_order(desk, "older")) == Activated()
    assert (await _opens(roll, older), await _opens(roll, newer)) == (False, True)


async def test_an_elector_has_three_requests_in_all_though_fifty_race(
    database: Database, election: Election
) -> None:
    """With a number of its own each, three are taken."""
    quotas = Quotas(database, election.identifier_recovery)

    async def asks(number: int) -> Verdict | None:
        async with database.writing() as connection:
            return await quotas.take(connection, CAMILLE.id, f"number {number}")

    answers = Counter(await asyncio.gather(*(asks(number) for number in range(50))))
    assert answers == {None: 3, Verdict.TOO_MANY_REQUESTS: 47}


async def test_a_number_serves_one_elector_though_fifty_race(desk: IdentifierDesk, electorate: Electorate) -> None:
    """Of fifty electors with one number at once, one is served; and nobody is counted for what was refused."""
    people = [
        Person(f"{each:032d}", f"p{each}@ac-lyon.fr", f"02B{each:07d}AAA", f"1700175{each:03d}")
        for each in range(50)
    ]
    for person in people:
        await electorate.enrol(person)
    claims = [await desk.claim(f"request-{person.id}", person) for person in people]
    judged = await asyncio.gather(*(desk.identifiers.judge_identifier(claim) for claim in claims))
    assert Counter(each.verdict for each in judged) == {Verdict.TAKEN: 1, Verdict.NUMBER_TAKEN: 49}
    counted = await rows(desk.identifiers._database, quotas_table)
    assert [row["n"] for row in counted] == [1, 1]


async def test_what_brought_nothing_is_given_back_once(
    desk: IdentifierDesk, electorate: Electorate, roll: Roll
) -> None:
    """Settled twice as failed: request and number are free again, the old identifier works, the keys are gone."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    await _issued(desk, "kept", phone="+33600000001")
    claim = await desk.claim("failed")
    await desk.identifiers.judge_identifier(claim)
    subject = claim.workflow_id.rpartition("/")[2]
    keys = [key_id("failed", purpose) for purpose in (PROOFS, CONTACT, IDENTIFIER)]
    ended = Settlement(claim.workflow_id, subject, "run", Stage.CANCELLED, keys, operator="Claude")
    for settlement in (ended, replace(ended, run_id="again")):
        await desk.identifiers.settle_identifier(IdentifierSettlement(settlement, "failed"))
    counted = {
        row["subject"].partition(":")[0]: row["n"] for row in await rows(desk.identifiers._database, quotas_table)
    }
    assert counted == {"elector": 1, "number": 1}
    assert await desk.identifiers.activate_identifier(_order(desk, "failed")) == Activated()
    assert await _opens(roll, CAMILLE.identifier)
    with pytest.raises(EnvelopeError):
        await desk.vault.unseal(claim.workflow_id, "failed", "contact", claim.submission.contact)
    assert (await desk.identifiers.judge_identifier(await desk.claim("other", SACHA))).verdict is Verdict.TAKEN


async def test_a_failed_send_gives_way_to_a_new_request(desk: IdentifierDesk, electorate: Electorate) -> None:
    """With three requests made, the one that failed is given back for the fourth; refused, it stays as it was."""
    await electorate.enrol(CAMILLE)
    for each in ("first", "second", "third"):
        await _issued(desk, each)
    fourth = await desk.identifiers.judge_identifier(await desk.claim("fourth", failed_request_id="third"))
    assert fourth.verdict is Verdict.TAKEN
    fifth = await desk.identifiers.judge_identifier(await desk.claim("fifth"))
    assert fifth.verdict is Verdict.NUMBER_TAKEN
