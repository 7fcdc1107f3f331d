"""NUMEN and département of birth are judged together, and failures are counted."""

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
    """The proof by NUMEN and département of birth."""
    return NumenAndDepartmentProof(database, keyed_hash, attempts)


async def test_both_must_be_the_elector_s(proof: NumenAndDepartmentProof, electorate: Electorate) -> None:
    """The NUMEN is normalised; another elector's data, or only one of the two, is wrong."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    right = [(CAMILLE.numen, _BORN), (f" {CAMILLE.numen.lower()} ", _BORN)]
    wrong = [(SACHA.numen, _BORN), (CAMILLE.numen, "2B"), (SACHA.numen, "97"), ("", ""), (CAMILLE.numen, "")]
    for numen, department in right:
        assert (await proof.check(CAMILLE.id, "try", numen, department)).verdict is Verdict.ACCEPTED
    for number, (numen, department) in enumerate(wrong[:4]):
        assert (await proof.check(CAMILLE.id, f"{number}", numen, department)).verdict is Verdict.WRONG_PROOF
    assert (await proof.check(CAMILLE.id, "last", *wrong[4])).verdict is Verdict.WRONG_PROOF


async def test_an_elector_who_is_not_on_the_roll_cannot_be_proved(proof: NumenAndDepartmentProof) -> None:
    """The verdict for an elector who was removed is WRONG_PROOF, without an exception."""
    assert (await proof.check("e" * 32, "try", "", "")).verdict is Verdict.WRONG_PROOF


async def test_failures_pause_this_scope_only(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts, now: Clock
) -> None:
    """After five failures the right proof is PAUSED until an instant; other scopes are not paused."""
    await electorate.enrol(CAMILLE)
    for number in range(5):
        await proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75")
    judged = await proof.check(CAMILLE.id, "right", CAMILLE.numen, _BORN)
    assert judged.verdict is Verdict.PAUSED
    assert judged.until is not None
    assert judged.until > now()
    for scope in (AttemptScope.VOTE, AttemptScope.RECOVERY, AttemptScope.IDENTIFIER):
        assert await attempts.paused_until(CAMILLE.id, scope) is None
    now.advance(timedelta(minutes=2))
    assert (await proof.check(CAMILLE.id, "later", CAMILLE.numen, _BORN)).verdict is Verdict.ACCEPTED


async def test_success_clears_the_failures(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts
) -> None:
    """After four failures and a right proof, four more failures cause no pause."""
    await electorate.enrol(CAMILLE)
    for number in range(4):
        await proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75")
    await proof.check(CAMILLE.id, "right", CAMILLE.numen, _BORN)
    for number in range(4):
        await proof.check(CAMILLE.id, f"again {number}", CAMILLE.numen, "75")
    assert await attempts.paused_until(CAMILLE.id, AttemptScope.IDENTIFIER_AND_PASSWORD) is None


async def test_concurrent_attempts_respect_the_limit(
    proof: NumenAndDepartmentProof, electorate: Electorate
) -> None:
    """Of twenty concurrent wrong proofs, five are judged."""
    await electorate.enrol(CAMILLE)
    tries = [proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75") for number in range(20)]
    verdicts = [judged.verdict for judged in await asyncio.gather(*tries)]
    assert verdicts.count(Verdict.WRONG_PROOF) == 5


async def test_a_repeated_attempt_is_counted_once(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts
) -> None:
    """A form that is sent several times counts as one failure."""
    await electorate.enrol(CAMILLE)
    for _ in range(9):
        await proof.check(CAMILLE.id, "the same", CAMILLE.numen, "75")
    assert await attempts.count(Attempt(CAMILLE.id, AttemptScope.IDENTIFIER_AND_PASSWORD, "next")) is None
