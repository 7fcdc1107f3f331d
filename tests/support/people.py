"""Fictional electors, and their insertion into the roll."""

from dataclasses import dataclass, field

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.roll import hash_of_identifier
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.security.row_macs import RowMacs
from activities.store.database import Database
from activities.store.tables import activations, credentials, electors
from election.proofs import secret_answer
from election.shapes import VotingCodeShape
from tests.support.clock import Clock


@dataclass(frozen=True)
class Person:
    """An elector's data in clear; without an answer the account is not activated."""

    id: str
    work_email: str
    numen: str
    nir: str
    answer: str = ""
    password: str = field(default="Passe-muraille 1943", repr=False)
    voting_code: str = field(default="ACDE FHJK LMN3 @&!?", repr=False)
    identifier: str = field(default="", repr=False)
    birth_date: str = field(default="1985-05-02", repr=False)

    @property
    def birth_department(self) -> str:
        """The 6th and 7th characters of the NIR."""
        return "".join(self.nir.split())[5:7]


CAMILLE = Person(
    "c" * 32, "camille.durand@ac-lyon.fr", "18E1234567ABC", "2 85 05 2A 006", "Châtaigne", identifier="C00 a47#H9"
)
SACHA = Person("5" * 32, "sacha.payet@ac-reunion.fr", "09C7654321XYZ", "1 90 12 97 411", "Le « Piton »")
# On the roll, but not activated: no question and no password.
DOMINIQUE = Person("d" * 32, "dominique.petit@education.gouv.fr", "01A0000001AAA", "1 70 01 75 056")


class Electorate:
    """Inserts electors into the roll as an import and an activation would."""

    def __init__(self, database: Database, keyed: KeyedHash, slow: SlowHash, now: Clock) -> None:
        self._database = database
        self._keyed = keyed
        self._slow = slow
        self._now = now

    async def enrol(self, *people: Person) -> None:
        """Insert people with hashed data; all of them have the same names."""
        rows = [self._row(person) for person in people]
        async with self._database.writing() as connection:
            await connection.execute(insert(electors), rows)
        for person in people:
            if person.answer:
                await self._activate(person)

    def _row(self, person: Person) -> dict[str, str]:
        names = {"birth_name": "DURAND", "used_name": "PETIT", "first_names": "Claude Alix", "sex": "F"}
        hashed = {
            "numen_hash": self._keyed.hash("numen", person.numen),
            "nir_hash": self._keyed.hash("nir", "".join(person.nir.split())),
            "birth_date_hash": self._keyed.hash("birth_date", person.birth_date),
            "birth_department_hash": self._keyed.hash("birth_department", person.birth_department),
            "birth_place_hash": "",
        }
        elector = {"id": person.id, "work_email": person.work_email, **names, **hashed}
        elector["mac"] = RowMacs(self._keyed).elector(elector)
        return elector

    async def _activate(self, person: Person) -> None:
        question = {
            "elector_id": person.id,
            "question": "Votre arbre préféré ?",
            "answer_hash": await self._slow.make(Chosen.ANSWER, person.id, secret_answer.normalise(person.answer)),
            "activated_at": self._now(),
        }
        issued = {
            "password": await self._slow.make(Chosen.PASSWORD, person.id, person.password),
            "voting_code": self._keyed.hash(
                "voting_code", person.id, VotingCodeShape().normalise(person.voting_code)
            ),
        }
        macs = {}
        if person.identifier:
            issued["identifier"] = hash_of_identifier(self._keyed, person.identifier)
            macs["identifier"] = RowMacs(self._keyed).identifier(person.id, issued["identifier"])
        chosen = [
            {
                "id": f"roll-{kind}-{person.id}",
                "elector_id": person.id,
                "kind": kind,
                "hash": hashed,
                "mac": macs.get(kind, ""),
            }
            for kind, hashed in issued.items()
        ]
        async with self._database.writing() as connection:
            await connection.execute(insert(activations).values(question))
            await connection.execute(
                insert(credentials).values([{**each, "issued_at": self._now()} for each in chosen])
            )


async def sign_electors(connection: AsyncConnection, keyed: KeyedHash, *changed: str) -> None:
    """Write the code of the rows of some electors again, or of every one, as an import does after a change."""
    rows = select(electors).where(electors.c.id.in_(changed)) if changed else select(electors)
    for row in (await connection.execute(rows)).all():
        mac = RowMacs(keyed).elector(row._asdict())
        await connection.execute(update(electors).where(electors.c.id == row.id).values(mac=mac))
