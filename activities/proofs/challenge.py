"""Proof by the challenge question and the NUMEN or NIR (2022), in the same time for right and wrong answers."""

from functools import partial
from hmac import compare_digest

from sqlalchemy import bindparam, select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import activations, electors
from election.proofs import nir, numen, secret_answer

_KNOWN = (
    select(activations.c.answer_hash, electors.c.numen_hash, electors.c.nir_hash)
    .select_from(electors.outerjoin(activations))
    .where(electors.c.id == bindparam("elector"))
)


class ChallengeProof:
    """Compares what was typed with the roll; the verdict does not say which of the two proofs was wrong."""

    def __init__(self, database: Database, keyed: KeyedHash, slow: SlowHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._slow = slow
        self._attempts = attempts

    async def check(self, elector_id: str, attempt_id: str, answer: str, proof: str) -> Judgement:
        """Return TAKEN when the secret answer and the NUMEN or NIR are both right, WRONG_PROOF or PAUSED.

        Failures pause recoveries, never the vote (CNIL 2019-053). The caller deletes them when it takes the proof.
        """
        attempt = Attempt(elector_id, AttemptScope.RECOVERY, attempt_id)
        return await self._attempts.judge(
            attempt, partial(self._is_right, elector_id, answer, proof), resets=False
        )

    async def _is_right(self, elector_id: str, answer: str, proof: str) -> bool:
        answer_hash, numen_hash, nir_hash = await self._known(elector_id)
        knows_answer = await self._slow.matches(answer_hash, secret_answer.normalise(answer))
        is_numen = compare_digest(numen_hash, self._keyed.hash("numen", numen.normalise(proof) or ""))
        is_nir = compare_digest(nir_hash, self._keyed.hash("nir", nir.normalise(proof) or ""))
        return knows_answer & (is_numen | is_nir)

    async def _known(self, elector_id: str) -> tuple[str | None, str, str]:
        async with self._database.reading() as connection:
            row = (await connection.execute(_KNOWN, {"elector": elector_id})).one_or_none()
        return (row.answer_hash, row.numen_hash, row.nir_hash) if row else (None, "", "")
