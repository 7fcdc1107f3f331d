"""Message authentication codes of database rows that grant something.

Whoever can write to the database but has no pepper can copy such a row or change it, and cannot make its code: the
row is then treated as missing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

import structlog

from activities.security.hashing import KeyedHash

_log = structlog.get_logger(__name__)


class RowMacs:
    """Makes and verifies the codes of rows; each kind of row has a purpose of its own."""

    def __init__(self, keyed: KeyedHash) -> None:
        self._keyed = keyed

    def elector(self, row: Mapping[str, Any]) -> str:
        """Return the code of an elector's row, over every column that is not empty but `mac`."""
        names = sorted(name for name in row if name != "mac" and row[name])
        return self._keyed.hash("elector-row", *(part for name in names for part in (name, _text(row[name]))))

    def identifier(self, elector_id: str, identifier_hash: str) -> str:
        """Return the code that ties an identifier, which is looked up by its hash alone, to its elector."""
        return self._keyed.hash("identifier-of", elector_id, identifier_hash)

    def session(self, row: Mapping[str, Any]) -> str:
        """Return the code of a session's row: whose it is, who claims it, and since when."""
        names = ("id_hash", "elector_id", "claimant_subject", "claimant_elector_id", "opened_at")
        return self._keyed.hash("session-row", *(_text(row[name]) for name in names))

    def operator_session(self, row: Mapping[str, Any]) -> str:
        """Return the code of an operator's session: whose it is, with which role, since when, and by which login."""
        names = ("id_hash", "login_hash", "subject", "login", "name", "role", "opened_at")
        return self._keyed.hash("operator-row", *(_text(row[name]) for name in names))

    def voting_space(self, session_hash: str, elector_id: str) -> str:
        """Return the code that opens the voting space to a session; closing it is deleting the code, without a key."""
        return self._keyed.hash("voting-space", session_hash, elector_id)


def is_genuine(found: str, expected: str, table: str) -> bool:
    """Return whether a row has the code that it must have; a row that has another one is logged, for an alert."""
    genuine = compare_digest(found.encode(), expected.encode())
    if not genuine:
        _log.error("altered_row", table=table)
    return genuine


def _text(value: str | datetime | None) -> str:
    # None differs from an empty text.
    text = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    return "" if text is None else f"={text}"
