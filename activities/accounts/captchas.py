"""CAPTCHAs, valid once, for five minutes and in one session; their answers are derived, not stored."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from activities.accounts.confirmations import LIFETIME as CONFIRMATIONS_LIVE
from activities.security.hashing import KeyedHash
from activities.security.signed_values import SignedValues
from activities.store.database import Database
from activities.store.tables import captchas

LIFETIME = timedelta(minutes=5)
# Answered ones are kept as long as the confirmations that they lead to may be used.
KEPT = CONFIRMATIONS_LIVE
_DIGITS = 6


class Captchas:
    """Makes and checks CAPTCHAs, which slow bots down; the counted attempts are the control.

    Only answered ones are stored, so that each is used once.
    """

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._signed_values = SignedValues(keyed, "captcha", LIFETIME, now)

    def draw(self, session_hash: str) -> str:
        """Return the id of a new CAPTCHA; nothing is stored."""
        return self._signed_values.create(session_hash)

    async def answer(self, captcha_id: str) -> str | None:
        """Return the digits to draw or speak, or None when the CAPTCHA is used or expired."""
        if not self._signed_values.is_live(captcha_id):
            return None
        query = select(captchas.c.id).where(captchas.c.id == captcha_id)
        async with self._database.reading() as connection:
            used = (await connection.execute(query)).scalar_one_or_none()
        return None if used else self._digits(captcha_id)

    def rendering_seed(self, captcha_id: str) -> str:
        """Return the secret from which a CAPTCHA's picture and sound are made, the same in every process."""
        return self._keyed.hash("captcha-render", captcha_id)

    async def spend(self, captcha_id: str, session_hash: str, typed: str, form: str) -> bool:
        """Return whether the answer is right; the CAPTCHA is used whatever was typed.

        The same answer of the same `form` (its id) is right again, as after a double click.
        """
        if not self._signed_values.is_of(captcha_id, session_hash):
            return False
        digits = "".join(typed.split())
        spent = {
            "id": captcha_id,
            "form_hash": self._keyed.hash("captcha-form", digits, form),
            "created_at": self._signed_values.created_at(captcha_id),
        }
        query = select(captchas.c.form_hash).where(captchas.c.id == captcha_id)
        async with self._database.writing() as connection:
            await connection.execute(insert(captchas).values(spent).on_conflict_do_nothing())
            by: str = (await connection.execute(query)).scalar_one()
        is_first = by == spent["form_hash"]
        return is_first and compare_digest(self._digits(captcha_id).encode(), digits.encode())

    def _digits(self, captcha_id: str) -> str:
        return f"{int(self._keyed.hash('captcha-answer', captcha_id), 16) % 10**_DIGITS:0{_DIGITS}}"
