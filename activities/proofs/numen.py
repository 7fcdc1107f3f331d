"""Whether somebody is the elector of a NUMEN (2018): constant work, on the roll or not."""

from hmac import compare_digest

from sqlalchemy import select

from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.challenge import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import birth_dates, numen
from election.verdicts import Verdict

_SUBJECT = 32  # 128 bits, in hexadecimal


class NumenProof:
    """Compares NUMEN and birth date with the roll; tries are counted by NUMEN, known to the roll or not."""

    def __init__(self, database: Database, keyed: KeyedHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._attempts = attempts

    def subject(self, typed: str) -> str:
        """Return what stands for a NUMEN that was typed: the same, whoever types it."""
        return self._of(self._keyed.of("numen", numen.normalise(typed) or typed))

    async def subject_of(self, elector_id: str) -> str:
        """Return what stands for the NUMEN of an elector who has signed in.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        query = select(electors.c.numen_hash).where(electors.c.id == elector_id)
        async with self._database.reading() as connection:
            known: str | None = (await connection.execute(query)).scalar_one_or_none()
        if known is None:
            raise LookupError("this elector is no longer on the roll")
        return self._of(known)

    async def check(
        self, attempt_of: str, try_id: str, typed: str, birth_date: str, elector: str = ""
    ) -> tuple[Judgement, str]:
        """Return TAKEN with the elector's id when NUMEN and birth date are one elector's, of that id if given.

        Wrong proofs are counted for `attempt_of`; too many give PAUSED (the vote itself is never paused).
        """
        attempt = Try(attempt_of, AttemptScope.IDENTIFIER, try_id)
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until), ""
        hashed = self._keyed.of("numen", numen.normalise(typed) or "")
        query = select(electors.c.id, electors.c.birth_date_hash).where(electors.c.numen_hash == hashed)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        found, born = (row.id, row.birth_date_hash) if row else ("", "")
        is_born_then = compare_digest(born, self._keyed.of("birth_date", birth_dates.normalise(birth_date) or ""))
        is_asked_for = compare_digest(found, elector or found)
        if not (bool(found) & is_born_then & is_asked_for):
            return Judgement(Verdict.WRONG_PROOF), ""
        await self._attempts.clear(attempt)
        return Judgement(Verdict.TAKEN), found

    def _of(self, numen_hash: str) -> str:
        return self._keyed.of("numen-subject", numen_hash)[:_SUBJECT]
