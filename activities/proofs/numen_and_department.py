"""Proof by NUMEN and département of birth (2011), in the same time for right and wrong answers."""

from functools import partial
from hmac import compare_digest

from sqlalchemy import bindparam, select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import numen as numens

_KNOWN = select(electors.c.numen_hash, electors.c.birth_department_hash).where(
    electors.c.id == bindparam("elector")
)


class NumenAndDepartmentProof:
    """Compares both with the roll; the verdict does not say which of the two was wrong."""

    def __init__(self, database: Database, keyed: KeyedHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._attempts = attempts

    async def check(self, elector_id: str, attempt_id: str, numen: str, birth_department: str) -> Judgement:
        """Return ACCEPTED when both are this elector's, else WRONG_PROOF or PAUSED.

        `birth_department` is the code of the list (`75`, `2A`, `99`). Failures never pause the vote.
        """
        attempt = Attempt(elector_id, AttemptScope.IDENTIFIER_AND_PASSWORD, attempt_id)
        return await self._attempts.judge(attempt, partial(self._is_right, elector_id, numen, birth_department))

    async def _is_right(self, elector_id: str, numen: str, birth_department: str) -> bool:
        async with self._database.reading() as connection:
            row = (await connection.execute(_KNOWN, {"elector": elector_id})).one_or_none()
        numen_hash, department_hash = (row.numen_hash, row.birth_department_hash) if row else ("", "")
        is_numen = compare_digest(numen_hash, self._keyed.hash("numen", numens.normalise(numen) or ""))
        is_born_there = compare_digest(department_hash, self._keyed.hash("birth_department", birth_department))
        return is_numen & is_born_there
