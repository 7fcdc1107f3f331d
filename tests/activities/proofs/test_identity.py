"""An identity that FranceConnect has verified is compared with the elector's data on the roll."""

import json
from dataclasses import asdict, replace

import pytest
from sqlalchemy import update

from activities.recoveries.links import Links, NewLink
from activities.recoveries.requests import Requests, VotingCodeClaim, VotingCodeSubmission
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import attempts, electors, journal
from election.procedures import Procedure, workflow_id_of
from election.proofs.identity import CivilIdentity
from election.proofs.kinds import Proof
from election.stages import Channel
from election.verdicts import Verdict
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, SACHA, Electorate, Person

GIVEN = CivilIdentity("D'ORNANO", "Jean-Baptiste Marie", "1968-11-30", "male", "2A004", "99100")
ABROAD = replace(GIVEN, birthplace="", birthcountry="99243")
MAILBOX = "jb@courriel.exemple.org"


class CivilRegistry:
    """Electors with a civil identity on the roll, and claims with an identity."""

    def __init__(self, database: Database, keyed: KeyedHash, electorate: Electorate, vault: Vault) -> None:
        self._database, self._keyed, self._electorate, self._vault = database, keyed, electorate, vault

    async def enrol(self, person: Person, born: str = "1968-11-30", place: str = "2A004", **names: str) -> None:
        """Insert a person into the roll with the identity of `GIVEN`, or with other data."""
        await self._electorate.enrol(person)
        known = {"birth_name": "d’Ornano", "first_names": "Jean Baptiste", "sex": "M", **names}
        hashed = {
            "birth_date_hash": self._keyed.hash("birth_date", born),
            "birth_place_hash": self._keyed.hash("birth_place", place),
        }
        async with self._database.writing() as connection:
            await connection.execute(update(electors).where(electors.c.id == person.id).values(**known, **hashed))

    async def claim(self, given: CivilIdentity = GIVEN, request_id: str = "request") -> VotingCodeClaim:
        """Return CAMILLE's claim with an identity, sealed as the web seals it."""
        place = workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id)
        sealed = await self._vault.seal(place, request_id, {PROOFS: json.dumps(asdict(given)), CONTACT: MAILBOX})
        envelopes, hint = (sealed[PROOFS], sealed[CONTACT]), "j•••@c•••.org"
        submission = VotingCodeSubmission(request_id, Channel.EMAIL, *envelopes, hint, Proof.IDENTITY)
        return VotingCodeClaim(place, CAMILLE.id, submission, NewLink(f"link-{request_id}"))


@pytest.fixture
def registry(database: Database, keyed_hash: KeyedHash, electorate: Electorate, vault: Vault) -> CivilRegistry:
    """Electors with civil identities; none yet."""
    return CivilRegistry(database, keyed_hash, electorate, vault)


async def test_the_elector_s_own_identity_registers_a_link(
    registry: CivilRegistry, requests: Requests, links: Links
) -> None:
    """The claim gets ACCEPTED, also when the activity is retried, and its link is registered."""
    await registry.enrol(CAMILLE)
    claim = await registry.claim()
    assert (await requests.judge_identity(claim)).verdict is Verdict.ACCEPTED
    assert (await requests.judge_identity(claim)).verdict is Verdict.ACCEPTED
    assert await links.find(links.token(claim.workflow_id, claim.link.link_id)) is not None


@pytest.mark.parametrize(
    ("given", "born", "verdict"),
    [
        (replace(GIVEN, birthdate="1968-11-00"), "1968-11-30", Verdict.ACCEPTED),
        (GIVEN, "1968-00-00", Verdict.ACCEPTED),
        (replace(GIVEN, birthdate="1968-00-00"), "1968-11-30", Verdict.ACCEPTED),
        (ABROAD, "1968-11-30", Verdict.ACCEPTED),
        (replace(GIVEN, birthdate="1968-11-29"), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, birthdate=""), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, birthplace="2B033"), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, birthplace=""), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, gender="female"), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, gender=""), "1968-11-30", Verdict.WRONG_IDENTITY),
        (replace(GIVEN, family_name="PETIT"), "1968-11-30", Verdict.WRONG_IDENTITY),  # the used name
        (replace(GIVEN, given_name="Marie Jean"), "1968-11-30", Verdict.WRONG_IDENTITY),
    ],
)
async def test_every_part_of_an_identity_is_compared(
    registry: CivilRegistry, requests: Requests, given: CivilIdentity, born: str, verdict: Verdict
) -> None:
    """Unknown parts of a date match any; a birth abroad has no commune; all other parts must be equal."""
    await registry.enrol(CAMILLE, born)
    assert (await requests.judge_identity(await registry.claim(given))).verdict is verdict


async def test_another_elector_s_identity_is_refused(
    registry: CivilRegistry, requests: Requests, links: Links
) -> None:
    """The identity of an elector other than the signed-in one gets WRONG_IDENTITY, and no link is registered."""
    await registry.enrol(CAMILLE, birth_name="Martin")
    await registry.enrol(SACHA)
    claim = await registry.claim()
    assert (await requests.judge_identity(claim)).verdict is Verdict.WRONG_IDENTITY
    assert await links.find(links.token(claim.workflow_id, claim.link.link_id)) is None


async def test_an_identity_of_several_electors_is_refused(registry: CivilRegistry, requests: Requests) -> None:
    """If two electors match, the identity does not prove which one it is."""
    await registry.enrol(CAMILLE)
    await registry.enrol(SACHA, born="1968-11-00")
    assert (await requests.judge_identity(await registry.claim())).verdict is Verdict.WRONG_IDENTITY


async def test_wrong_identities_are_counted_as_failures(
    registry: CivilRegistry, requests: Requests, database: Database
) -> None:
    """Five pause the elector's recoveries, for the right identity too; a right one before clears the failures."""
    await registry.enrol(CAMILLE)
    wrong = replace(GIVEN, birthdate="1970-01-01")
    first = await registry.claim(wrong, "first")
    await requests.judge_identity(first)
    await requests.judge_identity(first)
    assert [row["failures"] for row in await rows(database, attempts)] == [1]
    await requests.judge_identity(await registry.claim(GIVEN, "right"))
    assert await rows(database, attempts) == []
    for number in range(5):
        await requests.judge_identity(await registry.claim(wrong, f"wrong-{number}"))
    assert (await requests.judge_identity(await registry.claim(GIVEN, "late"))).verdict is Verdict.PAUSED


async def test_the_journal_has_the_proof_but_no_personal_data(
    registry: CivilRegistry, requests: Requests, database: Database
) -> None:
    """The entry names FranceConnect; neither the identity nor the mailbox is in the database."""
    await registry.enrol(CAMILLE, birth_name="Martin")
    await requests.judge_identity(await registry.claim())
    entries = [(row["event"], row["outcome"], row["detail"]) for row in await rows(database, journal)]
    assert entries == [("voting_code:request:refused", "wrong_identity", "FranceConnect")]
    dump = await text_of(database)
    assert not [part for part in ("ORNANO", GIVEN.birthdate, "2A004", MAILBOX) if part in dump]
