"""Whether whoever opened the link is its elector (2011): NUMEN and département of birth, the work the same always."""

from hmac import compare_digest

from sqlalchemy import bindparam, select

from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.challenge import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import numen as numens
from election.verdicts import Verdict

_KNOWN = select(electors.c.numen_hash, electors.c.birth_department_hash).where(
    electors.c.id == bindparam("elector")
)


class NumenAndDepartmentProof:
    """Compares both with the roll, and tells nobody which of the two was wrong."""

    def __init__(self, database: Database, keyed: KeyedHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._attempts = attempts

    async def check(self, elector_id: str, try_id: str, numen: str, birth_department: str) -> Judgement:
        """Return TAKEN when both are this elector's, else WRONG_PROOF, which counts; too many give PAUSED.

        `birth_department` is the code of the list (`75`, `2A`, `99`). Success clears the count, and the
        vote is never paused.
        """
        attempt = Try(elector_id, AttemptScope.IDENTIFIER_AND_PASSWORD, try_id)
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        async with self._database.reading() as connection:
            row = (await connection.execute(_KNOWN, {"elector": elector_id})).one_or_none()
        numen_hash, department_hash = (row.numen_hash, row.birth_department_hash) if row else ("", "")
        is_numen = compare_digest(numen_hash, self._keyed.of("numen", numens.normalise(numen) or ""))
        is_born_there = compare_digest(department_hash, self._keyed.of("birth_department", birth_department))
        if not (is_numen & is_born_there):
            return Judgement(Verdict.WRONG_PROOF)
        await self._attempts.clear(attempt)
        return Judgement(Verdict.TAKEN)
