"""Whether a voter is who the session says: constant work for a wrong and for a right proof."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import activations, electors
from election.proofs import identity, nir, numen, secret_answer
from election.proofs.identity import CivilIdentity
from election.verdicts import Verdict

_KNOWN = (
    select(activations.c.answer_hash, electors.c.numen_hash, electors.c.nir_hash)
    .select_from(electors.outerjoin(activations))
    .where(electors.c.id == bindparam("elector"))
)


@dataclass(frozen=True)
class Judgement:
    """The verdict on a proof; `until` is set when the door is shut, and says until when."""

    verdict: Verdict
    until: datetime | None = None


class Verification:
    """Compares what was typed with the roll; tells nobody which of two proofs was wrong."""

    def __init__(self, database: Database, keyed: KeyedHash, slow: SlowHash, attempts: Attempts) -> None:
        self._database = database
        self._keyed = keyed
        self._slow = slow
        self._attempts = attempts

    async def challenge(self, elector_id: str, try_id: str, answer: str, proof: str) -> Judgement:
        """Return TAKEN when the secret answer and the NUMEN or NIR are both right.

        A wrong proof gives WRONG_PROOF and counts; too many give PAUSED (CNIL 2019-053; the
        vote itself is never paused). Once it is TAKEN, `forgive` is owed.
        """
        attempt = Try(elector_id, AttemptScope.RECOVERY, try_id)
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        answer_hash, numen_hash, nir_hash = await self._known(elector_id)
        knows_answer = await self._slow.matches(answer_hash, secret_answer.normalise(answer))
        is_numen = compare_digest(numen_hash, self._keyed.of("numen", numen.normalise(proof) or ""))
        is_nir = compare_digest(nir_hash, self._keyed.of("nir", nir.normalise(proof) or ""))
        if not (knows_answer & (is_numen | is_nir)):
            return Judgement(Verdict.WRONG_PROOF)
        return Judgement(Verdict.TAKEN)

    async def identity(self, elector_id: str, try_id: str, given: CivilIdentity) -> Judgement:
        """Return TAKEN when an identity that FranceConnect gives is this elector's, and no other's as well.

        Anybody else's, or that of several, gives WRONG_IDENTITY and counts as a wrong proof does. Once it is
        TAKEN, `forgive` is owed.
        """
        attempt = Try(elector_id, AttemptScope.RECOVERY, try_id)
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        if await self._people(given) != [elector_id]:
            return Judgement(Verdict.WRONG_IDENTITY)
        return Judgement(Verdict.TAKEN)

    async def forgive(self, connection: AsyncConnection, elector_id: str) -> None:
        """Forget the wrong proofs of an elector, in the transaction that takes the right one."""
        await self._attempts.forget(connection, elector_id, AttemptScope.RECOVERY)

    async def _people(self, given: CivilIdentity) -> list[str]:
        dates = [self._keyed.of("birth_date", each) for each in identity.possible_dates(given.birthdate)]
        place = self._keyed.of("birth_place", given.birthplace)
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

    async def _known(self, elector_id: str) -> tuple[str | None, str, str]:
        async with self._database.reading() as connection:
            row = (await connection.execute(_KNOWN, {"elector": elector_id})).one_or_none()
        return (row.answer_hash, row.numen_hash, row.nir_hash) if row else (None, "", "")
