"""Tokens for the second step of a form: one solved CAPTCHA serves one confirmation."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from activities.security.hashing import KeyedHash
from activities.security.signed_values import SignedValues
from activities.store.database import Database
from activities.store.tables import captchas

LIFETIME = timedelta(minutes=30)


class Confirmations:
    """Makes and verifies tokens that are bound to what the first step established; only used ones are stored."""

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._signed_values = SignedValues(keyed, "step", LIFETIME, now)

    def create(self, *bound_to: str) -> str:
        """Return a new token, for the page of the second step; nothing is stored."""
        return self._signed_values.create(self._owner(*bound_to))

    def is_valid(self, token: str, *bound_to: str) -> bool:
        """Return whether a token was made for the same, less than half an hour ago."""
        return self._signed_values.is_of(token, self._owner(*bound_to))

    async def is_used(self, token: str) -> bool:
        """Return whether a valid token has served its confirmation."""
        query = select(captchas.c.id).where(captchas.c.id == token)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def use(self, token: str) -> None:
        """Note that a valid token has served its confirmation, once that has had its effect."""
        used = {"id": token, "form_hash": "", "created_at": self._signed_values.created_at(token)}
        async with self._database.writing() as connection:
            await connection.execute(insert(captchas).values(used).on_conflict_do_nothing())

    def _owner(self, *bound_to: str) -> str:
        return self._keyed.hash("confirmation", *bound_to)
