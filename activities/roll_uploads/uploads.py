"""The console's side of uploads: it stores a file that it cannot open again, and reads what becomes of it."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import Entry, Event, Journal
from activities.roll_import.order import FILE_HASH
from activities.roll_uploads.orders import UploadKind, UploadState
from activities.roll_uploads.report import UploadReport, report_of
from activities.security.role_box import RoleSealer
from activities.store.database import Database
from activities.store.operator_table import roll_pieces, roll_uploads

MOST_BYTES = 300 * 1024 * 1024  # a roll of 1.4 million lines has about 200 MB
PIECE = 1024 * 1024  # bytes
_ADD_PIECE, _ADD_UPLOAD = insert(roll_pieces), insert(roll_uploads)
_NOT_OURS = {"state", "decided_by", "decision", "report"}  # the columns of the role that imports
_ONE = select(roll_uploads).where(roll_uploads.c.id == bindparam("upload"))
_RECENT = select(roll_uploads).order_by(roll_uploads.c.created_at.desc()).limit(bindparam("most"))


class FileTooLargeError(Exception):
    """Raised when a file is longer than any roll; nothing of it is stored."""


class EmptyFileError(Exception):
    """Raised when a file has nothing in it."""


class Uploader(NamedTuple):
    """Who uploads: the name that the journal keeps, and the subject that tells persons apart."""

    operator: str
    subject: str


@dataclass(frozen=True)
class Upload:
    """An upload, and where it stands."""

    id: str
    kind: UploadKind
    state: UploadState
    operator: str
    subject: str
    file_hash: str
    size: int
    reason: str
    decided_by: str
    decision: str
    created_at: datetime
    changed_at: datetime
    report: UploadReport


class RollUploads:
    """Stores and finds uploads."""

    def __init__(
        self, database: Database, sealer: RoleSealer, journal: Journal, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._journal = journal
        self._now = now

    async def store(
        self, uploader: Uploader, kind: UploadKind, arriving: AsyncIterator[bytes], reason: str = ""
    ) -> Upload:
        """Store a file as it arrives, sealed piece by piece, and return its upload; all of it or nothing is stored.

        Raises:
            FileTooLargeError: it has more than `MOST_BYTES`.
            EmptyFileError: it has none.
        """
        upload_id, digest, size = secrets.token_hex(16), sha256(), 0
        async with self._database.writing() as connection:
            pieces = _SealedPieces(connection, self._sealer, upload_id)
            async for part in arriving:
                digest.update(part)
                size += len(part)
                if size > MOST_BYTES:
                    raise FileTooLargeError
                await pieces.add(part)
            if not size:
                raise EmptyFileError
            await pieces.finish()
            now, file = self._now(), (digest.hexdigest(), size)
            upload = Upload(
                upload_id, kind, UploadState.RECEIVED, *uploader, *file, reason, "", "", now, now, UploadReport()
            )
            await self._add(connection, upload)
        return upload

    async def add_entry(self, upload: Upload, entry: bytes) -> int:
        """Store what the second person has typed, sealed, and return its number."""
        number = -1 - secrets.randbelow(2**31 - 1)
        row = {"upload_id": upload.id, "number": number, "sealed": self._sealer.seal(entry)}
        async with self._database.single_statements() as connection:
            await connection.execute(_ADD_PIECE, row)
        return number

    async def _add(self, connection: AsyncConnection, upload: Upload) -> None:
        row = {each.name: getattr(upload, each.name) for each in fields(upload) if each.name not in _NOT_OURS}
        await connection.execute(_ADD_UPLOAD, row)
        entry = Entry(
            f"console:roll:{upload.id}",
            Event.OPERATOR_UPLOADED_ROLL,
            upload.operator,
            f"roll/{upload.file_hash}",
            outcome=upload.kind,
            detail=f"{FILE_HASH}{upload.file_hash}",
        )
        await self._journal.record(connection, entry)

    async def find(self, upload_id: str) -> Upload | None:
        """Return an upload, or None."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_ONE, {"upload": upload_id})).one_or_none()
        return upload_of(row) if row is not None else None

    async def recent(self, most: int = 20) -> list[Upload]:
        """Return the last uploads, the newest first."""
        async with self._database.reading() as connection:
            return [upload_of(row) for row in await connection.execute(_RECENT, {"most": most})]


class _SealedPieces:
    """Cuts what arrives into pieces of one size, and writes each sealed."""

    def __init__(self, connection: AsyncConnection, sealer: RoleSealer, upload_id: str) -> None:
        self._connection = connection
        self._sealer = sealer
        self._upload_id = upload_id
        self._number = 0
        self._waiting = bytearray()

    async def add(self, part: bytes) -> None:
        """Take what has arrived."""
        self._waiting += part
        while len(self._waiting) >= PIECE:
            await self._write(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    async def finish(self) -> None:
        """Write what is left."""
        if self._waiting:
            await self._write(bytes(self._waiting))

    async def _write(self, piece: bytes) -> None:
        row = {"upload_id": self._upload_id, "number": self._number, "sealed": self._sealer.seal(piece)}
        await self._connection.execute(_ADD_PIECE, row)
        self._number += 1


def upload_of(row: Row[Any]) -> Upload:
    """Return the upload of a row."""
    return Upload(
        row.id,
        UploadKind(row.kind),
        UploadState(row.state),
        row.operator,
        row.subject,
        row.file_hash,
        row.size,
        row.reason,
        row.decided_by,
        row.decision,
        row.created_at,
        row.changed_at,
        report_of(row.report),
    )
