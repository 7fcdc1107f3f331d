"""Behind the link: NUMEN and département of birth, counted, and never told apart."""

import asyncio
from datetime import timedelta

import pytest

from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate

_BORN = "2A"  # CAMILLE


@pytest.fixture
def proof(database: Database, keyed_hash: KeyedHash, attempts: Attempts) -> NumenAndDepartmentProof:
    """The judge of both."""
    return NumenAndDepartmentProof(database, keyed_hash, attempts)


async def test_both_must_be_the_elector_s(proof: NumenAndDepartmentProof, electorate: Electorate) -> None:
    """However the NUMEN is written; another's, or one of the two alone, is wrong."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    right = [(CAMILLE.numen, _BORN), (f" {CAMILLE.numen.lower()} ", _BORN)]
    wrong = [(SACHA.numen, _BORN), (CAMILLE.numen, "2B"), (SACHA.numen, "97"), ("", ""), (CAMILLE.numen, "")]
    for numen, department in right:
        assert (await proof.check(CAMILLE.id, "try", numen, department)).verdict is Verdict.TAKEN
    for number, (numen, department) in enumerate(wrong[:4]):
        assert (await proof.check(CAMILLE.id, f"{number}", numen, department)).verdict is Verdict.WRONG_PROOF
    assert (await proof.check(CAMILLE.id, "last", *wrong[4])).verdict is Verdict.WRONG_PROOF


async def test_nobody_proves_to_be_who_is_not_on_the_roll(proof: NumenAndDepartmentProof) -> None:
    """An elector who was taken off it: wrong, and no fault."""
    assert (await proof.check("e" * 32, "try", "", "")).verdict is Verdict.WRONG_PROOF


async def test_wrong_proofs_pause_this_door_alone(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts, now: Clock
) -> None:
    """After five, even the right one waits, and is told until when; the vote and the others stay open."""
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
    """Four wrong ones, a right one, and the next is the first again."""
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
    """Of twenty wrong ones at once, five are looked at."""
    await electorate.enrol(CAMILLE)
    tries = [proof.check(CAMILLE.id, f"{number}", CAMILLE.numen, "75") for number in range(20)]
    verdicts = [judged.verdict for judged in await asyncio.gather(*tries)]
    assert verdicts.count(Verdict.WRONG_PROOF) == 5


async def test_the_same_try_run_again_counts_once(
    proof: NumenAndDepartmentProof, electorate: Electorate, attempts: Attempts
) -> None:
    """A form that was sent twice by a second click."""
    await electorate.enrol(CAMILLE)
    for _ in range(9):
        await proof.check(CAMILLE.id, "the same", CAMILLE.numen, "75")
    assert await attempts.count(Try(CAMILLE.id, AttemptScope.IDENTIFIER_AND_PASSWORD, "next")) is None
