"""The hash chain over the journal: the content of an entry, its hash, and the hash of the chain up to it."""

import json
import re
from argparse import ArgumentTypeError
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping

FIELDS = (
    *("number", "entry_id", "recorded_at", "election_id", "event", "actor", "workflow_id", "channel", "outcome"),
    *("detail", "wording", "address_hash", "expires_at"),
)
# The entry that ends the vote: what follows it is counted by the verification.
CLOSING_EVENT = "operator:journal:closed"
_START = "0" * 64


@dataclass(frozen=True)
class Head:
    """The end of the chain: the position of the last sealed entry, and the hash over all up to it."""

    position: int = 0
    chain_hash: str = _START

    def __str__(self) -> str:
        return f"{self.position}:{self.chain_hash}"


def read_head(text: str) -> Head:
    """Return the head that `str` wrote.

    Raises:
        ArgumentTypeError: it is no head; the text says what is expected.
    """
    position, _, chain_hash = text.strip().partition(":")
    if not re.fullmatch("[0-9]{1,18}", position) or not re.fullmatch("[0-9A-Fa-f]{64}", chain_hash):
        raise ArgumentTypeError(
            "a head is the position, a colon and the hash of 64 hexadecimal characters, as `close`, `figures` and `export` "
            "print it"
        )
    return Head(int(position), chain_hash.lower())


@dataclass(frozen=True)
class Seal:
    """An entry's link in the chain; it stays when the entry is purged."""

    position: int
    number: int
    sealed_at: datetime
    expires_at: datetime
    content_hash: str
    chain_hash: str


def content_of(row: RowMapping) -> dict[str, Any]:
    """Return the content of a journal row as JSON values, instants in UTC with microseconds."""
    return {name: json_value(row[name]) for name in FIELDS}


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry's content: its values in the order of `FIELDS`, as a JSON list."""
    return _hashed([content[name] for name in FIELDS])


def next_seal(head: Head, content: Mapping[str, Any], sealed_at: datetime) -> Seal:
    """Return the seal of the entry that follows the head."""
    position, number = head.position + 1, content["number"]
    expires_at, hashed = datetime.fromisoformat(content["expires_at"]), content_hash(content)
    chained = chain_hash(head.chain_hash, Seal(position, number, sealed_at, expires_at, hashed, ""))
    return Seal(position, number, sealed_at, expires_at, hashed, chained)


def chain_hash(before: str, seal: Seal) -> str:
    """Return the hash of the chain up to a seal, from the hash before it."""
    times = (json_value(seal.sealed_at), json_value(seal.expires_at))
    return _hashed([before, seal.position, seal.number, *times, seal.content_hash])


def json_value(value: Any) -> Any:
    """Return a value as JSON has it, an instant in UTC with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _hashed(values: list[Any]) -> str:
    return sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
