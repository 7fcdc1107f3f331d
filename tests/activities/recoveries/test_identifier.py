"""The activities of identifier recovery: judging, activating, settling, and the quotas."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from activities.accounts.credentials import Credentials, lock_elector
from activities.accounts.roll import Roll
from activities.evidence.journal import Journal
from activities.limits.quotas import Quotas
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.progress import rows as progress
from activities.progress.reader import ProgressReader
from activities.progress.rows import SendOf
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.recoveries.identifier import Identifiers, IdentifierSettlement
from activities.recoveries.notices import NoticeKind
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import Settlement
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import (
    ActivationResult,
    IdentifierActivation,
    UnactivatedIdentifiers,
)
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE, PROOFS
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import generated_identifiers
from activities.store.tables import quotas as quotas_table
from election.procedures import Procedure, subject_of, workflow_id_of
from election.settings import Election
from election.stages import Stage
from election.verdicts import Verdict
from tests.activities.recoveries.identifier_harness import PHONE, IdentifierHarness
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, SACHA, Electorate, Person
from tests.support.waiting import until


@pytest.fixture
def harness(
    database: Database,
    keyed_hash: KeyedHash,
    vault: Vault,
    attempts: Attempts,
    pending: UnactivatedIdentifiers,
    notices: SealedNotices,
    pauses: ObjectionPauses,
    roll: Roll,
    journal: Journal,
    election: Election,
    sms_limits: SmsLimits,
    now: Clock,
    terms: Terms,
) -> IdentifierHarness:
    """A harness under the default election's rules."""
    proof = NumenProof(database, keyed_hash, attempts, Attempts(database, election.proof_attempts, now))
    credentials = Credentials(database, now)
    return IdentifierHarness(
        Identifiers(
            database, vault, proof, pending, notices, pauses, roll, credentials, journal, sms_limits, terms
        ),
        proof,
        vault,
    )


async def _issued(harness: IdentifierHarness, request_id: str, phone: str = PHONE) -> str:
    """Return the new identifier of an accepted request."""
    claim = await harness.claim(request_id, phone=phone)
    drawn = await harness.identifiers.judge_identifier(claim)
    assert drawn.verdict is Verdict.ACCEPTED
    return await harness.vault.unseal(claim.workflow_id, request_id, IDENTIFIER, drawn.identifier)


def _order(harness: IdentifierHarness, request_id: str) -> IdentifierActivation:
    return IdentifierActivation(
        workflow_id_of(Procedure.IDENTIFIER, harness.proof.subject(CAMILLE.numen)), request_id
    )


async def _is_active(roll: Roll, identifier: str) -> bool:
    return (await roll.voting_space_claimant(identifier)).elector_id == CAMILLE.id


async def test_the_old_identifier_works_until_the_new_one_is_activated(
    harness: IdentifierHarness, electorate: Electorate, roll: Roll
) -> None:
    """Before the activation the new one is refused; after it the former one is."""
    await electorate.enrol(CAMILLE)
    new = await _issued(harness, "request")
    assert (await _is_active(roll, CAMILLE.identifier), await _is_active(roll, new)) == (True, False)
    activated = await harness.identifiers.activate_identifier(_order(harness, "request"))
    assert (await _is_active(roll, CAMILLE.identifier), await _is_active(roll, new)) == (False, True)
    workflow_id = _order(harness, "request").workflow_id
    assert await harness.vault.unseal(workflow_id, "request", "notice", activated.notice) == CAMILLE.work_email


async def test_pages_know_that_an_identifier_was_replaced_also_after_its_send_was_retried(
    harness: IdentifierHarness, electorate: Electorate, database: Database
) -> None:
    """The SMS that had the first acceptance was reported lost, and an operator has retried it before the activation was written."""
    await electorate.enrol(CAMILLE)
    await _issued(harness, "request")
    order, reader = _order(harness, "request"), ProgressReader(database)
    async with database.writing() as connection:
        first, second = (SendOf(order.workflow_id, "request", number) for number in (1, 2))
        await progress.hold(connection, first, "sms:smpp-undeliv", datetime(2031, 1, 1, tzinfo=UTC))
        await progress.retry(connection, second)
    before = await reader.find(order.workflow_id)
    await harness.identifiers.activate_identifier(order)
    after = await reader.find(order.workflow_id)
    assert before is not None
    assert after is not None
    assert before.progress.replaced_at is None
    assert after.progress.replaced_at is not None
    assert (after.progress.stage, after.progress.accepted_at) == (Stage.SENDING, None)


