"""Logins at the operators' identity provider: each belongs to one browser, and nothing of it is stored until it succeeds."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from activities.gateways.identity.provider import Login, LoginFailure
from activities.security.hashing import KeyedHash
from activities.security.sealed_drafts import SealedDrafts

LIFETIME = timedelta(minutes=10)
_FORM = "operator-login"
_SECRET_LENGTH = 43  # of token_urlsafe(32)


@dataclass(frozen=True)
class BegunLogin:
    """A login whose response has come, and the page that the operator was going to."""

    login: Login
    destination: str


class OperatorLogins:
    """Begins logins, and finds them again by their state, which is sealed for the browser that began it.

    A browser has one secret for all its tabs, so that a login that begins in one does not end that of another. That a login is
    used once is seen to where its session is opened.
    """

    def __init__(self, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._keyed = keyed
        self._sealed = SealedDrafts(keyed)
        self._now = now

    def begin(self, destination: str, browser_secret: str = "") -> tuple[str, Login]:
        """Return the secret for the browser's cookie, which is the one that it has already if any, and a new login."""
        secret = browser_secret if len(browser_secret) == _SECRET_LENGTH else secrets.token_urlsafe(32)
        clear = json.dumps([self._now().timestamp(), destination])
        return secret, self._login(secret, self._sealed.seal(_FORM, secret, clear))

    def find(self, browser_secret: str, state: str) -> BegunLogin | LoginFailure:
        """Return the login of a state, or EXPIRED when it is none of this browser, or older than ten minutes."""
        clear = self._sealed.open(_FORM, browser_secret, state)
        if clear is None:
            return LoginFailure.EXPIRED
        begun_at, destination = json.loads(clear)
        if self._now().timestamp() > begun_at + LIFETIME.total_seconds():
            return LoginFailure.EXPIRED
        return BegunLogin(self._login(browser_secret, state), destination)

    def _login(self, secret: str, state: str) -> Login:
        nonce, verifier = (self._keyed.hash(f"op-{part}", secret, state) for part in ("nonce", "verifier"))
        return Login(state, nonce, verifier)
