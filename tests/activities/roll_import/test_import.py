"""The import of the roll: what it writes, what it leaves unchanged and what it refuses."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from activities.roll_import.csv_file import RollError
from activities.roll_import.fictional_roll import people, person
from activities.roll_import.lines import Column
from activities.roll_import.report import Totals
from activities.security.hashing import KeyedHash
from activities.store.tables import electors
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
    }
    assert len(row["id"]) == 32


async def test_importing_the_same_roll_again_changes_nothing(roll_loader: RollLoader) -> None:
    """An import that was interrupted can be run again: only missing electors are added."""
    await roll_loader.load(people(30))
    before = await roll_loader.rows(electors)
    assert await roll_loader.load(people(40)) == Totals(read=40, added=10, unchanged=30)
    assert [row for row in await roll_loader.rows(electors) if row in before] == before


async def test_a_corrected_line_updates_its_elector(roll_loader: RollLoader, keyed_hash: KeyedHash) -> None:
    """The elector keeps the id, on which other tables depend."""
    await roll_loader.load(people(3))
    (before, *_) = await roll_loader.rows(electors)
    corrected = {**person(0), Column.USED_NAME: "Nouveau", Column.NUMEN: "01A0000000AAA"}
    assert await roll_loader.load([corrected, person(1)]) == Totals(read=2, updated=1, unchanged=1)
    changed = {"used_name": "Nouveau", "numen_hash": keyed_hash.hash("numen", "01A0000000AAA")}
    assert {**before, **changed} in await roll_loader.rows(electors)


async def test_bad_lines_do_not_stop_an_import(roll_loader: RollLoader) -> None:
    """They are reported with number, column and reason; the other lines are imported."""
    lines = [person(0), {**person(1), Column.SEX: "", Column.NIR: "1"}, person(2)]
    assert await roll_loader.load(lines) == Totals(read=3, added=2, refused=1)
    assert roll_loader.refused() == [
        ("3", "sexe", "n’est ni F ni M"),
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


async def test_a_wrong_header_writes_nothing(roll_loader: RollLoader) -> None:
    """Neither an elector nor a report of refusals."""
    with pytest.raises(RollError, match="il manque"):
        await roll_loader.load_text("NUMEN;NIR\n1;2\n")
    assert await roll_loader.rows(electors) == []
    assert not (roll_loader.directory / "refused.csv").exists()


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
