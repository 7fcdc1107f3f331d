"""What the web reads from the roll."""

import pytest
from sqlalchemy import update

from activities.accounts.roll import Elector, RecoveryClaimant, Roll
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from tests.support.people import CAMILLE, DOMINIQUE, Electorate, sign_electors


@pytest.mark.parametrize("typed", ["camille.durand@ac-lyon.fr", " Camille.Durand@AC-Lyon.fr\t"])
async def test_a_work_address_identifies_the_claimant(
    roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, typed: str
) -> None:
    """Case and surrounding spaces are ignored, for the elector and for the subject of attempts."""
    await electorate.enrol(CAMILLE)
    subject = keyed_hash.hash("identifier", CAMILLE.work_email)
    assert await roll.claimant(typed) == RecoveryClaimant(subject, CAMILLE.id, subject)


@pytest.mark.parametrize("around", ["<{}>", "mailto:{}", "{}.", "«\u00a0{}\u00a0»", "{},\u200b", "({})"])
async def test_a_pasted_address_is_the_address(roll: Roll, electorate: Electorate, around: str) -> None:
    """For the look-up and for the attempts, of which there are as many."""
    await electorate.enrol(CAMILLE)
    assert await roll.claimant(around.format(CAMILLE.work_email)) == await roll.claimant(CAMILLE.work_email)


@pytest.mark.parametrize("typed", ["nobody@ac-lyon.fr", "", "camille.durand", "%@ac-lyon.fr"])
async def test_an_unknown_address_is_a_claimant_too(roll: Roll, electorate: Electorate, typed: str) -> None:
    """It has a subject to count attempts for, as a known address has, and no elector."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(typed)
    assert claimant.elector_id is None
    assert len(claimant.subject) == 64


async def test_an_identifier_identifies_the_same_elector(
    roll: Roll, electorate: Electorate, database: Database
) -> None:
    """The recoveries are one, whichever is typed; the attempts are counted apart, so that no pause pairs the two."""
    await electorate.enrol(CAMILLE)
    by_address = await roll.claimant(CAMILLE.work_email)
    by_identifier = await roll.claimant(CAMILLE.identifier)
    assert by_identifier == await roll.voting_space_claimant(CAMILLE.identifier)
    assert by_identifier.elector_id == by_address.elector_id == CAMILLE.id
    assert by_identifier.recovery_subject == by_address.recovery_subject == by_address.subject
    assert by_identifier.subject != by_address.subject
    async with database.reading() as connection:
        subjects = await roll.subjects(connection, CAMILLE.id)
    assert subjects == [by_address.subject, by_identifier.subject]


_SPELLINGS = [
    CAMILLE.identifier,
    CAMILLE.identifier.lower(),
    CAMILLE.identifier.upper(),
    CAMILLE.identifier.replace(" ", ""),
    CAMILLE.identifier.replace(" ", " - "),
    f"\u00a0{CAMILLE.identifier}.",
]


async def test_attempts_are_counted_exactly_as_identifiers_are_looked_up(
    roll: Roll, electorate: Electorate
) -> None:
    """A live identifier is one in every spelling, for its elector and its attempts; another one is unknown and counts apart."""
    spellings = [*_SPELLINGS, CAMILLE.identifier + "9"]
    before = [await roll.voting_space_claimant(each) for each in spellings]
    await electorate.enrol(CAMILLE)
    after = [await roll.voting_space_claimant(each) for each in spellings]
    assert [each.subject for each in before] == [each.subject for each in after]
    assert [each.subject == after[0].subject for each in after] == [True] * len(_SPELLINGS) + [False]
    assert [each.elector_id for each in after] == [CAMILLE.id] * len(_SPELLINGS) + [None]


@pytest.mark.parametrize("typed", ["C00 a47H9", "C00 a47#H", "COO a47#H9", CAMILLE.work_email, ""])
async def test_the_voting_space_accepts_no_other_identifier(
    roll: Roll, electorate: Electorate, typed: str
) -> None:
    """Each letter, digit and sign counts; the work address, which can be guessed, is not accepted."""
    await electorate.enrol(CAMILLE)
    assert (await roll.voting_space_claimant(typed)).elector_id is None


async def test_a_subject_does_not_contain_the_address(roll: Roll) -> None:
    """It is a keyed hash that differs for each address."""
    subjects = {(await roll.claimant(typed)).subject for typed in ("a@ac-lyon.fr", "b@ac-lyon.fr")}
    assert len(subjects) == 2
    assert not [each for each in subjects if "@" in each]


async def test_an_elector_s_name_is_the_first_name_and_the_used_name(roll: Roll, electorate: Electorate) -> None:
    """The portal gets the first of the first names, the used name, the work address and the challenge question."""
    await electorate.enrol(CAMILLE)
    known = Elector(CAMILLE.id, "Claude PETIT", CAMILLE.work_email, "Votre arbre préféré ?")
    assert await roll.elector(CAMILLE.id) == known


async def test_an_elector_without_first_names_has_only_the_used_name(
    roll: Roll, electorate: Electorate, database: Database, keyed_hash: KeyedHash
) -> None:
    """The name has no leading space."""
    await electorate.enrol(CAMILLE)
    async with database.writing() as connection:
        await connection.execute(update(electors).values(first_names=" "))
        await sign_electors(connection, keyed_hash)
    elector = await roll.elector(CAMILLE.id)
    assert elector is not None
    assert elector.name == "PETIT"


async def test_an_elector_without_activation_has_no_question(roll: Roll, electorate: Electorate) -> None:
    """The question of an elector whose account is not activated is None."""
    await electorate.enrol(DOMINIQUE)
    elector = await roll.elector(DOMINIQUE.id)
    assert elector is not None
    assert elector.question is None


async def test_an_unknown_id_has_no_elector_and_no_work_address(roll: Roll) -> None:
    """`elector` returns None; `work_email` raises, since a reissue needs the address."""
    assert await roll.elector(CAMILLE.id) is None
    with pytest.raises(LookupError, match="no longer on the roll"):
        await roll.work_email(CAMILLE.id)


async def test_every_elector_has_a_work_address(roll: Roll, electorate: Electorate) -> None:
    """Also one whose account is not activated."""
    await electorate.enrol(DOMINIQUE)
    assert await roll.work_email(DOMINIQUE.id) == DOMINIQUE.work_email
