"""An uploaded file is judged, confirmed by another person and imported, and is in clear nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from activities.config.errors import DatabaseUnavailableError
from activities.evidence.journal import Event
from activities.operators.roll_history import RollHistory
from activities.recoveries.clicks import InvalidSignatureError
from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column, Reason
from activities.roll_import.order import Outcome
from activities.roll_uploads.importing import SamePersonError
from activities.roll_uploads.orders import GIVEN_UP_AFTER, KEPT, UploadKind, UploadState
from activities.roll_uploads.report import REPEATED
from activities.roll_uploads.uploads import PIECE, EmptyFileError, FileTooLargeError
from activities.security.role_box import RoleBoxError, RoleOpener
from activities.security.signatures import Signed, SigningKey
from activities.sending.bureau_desk import Deed
from activities.store.database import Database
from activities.store.operator_table import roll_pieces, roll_uploads
from activities.store.tables import electors, journal
from election.rules.retention import HISTORIES
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.roll_uploads import NOUR, VERA, RollUploadProcesses, file_of, values_of

_ROLL = file_of(people(3))


async def _addresses(database: Database) -> set[str]:
    return {row["work_email"] for row in await rows(database, electors)}


async def test_a_file_is_imported_when_a_second_person_confirms_it(
    processes: RollUploadProcesses, database: Database
) -> None:
    """The journal and the history have both names; the file is gone; a second run of each step changes nothing."""
    upload = await processes.upload(_ROLL)
    assert [await processes.check(upload) for _ in range(2)] == [UploadState.CHECKED] * 2
    assert await _addresses(database) == set()
    found = await processes.rows.find(upload.id)
    assert (found.report.read, found.report.added, found.report.refusals) == (3, 3, [])
    decision = processes.decision(upload)
    assert [await processes.carry_out(decision) for _ in range(2)] == [UploadState.IMPORTED, UploadState.ABANDONED]
    assert await _addresses(database) == {each[Column.WORK_EMAIL] for each in people(3)}
    assert await rows(database, roll_pieces) == []
    [imported] = [row for row in await rows(database, journal) if row["event"] == Event.OPERATOR_IMPORTED_ROLL]
    assert (imported["actor"], NOUR.operator in imported["detail"]) == (VERA.operator, True)
    [file] = await RollHistory(database).imports()
    assert (file.file_hash, file.operator, file.confirmed_by) == (upload.file_hash, VERA.operator, NOUR.operator)
    assert file.counts["added"] == 3


async def test_no_table_has_a_cell_of_the_file(processes: RollUploadProcesses, database: Database) -> None:
    """Neither while it waits, nor after it was judged or abandoned; the console's process has no key that opens it."""
    upload = await processes.upload(_ROLL)
    waiting = await text_of(database)
    await processes.check(upload)
    judged = await text_of(database)
    await processes.carry_out(processes.decision(upload, confirms=False))
    abandoned = await text_of(database)
    assert not [value for value in values_of(_ROLL) if value in waiting + judged + abandoned]


async def test_after_an_import_the_roll_alone_has_what_it_keeps_in_clear(
    processes: RollUploadProcesses, database: Database
) -> None:
    """No NUMEN and no NIR is anywhere."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)
    await processes.carry_out(processes.decision(upload))
    proofs = [each[column] for each in people(3) for column in (Column.NUMEN, Column.NIR)]
    stored = await text_of(database)
    assert not [value for value in proofs if value in stored]


async def test_a_piece_opens_with_the_importing_role_s_key_alone(
    processes: RollUploadProcesses, database: Database
) -> None:
    """A file is cut into pieces, each sealed for that key."""
    await processes.upload(b"x" * (PIECE + 1))
    pieces = await rows(database, roll_pieces)
    assert [len(processes.rows._opener.open(row["sealed"])) for row in pieces] == [PIECE, 1]
    with pytest.raises(RoleBoxError):
        RoleOpener(b"another key of thirty-two bytes!").open(pieces[0]["sealed"])


async def test_who_uploads_does_not_confirm(processes: RollUploadProcesses, database: Database) -> None:
    """Whatever name and login the person has meanwhile; the file still waits for another person."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)
    for subject in (VERA.subject, ""):
        with pytest.raises(SamePersonError):
            await processes.carry_out(processes.decision(upload, NOUR._replace(subject=subject)))
    assert await _addresses(database) == set()
    assert (await processes.rows.find(upload.id)).state is UploadState.CHECKED


