"""Secret answer and number are judged together, with the same work whatever is wrong or missing."""

import pytest
from sqlalchemy import update

from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import electors
from election.rules.proofs import Alphabet, Datum, ProofDatum
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.counting_hashes import CountingKeyedHash, CountingSlowHash
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person

UNKNOWN = Person("0" * 32, "inconnu@ac-lyon.fr", CAMILLE.numen, CAMILLE.nir, CAMILLE.answer)
AGENT_NUMBER = ProofDatum(
    label="numéro d’agent",
    hint="Sur le bulletin de paie.",
    alphabet=Alphabet.LETTERS_AND_DIGITS,
    min_length=8,
    max_length=8,
)
WRONG = Judgement(Verdict.WRONG_PROOF)
ACCEPTED = Judgement(Verdict.ACCEPTED)


@pytest.mark.parametrize("proof", [CAMILLE.numen, CAMILLE.nir])
async def test_the_answer_with_either_number_is_accepted(
    challenge: ChallengeProof, electorate: Electorate, proof: str
) -> None:
    """NUMEN or NIR, with the secret answer, gives ACCEPTED."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == ACCEPTED


@pytest.mark.parametrize(
    "answer",
    [
        "châtaigne",
        "CHÂTAIGNE",
        "  Châtaigne\t",
        "Cha\u0302taigne",
        "Ｃｈâｔａｉｇｎｅ",
        "\u00a0châtaigne\u00a0",
        "Chataigne",
    ],
)
async def test_the_answer_is_normalised_before_it_is_compared(
    challenge: ChallengeProof, electorate: Electorate, answer: str
) -> None:
    """Case, accents, surrounding spaces and the Unicode normalisation form are ignored."""
    await electorate.enrol(CAMILLE)
    assert await challenge.check(CAMILLE.id, "try", answer, CAMILLE.numen) == ACCEPTED


@pytest.mark.parametrize("answer", ["Châtaigne.", "Châ taigne", "marron", ""])
async def test_another_answer_is_wrong(challenge: ChallengeProof, electorate: Electorate, answer: str) -> None:
    """An added full stop or space, another word and an empty answer are wrong."""
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
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == ACCEPTED


@pytest.mark.parametrize("proof", ["18E1234568ABC", "185052A006", DOMINIQUE.numen, DOMINIQUE.nir, "", "0" * 10])
async def test_another_number_is_wrong(challenge: ChallengeProof, electorate: Electorate, proof: str) -> None:
    """A number with one other digit, another elector's number and no number are wrong."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    assert await challenge.check(CAMILLE.id, "try", CAMILLE.answer, proof) == WRONG


@pytest.mark.parametrize("asked", [(Datum.NUMEN,), (Datum.NIR,)])
async def test_only_the_data_that_the_election_names_count(
    database: Database,
    electorate: Electorate,
    attempts: Attempts,
    keyed_hash: KeyedHash,
    slow_hash: SlowHash,
    asked: tuple[Datum, ...],
) -> None:
    """With `proofs = ["numen"]` the right NIR is a wrong proof, and the other way round."""
    await electorate.enrol(CAMILLE)
    challenge = ChallengeProof(database, keyed_hash, slow_hash, attempts, asked, None)
    judged = {
        datum: await challenge.check(CAMILLE.id, f"try-{datum}", CAMILLE.answer, typed)
        for datum, typed in ((Datum.NUMEN, CAMILLE.numen), (Datum.NIR, CAMILLE.nir))
    }
    assert judged == {datum: ACCEPTED if datum in asked else WRONG for datum in judged}


async def test_the_elections_own_datum_is_compared_in_its_normal_form(
    database: Database, electorate: Electorate, attempts: Attempts, keyed_hash: KeyedHash, slow_hash: SlowHash
) -> None:
    """Spaces and case are ignored; another one, one of another shape, and none on the roll are wrong."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    async with database.writing() as connection:
        known = update(electors).where(electors.c.id == CAMILLE.id)
        await connection.execute(known.values(datum_hash=keyed_hash.hash("datum", "AG004217")))
    challenge = ChallengeProof(database, keyed_hash, slow_hash, attempts, (Datum.OTHER,), AGENT_NUMBER)
    typed = ["ag 004 217", "AG004218", "4217", "", CAMILLE.numen]
    judged = [await challenge.check(CAMILLE.id, f"try-{each}", CAMILLE.answer, each) for each in typed]
    assert judged == [ACCEPTED, *[WRONG] * 4]
    without = [await challenge.check(SACHA.id, f"try-{each}", SACHA.answer, each) for each in typed[:4]]
    assert without == [WRONG] * 4


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
    both = (Datum.NUMEN, Datum.NIR)
    challenge = ChallengeProof(database, counting, CountingSlowHash(counting, work), attempts, both, None)
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
    assert set(done) == {("answer", "answer-of", "$argon2id$v=19$m=8,t=1,p=1$", "numen", "nir")}


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
    assert await challenge.check(CAMILLE.id, "right", CAMILLE.answer, CAMILLE.numen) == ACCEPTED
