"""An import corrects electors who are on the roll when it is told to, and takes nobody for another person."""

import pytest

from activities.accounts.roll import Claimant, Roll
from activities.accounts.sessions import Sessions
from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column, Reason
from activities.roll_import.order import Order
from activities.roll_import.report import Totals
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.tables import credentials, electors, journal, sessions
from tests.support.clock import Clock
from tests.support.roll_loading import RollLoader

UPDATE = Order("M. Roux", updates=True)


async def test_a_corrected_line_updates_its_elector(roll_loader: RollLoader, keyed_hash: KeyedHash) -> None:
    """The elector keeps the id, on which other tables depend, and the row has a code of its new content."""
    await roll_loader.load(people(3))
    (before, *_) = await roll_loader.rows(electors)
    corrected = {**person(0), Column.USED_NAME: "Nouveau", Column.NUMEN: "01A0000000AAA"}
    assert await roll_loader.load([corrected, person(1)], UPDATE) == Totals(read=2, updated=1, unchanged=1)
    changed = {"used_name": "Nouveau", "numen_hash": keyed_hash.hash("numen", "01A0000000AAA")}
    changed["mac"] = RowMacs(keyed_hash).elector({**before, **changed})
    assert {**before, **changed} in await roll_loader.rows(electors)


async def test_a_new_work_address_is_found_by_the_numen(roll_loader: RollLoader, keyed_hash: KeyedHash) -> None:
    """The elector keeps id and credentials, and is known by the new address alone."""
    await roll_loader.load([person(0, activated=True)], activated=True)
    before = await roll_loader.rows(credentials)
    moved = {**person(0), Column.WORK_EMAIL: "nouvelle.adresse@ac-lyon.fr", Column.USED_NAME: "Nouveau"}
    assert await roll_loader.load([moved], UPDATE) == Totals(read=1, updated=1)
    (elector,) = await roll_loader.rows(electors)
    roll = Roll(roll_loader.database, keyed_hash)
    assert (await roll.claimant("nouvelle.adresse@ac-lyon.fr")).elector_id == elector["id"]
    assert (await roll.claimant(person(0)[Column.WORK_EMAIL])).elector_id is None
    assert await roll_loader.rows(credentials) == before
    (entry,) = await roll_loader.rows(journal)
    assert (entry["actor"], entry["outcome"]) == ("M. Roux", "0 added, 1 updated, 0 refused")


async def test_a_new_work_address_ends_the_elector_s_sessions(
    roll_loader: RollLoader, keyed_hash: KeyedHash, now: Clock
) -> None:
    """Whoever reads the former mailbox is signed out, or has to begin again; another elector, or a new name, ends none."""
    await roll_loader.load(people(2))
    ids = {row["work_email"]: row["id"] for row in await roll_loader.rows(electors)}
    opened = Sessions(roll_loader.database, keyed_hash, now)
    for elector_id in ids.values():
        await opened.open(elector_id)
        await opened.claim(opened.anonymous()[1], Claimant("typed", elector_id))
    moved = {**person(0), Column.WORK_EMAIL: "nouvelle.adresse@ac-lyon.fr"}
    renamed = {**person(1), Column.USED_NAME: "Nouveau"}
    trial = await roll_loader.load([moved, renamed], Order("M. Roux", updates=True, is_trial=True))
    assert (trial.updated, len(await roll_loader.rows(sessions))) == (2, 4)
    assert (await roll_loader.load([moved, renamed], UPDATE)).updated == 2
    left = await roll_loader.rows(sessions)
    stays = ids[person(1)[Column.WORK_EMAIL]]
    assert [row["elector_id"] or row["claimant_elector_id"] for row in left] == [stays, stays]


async def test_without_the_order_a_change_is_refused_by_column(roll_loader: RollLoader) -> None:
    """An old file that is loaded by mistake restores no former name or address."""
    await roll_loader.load(people(2))
    before = await roll_loader.rows(electors)
    changed = {**person(0), Column.WORK_EMAIL: "nouvelle.adresse@ac-lyon.fr", Column.USED_NAME: "Nouveau"}
    assert await roll_loader.load([changed, person(1)]) == Totals(read=2, unchanged=1, refused=1)
    columns = (Column.WORK_EMAIL, Column.USED_NAME)
    assert roll_loader.refused() == [("2", column, Reason.CHANGED) for column in columns]
    assert await roll_loader.rows(electors) == before


async def test_a_row_that_was_altered_in_the_database_is_written_anew(roll_loader: RollLoader) -> None:
    """Its code is wrong though every cell is right; without the order it is refused as a whole."""
    await roll_loader.load(people(2))
    (altered, _) = before = await roll_loader.rows(electors)
    async with roll_loader.database.writing() as connection:
        await connection.execute(electors.update().where(electors.c.id == altered["id"]).values(mac="x"))
    assert await roll_loader.load(people(2)) == Totals(read=2, unchanged=1, refused=1)
    assert roll_loader.refused() == [("2", "", Reason.CHANGED)]
    assert await roll_loader.load(people(2), UPDATE) == Totals(read=2, updated=1, unchanged=1)
    assert sorted(await roll_loader.rows(electors), key=lambda row: str(row["id"])) == sorted(
        before, key=lambda row: str(row["id"])
    )


@pytest.mark.parametrize(
    ("column", "reason"), [(Column.NUMEN, Reason.NUMEN_TAKEN), (Column.WORK_EMAIL, Reason.ADDRESS_TAKEN)]
)
async def test_another_person_inherits_nobodys_account(
    roll_loader: RollLoader, column: Column, reason: Reason
) -> None:
    """One who has the address or the NUMEN alone of an elector is another, whatever the order."""
    await roll_loader.load(people(2))
    before = await roll_loader.rows(electors)
    assert await roll_loader.load([{**person(7), column: person(0)[column]}], UPDATE) == Totals(read=1, refused=1)
    assert roll_loader.refused() == [("2", column, reason)]
    assert await roll_loader.rows(electors) == before


async def test_two_lines_are_not_one_elector(roll_loader: RollLoader) -> None:
    """Of two lines that each keep a part of an elector the second is refused."""
    await roll_loader.load([person(0)])
    moved = {**person(0), Column.WORK_EMAIL: "nouvelle.adresse@ac-lyon.fr"}
    corrected = {**person(0), Column.NUMEN: "01A0000000AAA"}
    assert await roll_loader.load([moved, corrected], UPDATE) == Totals(read=2, updated=1, refused=1)
    assert roll_loader.refused() == [("3", "", Reason.SAME_ELECTOR)]
