"""The importing role's side of uploads: it opens files, notes what becomes of each, and deletes them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import Entry, Event, Journal
from activities.roll_import.csv_file import RollError
from activities.roll_import.order import FILE_HASH
from activities.roll_uploads.orders import GIVEN_UP_AFTER, KEPT, UNDECIDED, WITH_FILE, DecisionClaim, UploadState
from activities.roll_uploads.report import UploadReport
from activities.roll_uploads.uploads import Upload, upload_of
from activities.security.role_box import RoleBoxError, RoleOpener
from activities.store.database import Database
from activities.store.operator_table import roll_pieces, roll_uploads
from election.rules.retention import HISTORIES

_ROW = roll_uploads.c
_ONE = select(roll_uploads).where(_ROW.id == bindparam("upload"))
_NUMBERS = select(roll_pieces.c.number).where(
    roll_pieces.c.upload_id == bindparam("upload"), roll_pieces.c.number >= 0
)
_PIECE = select(roll_pieces.c.sealed).where(
    roll_pieces.c.upload_id == bindparam("upload"), roll_pieces.c.number == bindparam("piece")
)
_OTHER_KEY = (
    "le fichier ne s’ouvre pas\u00a0: la console l’a scellé pour une autre clé que celle de ce worker "
    "(REASSORT_ROLL_PUBLIC_KEY et REASSORT_ROLL_KEY)"
)
_GONE = "le fichier n’est plus là\u00a0: il a été effacé après 24 heures. Déposez-le de nouveau"
_NOT_ENDED = "l’import n’est pas arrivé à son terme en une semaine\u00a0: ce qui est écrit le reste. Déposez le fichier de nouveau"
_OTHER_FILE = "le fichier n’est plus celui qui a été déposé\u00a0: déposez-le de nouveau"


class UploadRows:
    """Reads and changes the rows of uploads."""

    def __init__(
        self, database: Database, opener: RoleOpener, journal: Journal, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._opener = opener
        self._journal = journal
        self._now = now

    async def find(self, upload_id: str) -> Upload:
        """Return an upload.

        Raises:
            LookupError: there is none of that id.
        """
        async with self._database.reading() as connection:
            row = (await connection.execute(_ONE, {"upload": upload_id})).one_or_none()
        if row is None:
            raise LookupError("no such upload")
        return upload_of(row)

    async def content(self, upload: Upload) -> BytesIO:
        """Return the file, which is in this process's memory alone.

        Raises:
            RollError: it is gone, was sealed for another key, or is another file than was uploaded.
        """
        content, digest, of = BytesIO(), sha256(), {"upload": upload.id}
        async with self._database.reading() as connection:
            for number in sorted((await connection.execute(_NUMBERS, of)).scalars()):
                sealed = (await connection.execute(_PIECE, {**of, "piece": number})).scalar_one()
                piece = self._open(sealed)
                digest.update(piece)
                content.write(piece)
        if not content.tell():
            raise RollError(_GONE)
        if digest.hexdigest() != upload.file_hash:
            raise RollError(_OTHER_FILE)
        content.seek(0)
        return content

    async def entry(self, upload: Upload, number: int) -> bytes:
        """Return what the second person has typed.

        Raises:
            RollError: it is not there, or was sealed for another key.
        """
        async with self._database.reading() as connection:
            query = _PIECE, {"upload": upload.id, "piece": number}
            sealed = (await connection.execute(*query)).scalar_one_or_none() if number < 0 else None
        if sealed is None:
            raise RollError(_GONE)
        return self._open(sealed)

    def _open(self, sealed: bytes) -> bytes:
        try:
            return self._opener.open(sealed)
        except RoleBoxError:
            raise RollError(_OTHER_KEY) from None

    async def settle(self, upload: Upload, state: UploadState, report: UploadReport) -> UploadState:
        """Note what came of a step, unless another run of it has; the file is deleted when nothing more is done with it."""
        async with self._database.writing() as connection:
            done = await self.settle_within(connection, upload, state, report)
        return state if done else (await self.find(upload.id)).state

    async def settle_within(
        self, connection: AsyncConnection, upload: Upload, state: UploadState, report: UploadReport
    ) -> bool:
        """Do as `settle` in the caller's transaction, and return whether no other run has done it before."""
        is_as_it_was = (_ROW.id == upload.id) & (_ROW.state == upload.state)
        changed = {"state": state, "report": report.to_json(), "changed_at": self._now()}
        done = await connection.execute(update(roll_uploads).where(is_as_it_was).values(**changed))
        if done.rowcount and state.is_over:
            await _delete_file(connection, upload.id)
        return bool(done.rowcount)

    async def decide(self, claim: DecisionClaim) -> bool:
        """Note a decision on a file that was judged, and return whether it is this one that is to be carried out.

        Raises:
            LookupError: there is no such upload.
        """
        order = claim.order
        state = UploadState.CONFIRMED if order.confirms else UploadState.ABANDONED
        waiting = [UploadState.CHECKED] if order.confirms else UNDECIDED
        decided = {"state": state, "decided_by": order.operator, "decision": claim.workflow_id}
        is_open = (_ROW.id == order.upload) & _ROW.state.in_(waiting)
        async with self._database.writing() as connection:
            changed = update(roll_uploads).where(is_open).values(**decided, changed_at=self._now())
            if (await connection.execute(changed)).rowcount and not order.confirms:
                await _delete_file(connection, order.upload)
                await self._journal.record(connection, _abandoned(claim))
            row = (await connection.execute(_ONE, {"upload": order.upload})).one()
        # Run again after a kill, it is its own decision that it finds.
        return bool(row.decision == claim.workflow_id and row.state == UploadState.CONFIRMED)

    async def expire(self) -> int:
        """Expire uploads that were not confirmed in time, delete rows as old as histories may be, and return how many.

        A file that was confirmed is the import's, however late that is, until it is given up.
        """
        now = self._now()
        old = (_ROW.created_at < now - KEPT) & _ROW.state.in_(UNDECIDED)
        expired = update(roll_uploads).where(old).values(state=UploadState.EXPIRED, changed_at=now)
        stuck = (_ROW.changed_at < now - GIVEN_UP_AFTER) & (_ROW.state == UploadState.CONFIRMED)
        async with self._database.writing() as connection:
            number = (await connection.execute(expired)).rowcount
            for row in (await connection.execute(select(roll_uploads).where(stuck))).all():
                failed = upload_of(row)
                number += await self.settle_within(
                    connection, failed, UploadState.FAILED, faulty(failed, _NOT_ENDED)
                )
            over = select(_ROW.id).where(_ROW.state.not_in(WITH_FILE))
            await connection.execute(delete(roll_pieces).where(roll_pieces.c.upload_id.in_(over)))
            gone = await connection.execute(delete(roll_uploads).where(_ROW.created_at < now - HISTORIES))
        return number + gone.rowcount


def faulty(upload: Upload, fault: str) -> UploadReport:
    """Return the report of an upload, with what has gone wrong."""
    return replace(upload.report, fault=fault)


async def _delete_file(connection: AsyncConnection, upload_id: str) -> None:
    await connection.execute(delete(roll_pieces).where(roll_pieces.c.upload_id == upload_id))


def _abandoned(claim: DecisionClaim) -> Entry:
    order = claim.order
    return Entry(
        f"roll:abandoned:{order.upload}",
        Event.OPERATOR_ABANDONED_ROLL,
        order.operator,
        f"roll/{order.file_hash}",
        detail=f"{FILE_HASH}{order.file_hash}",
    )
