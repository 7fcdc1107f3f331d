"""Uploads of a roll as the console stores them and the role `roll` carries them out, without Temporal."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.evidence.journal import Journal
from activities.roll_import.fictional_roll import write
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import Column, LineReader
from activities.roll_import.load_roll import RollImport
from activities.roll_import.removal import RollRemoval
from activities.roll_import.writer import RollWriter
from activities.roll_uploads.elector_change import ElectorChanges
from activities.roll_uploads.importing import RollUploadActivities
from activities.roll_uploads.orders import (
    CheckClaim,
    CheckOrder,
    DecisionClaim,
    DecisionOrder,
    UploadKind,
    UploadState,
)
from activities.roll_uploads.rows import UploadRows
from activities.roll_uploads.uploads import RollUploads, Upload, Uploader
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.role_box import RoleOpener, RoleSealer
from activities.security.signatures import SigningKey
from activities.security.signed_orders import signed
from activities.store.database import Database
from election.settings import Election
from tests.support.console_app import CONSOLE_SEED, ROLL_SEED
from workflows.roll.starting import check_id

CONSOLE = SigningKey(bytes.fromhex(CONSOLE_SEED))
VERA, NOUR = Uploader("Vera Garnier (v.garnier)", "v.garnier"), Uploader("Nour Roussel (n.roussel)", "n.roussel")
Line = dict[Column, str]


def file_of(lines: Iterable[Line]) -> bytes:
    """Return the file of a roll."""
    out = io.StringIO()
    write(out, lines)
    return out.getvalue().encode()


def values_of(content: bytes) -> set[str]:
    """Return every cell of a file below its header that could tell something of one person."""
    rows = list(csv.reader(io.StringIO(content.decode()), delimiter=";"))[1:]
    return {cell for row in rows for cell in row if len(cell) > 5}


class RollUploadProcesses:
    """The console's store, and the activities of the role `roll`, on one database."""

    def __init__(
        self, database: Database, keyed: KeyedHash, election: Election, now: Callable[[], datetime]
    ) -> None:
        journal = Journal(database, election, now)
        self.now = now
        self.store = RollUploads(
            database, RoleSealer(SigningKey(bytes.fromhex(ROLL_SEED)).public_key), journal, now
        )
        self.rows = UploadRows(database, RoleOpener(bytes.fromhex(ROLL_SEED)), journal, now)
        slow = SlowHash(keyed, memory_kib=8, passes=1)
        self.writer = RollWriter(database, keyed, FirstCredentials(database, keyed, slow, now), journal)
        reader = LineReader(election.work_mail_domains, election.voting_code, election.proof_datum)
        roll_import = RollImport(reader, self.writer, RollRemoval(database, keyed, journal))
        changes = ElectorChanges(database, keyed, reader, journal, self.rows)
        self.activities = RollUploadActivities(
            self.rows, self.writer, roll_import, changes, CONSOLE.public_key, 2, now
        )

    async def upload(
        self, content: bytes, kind: UploadKind = UploadKind.ADD, by: Uploader = VERA, reason: str = ""
    ) -> Upload:
        """Store a file."""

        async def arriving() -> AsyncIterator[bytes]:
            for start in range(0, len(content), 700_000):
                yield content[start : start + 700_000]

        return await self.store.store(by, kind, arriving(), reason)

    async def check(self, upload: Upload, key: SigningKey = CONSOLE) -> UploadState:
        """Judge a file."""
        order = CheckOrder(
            upload.operator, upload.subject, upload.id, upload.kind, upload.file_hash, upload.reason
        )
        workflow_id = check_id(upload.id)
        return await self.activities.check_upload(
            CheckClaim(workflow_id, signed(key, workflow_id, order, self.now()))
        )

    def decision(
        self, upload: Upload, by: Uploader = NOUR, *, confirms: bool = True, entry: int = 0
    ) -> DecisionClaim:
        """Return a signed decision."""
        order = DecisionOrder(*by, upload.id, upload.file_hash, confirms, entry)
        workflow_id = f"roll-decision/{upload.id}/{by.subject}"
        return DecisionClaim(workflow_id, signed(CONSOLE, workflow_id, order, self.now()))

    async def carry_out(self, claim: DecisionClaim) -> UploadState:
        """Do what the workflow of a decision does."""
        if (await self.activities.decide_upload(claim)).is_import:
            return await self.activities.import_upload(claim.order.upload)
        return UploadState.ABANDONED


async def imported(processes: RollUploadProcesses, lines: Iterable[Line]) -> None:
    """Import electors, as two administrators."""
    upload = await processes.upload(file_of(lines))
    assert await processes.check(upload) is UploadState.CHECKED
    assert await processes.carry_out(processes.decision(upload)) is UploadState.IMPORTED


class InlineTemporal:
    """In the place of a client of Temporal: a workflow that is started runs at once."""

    namespace = "default"

    def __init__(self, processes: RollUploadProcesses) -> None:
        self._processes = processes
        self.started: list[tuple[str, object]] = []

    async def start_workflow(self, _run: object, order: Any, *, id: str, **_: object) -> Any:  # noqa: A002 - the SDK's name
        """Run a workflow, and return its handle."""
        self.started.append((id, order))
        run = (
            self._processes.activities.check_upload(CheckClaim(id, order))
            if isinstance(order, CheckOrder)
            else self._processes.carry_out(DecisionClaim(id, order))
        )
        ended = (await asyncio.gather(run, return_exceptions=True))[0]

        async def result() -> UploadState:
            if isinstance(ended, BaseException):
                raise WorkflowFailureError(cause=_failed_activity(ended))
            return ended

        return SimpleNamespace(result=result)


def _failed_activity(error: BaseException) -> ActivityError:
    """Return an activity's error as Temporal gives it to who waits for its workflow."""
    failed = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="decide_upload",
        activity_id="1",
        retry_state=None,
    )
    failed.__cause__ = ApplicationError(str(error), type=type(error).__name__)
    return failed
