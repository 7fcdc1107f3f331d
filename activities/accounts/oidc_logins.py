"""Logins at FranceConnect: bound to a session, used once, expired after ten minutes; no secret is stored."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from activities.gateways.identity.provider import Login, LoginFailure
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import oidc_logins

LIFETIME = timedelta(minutes=10)
# How long a used or expired login can be told from one that never existed.
KEPT = timedelta(hours=1)


class OidcLogins:
    """Starts and uses logins; state, nonce and verifier are derived from one secret that the browser keeps."""

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now

    async def begin(self, session_hash: str) -> tuple[str, Login]:
        """Return the secret for the browser's cookie, and the login that is derived from it."""
        secret = secrets.token_urlsafe(32)
        row = {"id_hash": self._id(secret), "session_hash": session_hash, "created_at": self._now()}
        async with self._database.writing() as connection:
            await connection.execute(delete(oidc_logins).where(oidc_logins.c.created_at < self._now() - KEPT))
            await connection.execute(insert(oidc_logins).values(row))
        return secret, self._login(secret)

    async def use(self, secret: str, session_hash: str) -> Login | LoginFailure:
        """Return the login of a browser's secret once: of two calls at the same time, one gets it."""
        now = self._now()
        here = (oidc_logins.c.id_hash == self._id(secret)) & (oidc_logins.c.session_hash == session_hash)
        first = update(oidc_logins).where(here, oidc_logins.c.used_at.is_(None)).values(used_at=now)
        async with self._database.writing() as connection:
            created_at = (await connection.execute(first.returning(oidc_logins.c.created_at))).scalar_one_or_none()
            known = (await connection.execute(select(oidc_logins.c.id_hash).where(here))).scalar_one_or_none()
        if created_at is None:
            return LoginFailure.REPLAYED if known else LoginFailure.EXPIRED
        return self._login(secret) if now < created_at + LIFETIME else LoginFailure.EXPIRED

    def _id(self, secret: str) -> str:
        return self._keyed.hash("fc-login", secret)

    def _login(self, secret: str) -> Login:
        state, nonce, verifier = (
            self._keyed.hash(f"fc-{part}", secret) for part in ("state", "nonce", "verifier")
        )
        return Login(state, nonce, verifier)
