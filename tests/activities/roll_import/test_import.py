"""The import of the roll: what it writes, what it leaves unchanged and what it refuses."""

import asyncio
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from activities.roll_import.csv_file import RollError
from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column
from activities.roll_import.order import Order
from activities.roll_import.report import Totals
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.tables import activations, credentials, electors, journal
from tests.support.roll_loading import RollLoader


async def test_personal_numbers_are_stored_as_keyed_hashes(roll_loader: RollLoader, keyed_hash: KeyedHash) -> None:
    """NUMEN, NIR, birth date and place are hashed; names and work address are stored in clear."""
    line = person(0)
    assert await roll_loader.load([line]) == Totals(read=1, added=1)
    (row,) = await roll_loader.rows(electors)
    day, month, year = line[Column.BIRTH_DATE].split("/")
    assert row == {
        "id": row["id"],
        "work_email": line[Column.WORK_EMAIL],
        "birth_name": line[Column.BIRTH_NAME],
        "used_name": line[Column.USED_NAME],
        "first_names": line[Column.FIRST_NAMES],
        "sex": line[Column.SEX],
        "numen_hash": keyed_hash.hash("numen", line[Column.NUMEN]),
        "nir_hash": keyed_hash.hash("nir", line[Column.NIR]),
        "birth_date_hash": keyed_hash.hash("birth_date", f"{year}-{month}-{day}"),
        "birth_department_hash": keyed_hash.hash("birth_department", line[Column.BIRTH_PLACE][:2]),
        "birth_place_hash": keyed_hash.hash("birth_place", line[Column.BIRTH_PLACE]),
        "datum_hash": "",
        "mac": RowMacs(keyed_hash).elector(row),
    }
    assert len(row["id"]) == 32


async def test_importing_the_same_roll_again_changes_nothing(roll_loader: RollLoader) -> None:
    """An import that was interrupted can be run again: only missing electors are added."""
    await roll_loader.load(people(30))
    before = await roll_loader.rows(electors)
    assert await roll_loader.load(people(40)) == Totals(read=40, added=10, unchanged=30)
    assert [row for row in await roll_loader.rows(electors) if row in before] == before


async def test_bad_lines_do_not_stop_an_import(roll_loader: RollLoader) -> None:
    """They are reported with number, column and reason; the other lines are imported."""
    lines = [person(0), {**person(1), Column.SEX: "", Column.NIR: "1"}, person(2)]
    assert await roll_loader.load(lines) == Totals(read=3, added=2, refused=1)
    assert roll_loader.refused() == [
        ("3", "sexe", "n’est ni F ni M, ni Mme ou M., ni 2 ou 1"),
        ("3", "NIR", "n’a pas la forme des 10 premiers caractères d’un numéro de sécurité sociale"),
    ]


async def test_an_elector_may_occur_only_once_in_a_file(roll_loader: RollLoader) -> None:
    """A second line with the same address or NUMEN is refused, also in another batch."""
    again = {**person(5_000), Column.WORK_EMAIL: person(0)[Column.WORK_EMAIL]}
    same_numen = {**person(5_001), Column.NUMEN: person(1)[Column.NUMEN]}
    totals = await roll_loader.load([*people(1_500), again, same_numen])
    assert totals == Totals(read=1_502, added=1_500, refused=2)
    assert roll_loader.refused() == [
        ("1502", "messagerie professionnelle", "figure déjà à la ligne 2"),
        ("1503", "NUMEN", "figure déjà à la ligne 3"),
    ]


async def test_an_identifier_may_occur_only_once_in_a_file(roll_loader: RollLoader) -> None:
    """In whatever spelling: one that two electors have would be nobody's. Any number of electors have none."""
    without = [{**line, Column.IDENTIFIER: ""} for line in people(4, activated=True)]
    without[0][Column.IDENTIFIER], without[3][Column.IDENTIFIER] = "ACDE 3479", "acde-3479"
    assert await roll_loader.load(without, activated=True) == Totals(read=4, added=3, refused=1)
    assert roll_loader.refused() == [("5", "identifiant électeur", "figure déjà à la ligne 2")]


