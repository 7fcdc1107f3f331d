"""First credentials from the roll's file: written once, never over an elector's own."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column
from activities.roll_import.report import Totals
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.tables import activations, credentials, electors
from election.proofs import secret_answer
from tests.support.clock import Clock
from tests.support.roll_loading import RollDesk


async def test_what_electors_chose_is_hashed(
    roll_desk: RollDesk, keyed_hash: KeyedHash, slow_hash: SlowHash
) -> None:
    """Answer and password by the slow hash, voting code and identifier by the keyed one."""
    line = person(0, activated=True)
    await roll_desk.load([line], activated=True)
    (activation,) = await roll_desk.rows(activations)
    issued = {row["kind"]: row for row in await roll_desk.rows(credentials)}
    assert activation["question"] == line[Column.QUESTION]
    assert await slow_hash.matches(activation["answer_hash"], secret_answer.normalise(line[Column.ANSWER]))
    assert await slow_hash.matches(issued["password"]["hash"], line[Column.PASSWORD])
    assert issued["voting_code"]["hash"] == keyed_hash.of("voting_code", line[Column.VOTING_CODE])
    assert issued["identifier"]["hash"] == keyed_hash.of("known-identifier", line[Column.IDENTIFIER])
    assert issued["voting_code"]["id"] == f"roll-voting_code-{activation['elector_id']}"


async def test_activation_may_come_later_and_in_part(roll_desk: RollDesk) -> None:
    """A file that fills some columns for some electors gives them those."""
    await roll_desk.load(people(3))
    lines = [person(index, activated=True) for index in range(3)]
    lines[0] |= {Column.QUESTION: "", Column.ANSWER: "", Column.PASSWORD: ""}
    lines[1] |= {Column.VOTING_CODE: "", Column.PASSWORD: "", Column.IDENTIFIER: ""}
    assert await roll_desk.load(lines, activated=True) == Totals(read=3, unchanged=3)
    assert len(await roll_desk.rows(activations)) == 2
    assert sorted(row["kind"] for row in await roll_desk.rows(credentials)) == [
        "identifier",
        "identifier",
        "password",
        "voting_code",
        "voting_code",
    ]


async def test_activation_happens_once(roll_desk: RollDesk) -> None:
    """An existing credential is not replaced by a later file."""
    await roll_desk.load(people(3, activated=True), activated=True)
    before = [await roll_desk.rows(table) for table in (activations, credentials)]
    others = {column: person(9, activated=True)[column] for column in list(Column)[9:]}
    await roll_desk.load([{**person(index), **others} for index in range(3)], activated=True)
    assert [await roll_desk.rows(table) for table in (activations, credentials)] == before


@pytest.mark.parametrize("reissued_ended", [False, True])
async def test_a_replaced_code_is_never_restored(roll_desk: RollDesk, now: Clock, *, reissued_ended: bool) -> None:
    """After a recovery the roll's code is ended, and a second import leaves it so."""
    await roll_desk.load([person(0, activated=True)], activated=True)
    former = credentials.c.kind == "voting_code"
    (elector,) = await roll_desk.rows(electors)
    reissued = {"id": "r", "elector_id": elector["id"], "kind": "voting_code", "hash": "n", "issued_at": now()}
    async with roll_desk.database.writing() as connection:
        await connection.execute(update(credentials).where(former).values(ended_at=now()))
        ended = now() if reissued_ended else None
        await connection.execute(insert(credentials).values({**reissued, "ended_at": ended}))
    before = await roll_desk.rows(credentials)
    await roll_desk.load([person(0, activated=True)], activated=True)
    assert await roll_desk.rows(credentials) == before


async def test_two_imports_at_once_activate_once(roll_desk: RollDesk) -> None:
    """Both find nothing, one writes, and the other does not fail."""
    other_desk = replace(roll_desk, directory=roll_desk.directory / "other")
    other_desk.directory.mkdir()
    loads = [desk.load(people(30, activated=True), activated=True) for desk in (roll_desk, other_desk)]
    assert sorted(totals.added for totals in await asyncio.gather(*loads)) == [0, 30]
    assert len(await roll_desk.rows(activations)) == 30
    assert len(await roll_desk.rows(credentials)) == 90
