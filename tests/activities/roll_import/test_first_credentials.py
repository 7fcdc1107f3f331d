"""Credentials in the roll's file are written once, and never replace those that an elector has."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column
from activities.roll_import.report import Totals
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.security.row_macs import RowMacs
from activities.store.tables import activations, credentials, electors
from election.proofs import secret_answer
from tests.support.clock import Clock
from tests.support.roll_loading import RollLoader


async def test_chosen_credentials_are_hashed(
    roll_loader: RollLoader, keyed_hash: KeyedHash, slow_hash: SlowHash
) -> None:
    """Answer and password with the slow hash, voting code and identifier with the keyed hash, each for its elector."""
    line = person(0, activated=True)
    await roll_loader.load([line], activated=True)
    (activation,) = await roll_loader.rows(activations)
    issued = {row["kind"]: row for row in await roll_loader.rows(credentials)}
    assert activation["question"] == line[Column.QUESTION]
    elector_id, answer = activation["elector_id"], secret_answer.normalise(line[Column.ANSWER])
    assert await slow_hash.matches(activation["answer_hash"], Chosen.ANSWER, elector_id, answer)
    password = (issued["password"]["hash"], Chosen.PASSWORD, elector_id, line[Column.PASSWORD])
    assert await slow_hash.matches(*password)
    assert issued["voting_code"]["hash"] == keyed_hash.hash("voting_code", elector_id, line[Column.VOTING_CODE])
    identifier = keyed_hash.hash("known-identifier", line[Column.IDENTIFIER])
    mac = RowMacs(keyed_hash).identifier(elector_id, identifier)
    assert (issued["identifier"]["hash"], issued["identifier"]["mac"]) == (identifier, mac)
    assert issued["voting_code"]["id"] == f"roll-voting_code-{activation['elector_id']}"


async def test_activation_can_come_later_and_in_part(roll_loader: RollLoader) -> None:
    """A later file may fill some of the columns for some of the electors."""
    await roll_loader.load(people(3))
    lines = [person(index, activated=True) for index in range(3)]
    lines[0] |= {Column.QUESTION: "", Column.ANSWER: "", Column.PASSWORD: ""}
    lines[1] |= {Column.VOTING_CODE: "", Column.PASSWORD: "", Column.IDENTIFIER: ""}
    assert await roll_loader.load(lines, activated=True) == Totals(read=3, unchanged=3)
    assert len(await roll_loader.rows(activations)) == 2
    assert sorted(row["kind"] for row in await roll_loader.rows(credentials)) == [
        "identifier",
        "identifier",
        "password",
        "voting_code",
        "voting_code",
    ]


async def test_activation_is_written_once(roll_loader: RollLoader) -> None:
    """A later file does not change existing credentials."""
    await roll_loader.load(people(3, activated=True), activated=True)
    before = [await roll_loader.rows(table) for table in (activations, credentials)]
    others = {column: person(9, activated=True)[column] for column in list(Column)[9:14]}
    await roll_loader.load([{**person(index), **others} for index in range(3)], activated=True)
    assert [await roll_loader.rows(table) for table in (activations, credentials)] == before


@pytest.mark.parametrize("reissued_ended", [False, True])
async def test_a_replaced_code_is_not_restored(
    roll_loader: RollLoader, now: Clock, *, reissued_ended: bool
) -> None:
    """After a recovery replaced the roll's code, importing the same roll again changes no credential."""
    await roll_loader.load([person(0, activated=True)], activated=True)
    former = credentials.c.kind == "voting_code"
    (elector,) = await roll_loader.rows(electors)
    reissued = {"id": "r", "elector_id": elector["id"], "kind": "voting_code", "hash": "n", "issued_at": now()}
    async with roll_loader.database.writing() as connection:
        await connection.execute(update(credentials).where(former).values(ended_at=now(), hash=""))
        ended = now() if reissued_ended else None
        await connection.execute(
            insert(credentials).values({**reissued, "ended_at": ended, "hash": "" if ended else "n"})
        )
    before = await roll_loader.rows(credentials)
    await roll_loader.load([person(0, activated=True)], activated=True)
    assert await roll_loader.rows(credentials) == before


async def test_two_concurrent_imports_activate_once(roll_loader: RollLoader) -> None:
    """One of them inserts the electors, and the other does not fail."""
    other_loader = replace(roll_loader, directory=roll_loader.directory / "other")
    other_loader.directory.mkdir()
    loads = [loader.load(people(30, activated=True), activated=True) for loader in (roll_loader, other_loader)]
    assert sorted(totals.added for totals in await asyncio.gather(*loads)) == [0, 30]
    assert len(await roll_loader.rows(activations)) == 30
    assert len(await roll_loader.rows(credentials)) == 90
