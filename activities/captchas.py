"""CAPTCHA answers, kept by the server: single use, five minutes, bound to one session."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete, select

from activities.store.database import Database
from activities.store.tables import captchas

LIFETIME = timedelta(minutes=5)
_DIGITS = 6


class Captchas:
    """Draws and checks CAPTCHAs: a speed bump; the counted tries are the control."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def draw(self, session_hash: str) -> str:
        """Return the id of a new CAPTCHA; those that have expired are cleared away."""
        now = self._now()
        drawn = {
            "id": secrets.token_hex(16),
            "session_hash": session_hash,
            "answer": "".join(secrets.choice("0123456789") for _ in range(_DIGITS)),
            "made_at": now,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(captchas).where(captchas.c.made_at < now - LIFETIME))
            await connection.execute(self._database.insert(captchas).values(drawn))
        return str(drawn["id"])

    async def answer(self, captcha_id: str) -> str | None:
        """Return the answer to be drawn or spoken, or None when the CAPTCHA is used or too old."""
        query = select(captchas.c.answer).where(
            captchas.c.id == _readable(captcha_id), captchas.c.made_at > self._now() - LIFETIME
        )
        async with self._database.reading() as connection:
            found: str | None = (await connection.execute(query)).scalar_one_or_none()
        return found

    async def spend(self, captcha_id: str, session_hash: str, typed: str) -> bool:
        """Say whether the answer is right, and use the CAPTCHA up whatever was typed."""
        here = (captchas.c.id == _readable(captcha_id)) & (captchas.c.session_hash == session_hash)
        fresh = captchas.c.made_at > self._now() - LIFETIME
        async with self._database.writing() as connection:
            spent = await connection.execute(delete(captchas).where(here, fresh).returning(captchas.c.answer))
            answer = spent.scalar_one_or_none()
        digits = "".join(typed.split())
        return answer is not None and compare_digest(answer.encode(), digits.encode())


def _readable(captcha_id: str) -> str:
    # An address may carry a character that no text in PostgreSQL can be compared with: NUL.
    return captcha_id.replace("\0", "\ufffd")
