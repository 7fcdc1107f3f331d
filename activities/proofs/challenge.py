"""Proof by the challenge question and a datum of the roll (2022), in the same time for right and wrong answers."""

from functools import partial
from hmac import compare_digest

from sqlalchemy import bindparam, select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import activations, electors
from election.proofs import data, secret_answer
from election.rules.proofs import Datum, ProofDatum

_HASHES = {
    Datum.NUMEN: electors.c.numen_hash,
    Datum.NIR: electors.c.nir_hash,
    Datum.OTHER: electors.c.datum_hash,
}


class ChallengeProof:
    """Compares what was typed with the roll; the verdict does not say which of the two proofs was wrong.

    Of the roll's data only those of `proofs` count; `other` describes the election's own datum, if it has one.
    """

    def __init__(
        self,
        database: Database,
        keyed: KeyedHash,
        slow: SlowHash,
        attempts: Attempts,
        proofs: tuple[Datum, ...],
        other: ProofDatum | None,
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._slow = slow
        self._attempts = attempts
        self._proofs = proofs
        self._other = other
        hashes = (_HASHES[datum].label(datum) for datum in proofs)
        self._known = (
            select(activations.c.answer_hash, *hashes)
            .select_from(electors.outerjoin(activations))
            .where(electors.c.id == bindparam("elector"))
        )

    async def check(self, elector_id: str, attempt_id: str, answer: str, proof: str) -> Judgement:
        """Return ACCEPTED when the secret answer and the datum are both right, WRONG_PROOF or PAUSED.

        Failures pause recoveries, never the vote (CNIL 2019-053). The caller deletes them when it takes the proof.
        """
        attempt = Attempt(elector_id, AttemptScope.RECOVERY, attempt_id)
        return await self._attempts.judge(
            attempt, partial(self._is_right, elector_id, answer, proof), resets=False
        )

    async def _is_right(self, elector_id: str, answer: str, proof: str) -> bool:
        async with self._database.reading() as connection:
            row = (await connection.execute(self._known, {"elector": elector_id})).mappings().one_or_none()
        answer_hash = row["answer_hash"] if row else None
        typed = secret_answer.normalise(answer)
        knows_answer = await self._slow.matches(answer_hash, Chosen.ANSWER, elector_id, typed)
        # Each datum is hashed and compared, whichever was typed: the time does not tell.
        matches = [compare_digest(row[datum] if row else "", self._hash(datum, proof)) for datum in self._proofs]
        return knows_answer & any(matches)

    def _hash(self, datum: Datum, typed: str) -> str:
        return self._keyed.hash(datum, data.normalise(datum, typed, self._other) or "")
