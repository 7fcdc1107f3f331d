"""Reissues that run again, late or concurrently leave one active code, which one browser has."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import ConcurrentReissueError
from activities.recoveries.voting_code import VotingCodes
from activities.store.database import Database
from activities.store.tables import credentials as table
from activities.store.tables import journal as journal_table
from election.verdicts import Verdict
from tests.support.clicked_link import Browser
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, DOMINIQUE, Electorate, Person


async def _is_right(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.ACCEPTED


async def _active(database: Database) -> list[str]:
    return [
        row["id"]
        for row in await rows(database, table)
        if row["ended_at"] is None and row["kind"] == "voting_code"
    ]


async def test_a_reissue_that_is_run_again_leaves_one_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Temporal keeps the second result: its code is right, the first result's and the notice's are wrong."""
    await electorate.enrol(CAMILLE)
    order = (browser := Browser()).order()
    first = await voting_codes.reissue_voting_code(order)
    second = await voting_codes.reissue_voting_code(order)
    assert await _is_right(voting_codes, browser.open(second.box))
    assert not await _is_right(voting_codes, browser.open(first.box))
    assert await _active(database) == ["link"]
    entries = [(row["event"], row["actor"], row["channel"]) for row in await rows(database, journal_table)]
    assert entries == [("voting_code:code:reissued", CAMILLE.id, "sms")]


async def test_a_late_run_does_not_replace_a_newer_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """After a newer link's reissue, running the older link's again returns a code that is wrong."""
    await electorate.enrol(CAMILLE)
    browser = Browser()
    await voting_codes.reissue_voting_code(browser.order("older"))
    newer = await voting_codes.reissue_voting_code(browser.order("newer"))
    late = await voting_codes.reissue_voting_code(browser.order("older"))
    assert not await _is_right(voting_codes, browser.open(late.box))
    assert await _is_right(voting_codes, browser.open(newer.box))
    assert await _active(database) == ["newer"]


async def test_a_paused_worker_does_not_replace_a_code_that_was_shown(
    voting_codes: VotingCodes, electorate: Electorate, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker has taken over its task; when the first one continues, its transaction fails."""
    await electorate.enrol(CAMILLE)
    roll, is_paused, may_continue = voting_codes._roll, asyncio.Event(), asyncio.Event()
    work_email = roll.work_email_within

    async def pauses_once(connection: AsyncConnection, elector_id: str) -> str:
        if not is_paused.is_set():
            is_paused.set()
            await may_continue.wait()
        return await work_email(connection, elector_id)

    monkeypatch.setattr(roll, "work_email_within", pauses_once)
    browser = Browser()
    first = asyncio.create_task(voting_codes.reissue_voting_code(browser.order()))
    await is_paused.wait()
    now.advance(timedelta(seconds=11))
    shown = await voting_codes.reissue_voting_code(browser.order())
    may_continue.set()
    with pytest.raises(ConcurrentReissueError):
        await first
    assert await _is_right(voting_codes, browser.open(shown.box))


@pytest.mark.parametrize("link_count", [1, 20])
async def test_concurrent_reissues_leave_one_active_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, now: Clock, link_count: int
) -> None:
    """Of twenty reissues, of one link or of twenty, exactly one returned code is the active one."""
    await electorate.enrol(CAMILLE)
    now.advance(timedelta(minutes=1))
    browser = Browser()
    orders = [browser.order(f"link-{number % link_count}") for number in range(20)]
    issued = await asyncio.gather(*(voting_codes.reissue_voting_code(order) for order in orders))
    assert len(await _active(database)) == 1
    [active] = [row["hash"] for row in await rows(database, table) if row["id"] in await _active(database)]
    codes = [voting_codes._hash(CAMILLE.id, browser.open(each.box)) for each in issued]
    assert codes.count(active) == 1


async def test_concurrent_first_codes_leave_one_active_code(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Also of an elector without a code; no reissue fails."""
    await electorate.enrol(DOMINIQUE)
    orders = [Browser().order(f"link-{number}", DOMINIQUE) for number in range(20)]
    await asyncio.gather(*(voting_codes.reissue_voting_code(order) for order in orders))
    assert len(await rows(database, table)) == len(orders)
    assert len(await _active(database)) == 1


async def test_the_database_refuses_a_second_active_code(
    database: Database, electorate: Electorate, now: Clock
) -> None:
    """A constraint allows one active credential of each kind."""
    await electorate.enrol(CAMILLE)
    second = {"id": "second", "elector_id": CAMILLE.id, "kind": "voting_code", "hash": "", "issued_at": now()}
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(table).values(second))
    async with database.writing() as connection:
        await connection.execute(insert(table).values({**second, "ended_at": now()}))
