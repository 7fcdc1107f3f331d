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
_SECRET_LENGTH = 43  # of token_urlsafe(32)


class OidcLogins:
    """Starts and uses logins, each found by its own state; nonce and verifier follow from it and the browser's secret.

    A browser has one secret for all its tabs, so that a login that begins in one does not end that of another.
    """

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now

    async def begin(self, session_hash: str, browser_secret: str = "") -> tuple[str, Login]:
        """Return the secret for the browser's cookie, which is the one that it has already if any, and a new login."""
        secret = browser_secret if len(browser_secret) == _SECRET_LENGTH else secrets.token_urlsafe(32)
        state = secrets.token_urlsafe(32)
        row = {"id_hash": self._id(secret, state), "session_hash": session_hash, "created_at": self._now()}
        async with self._database.writing() as connection:
            await connection.execute(delete(oidc_logins).where(oidc_logins.c.created_at < self._now() - KEPT))
            await connection.execute(insert(oidc_logins).values(row))
        return secret, self._login(secret, state)

    async def use(self, browser_secret: str, state: str, session_hash: str) -> Login | LoginFailure:
        """Return the login of a state once: of two calls at the same time, one gets it. Another state spends nothing."""
        now, of_login = self._now(), self._id(browser_secret, state)
        here = (oidc_logins.c.id_hash == of_login) & (oidc_logins.c.session_hash == session_hash)
        first = update(oidc_logins).where(here, oidc_logins.c.used_at.is_(None)).values(used_at=now)
        async with self._database.writing() as connection:
            created_at = (await connection.execute(first.returning(oidc_logins.c.created_at))).scalar_one_or_none()
            known = (await connection.execute(select(oidc_logins.c.id_hash).where(here))).scalar_one_or_none()
        if created_at is None:
            return LoginFailure.REPLAYED if known else LoginFailure.EXPIRED
        return self._login(browser_secret, state) if now < created_at + LIFETIME else LoginFailure.EXPIRED

    def _id(self, secret: str, state: str) -> str:
        return self._keyed.hash("fc-login", secret, state)

    def _login(self, secret: str, state: str) -> Login:
        nonce, verifier = (self._keyed.hash(f"fc-{part}", secret, state) for part in ("nonce", "verifier"))
        return Login(state, nonce, verifier)