async def test_a_decision_that_the_console_has_not_just_signed_is_refused(
    processes: RollUploadProcesses, database: Database, now: Clock
) -> None:
    """Forged, for another workflow, changed, of another file, or given again later."""
    upload = await processes.upload(_ROLL)
    other = await processes.upload(file_of(people(2)))
    for each in (upload, other):
        await processes.check(each)
    right = processes.decision(upload)
    forged = replace(right, order=replace(right.order, signature=SigningKey(b"x" * 32).sign(Signed.ORDER)))
    of_other = replace(right, order=replace(right.order, upload=other.id))
    abandoning = processes.decision(upload, confirms=False)
    confirming = replace(abandoning, order=replace(abandoning.order, confirms=True))
    other_file = processes.decision(replace(upload, file_hash=other.file_hash))
    elsewhere = replace(right, workflow_id=f"{right.workflow_id}x")
    for wrong in (forged, of_other, confirming, other_file, elsewhere):
        with pytest.raises(InvalidSignatureError):
            await processes.carry_out(wrong)
    now.advance(timedelta(minutes=11))
    with pytest.raises(InvalidSignatureError):
        await processes.carry_out(right)
    assert await _addresses(database) == set()


async def test_a_dry_run_that_the_console_has_not_signed_is_refused(processes: RollUploadProcesses) -> None:
    """Nor is one of a row that says another person or file than the signed order."""
    upload = await processes.upload(_ROLL)
    with pytest.raises(InvalidSignatureError):
        await processes.check(upload, SigningKey(b"x" * 32))
    for changed in ({"subject": "o.petit"}, {"file_hash": "0" * 64}, {"kind": UploadKind.REMOVE}):
        with pytest.raises(InvalidSignatureError):
            await processes.check(replace(upload, **changed))
    with pytest.raises(LookupError):
        await processes.check(replace(upload, id="0" * 32))


async def test_nothing_is_imported_before_it_is_judged_and_confirmed(
    processes: RollUploadProcesses, database: Database
) -> None:
    """A decision on a file that nobody has read yet is not taken, and the import alone does nothing."""
    upload = await processes.upload(_ROLL)
    assert not (await processes.activities.decide_upload(processes.decision(upload))).is_import
    assert await processes.activities.import_upload(upload.id) is UploadState.RECEIVED
    await processes.check(upload)
    assert await processes.activities.import_upload(upload.id) is UploadState.CHECKED
    assert await _addresses(database) == set()


async def test_of_two_decisions_the_first_counts(processes: RollUploadProcesses, database: Database) -> None:
    """An abandoned file cannot be confirmed, and who comes second imports nothing a second time."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)
    await processes.carry_out(processes.decision(upload, VERA, confirms=False))
    assert not (await processes.activities.decide_upload(processes.decision(upload))).is_import
    assert (await processes.rows.find(upload.id)).state is UploadState.ABANDONED
    [entry] = [row for row in await rows(database, journal) if row["event"] == Event.OPERATOR_ABANDONED_ROLL]
    assert entry["actor"] == VERA.operator
    assert await _addresses(database) == set()


async def test_an_import_that_was_killed_goes_on(
    processes: RollUploadProcesses, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written stays, and the next run writes the rest, once."""
    upload = await processes.upload(file_of(people(1010)))
    await processes.check(upload)
    write, calls = processes.writer.write, []

    async def killed(*given: object) -> Outcome:
        calls.append(given)
        if len(calls) == 2:
            raise DatabaseUnavailableError
        return await write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(processes.writer, "write", killed)
    with pytest.raises(DatabaseUnavailableError):
        await processes.carry_out(processes.decision(upload))
    assert len(await _addresses(database)) == 1000
    assert await processes.carry_out(processes.decision(upload)) is UploadState.IMPORTED
    assert len(await _addresses(database)) == 1010
    [file] = await RollHistory(database).imports()
    assert file.counts["added"] == 1010