async def test_judging_and_activating_are_idempotent(
    harness: IdentifierHarness, electorate: Electorate, roll: Roll
) -> None:
    """Judged twice, a claim is counted once and has the same identifier; activated twice, the identifier is active."""
    await electorate.enrol(CAMILLE)
    claim = await harness.claim("request")
    first = await harness.identifiers.judge_identifier(claim)
    again = await harness.identifiers.judge_identifier(claim)
    assert (again.verdict, again.identifier) == (first.verdict, first.identifier)
    assert {row["uses"] for row in await rows(harness.identifiers._database, quotas_table)} == {1}
    for _ in range(2):
        await harness.identifiers.activate_identifier(_order(harness, "request"))
    new = await harness.vault.unseal(claim.workflow_id, "request", IDENTIFIER, first.identifier)
    assert await _is_active(roll, new)


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
    harness: IdentifierHarness, electorate: Electorate, database: Database, wrong: dict[str, str]
) -> None:
    """It is not counted as a request, its keys are destroyed, and nothing typed is readable in the database."""
    await electorate.enrol(CAMILLE)
    claim = await harness.claim("request", CAMILLE, PHONE, "", **wrong)
    drawn = await harness.identifiers.judge_identifier(claim)
    assert (drawn.verdict, drawn.identifier) == (Verdict.WRONG_PROOF, "")
    assert await rows(database, quotas_table) == []
    with pytest.raises(EnvelopeError):
        await harness.vault.unseal(claim.workflow_id, "request", "contact", claim.submission.contact)
    assert PHONE not in await text_of(database)


@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_a_stranger_s_refused_request_is_not_told_to_the_elector(
    harness: IdentifierHarness, electorate: Electorate, database: Database, *, is_signed_in: bool
) -> None:
    """The elector reads of wrong proofs that were typed after a sign-in."""
    await electorate.enrol(CAMILLE)
    asked = {"elector": CAMILLE.id if is_signed_in else "", "birth_date": "01/01/1985"}
    claim = await harness.claim("request", CAMILLE, PHONE, "", **asked)
    await harness.identifiers.judge_identifier(claim)
    noted = await ProgressReader(database).find(claim.workflow_id)
    assert (noted.progress.stage if noted else None) == (Stage.REFUSED if is_signed_in else None)


@pytest.mark.parametrize("elector_id", [CAMILLE.id, ""])
async def test_a_notice_of_wrong_proofs_outlives_a_crash_after_the_judgement(
    harness: IdentifierHarness, electorate: Electorate, elector_id: str
) -> None:
    """Run again, the judgement has the third wrong proof's notice, though what was typed is gone."""
    await electorate.enrol(CAMILLE)
    claims = [
        await harness.claim(f"wrong-{each}", elector=elector_id, birth_date=f"0{each}/01/1985")
        for each in (1, 2, 3)
    ]
    judged = [await harness.identifiers.judge_identifier(claim) for claim in claims]
    assert [bool(each.notice) for each in judged] == [False, False, True]
    again = [await harness.identifiers.judge_identifier(claim) for claim in claims]
    assert [bool(each.notice) for each in again] == [False, False, True]
    of = (claims[2].workflow_id, NoticeKind.WRONG_PROOFS.owner_id("wrong-3"), NOTICE)
    assert {await harness.vault.unseal(*of, each[2].notice) for each in (judged, again)} == {CAMILLE.work_email}


async def test_an_activation_waits_for_the_elector_before_it_locks_the_identifier(
    harness: IdentifierHarness, electorate: Electorate, database: Database
) -> None:
    """As a judgement and a reissue do: in another order one would be ended, as a deadlock."""
    await electorate.enrol(CAMILLE)
    await _issued(harness, "request")
    async with database.writing() as connection:
        await lock_elector(connection, CAMILLE.id)
        activating = asyncio.create_task(harness.identifiers.activate_identifier(_order(harness, "request")))
        await until(lambda: _is_waiting(database))
        row = select(generated_identifiers.c.id).where(generated_identifiers.c.id == "request")
        await connection.execute(row.with_for_update(nowait=True))
    assert (await activating).is_active


async def test_the_end_of_a_recovery_waits_for_the_quotas_before_it_locks_the_failed_request(
    harness: IdentifierHarness, electorate: Electorate, database: Database, election: Election
) -> None:
    """As a judgement does that refunds the same request: in another order one would be ended, as a deadlock."""
    await electorate.enrol(CAMILLE)
    await _issued(harness, "failed")
    workflow_id = _order(harness, "failed").workflow_id
    settlement = Settlement(workflow_id, subject_of(workflow_id), "failed", Stage.EXPIRED)
    async with database.writing() as connection:
        await Quotas(election).lock(connection, CAMILLE.id)
        ended = IdentifierSettlement(settlement, "failed")
        settling = asyncio.create_task(harness.identifiers.settle_identifier(ended))
        await until(lambda: _is_waiting(database))
        row = select(generated_identifiers.c.id).where(generated_identifiers.c.id == "failed")
        await connection.execute(row.with_for_update(nowait=True))
    await settling
    assert await rows(database, quotas_table) == []


async def _is_waiting(database: Database) -> bool:
    async with database.reading() as connection:
        found = await connection.execute(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        )
        return bool(found.scalar_one())


