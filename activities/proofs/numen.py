"""Proof by NUMEN and birth date (2018), in the same time for a NUMEN that is on the roll or not."""

from hmac import compare_digest

from sqlalchemy import Row, bindparam, select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import birth_dates, numen
from election.verdicts import Verdict

_SUBJECT_LENGTH = 32  # 128 bits, in hexadecimal
_BY_ID = select(electors.c.numen_hash).where(electors.c.id == bindparam("elector"))
_BY_NUMEN = select(electors.c.id, electors.c.birth_date_hash).where(electors.c.numen_hash == bindparam("numen"))


class NumenProof:
    """Compares NUMEN and birth date with the roll; attempts are counted by NUMEN, on the roll or not."""

    def __init__(self, database: Database, keyed: KeyedHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._attempts = attempts

    def subject(self, typed: str) -> str:
        """Return the opaque id of a typed NUMEN, the same for every spelling of it."""
        return self._subject(self._keyed.hash("numen", numen.normalise(typed) or typed))

    async def subject_of(self, elector_id: str) -> str:
        """Return the opaque id of the NUMEN of an elector who has signed in.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        async with self._database.reading() as connection:
            known: str | None = (await connection.execute(_BY_ID, {"elector": elector_id})).scalar_one_or_none()
        if known is None:
            raise LookupError("this elector is no longer on the roll")
        return self._subject(known)

    async def check(
        self, subject: str, attempt_id: str, typed: str, birth_date: str, elector_id: str = ""
    ) -> tuple[Judgement, str]:
        """Return TAKEN with the elector's id when NUMEN and birth date are one elector's, of that id if given.

        Failures count for `subject`, and pause its recoveries, never the vote.
        """
        async with self._database.reading() as connection:
            hashed = self._keyed.hash("numen", numen.normalise(typed) or "")
            row = (await connection.execute(_BY_NUMEN, {"numen": hashed})).one_or_none()

        async def is_right() -> bool:
            return self._matches(row, birth_date, elector_id)

        judgement = await self._attempts.judge(Attempt(subject, AttemptScope.IDENTIFIER, attempt_id), is_right)
        return judgement, row.id if row and judgement.verdict is Verdict.ACCEPTED else ""

    def _matches(self, row: Row[str, str] | None, birth_date: str, elector_id: str) -> bool:
        found, born = (row.id, row.birth_date_hash) if row else ("", "")
        is_born_then = compare_digest(
            born, self._keyed.hash("birth_date", birth_dates.normalise(birth_date) or "")
        )
        is_asked_for = compare_digest(found, elector_id or found)
        return bool(found) & is_born_then & is_asked_for

    def _subject(self, numen_hash: str) -> str:
        return self._keyed.hash("numen-subject", numen_hash)[:_SUBJECT_LENGTH]
