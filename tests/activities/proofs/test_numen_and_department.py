"""NUMEN and département of birth are judged together, behind the link of 2011."""

import asyncio
from datetime import timedelta

import pytest

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate

_BORN = "2A"  # CAMILLE


@pytest.fixture
def proof(database: Database, keyed_hash: KeyedHash, attempts: Attempts) -> NumenAndDepartmentProof:
    """The proof under test."""
    return NumenAndDepartmentProof(database, keyed_hash, attempts)


async def test_both_must_be_the_elector_s(proof: NumenAndDepartmentProof, electorate: Electorate) -> None:
    """Another elector's, or only one of the two, is wrong; spaces in the NUMEN do not matter."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    right = [(CAMILLE.numen, _BORN), (f" {CAMILLE.numen.lower()} ", _BORN)]
    wrong = [(SACHA.numen, _BORN), (CAMILLE.numen, "2B"), (SACHA.numen, "97"), ("", ""), (CAMILLE.numen, "")]
    for numen, department in right:
        assert (await proof.check(CAMILLE.id, "try", numen, department)).verdict is Verdict.TAKEN
    for number, (numen, department) in enumerate(wrong[:4]):
        assert (await proof.check(CAMILLE.id, f"{number}", numen, department)).verdict is Verdict.WRONG_PROOF
    assert (await proof.check(CAMILLE.id, "last", *wrong[4])).verdict is Verdict.WRONG_PROOF


async def test_an_elector_taken_off_the_roll_gets_a_wrong_proof(proof: NumenAndDepartmentProof) -> None:
    """It is not an error."""
    assert (await proof.check("e" * 32, "try", "", "")).verdict is Verdict.WRONG_PROOF


async def test_failures_pause_this_scope_only(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts, now: Clock
) -> None:
    """After five, even the right proof is refused until a given instant; the vote and the other scopes are not paused."""
    await electorate.enrol(CAMILLE)
    for number in range(5):
        await proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75")
    judged = await proof.check(CAMILLE.id, "right", CAMILLE.numen, _BORN)
    assert judged.verdict is Verdict.PAUSED
    assert judged.until is not None
    assert judged.until > now()
    for door in (AttemptScope.VOTE, AttemptScope.RECOVERY, AttemptScope.IDENTIFIER):
        assert await attempts.paused_until(CAMILLE.id, door) is None
    now.advance(timedelta(minutes=2))
    assert (await proof.check(CAMILLE.id, "later", CAMILLE.numen, _BORN)).verdict is Verdict.TAKEN


async def test_success_clears_the_count(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts
) -> None:
    """After four failures and a success, the next failure is the first again."""
    await electorate.enrol(CAMILLE)
    for number in range(4):
        await proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75")
    await proof.check(CAMILLE.id, "right", CAMILLE.numen, _BORN)
    for number in range(4):
        await proof.check(CAMILLE.id, f"again {number}", CAMILLE.numen, "75")
    assert await attempts.paused_until(CAMILLE.id, AttemptScope.IDENTIFIER_AND_PASSWORD) is None


async def test_many_at_once_do_not_outrun_the_count(
    proof: NumenAndDepartmentProof, electorate: Electorate
) -> None:
    """Of twenty wrong proofs at once, five are looked at."""
    await electorate.enrol(CAMILLE)
    tries = [proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75") for number in range(20)]
    verdicts = [judged.verdict for judged in await asyncio.gather(*tries)]
    assert verdicts.count(Verdict.WRONG_PROOF) == 5


async def test_an_attempt_that_is_run_again_counts_once(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts
) -> None:
    """As when a double click sends a form twice."""
    await electorate.enrol(CAMILLE)
    for _ in range(9):
        await proof.check(CAMILLE.id, "the same", CAMILLE.numen, "75")
    assert await attempts.count(Attempt(CAMILLE.id, AttemptScope.IDENTIFIER_AND_PASSWORD, "next")) is None
