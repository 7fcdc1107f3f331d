"""Reissues run again, late or at once: one code is active, and one box has it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from activities.recoveries.voting_code import VotingCodes
from activities.store.database import Database
from activities.store.tables import credentials as table
from activities.store.tables import journal as journal_table
from election.verdicts import Verdict
from tests.support.clicked_link import Browser
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, DOMINIQUE, Electorate, Person


async def _opens(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.TAKEN


async def _active(database: Database) -> list[str]:
    return [
        row["id"]
        for row in await rows(database, table)
        if row["ended_at"] is None and row["kind"] == "voting_code"
    ]


async def test_a_reissue_that_is_run_again_leaves_one_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Temporal keeps the second box alone: it opens, the first box's code and the notice's do not."""
    await electorate.enrol(CAMILLE)
    order = (browser := Browser()).order()
    first = await voting_codes.reissue_voting_code(order)
    second = await voting_codes.reissue_voting_code(order)
    assert await _opens(voting_codes, browser.open(second.box))
    assert not await _opens(voting_codes, browser.open(first.box))
    assert await _active(database) == ["link"]
    told = [(row["event"], row["who"], row["channel"]) for row in await rows(database, journal_table)]
    assert told == [("voting_code:code:reissued", CAMILLE.id, "sms")]


async def test_a_late_run_never_brings_a_replaced_code_back(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """When a newer link's code is out, running the older link's reissue again gives a code that is dead."""
    await electorate.enrol(CAMILLE)
    browser = Browser()
    await voting_codes.reissue_voting_code(browser.order("older"))
    newer = await voting_codes.reissue_voting_code(browser.order("newer"))
    late = await voting_codes.reissue_voting_code(browser.order("older"))
    assert not await _opens(voting_codes, browser.open(late.box))
    assert await _opens(voting_codes, browser.open(newer.box))
    assert await _active(database) == ["newer"]


async def test_a_worker_that_stood_still_changes_no_code_that_was_shown(
    voting_codes: VotingCodes, electorate: Electorate, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one has taken its task over meanwhile; what the first one draws when it goes on is nobody's."""
    await electorate.enrol(CAMILLE)
    work_email, still, goes_on = voting_codes._roll.work_email, asyncio.Event(), asyncio.Event()

    async def stands_still(elector_id: str) -> str:
        if not still.is_set():
            still.set()
            await goes_on.wait()
        return await work_email(elector_id)

    monkeypatch.setattr(voting_codes._roll, "work_email", stands_still)
    browser = Browser()
    first = asyncio.create_task(voting_codes.reissue_voting_code(browser.order()))
    await still.wait()
    now.advance(timedelta(seconds=11))
    shown = await voting_codes.reissue_voting_code(browser.order())
    goes_on.set()
    with pytest.raises(IntegrityError):
        await first
    assert await _opens(voting_codes, browser.open(shown.box))


@pytest.mark.parametrize("clicked", [1, 20])
async def test_racing_reissues_leave_one_active_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, now: Clock, clicked: int
) -> None:
    """Of twenty reissues at once, of one link or of twenty, exactly one box opens: its code is the active one."""
    await electorate.enrol(CAMILLE)
    now.advance(timedelta(minutes=1))
    browser = Browser()
    orders = [browser.order(f"link-{number % clicked}") for number in range(20)]
    issued = await asyncio.gather(*(voting_codes.reissue_voting_code(order) for order in orders))
    assert len(await _active(database)) == 1
    [active] = [row["hash"] for row in await rows(database, table) if row["id"] in await _active(database)]
    codes = [voting_codes._hash(browser.open(each.box)) for each in issued]
    assert codes.count(active) == 1


async def test_racing_first_codes_leave_one_active_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Of an elector who never had one, too: each waits for its turn, and none fails."""
    await electorate.enrol(DOMINIQUE)
    orders = [Browser().order(f"link-{number}", DOMINIQUE) for number in range(20)]
    await asyncio.gather(*(voting_codes.reissue_voting_code(order) for order in orders))
    assert len(await rows(database, table)) == len(orders)
    assert len(await _active(database)) == 1


async def test_the_database_itself_refuses_a_second_active_code(
    database: Database, electorate: Electorate, now: Clock
) -> None:
    """Whatever a program does, an elector has one active credential of a kind."""
    await electorate.enrol(CAMILLE)
    second = {"id": "second", "elector_id": CAMILLE.id, "kind": "voting_code", "hash": "", "issued_at": now()}
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(table).values(second))
    async with database.writing() as connection:
        await connection.execute(insert(table).values({**second, "ended_at": now()}))
