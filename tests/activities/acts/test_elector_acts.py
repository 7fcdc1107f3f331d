"""An operator's act for the elector of a recovery: found by the recovery's id, signed by the console, done once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert

from activities.accounts.roll import Roll
from activities.acts.elector_acts import ElectorActed, ElectorActKind, ElectorActs, ElectorClaim, ElectorOrder
from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.recoveries.clicks import InvalidSignatureError
from activities.security.hashing import KeyedHash
from activities.security.signatures import SigningKey
from activities.security.signed_orders import signed
from activities.store.database import Database
from activities.store.tables import journal, links
from activities.upkeep.elector_requests import ElectorRequests
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.attempts import AttemptRules
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.signing import CONSOLE, SOMEBODY

ACT = "elector-act/1"
CODE = workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id)
PASSWORD = workflow_id_of(Procedure.PASSWORD, "a" * 64)
REFUSED = workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, "c" * 64)
TRIES = 3


@pytest_asyncio.fixture
async def acts(
    database: Database, electorate: Electorate, keyed_hash: KeyedHash, election: Election, now: Clock
) -> AsyncIterator[ElectorActs]:
    """The acts, on a roll with one elector, three wrong passwords and a recovery of the password."""
    await electorate.enrol(CAMILLE)
    roll = Roll(database, keyed_hash)
    subject, attempts = (
        (await roll.claimant(CAMILLE.work_email)).subject,
        Attempts(database, AttemptRules(), utc_now),
    )
    for number in range(TRIES):
        await attempts.count_without_pause(Attempt(subject, AttemptScope.SIGN_IN, f"try-{number}"))
    row = {
        "token_hash": "t",
        "link_id": "l",
        "workflow_id": PASSWORD,
        "elector_id": CAMILLE.id,
        "created_at": now(),
    }
    async with database.writing() as connection:
        await connection.execute(insert(links).values(**row))
    services = (
        Journal(database, election, now),
        SignInUnlock(database, keyed_hash, election),
        ElectorRequests(database, keyed_hash, election),
    )
    yield ElectorActs(database, roll, *services, CONSOLE.public_key, now)


def _claim(now: Clock, recovery: str = CODE, key: SigningKey = CONSOLE, **changes: Any) -> ElectorClaim:
    order = ElectorOrder("Dominique Exemple", recovery, ElectorActKind.UNLOCK_SIGN_IN, "appel du 06 12 34 56 78")
    return ElectorClaim(ACT, replace(signed(key, ACT, order, now()), **changes))


@pytest.mark.parametrize("recovery", [CODE, PASSWORD])
async def test_the_sign_in_of_a_recovery_s_elector_is_unlocked_once(
    acts: ElectorActs, database: Database, now: Clock, recovery: str
) -> None:
    """Run again after a kill it says the same; the recovery's journal has one line, without what was typed of a contact."""
    claim = _claim(now, recovery)
    assert await acts.act_for_elector(claim) == ElectorActed(is_known=True, number=TRIES)
    assert await acts.act_for_elector(claim) == ElectorActed(is_known=True, number=TRIES)
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["workflow_id"]) == ("operator:sign_in:unlocked", recovery)
    assert (entry["actor"], entry["detail"]) == ("Dominique Exemple", "appel du •••")


async def test_a_refused_request_without_a_link_has_its_elector(
    acts: ElectorActs, database: Database, election: Election, now: Clock
) -> None:
    """From the judgement in the journal; a request that found nobody has the subject of what was typed there."""
    written = Journal(database, election, now)
    entry = Entry("judged", Event.IDENTIFIER_AND_PASSWORD_REFUSED, "c" * 64, REFUSED, "email", "wrong_proof")
    async with database.writing() as connection:
        await written.record(connection, entry)
    assert await acts.act_for_elector(_claim(now, REFUSED)) == ElectorActed(is_known=False)
    async with database.writing() as connection:
        await written.record(connection, replace(entry, id="again", actor=CAMILLE.id, outcome="too_soon"))
    assert await acts.act_for_elector(_claim(now, REFUSED)) == ElectorActed(is_known=True, number=TRIES)


async def test_requests_are_given_back(acts: ElectorActs, database: Database, now: Clock) -> None:
    """None was counted here."""
    order = replace(_claim(now).order, kind=ElectorActKind.GIVE_BACK, signature="")
    claim = ElectorClaim(ACT, signed(CONSOLE, ACT, order, now()))
    assert await acts.act_for_elector(claim) == ElectorActed(is_known=True)
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["outcome"]) == ("operator:requests:given_back", "0 requests")
    assert entry["workflow_id"] == CODE


@pytest.mark.parametrize(
    "recovery",
    [
        workflow_id_of(Procedure.VOTING_CODE, "f" * 32),
        workflow_id_of(Procedure.IDENTIFIER, "b" * 64),
        "envoi/2011/envoi-1",
        "",
    ],
)
async def test_a_recovery_that_has_found_nobody_has_no_elector(
    acts: ElectorActs, database: Database, now: Clock, recovery: str
) -> None:
    """Nothing is done and nothing journalled."""
    assert await acts.act_for_elector(_claim(now, recovery)) == ElectorActed(is_known=False)
    assert await rows(database, journal) == []


async def test_an_order_that_the_console_has_not_signed_does_nothing(
    acts: ElectorActs, database: Database, now: Clock
) -> None:
    """Another's signature, none, another elector's recovery or an old one."""
    changed = replace(_claim(now, PASSWORD).order, recovery=CODE)
    for claim in (_claim(now, key=SOMEBODY), _claim(now, signature=""), ElectorClaim(ACT, changed)):
        with pytest.raises(InvalidSignatureError):
            await acts.act_for_elector(claim)
    old = _claim(now)
    now.advance(timedelta(minutes=11))
    with pytest.raises(InvalidSignatureError):
        await acts.act_for_elector(old)
    assert await rows(database, journal) == []
