"""One-time links: the token is derived, so that a retried send carries the same; only its hash is kept."""

from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import links
from election.verdicts import LinkVerdict

_TOKEN_BYTES = 16
# Crockford's base32: no i, l, o, u, so that a token can be typed from a phone to a computer.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
_MISREAD = str.maketrans("oil", "011")
_FIND = select(links).where(links.c.token_hash == bindparam("token"))
_MINE = links.c.link_id == bindparam("link")
_END = update(links).where(_MINE).values(ending=bindparam("ending"))
# What the recovery itself says of a link, by `end`, stands.
_REPLACE = update(links).where(_MINE, links.c.ending.is_(None)).values(ending=LinkVerdict.REPLACED)


class InvalidSignatureError(Exception):
    """Raised when an order does not carry the web's signature; no retry mends it."""


@dataclass(frozen=True)
class NewLink:
    """A link to be registered; it `replaces` an earlier one, if that is not empty."""

    link_id: str
    replaces: str = ""


@dataclass(frozen=True)
class LinkPlace:
    """Where a token leads; `ending` is what became of the link, noted by its recovery as it happens."""

    workflow_id: str
    link_id: str
    ending: LinkVerdict


class Links:
    """Makes tokens from link ids, and finds the recovery that a token leads to."""

    def __init__(self, database: Database, link_key: bytes, public_url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._hash = KeyedHash(link_key)
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._add = database.insert(links).on_conflict_do_nothing()

    def token(self, workflow_id: str, link_id: str) -> str:
        """Return the 128-bit token of a link: 26 characters that cannot be mistaken for others.

        Of its recovery too: ordered in the name of another recovery, a send carries another token.
        """
        digest = bytes.fromhex(self._hash.of("link", f"{workflow_id}|{link_id}"))[:_TOKEN_BYTES]
        return b32encode(digest).decode().rstrip("=").translate(_CROCKFORD)

    def address(self, workflow_id: str, link_id: str) -> str:
        """Return the address that the voter receives."""
        return f"{self._public_url}/lien/{self.token(workflow_id, link_id)}"

    def sign_click(self, workflow_id: str, link_id: str, signed_payload: str) -> str:
        """Return the web's signature: a click came with the link's own token, and with this content.

        `signed_payload` is the public half of the browser's key, or what else the click carries. Link ids stand in
        Temporal's history: anybody who can write there could otherwise click in the voter's place.
        """
        return self._hash.of("click", f"{workflow_id}|{link_id}|{signed_payload}")

    def is_click_signed(self, workflow_id: str, link_id: str, signed_payload: str, signature: str) -> bool:
        """Return whether the web has signed this click."""
        return compare_digest(self.sign_click(workflow_id, link_id, signed_payload).encode(), signature.encode())

    async def register(self, connection: AsyncConnection, workflow_id: str, link: NewLink) -> None:
        """Note where a link leads, inside the caller's transaction; the same link again changes nothing.

        The link that it replaces, if any, is marked as replaced.
        """
        values = {
            "token_hash": self._stored(self.token(workflow_id, link.link_id)),
            "link_id": link.link_id,
            "workflow_id": workflow_id,
            "made_at": self._now(),
        }
        await connection.execute(self._add, values)
        if link.replaces:
            await connection.execute(_REPLACE, {"link": link.replaces})

    async def end(self, connection: AsyncConnection, endings: Mapping[str, LinkVerdict]) -> None:
        """Note what became of links, inside the caller's transaction."""
        for link_id, ending in endings.items():
            await connection.execute(_END, {"link": link_id, "ending": ending})

    async def find(self, typed: str) -> LinkPlace | None:
        """Return where a token leads, or None when no such link was ever made."""
        token = typed.lower().translate(_MISREAD)
        async with self._database.reading() as connection:
            row = (await connection.execute(_FIND, {"token": self._stored(token)})).one_or_none()
        if row is None:
            return None
        return LinkPlace(row.workflow_id, row.link_id, LinkVerdict(row.ending or LinkVerdict.LIVE))

    def _stored(self, token: str) -> str:
        return self._hash.of("link-token", token)
