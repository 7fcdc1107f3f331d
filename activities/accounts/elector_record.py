"""What the journal says of one elector, and the code of a printed record."""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, Row, String, bindparam, text

from activities.accounts.roll import Roll
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.schema import Instant
from election.procedures import Procedure, kind_of, workflow_id_of
from election.text.folding import fold

_CODE_BYTES = 15  # 120 bits: 24 characters
_GROUP = 6
# Crockford's base32, in capitals: no I, L, O, U.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD = str.maketrans("OIL", "011", "- \u00a0")
# What operators do for an elector, outside any recovery.
_OPERATORS_ACTS = ("sign-in", "requests", "reissues")
# The function is the only way in which the web reads the journal: see grants.sql.
_READ = (
    text(
        "SELECT number, recorded_at, event, procedure AS id_prefix, channel, outcome FROM elector_record(:elector, :workflows)"
    )
    .bindparams(bindparam("workflows", type_=ARRAY(String)))
    .columns(recorded_at=Instant)
)


@dataclass(frozen=True)
class RecordLine:
    """An entry of the journal, without the names and reasons of operators; `procedure` is empty where it has none."""

    recorded_at: datetime
    event: str
    procedure: str
    channel: str
    outcome: str

    @property
    def is_access(self) -> bool:
        """Whether it is the trace of an access, which is purged earlier than the evidence."""
        return self.event.startswith("access:")


@dataclass(frozen=True)
class ElectorRecord:
    """An elector's lines, oldest first, as they stood at an instant; `code` stands for those that are evidence."""

    established_at: datetime
    evidence: Sequence[RecordLine]
    accesses: Sequence[RecordLine]
    code: str


class ElectorRecords:
    """Reads the records of electors; each is whole, whichever procedure an entry belongs to."""

    def __init__(self, database: Database, keyed: KeyedHash, roll: Roll, numen: NumenProof) -> None:
        self._database = database
        self._keyed = keyed
        self._roll = roll
        self._numen = numen

    async def read(self, elector_id: str, established_at: datetime) -> ElectorRecord:
        """Return an elector's record as it stood at an instant, to the millisecond; the latest hundred accesses are kept.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        until = established_at.astimezone(UTC)
        until = until.replace(microsecond=until.microsecond // 1000 * 1000)
        asked = {"elector": elector_id, "workflows": await self._workflow_ids(elector_id)}
        async with self._database.reading() as connection:
            rows = (await connection.execute(_READ, asked)).all()
        found = [_line(row) for row in sorted(rows, key=lambda row: (row.recorded_at, row.number))]
        lines = [each for each in found if each.recorded_at <= until]
        evidence = [each for each in lines if not each.is_access]
        accesses = [each for each in lines if each.is_access]
        return ElectorRecord(until, evidence, accesses, self._code(elector_id, until, evidence))

    def is_right(self, record: ElectorRecord, code: str) -> bool:
        """Return whether a typed code is that of a record."""
        return fold(code).upper().translate(_MISREAD) == record.code.translate(_MISREAD)

    async def _workflow_ids(self, elector_id: str) -> list[str]:
        """Return the id of each recovery that an elector may have, and of the operators' acts on the sign-in."""
        claimed = self._roll.subject(await self._roll.work_email(elector_id))
        numen = await self._numen.subject_of(elector_id)
        return [
            workflow_id_of(Procedure.VOTING_CODE, elector_id),
            workflow_id_of(Procedure.PASSWORD, claimed),
            workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, claimed),
            workflow_id_of(Procedure.IDENTIFIER, numen),
            *(f"{act}/{elector_id}" for act in _OPERATORS_ACTS),
        ]

    def _code(self, elector_id: str, until: datetime, lines: Sequence[RecordLine]) -> str:
        fields = [
            part
            for each in lines
            for part in (
                each.recorded_at.isoformat(),
                each.event,
                each.procedure,
                each.channel,
                each.outcome,
            )
        ]
        digest = bytes.fromhex(self._keyed.hash("elector-record", elector_id, until.isoformat(), *fields))
        letters = b32encode(digest[:_CODE_BYTES]).decode().translate(_CROCKFORD)
        return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def _line(row: Row[Any]) -> RecordLine:
    return RecordLine(row.recorded_at, row.event, kind_of(row.id_prefix), row.channel, row.outcome)
