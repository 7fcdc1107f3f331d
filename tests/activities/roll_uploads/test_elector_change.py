"""One elector's new work address or name is written when a second person has typed the same."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.evidence.journal import Event
from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column
from activities.roll_uploads.elector_change import ElectorChange, _entry, sealable
from activities.roll_uploads.importing import DifferentEntryError, SamePersonError
from activities.roll_uploads.orders import UploadKind, UploadState
from activities.roll_uploads.uploads import Upload
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.operator_table import roll_pieces
from activities.store.tables import electors, journal, sessions
from tests.support.database_dump import rows, text_of
from tests.support.roll_uploads import NOUR, VERA, RollUploadProcesses, imported

_ONE, _TWO = people(2)
_OLD, _NEW = _ONE[Column.WORK_EMAIL], "prenom.nouveau@ac-lyon.fr"
_REASON = "mariage, acte du 3 novembre"


async def _ask(
    processes: RollUploadProcesses, values: Mapping[Column, str], address: str = _OLD
) -> tuple[Upload, UploadState]:
    change = sealable(ElectorChange(address, values))
    upload = await processes.upload(change, UploadKind.CHANGE, VERA, _REASON)
    return upload, await processes.check(upload)


async def _confirm(
    processes: RollUploadProcesses, upload: Upload, values: Mapping[Column, str], address: str = _OLD
) -> UploadState:
    entry = await processes.store.add_entry(upload, sealable(ElectorChange(address, values)))
    return await processes.carry_out(processes.decision(upload, entry=entry))


async def test_a_change_is_written_when_a_second_person_types_the_same(
    processes: RollUploadProcesses, database: Database, keyed_hash: KeyedHash
) -> None:
    """The row stays genuine, the journal has both names, the reason and the columns, and nothing has the values but the roll."""
    await imported(processes, [_ONE, _TWO])
    values = {Column.WORK_EMAIL: f" {_NEW.upper()} ", Column.USED_NAME: "Nouveau-Nom"}
    upload, state = await _ask(processes, values, f"{_OLD.upper()} ")
    assert state is UploadState.CHECKED
    found = await processes.rows.find(upload.id)
    assert found.report.changed == {Column.WORK_EMAIL: 1, Column.USED_NAME: 1}
    assert not [value for value in (_NEW, "Nouveau-Nom") if value in await text_of(database)]
    again = {Column.WORK_EMAIL: _NEW, Column.USED_NAME: " Nouveau-Nom"}
    assert await _confirm(processes, upload, again) is UploadState.IMPORTED
    assert await processes.activities.import_upload(upload.id) is UploadState.IMPORTED
    [row] = [each for each in await rows(database, electors) if each["work_email"] == _NEW]
    assert (row["used_name"], row["birth_name"]) == ("Nouveau-Nom", _ONE[Column.BIRTH_NAME])
    elector = await Roll(database, keyed_hash).elector(row["id"])
    assert elector is not None
    [entry] = [each for each in await rows(database, journal) if each["event"] == Event.OPERATOR_CHANGED_ELECTOR]
    assert (entry["actor"], entry["outcome"]) == (VERA.operator, "messagerie professionnelle, nom d’usage")
    assert entry["detail"] == f"confirmé par {NOUR.operator} – {_REASON}"
    assert "06 39" not in _entry(replace(found, reason="06 39 98 12 34"), []).detail
    assert await rows(database, roll_pieces) == []


async def test_a_new_work_address_ends_the_elector_s_sessions(
    processes: RollUploadProcesses, database: Database, keyed_hash: KeyedHash
) -> None:
    """Whoever reads the former mailbox is signed out; a new name ends no session."""
    await imported(processes, [_ONE, _TWO])
    opened = Sessions(database, keyed_hash, processes.now)
    for row in await rows(database, electors):
        await opened.open(row["id"])
    for values, left in (({Column.USED_NAME: "Nouveau"}, 2), ({Column.WORK_EMAIL: _NEW}, 1)):
        upload, _ = await _ask(processes, values)
        assert await _confirm(processes, upload, values) is UploadState.IMPORTED
        assert len(await rows(database, sessions)) == left
    [moved] = [row["id"] for row in await rows(database, electors) if row["work_email"] == _NEW]
    assert moved not in {row["elector_id"] for row in await rows(database, sessions)}


async def test_another_entry_or_the_same_person_changes_nothing(
    processes: RollUploadProcesses, database: Database
) -> None:
    """The change still waits; the right entry of another person is taken afterwards."""
    await imported(processes, [_ONE, _TWO])
    values = {Column.USED_NAME: "Nouveau"}
    upload, _ = await _ask(processes, values)
    for other, address in (
        ({Column.USED_NAME: "Nouveaux"}, _OLD),
        ({**values, Column.FIRST_NAMES: "Ange"}, _OLD),
        (values, _TWO[Column.WORK_EMAIL]),
        ({Column.USED_NAME: ""}, _OLD),
    ):
        with pytest.raises(DifferentEntryError):
            await _confirm(processes, upload, other, address)
    with pytest.raises(DifferentEntryError):
        await processes.carry_out(processes.decision(upload))  # no entry: the asked one is none
    entry = await processes.store.add_entry(upload, sealable(ElectorChange(_OLD, values)))
    with pytest.raises(SamePersonError):
        await processes.carry_out(processes.decision(upload, VERA, entry=entry))
    assert {row["used_name"] for row in await rows(database, electors)} == {
        _ONE[Column.USED_NAME],
        _TWO[Column.USED_NAME],
    }
    assert await _confirm(processes, upload, values) is UploadState.IMPORTED


@pytest.mark.parametrize(
    ("address", "values", "sentence"),
    [
        ("personne@ac-lyon.fr", {Column.USED_NAME: "Nouveau"}, "aucun électeur"),
        (_OLD, {Column.WORK_EMAIL: _TWO[Column.WORK_EMAIL]}, "appartient à un autre électeur"),
        (_OLD, {Column.WORK_EMAIL: "camille@exemple.fr"}, "n’est pas dans un domaine"),
        (_OLD, {Column.USED_NAME: _ONE[Column.USED_NAME]}, "rien à changer"),
        (_OLD, {Column.USED_NAME: "H?lène"}, "un signe qu’un nom n’a pas"),
        (_OLD, {Column.NUMEN: _TWO[Column.NUMEN]}, "ne se lit pas"),
    ],
    ids=["unknown", "taken", "domain", "same", "sign", "proof"],
)
async def test_a_change_that_an_import_would_refuse_is_refused(
    processes: RollUploadProcesses, database: Database, address: str, values: dict[Column, str], sentence: str
) -> None:
    """At once, with the reason and never the value; a proof cannot be changed here."""
    await imported(processes, [_ONE, _TWO])
    before = await rows(database, electors)
    upload, state = await _ask(processes, values, address)
    fault = (await processes.rows.find(upload.id)).report.fault
    assert (state, sentence in fault) == (UploadState.REFUSED, True)
    assert not [value for value in values.values() if value in fault]
    assert await rows(database, electors) == before
    assert await rows(database, roll_pieces) == []


async def test_a_change_that_is_not_possible_any_more_fails(
    processes: RollUploadProcesses, database: Database
) -> None:
    """Somebody else has the address since; nothing is written."""
    await imported(processes, [_ONE, _TWO])
    upload, _ = await _ask(processes, {Column.WORK_EMAIL: _NEW})
    other, _ = await _ask(processes, {Column.WORK_EMAIL: _NEW}, _TWO[Column.WORK_EMAIL])
    assert (
        await _confirm(processes, other, {Column.WORK_EMAIL: _NEW}, _TWO[Column.WORK_EMAIL])
        is UploadState.IMPORTED
    )
    assert await _confirm(processes, upload, {Column.WORK_EMAIL: _NEW}) is UploadState.FAILED
    assert "appartient" in (await processes.rows.find(upload.id)).report.fault
    assert {row["work_email"] for row in await rows(database, electors)} == {_OLD, _NEW}


async def test_an_altered_row_is_not_made_genuine(processes: RollUploadProcesses, database: Database) -> None:
    """A row that was changed by other means is to be imported again."""
    await imported(processes, [_ONE])
    async with database.writing() as connection:
        await connection.execute(electors.update().values(numen_hash="0" * 64))
    upload, state = await _ask(processes, {Column.USED_NAME: "Nouveau"})
    assert state is UploadState.REFUSED
    assert "importez-la" in (await processes.rows.find(upload.id)).report.fault
