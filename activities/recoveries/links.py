"""One-time links: the token is derived from ids, so that a retried send repeats it; the database keeps only its hash."""

from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import links
from election.verdicts import LinkVerdict

_TOKEN_BYTES = 16
# Crockford's base32 has no i, l, o, u: a token can be read on a phone and typed on a computer.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
_MISREAD = str.maketrans("oil", "011")
_FIND = select(links).where(links.c.token_hash == bindparam("token"))
_IS_LINK = links.c.link_id == bindparam("link")
_END = update(links).where(_IS_LINK).values(ending=bindparam("ending"))
# An ending that `end` has written is kept.
_REPLACE = update(links).where(_IS_LINK, links.c.ending.is_(None)).values(ending=LinkVerdict.REPLACED)


class InvalidSignatureError(Exception):
    """Raised when a message does not have a valid signature of the web; retries do not help."""


@dataclass(frozen=True)
class NewLink:
    """A link to be registered; `replaces` is the id of the link that it replaces, or empty."""

    link_id: str
    replaces: str = ""


@dataclass(frozen=True)
class LinkRecord:
    """The link of a token: its recovery, its id, and the ending that the recovery has written, LIVE if none."""

    workflow_id: str
    link_id: str
    ending: LinkVerdict


class Links:
    """Derives tokens from link ids, and finds the link of a token."""

    def __init__(self, database: Database, link_key: bytes, public_url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._hash = KeyedHash(link_key)
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._add = insert(links).on_conflict_do_nothing()

    def token(self, workflow_id: str, link_id: str) -> str:
        """Return the 128-bit token of a link: 26 characters of Crockford's base32.

        It depends on the workflow id too: a send for another recovery produces another token.
        """
        digest = bytes.fromhex(self._hash.hash("link", f"{workflow_id}|{link_id}"))[:_TOKEN_BYTES]
        return b32encode(digest).decode().rstrip("=").translate(_CROCKFORD)

    def address(self, workflow_id: str, link_id: str) -> str:
        """Return the URL that the voter receives."""
        return f"{self._public_url}/lien/{self.token(workflow_id, link_id)}"

    def sign_click(self, workflow_id: str, link_id: str, signed_payload: str) -> str:
        """Return the web's signature of a click: it came with the link's token and this payload.

        `signed_payload` is the browser's public key, or the click's other content. Without the signature, anyone with
        write access to Temporal could click for the voter, since link ids are readable in the history.
        """
        return self._hash.hash("click", f"{workflow_id}|{link_id}|{signed_payload}")

    def is_click_signed(self, workflow_id: str, link_id: str, signed_payload: str, signature: str) -> bool:
        """Return whether the web has signed this click."""
        return compare_digest(self.sign_click(workflow_id, link_id, signed_payload).encode(), signature.encode())

    async def register(self, connection: AsyncConnection, workflow_id: str, link: NewLink) -> None:
        """Store a link in the caller's transaction, and mark the link that it replaces; idempotent by link id."""
        values = {
            "token_hash": self._token_hash(self.token(workflow_id, link.link_id)),
            "link_id": link.link_id,
            "workflow_id": workflow_id,
            "created_at": self._now(),
        }
        await connection.execute(self._add, values)
        if link.replaces:
            await connection.execute(_REPLACE, {"link": link.replaces})

    async def end(self, connection: AsyncConnection, endings: Mapping[str, LinkVerdict]) -> None:
        """Store the endings of links, by link id, in the caller's transaction."""
        for link_id, ending in endings.items():
            await connection.execute(_END, {"link": link_id, "ending": ending})

    async def find(self, typed: str) -> LinkRecord | None:
        """Return the link of a token that a voter typed or clicked, or None for an unknown token."""
        token = typed.lower().translate(_MISREAD)
        async with self._database.reading() as connection:
            row = (await connection.execute(_FIND, {"token": self._token_hash(token)})).one_or_none()
        if row is None:
            return None
        return LinkRecord(row.workflow_id, row.link_id, LinkVerdict(row.ending or LinkVerdict.LIVE))

    def _token_hash(self, token: str) -> str:
        return self._hash.hash("link-token", token)
