"""Electors are taken off the roll by address and NUMEN, with everything that lets them in."""

import pytest
from sqlalchemy import insert

from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column, Reason
from activities.roll_import.order import Order
from activities.roll_import.report import Totals
from activities.store.tables import activations, credentials, electors, journal, links, quotas, sessions
from election.verdicts import LinkVerdict
from tests.support.clock import Clock
from tests.support.roll_loading import RollLoader

REMOVE = Order("M. Roux", removes=True)


def _file(*indexes: int, **changed: str) -> bytes:
    rows = [{**person(index), **{Column[name]: text for name, text in changed.items()}} for index in indexes]
    lines = [f"{row[Column.WORK_EMAIL]};{row[Column.NUMEN]}" for row in rows]
    return "\n".join(["messagerie professionnelle;NUMEN", *lines, ""]).encode()


async def test_an_elector_is_removed_with_everything_of_theirs(roll_loader: RollLoader, now: Clock) -> None:
    """Credentials and sessions are gone, a link that was sent is ended, and the journal says who did it."""
    await roll_loader.load(people(2, activated=True), activated=True)
    ids = {row["work_email"]: row["id"] for row in await roll_loader.rows(electors)}
    gone, stays = (ids[person(index)[Column.WORK_EMAIL]] for index in (0, 1))
    times = {"opened_at": now(), "last_seen_at": now()}
    async with roll_loader.database.writing() as connection:
        for each in (gone, stays):
            link = {
                "token_hash": each,
                "link_id": each,
                "workflow_id": "w",
                "elector_id": each,
                "created_at": now(),
            }
            await connection.execute(insert(links).values(link))
            session = {"id_hash": each, "elector_id": each, "mac": "", **times}
            await connection.execute(insert(sessions).values(session))
            await connection.execute(insert(quotas).values(key=f"elector:{each}", elector_id=each, uses=1))
    assert await roll_loader.load_bytes(_file(0), REMOVE) == Totals(read=1, removed=1)
    for table in (activations, credentials, sessions, quotas):
        assert {row["elector_id"] for row in await roll_loader.rows(table)} == {stays}
    assert [row["id"] for row in await roll_loader.rows(electors)] == [stays]
    endings = {
        row["elector_id"]: (row["ending"], bool(row["revoked_at"])) for row in await roll_loader.rows(links)
    }
    assert endings == {gone: (LinkVerdict.REPLACED, True), stays: (None, False)}
    (entry,) = await roll_loader.rows(journal)
    assert (entry["event"], entry["actor"]) == ("operator:roll:removed", "M. Roux")
    assert (entry["outcome"], len(entry["detail"])) == ("1 removed, 0 refused", len("sha256:") + 64)


async def test_both_address_and_numen_must_be_right(roll_loader: RollLoader) -> None:
    """One slip removes nobody."""
    await roll_loader.load(people(2))
    wrong = _file(0, NUMEN=person(1)[Column.NUMEN])
    assert await roll_loader.load_bytes(wrong, REMOVE) == Totals(read=1, refused=1)
    assert roll_loader.refused() == [("2", "", Reason.NOT_ON_ROLL)]
    assert len(await roll_loader.rows(electors)) == 2
    await roll_loader.load_bytes(_file(0) + b"nobody;x\n", REMOVE)
    assert [entry["outcome"] for entry in await roll_loader.rows(journal)] == ["1 removed, 1 refused"]


async def test_a_trial_removes_nobody(roll_loader: RollLoader) -> None:
    """It says how many would be removed, and does not add to the journal."""
    await roll_loader.load(people(3))
    trial = Order(removes=True, is_trial=True)
    assert await roll_loader.load_bytes(_file(0, 1, 8), trial) == Totals(read=3, removed=2, refused=1)
    assert len(await roll_loader.rows(electors)) == 3
    assert await roll_loader.rows(journal) == []


@pytest.mark.parametrize("repeated", [False, True])
async def test_an_elector_is_removed_once(roll_loader: RollLoader, *, repeated: bool) -> None:
    """A line that comes twice, and a file that does, name somebody who is no longer there."""
    await roll_loader.load(people(2))
    if repeated:
        assert await roll_loader.load_bytes(_file(0, 0), REMOVE) == Totals(read=2, removed=1, refused=1)
    else:
        await roll_loader.load_bytes(_file(0), REMOVE)
        assert await roll_loader.load_bytes(_file(0), REMOVE) == Totals(read=1, refused=1)
    assert len(await roll_loader.rows(journal)) == 1
