"""Proof by the civil identity that FranceConnect returns."""

from functools import partial
from hmac import compare_digest

from sqlalchemy import select

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import identity
from election.proofs.identity import CivilIdentity
from election.verdicts import Verdict


class IdentityProof:
    """Looks for the electors whom an identity fits."""

    def __init__(self, database: Database, keyed: KeyedHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._attempts = attempts

    async def check(self, elector_id: str, attempt_id: str, given: CivilIdentity) -> Judgement:
        """Return ACCEPTED when the identity fits this elector and no other, else WRONG_IDENTITY or PAUSED.

        Failures count with those of the challenge question. The caller deletes them when it takes the proof.
        """
        attempt, is_right = (
            Attempt(elector_id, AttemptScope.RECOVERY, attempt_id),
            partial(self._is_right, elector_id, given),
        )
        return await self._attempts.judge(attempt, is_right, wrong=Verdict.WRONG_IDENTITY, resets=False)

    async def _is_right(self, elector_id: str, given: CivilIdentity) -> bool:
        return await self._electors(given) == [elector_id]

    async def _electors(self, given: CivilIdentity) -> list[str]:
        """Return the ids of the electors whom an identity fits."""
        dates = [self._keyed.hash("birth_date", each) for each in identity.possible_dates(given.birthdate)]
        place = self._keyed.hash("birth_place", given.birthplace)
        columns = (electors.c.id, electors.c.birth_name, electors.c.first_names, electors.c.birth_place_hash)
        query = select(*columns).where(electors.c.birth_date_hash.in_(dates), electors.c.sex == given.sex)
        async with self._database.reading() as connection:
            born_then = (await connection.execute(query)).all()
        return [
            row.id
            for row in born_then
            if identity.same_name(given.family_name, row.birth_name)
            and identity.same_first_name(given.given_name, row.first_names)
            and (not given.is_born_in_france or compare_digest(row.birth_place_hash, place))
        ]
