"""Requests for identifiers wait for each other only where they share places."""

import pytest
import pytest_asyncio
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.errors import DatabaseUnavailableError
from activities.limits.quotas import Quotas
from activities.store.database import Database
from activities.store.tables import generated_identifiers
from election.settings import Election
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate

_ONE, _OTHER = "1" * 64, "2" * 64


@pytest_asyncio.fixture
async def quotas(election: Election, electorate: Electorate) -> Quotas:
    """The limits of the election, with two electors on the roll."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    return Quotas(election)


async def _lock_at_once(quotas: Quotas, connection: AsyncConnection, elector_id: str, phone_hash: str) -> None:
    """Lock, or raise `DatabaseUnavailableError` when another transaction has the lock."""
    await connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
    await quotas.lock(connection, elector_id, phone_hash)


async def test_a_request_does_not_wait_for_another_elector_s_with_another_number(
    quotas: Quotas, database: Database
) -> None:
    """However many are judged: one that is slow holds up nobody else."""
    async with database.writing() as slow, database.writing() as other:
        await quotas.lock(slow, CAMILLE.id, _ONE)
        await _lock_at_once(quotas, other, SACHA.id, _OTHER)


async def _keep_counted(database: Database, now: Clock) -> None:
    async with database.writing() as connection:
        await connection.execute(
            insert(generated_identifiers).values(
                id="earlier",
                workflow_id="identifiant/earlier",
                elector_id=SACHA.id,
                phone_hash=_ONE,
                envelope="",
                counted=True,
                created_at=now(),
            )
        )


@pytest.mark.parametrize(
    ("elector_id", "phone_hash"), [(CAMILLE.id, _OTHER), (SACHA.id, _ONE)], ids=["same elector", "same number"]
)
async def test_requests_that_share_an_elector_or_a_number_are_judged_one_after_the_other(
    quotas: Quotas, database: Database, elector_id: str, phone_hash: str
) -> None:
    """The second waits for the first."""
    async with database.writing() as first:
        await quotas.lock(first, CAMILLE.id, _ONE)
        with pytest.raises(DatabaseUnavailableError):
            async with database.writing() as second:
                await _lock_at_once(quotas, second, elector_id, phone_hash)


async def test_a_request_that_may_give_another_elector_s_place_back_holds_up_that_elector_s(
    quotas: Quotas, database: Database, now: Clock
) -> None:
    """Sacha asked with the number that Camille asks with now."""
    await _keep_counted(database, now)
    async with database.writing() as first:
        await quotas.lock(first, CAMILLE.id, _ONE)
        with pytest.raises(DatabaseUnavailableError):
            async with database.writing() as second:
                await _lock_at_once(quotas, second, SACHA.id, _OTHER)