async def test_too_many_wrong_proofs_pause_the_claims_of_a_numen(
    harness: IdentifierHarness, electorate: Electorate, election: Election
) -> None:
    """For a NUMEN on the roll or not; a right proof is paused too."""
    await electorate.enrol(CAMILLE)
    for person in (CAMILLE, SACHA):
        for number in range(election.attempts.free_failures):
            claim = await harness.claim(f"{person.id}-{number}", person, birth_date="01/01/1901")
            assert (await harness.identifiers.judge_identifier(claim)).verdict is Verdict.WRONG_PROOF
        paused = await harness.identifiers.judge_identifier(await harness.claim(f"{person.id}-right", person))
        assert paused.verdict is Verdict.PAUSED
        assert paused.until is not None


async def test_a_newer_request_replaces_the_older(
    harness: IdentifierHarness, electorate: Electorate, roll: Roll
) -> None:
    """The older one's identifier is never activated, even if its SMS is accepted later."""
    await electorate.enrol(CAMILLE)
    older, newer = await _issued(harness, "older"), await _issued(harness, "newer")
    await harness.identifiers.activate_identifier(_order(harness, "newer"))
    assert await harness.identifiers.activate_identifier(_order(harness, "older")) == ActivationResult()
    assert (await _is_active(roll, older), await _is_active(roll, newer)) == (False, True)


async def test_of_fifty_concurrent_requests_of_an_elector_three_are_counted(
    database: Database, election: Election
) -> None:
    """Each has another phone number; the others reach the limit."""
    quotas = Quotas(election)

    async def asks(number: int) -> Verdict | None:
        async with database.writing() as connection:
            return await quotas.take(connection, CAMILLE.id, f"number {number}")

    answers = Counter(await asyncio.gather(*(asks(number) for number in range(50))))
    assert answers == {None: 3, Verdict.TOO_MANY_REQUESTS: 47}


async def test_of_fifty_electors_with_one_number_one_is_accepted(
    harness: IdentifierHarness, electorate: Electorate
) -> None:
    """They are judged concurrently; refused requests are not counted."""
    people = [
        Person(f"{each:032d}", f"p{each}@ac-lyon.fr", f"02B{each:07d}AAA", f"1700175{each:03d}")
        for each in range(50)
    ]
    for person in people:
        await electorate.enrol(person)
    claims = [await harness.claim(f"request-{person.id}", person) for person in people]
    judged = await asyncio.gather(*(harness.identifiers.judge_identifier(claim) for claim in claims))
    assert Counter(each.verdict for each in judged) == {Verdict.ACCEPTED: 1, Verdict.NUMBER_TAKEN: 49}
    counted = await rows(harness.identifiers._database, quotas_table)
    assert [row["uses"] for row in counted] == [1, 1]


async def test_a_failed_request_is_refunded_once(
    harness: IdentifierHarness, electorate: Electorate, roll: Roll
) -> None:
    """Settled twice: request and number are uncounted once, the old identifier stays active, the keys are destroyed."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    await _issued(harness, "kept", phone="+33600000001")
    claim = await harness.claim("failed")
    await harness.identifiers.judge_identifier(claim)
    subject = subject_of(claim.workflow_id)
    key_ids = [key_id("failed", purpose) for purpose in (PROOFS, CONTACT, IDENTIFIER)]
    ended = Settlement(claim.workflow_id, subject, "run", Stage.CANCELLED, key_ids, operator="Claude")
    for settlement in (ended, replace(ended, run_id="again")):
        await harness.identifiers.settle_identifier(IdentifierSettlement(settlement, "failed"))
    counted = {
        row["key"].partition(":")[0]: row["uses"]
        for row in await rows(harness.identifiers._database, quotas_table)
    }
    assert counted == {"elector": 1, "number": 1}
    assert await harness.identifiers.activate_identifier(_order(harness, "failed")) == ActivationResult()
    assert await _is_active(roll, CAMILLE.identifier)
    with pytest.raises(EnvelopeError):
        await harness.vault.unseal(claim.workflow_id, "failed", "contact", claim.submission.contact)
    assert (
        await harness.identifiers.judge_identifier(await harness.claim("other", SACHA))
    ).verdict is Verdict.ACCEPTED


async def test_a_failed_request_is_refunded_for_a_new_one(
    harness: IdentifierHarness, electorate: Electorate
) -> None:
    """After three requests a fourth replaces the failed third one; a fifth without a failed one is refused."""
    await electorate.enrol(CAMILLE)
    for each in ("first", "second", "third"):
        await _issued(harness, each)
    fourth = await harness.identifiers.judge_identifier(await harness.claim("fourth", failed_request_id="third"))
    assert fourth.verdict is Verdict.ACCEPTED
    fifth = await harness.identifiers.judge_identifier(await harness.claim("fifth"))
    assert fifth.verdict is Verdict.TOO_MANY_REQUESTS
