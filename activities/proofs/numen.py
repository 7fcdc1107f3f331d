"""Proof by NUMEN and birth date (2018), in the same time for a NUMEN that is on the roll or not."""

from hmac import compare_digest
from typing import Any

from sqlalchemy import Row, bindparam, select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs, is_genuine
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import birth_dates, numen

_SUBJECT_LENGTH = 32  # 128 bits, in hexadecimal
_BY_ID = select(electors.c.numen_hash).where(electors.c.id == bindparam("elector"))
_BY_NUMEN = select(electors).where(electors.c.numen_hash == bindparam("numen"))


class NumenProof:
    """Compares NUMEN and birth date with the roll; attempts are counted by NUMEN, on the roll or not.

    Those of an elector who has signed in have a count of their own, so that a stranger who knows the NUMEN cannot pause it.
    """

    def __init__(
        self, database: Database, keyed: KeyedHash, anonymous: Attempts, signed_in: Attempts | None = None
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._anonymous = anonymous
        self._signed_in = signed_in or anonymous

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

    def attempt(self, subject: str, attempt_id: str, elector_id: str = "") -> Attempt:
        """Return the attempt of a request: counted by the elector with a sign-in, else by the typed NUMEN."""
        if elector_id:
            return Attempt(elector_id, AttemptScope.IDENTIFIER_SIGNED_IN, attempt_id)
        return Attempt(subject, AttemptScope.IDENTIFIER, attempt_id)

    def attempts(self, elector_id: str = "") -> Attempts:
        """Return what counts these attempts."""
        return self._signed_in if elector_id else self._anonymous

    async def check(
        self, subject: str, attempt_id: str, typed: str, birth_date: str, elector_id: str = ""
    ) -> tuple[Judgement, str]:
        """Return ACCEPTED when NUMEN and birth date are one elector's, of `elector_id` if given, and the id of the NUMEN's elector.

        The id is empty when the NUMEN is not on the roll. Failures never pause the vote; those without a sign-in do not
        count for an elector who has signed in. The caller deletes them when it accepts the request.
        """
        async with self._database.reading() as connection:
            hashed = self._keyed.hash("numen", numen.normalise(typed) or "")
            row = (await connection.execute(_BY_NUMEN, {"numen": hashed})).one_or_none()

        async def is_right() -> bool:
            return self._matches(row, birth_date, elector_id)

        attempt = self.attempt(subject, attempt_id, elector_id)
        judgement = await self.attempts(elector_id).judge(attempt, is_right, resets=False)
        return judgement, row.id if row and self._is_genuine(row) else ""

    def _is_genuine(self, row: Row[Any] | None) -> bool:
        mac = RowMacs(self._keyed).elector(row._asdict() if row else {})
        return is_genuine(row.mac if row else "", mac, "electors")

    def _matches(self, row: Row[Any] | None, birth_date: str, elector_id: str) -> bool:
        found, born = (row.id, row.birth_date_hash) if row else ("", "")
        is_born_then = compare_digest(
            born, self._keyed.hash("birth_date", birth_dates.normalise(birth_date) or "")
        )
        is_asked_for = compare_digest(found, elector_id or found)
        return bool(found) & is_born_then & is_asked_for and self._is_genuine(row)

    def _subject(self, numen_hash: str) -> str:
        return self._keyed.hash("numen-subject", numen_hash)[:_SUBJECT_LENGTH]