async def test_the_report_names_lines_and_columns_and_never_a_value(
    processes: RollUploadProcesses, database: Database
) -> None:
    """By kind of refusal, with what would change in which column."""
    first = await processes.upload(_ROLL)
    await processes.check(first)
    await processes.carry_out(processes.decision(first))
    one, two, three = people(3)
    lines = [
        one | {Column.USED_NAME: "Nouveau"},
        two,
        two,
        three | {Column.NUMEN: "18E12"},
        three | {Column.NUMEN: "18E13", Column.NIR: "x"},
    ]
    upload = await processes.upload(file_of(lines), UploadKind.UPDATE)
    assert await processes.check(upload) is UploadState.CHECKED
    report = (await processes.rows.find(upload.id)).report
    assert (report.read, report.added, report.updated, report.unchanged, report.refused) == (5, 0, 1, 1, 3)
    assert report.changed == {Column.USED_NAME: 1}
    kinds = {(each.column, each.reason): (each.number, each.lines, each.of) for each in report.refusals}
    assert kinds == {
        (Column.NUMEN, Reason.NO_NUMEN): (2, [5, 6], []),
        (Column.NIR, Reason.NO_NIR): (1, [6], []),
        (Column.WORK_EMAIL, REPEATED): (1, [4], [3]),
    }
    [stored] = [row for row in await rows(database, roll_uploads) if row["id"] == upload.id]
    assert not [value for value in ("Nouveau", "18E12", "18E13") if value in stored["report"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 a workbook", "ce fichier est un classeur"),
        (b"nom;prenom\nLe Goff;Camille\n", "il manque à l’en-tête"),
        ("Lefèvre;Hélène\n".encode().decode("cp1252").encode() * 2, "il manque à l’en-tête"),
        (_ROLL.splitlines()[0], "n’a qu’un en-tête"),
        (_ROLL.replace(b"commune de naissance", b"commune de naissance;mot de passe", 1), "mot de passe"),
    ],
    ids=["workbook", "other columns", "no header", "header alone", "credentials"],
)
async def test_a_file_that_cannot_be_imported_is_refused_with_the_reason(
    processes: RollUploadProcesses, database: Database, content: bytes, sentence: str
) -> None:
    """It is deleted at once, and no name in it is quoted."""
    upload = await processes.upload(content)
    assert await processes.check(upload) is UploadState.REFUSED
    fault = (await processes.rows.find(upload.id)).report.fault
    assert sentence in fault
    assert not [value for value in ("Le Goff", "Camille", "HÃ", "LefÃ") if value in fault]
    assert await rows(database, roll_pieces) == []


async def test_electors_are_removed_by_two_persons(processes: RollUploadProcesses, database: Database) -> None:
    """The dry run counts them, and they are there until the confirmation."""
    first = await processes.upload(_ROLL)
    await processes.check(first)
    await processes.carry_out(processes.decision(first))
    upload = await processes.upload(file_of(people(2)), UploadKind.REMOVE)
    assert await processes.check(upload) is UploadState.CHECKED
    assert (await processes.rows.find(upload.id)).report.removed == 2
    assert len(await _addresses(database)) == 3
    assert await processes.carry_out(processes.decision(upload)) is UploadState.IMPORTED
    assert len(await _addresses(database)) == 1


async def test_what_nobody_confirms_is_deleted_after_24_hours(
    processes: RollUploadProcesses, database: Database, now: Clock
) -> None:
    """Whether it was judged or not; its row is kept as long as histories are."""
    judged, waiting = await processes.upload(_ROLL), await processes.upload(_ROLL)
    await processes.check(judged)
    now.advance(KEPT - timedelta(seconds=1))
    assert await processes.rows.expire() == 0
    now.advance(timedelta(seconds=2))
    assert await processes.rows.expire() == 2
    assert await rows(database, roll_pieces) == []
    for each in (judged, waiting):
        assert (await processes.rows.find(each.id)).state is UploadState.EXPIRED
        assert not (await processes.activities.decide_upload(processes.decision(each))).is_import
    now.advance(HISTORIES)
    assert await processes.rows.expire() == 2
    assert await processes.store.recent() == []


