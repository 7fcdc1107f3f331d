"""The link in a notice: found however its address is mangled, used once, and dead when the vote closes."""

import pytest
import pytest_asyncio
from sqlalchemy import update

from activities.objections.links import ObjectionLinks
from activities.recoveries.links import Links, NewLink
from activities.store.database import Database
from activities.store.objection_table import objections
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import LinkVerdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import WORKFLOW


@pytest_asyncio.fixture
async def token(objection_links: ObjectionLinks, electorate: Electorate, database: Database) -> str:
    """The token of a notice to CAMILLE."""
    await electorate.enrol(CAMILLE)
    async with database.writing() as connection:
        await objection_links.register(connection, WORKFLOW, "notice", CAMILLE.id)
        await objection_links.register(connection, WORKFLOW, "notice", CAMILLE.id)  # run again
    return objection_links.token(WORKFLOW, "notice")


async def _spent(objection_links: ObjectionLinks, database: Database, by: str) -> LinkVerdict:
    async with database.writing() as connection:
        return await objection_links.spend(connection, WORKFLOW, "notice", by)


async def test_a_link_says_whose_notice_it_is_of_and_which_recovery(
    objection_links: ObjectionLinks, token: str, now: Clock
) -> None:
    """And when it was told; the address is the portal's."""
    found = await objection_links.find(token)
    assert found is not None
    assert (found.workflow_id, found.notice_id, found.elector_id) == (WORKFLOW, "notice", CAMILLE.id)
    assert (found.told_at, found.verdict) == (now(), LinkVerdict.LIVE)
    address = objection_links.address(WORKFLOW, "notice")
    assert address == f"https://elections.exemple.fr/opposition/{token}"


async def test_a_token_is_128_bits_and_no_other_link_s(
    objection_links: ObjectionLinks, links: Links, token: str, database: Database
) -> None:
    """26 characters; the link of the recovery with the same ids has another one, and neither opens the other's page."""
    async with database.writing() as connection:
        await links.register(connection, WORKFLOW, NewLink("notice"), CAMILLE.id)
    other = links.token(WORKFLOW, "notice")
    assert (len(token), token != other) == (26, True)
    assert await objection_links.find(other) is None
    assert await links.find(token) is None


@pytest.mark.parametrize("mangled", ["<{}>,", "{}=0D=0A", "%3C{}%3E", "{}. Merci", " {}"])
async def test_a_mangled_token_is_understood(objection_links: ObjectionLinks, token: str, mangled: str) -> None:
    """As mail programs and people mangle addresses."""
    for text in (
        mangled.format(token),
        mangled.format(token.upper()),
        mangled.format(f"{token[:9]}-\n{token[9:]}"),
    ):
        assert await objection_links.find(text) is not None, text


async def test_the_database_has_no_token(token: str, database: Database) -> None:
    """Its hash alone."""
    assert token not in await text_of(database)
    assert len(await rows(database, objections)) == 1


async def test_a_link_is_used_once(objection_links: ObjectionLinks, token: str, database: Database) -> None:
    """By one run, also when that is run again; for any other it is used."""
    assert await _spent(objection_links, database, "run-1") is LinkVerdict.LIVE
    assert await _spent(objection_links, database, "run-1") is LinkVerdict.LIVE
    assert await _spent(objection_links, database, "run-2") is LinkVerdict.USED
    found = await objection_links.find(token)
    assert found is not None
    assert found.verdict is LinkVerdict.USED


async def test_a_link_dies_when_the_vote_closes(
    objection_links: ObjectionLinks, token: str, database: Database, now: Clock, election: Election
) -> None:
    """Afterwards nothing can be requested any more."""
    now.instant = election.calendar.vote.closes
    found = await objection_links.find(token)
    assert found is not None
    assert found.verdict is LinkVerdict.EXPIRED
    assert await _spent(objection_links, database, "run") is LinkVerdict.EXPIRED


async def test_a_row_that_was_changed_to_name_another_recovery_does_not_fit(
    objection_links: ObjectionLinks, token: str, database: Database
) -> None:
    """Whoever may write rows cannot make a link of one elector's stop another one's recovery."""
    async with database.writing() as connection:
        await connection.execute(
            update(objections).values(workflow_id=workflow_id_of(Procedure.VOTING_CODE, SACHA.id))
        )
    assert await objection_links.find(token) is None
