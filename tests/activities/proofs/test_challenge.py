"""Secret answer and number are judged together, with the same work whatever is wrong or missing."""

import pytest

from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.counting_hashes import CountingKeyedHash, CountingSlowHash
from tests.support.people import CAMILLE, DOMINIQUE, Electorate, Person

UNKNOWN = Person("0" * 32, "inconnu@ac-lyon.fr", CAMILLE.numen, CAMILLE.nir, CAMILLE.answer)
WRONG = Judgement(Verdict.WRONG_PROOF)
TAKEN = Judgement(Verdict.ACCEPTED)


@pytest.mark.parametrize("proof", [CAMILLE.numen, CAMILLE.nir])
async def test_the_answer_with_either_number_is_accepted(
    challenge: ChallengeProof, electorate: Electorate, proof: str
) -> None:
    """NUMEN or NIR, with the secret answer, gives TAKEN."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == TAKEN


@pytest.mark.parametrize(
    "answer",
    ["châtaigne", "CHÂTAIGNE", "  Châtaigne\t", "Cha\u0302taigne", "Ｃｈâｔａｉｇｎｅ", "\u00a0châtaigne\u00a0"],
)
async def test_the_answer_is_normalised_before_it_is_compared(
    challenge: ChallengeProof, electorate: Electorate, answer: str
) -> None:
    """Case, surrounding spaces and the Unicode normalisation form are ignored."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", answer, CAMILLE.numen) == TAKEN


@pytest.mark.parametrize("answer", ["Chataigne", "Châtaigne.", "Châ taigne", "marron", ""])
async def test_another_answer_is_wrong(challenge: ChallengeProof, electorate: Electorate, answer: str) -> None:
    """A missing accent, an added full stop or space, another word and an empty answer are wrong."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", answer, CAMILLE.numen) == WRONG


@pytest.mark.parametrize(
    "proof",
    [
        "18 e 1234567 abc",
        "18E-1234567-ABC",
        "285052A006",
        "2.85.05.2A.006",
        "2 85 05 2a 006 084",
        "285052A00608436",
    ],
)
async def test_numbers_are_normalised_before_they_are_compared(
    challenge: ChallengeProof, electorate: Electorate, proof: str
) -> None:
    """Separators and case are ignored, and a NIR can be whole or its first ten characters."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == TAKEN


@pytest.mark.parametrize("proof", ["18E1234568ABC", "185052A006", DOMINIQUE.numen, DOMINIQUE.nir, "", "0" * 10])
async def test_another_number_is_wrong(challenge: ChallengeProof, electorate: Electorate, proof: str) -> None:
    """A number with one other digit, another elector's number and no number are wrong."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == WRONG


async def test_the_verdict_does_not_reveal_what_was_wrong(
    challenge: ChallengeProof, electorate: Electorate
) -> None:
    """Wrong answer, wrong number, both, an account that is not activated, unknown elector: one verdict."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claims = [
        (CAMILLE.id, "marron", CAMILLE.numen),
        (CAMILLE.id, CAMILLE.answer, DOMINIQUE.numen),
        (CAMILLE.id, "marron", DOMINIQUE.numen),
        (DOMINIQUE.id, "", DOMINIQUE.numen),
        (UNKNOWN.id, UNKNOWN.answer, UNKNOWN.numen),
    ]
    judged = [
        await challenge.check(elector, f"try-{number}", answer, proof)
        for number, (elector, answer, proof) in enumerate(claims)
    ]
    assert judged == [WRONG] * len(claims)


async def test_every_claim_costs_the_same_work(
    database: Database, electorate: Electorate, attempts: Attempts, keyed_hash: KeyedHash
) -> None:
    """The same hashes are computed for right, wrong, malformed and unknown claims."""
    work: list[str] = []
    counting = CountingKeyedHash(keyed_hash._pepper, work)
    challenge = ChallengeProof(database, counting, CountingSlowHash(work), attempts)
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    done: list[tuple[str, ...]] = []
    for elector, answer, proof in [
        (CAMILLE.id, CAMILLE.answer, CAMILLE.numen),
        (CAMILLE.id, CAMILLE.answer, CAMILLE.nir),
        (CAMILLE.id, "marron", CAMILLE.numen),
        (CAMILLE.id, CAMILLE.answer, "neither number"),
        (CAMILLE.id, "marron", "neither number"),
        (DOMINIQUE.id, "marron", DOMINIQUE.numen),
        (UNKNOWN.id, UNKNOWN.answer, UNKNOWN.numen),
    ]:
        work.clear()
        await challenge.check(elector, f"try-{len(done)}", answer, proof)
        done.append(tuple(work))
    assert set(done) == {("$argon2id$v=19$m=8,t=1,p=1$", "numen", "nir")}


async def test_without_activation_no_answer_is_right(challenge: ChallengeProof, electorate: Electorate) -> None:
    """Neither an empty answer nor any other is accepted for an elector who has chosen none."""
    await electorate.enrol(DOMINIQUE)
    for number, answer in enumerate(["", " ", "None"]):
        assert await challenge.check(DOMINIQUE.id, f"try-{number}", answer, DOMINIQUE.numen) == WRONG


async def test_too_many_failures_pause_right_proofs_too(
    challenge: ChallengeProof, electorate: Electorate, now: Clock
) -> None:
    """After five failures right proofs get PAUSED with an instant, at which they are accepted."""
    await electorate.enrol(CAMILLE)
    for number in range(5):
        assert await challenge.check(CAMILLE.id, f"try-{number}", "marron", CAMILLE.numen) == WRONG
    paused = await challenge.check(CAMILLE.id, "right", CAMILLE.answer, CAMILLE.numen)
    assert paused.verdict is Verdict.PAUSED
    assert paused.until is not None
    now.instant = paused.until
    assert await challenge.check(CAMILLE.id, "right", CAMILLE.answer, CAMILLE.numen) == TAKEN