async def test_the_numen_of_another_elector_is_refused(roll_loader: RollLoader) -> None:
    """Neither a new elector nor a corrected line may have the NUMEN of another elector on the roll."""
    await roll_loader.load(people(2))
    before = await roll_loader.rows(electors)
    stolen = {Column.NUMEN: person(0)[Column.NUMEN]}
    assert await roll_loader.load([{**person(1), **stolen}]) == Totals(read=1, refused=1)
    assert await roll_loader.load([{**person(7), **stolen}]) == Totals(read=1, refused=1)
    assert roll_loader.refused() == [("2", "NUMEN", "appartient déjà à un autre électeur")]
    assert await roll_loader.rows(electors) == before


async def test_two_concurrent_imports_do_not_share_a_numen(roll_loader: RollLoader) -> None:
    """One import adds the electors, the other refuses them, and neither fails."""
    other_loader = replace(roll_loader, directory=roll_loader.directory / "other")
    other_loader.directory.mkdir()
    taken = [{**person(100 + index), Column.NUMEN: person(index)[Column.NUMEN]} for index in range(50)]
    one, other = await asyncio.gather(roll_loader.load(people(50)), other_loader.load(taken))
    assert sorted([one.added, other.added]) == [0, 50]
    assert sorted([one.refused, other.refused]) == [0, 50]


async def test_an_import_is_journalled_with_who_which_file_and_how_many(roll_loader: RollLoader) -> None:
    """In the transaction of what it changed; an import that changes nothing, or that nobody signed, has no entry."""
    order = Order("M. Roux")
    await roll_loader.load([person(0)])
    await roll_loader.load([*people(3), {**person(7), Column.SEX: ""}], order)
    file_hash = sha256((roll_loader.directory / "roll.csv").read_bytes()).hexdigest()
    await roll_loader.load(people(3), order)
    (entry,) = await roll_loader.rows(journal)
    assert (entry["event"], entry["actor"]) == ("operator:roll:imported", "M. Roux")
    assert (entry["outcome"], entry["detail"]) == ("2 added, 0 updated, 1 refused", f"sha256:{file_hash}")


async def test_a_trial_changes_nothing_and_counts_the_same(roll_loader: RollLoader) -> None:
    """Neither electors, nor credentials, nor the journal."""
    await roll_loader.load(people(3))
    tables = (electors, activations, credentials, journal)
    before = [await roll_loader.rows(table) for table in tables]
    lines = [*people(5, activated=True), person(9, activated=True)]
    lines[0] |= {Column.USED_NAME: "Nouveau"}
    lines[5] |= {Column.SEX: "?"}
    order = Order("M. Roux", updates=True)
    tried = await roll_loader.load(lines, replace(order, is_trial=True), activated=True)
    assert [await roll_loader.rows(table) for table in tables] == before
    assert tried == Totals(read=6, added=2, updated=1, unchanged=2, refused=1)
    assert await roll_loader.load(lines, order, activated=True) == tried


async def test_a_wrong_header_writes_nothing(roll_loader: RollLoader) -> None:
    """Neither an elector nor a report of refusals."""
    with pytest.raises(RollError, match="il manque"):
        await roll_loader.load_text("NUMEN;NIR\n1;2\n")
    assert await roll_loader.rows(electors) == []
    assert not (roll_loader.directory / "refused.csv").exists()


async def test_a_header_alone_is_an_error(roll_loader: RollLoader) -> None:
    """The export had no line, so the roll is not what the operator thinks."""
    with pytest.raises(RollError, match="qu’un en-tête"):
        await roll_loader.load([])
    assert not (roll_loader.directory / "refused.csv").exists()


async def test_a_roll_of_windows_is_imported_as_one_in_utf_8(roll_loader: RollLoader) -> None:
    """The names have their accents, and the same roll in another encoding changes nothing."""
    await roll_loader.load(people(40))
    text = (roll_loader.directory / "roll.csv").read_text(encoding="utf-8")
    for codec in ("cp1252", "utf-16"):
        assert await roll_loader.load_bytes(text.encode(codec)) == Totals(read=40, unchanged=40)


async def test_an_import_without_refusals_deletes_the_former_report(roll_loader: RollLoader) -> None:
    """Otherwise it could be taken for this import's report."""
    await roll_loader.load([{**person(0), Column.SEX: ""}])
    await roll_loader.load([person(0)])
    assert not (roll_loader.directory / "refused.csv").exists()


async def test_electors_missing_from_the_file_are_kept(roll_loader: RollLoader) -> None:
    """An import adds and corrects electors; it deletes none."""
    await roll_loader.load(people(3))
    await roll_loader.load([person(0)])
    async with roll_loader.database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(electors)) == 3