async def test_what_was_confirmed_is_imported_however_late(
    processes: RollUploadProcesses, database: Database, now: Clock
) -> None:
    """A file that was confirmed in its last second does not expire; nor does a kill between decision and import lose it."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)
    now.advance(KEPT - timedelta(seconds=1))
    claim = processes.decision(upload)
    assert (await processes.activities.decide_upload(claim)).is_import
    now.advance(timedelta(hours=1))
    assert await processes.rows.expire() == 0
    assert await processes.carry_out(claim) is UploadState.IMPORTED
    assert await _addresses(database) == {each[Column.WORK_EMAIL] for each in people(3)}
    assert await rows(database, roll_pieces) == []


async def test_an_import_that_nothing_has_ended_is_given_up_after_a_week(
    processes: RollUploadProcesses, database: Database, now: Clock
) -> None:
    """As when its workflow was terminated: the file is deleted, and the page does not say that nothing was changed."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)
    claim = processes.decision(upload)
    await processes.activities.decide_upload(claim)
    now.advance(GIVEN_UP_AFTER)
    assert await processes.rows.expire() == 0
    now.advance(timedelta(seconds=1))
    assert await processes.rows.expire() == 1
    assert await rows(database, roll_pieces) == []
    found = await processes.rows.find(upload.id)
    assert (found.state, "une semaine" in found.report.fault) == (UploadState.FAILED, True)
    assert not (await processes.activities.decide_upload(claim)).is_import


async def test_an_import_that_the_database_refuses_fails(
    processes: RollUploadProcesses, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not stay an import that goes on; the reason has no value of a line."""
    upload = await processes.upload(_ROLL)
    await processes.check(upload)

    async def refused(*_: object) -> Outcome:
        raise IntegrityError("INSERT", {}, Exception("Key (work_email)=(camille@ac-lyon.fr) already exists"))

    monkeypatch.setattr(processes.writer, "write", refused)
    assert await processes.carry_out(processes.decision(upload)) is UploadState.FAILED
    fault = (await processes.rows.find(upload.id)).report.fault
    assert ("IntegrityError" in fault, "camille" in fault) == (True, False)
    assert await rows(database, roll_pieces) == []


async def test_the_bureau_is_told_what_a_confirmed_file_does(processes: RollUploadProcesses) -> None:
    """Of how many electors, by both persons; neither of what is abandoned, nor of a change of one elector."""
    first = await processes.upload(_ROLL)
    await processes.check(first)
    added = processes.decision(first)
    news = [(await processes.activities.decide_upload(added)).news for _ in range(2)]
    assert all(each and (each.deed, each.number, each.addresses) == (Deed.ROLL_ADD, 3, 2) for each in news)
    await processes.activities.import_upload(first.id)
    assert (await processes.activities.decide_upload(added)).news is None
    removal = await processes.upload(file_of(people(4)), UploadKind.REMOVE)
    await processes.check(removal)
    told = (await processes.activities.decide_upload(processes.decision(removal))).news
    assert told is not None
    assert (told.deed, told.number, told.operator) == (Deed.ROLL_REMOVE, 3, NOUR.operator)
    assert told.at.isoformat() == processes.decision(removal).order.given_at
    assert told.details.startswith(
        "à retirer\u00a0: 3, lignes refusées\u00a0: 1. Fichier déposé par Vera Garnier (v.garnier)"
    )
    abandoned = await processes.upload(_ROLL)
    await processes.check(abandoned)
    assert (await processes.activities.decide_upload(processes.decision(abandoned, confirms=False))).news is None


async def test_a_file_that_was_exchanged_in_the_database_is_refused(
    processes: RollUploadProcesses, database: Database
) -> None:
    """Who writes to the database can seal another file; its hash is not the signed one."""
    upload, other = await processes.upload(_ROLL), await processes.upload(file_of(people(2)))
    async with database.writing() as connection:
        await connection.execute(roll_pieces.delete().where(roll_pieces.c.upload_id == upload.id))
        moved = roll_pieces.update().where(roll_pieces.c.upload_id == other.id).values(upload_id=upload.id)
        await connection.execute(moved)
    assert await processes.check(upload) is UploadState.REFUSED
    assert "n’est plus celui" in (await processes.rows.find(upload.id)).report.fault


async def test_too_large_and_empty_files_leave_nothing(
    processes: RollUploadProcesses, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a row nor a piece."""
    monkeypatch.setattr("activities.roll_uploads.uploads.MOST_BYTES", PIECE + 10)
    with pytest.raises(FileTooLargeError):
        await processes.upload(b"x" * (PIECE + 11))
    with pytest.raises(EmptyFileError):
        await processes.upload(b"")
    assert await processes.store.recent() == []
    assert await rows(database, roll_pieces) == []
