"""One-time codes for browsers that are new to an elector: drawn for one session, kept as a keyed hash, mailed."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert

from activities.accounts.credentials import CheckedCredential
from activities.accounts.roll import Claimant, Roll
from activities.proofs.code_mail_limits import CodeMailLimits
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import sign_in_codes
from election.rules.sign_in import SignInRules

_DIGITS = 6
_SUBJECT_LENGTH = 32  # 128 bits, in hexadecimal
_OF_SESSION = sign_in_codes.c.session_hash == bindparam("of_session")
_COUNT = (
    update(sign_in_codes)
    .where(
        _OF_SESSION,
        sign_in_codes.c.expires_at > bindparam("now"),
        sign_in_codes.c.tries < bindparam("most"),
    )
    .values(tries=sign_in_codes.c.tries + 1)
    .returning(sign_in_codes.c.code_hash, sign_in_codes.c.password_hash)
)
_USE = (
    update(sign_in_codes)
    .where(
        _OF_SESSION,
        sign_in_codes.c.code_hash == bindparam("right"),
        or_(sign_in_codes.c.form_hash.is_(None), sign_in_codes.c.form_hash == bindparam("form")),
    )
    .values(form_hash=bindparam("form"))
)


class CodeVerdict(StrEnum):
    """The answer to a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # expired, tried too often, used, or never drawn


@dataclass(frozen=True)
class CodeRequest:
    """Who is asked for a code: the session and the claimant; `target` is what the sign-in opens, `address` the network address."""

    target: str
    session_hash: str
    claimant: Claimant
    address: str = ""


@dataclass(frozen=True)
class CodeMail:
    """A code and the work address it goes to; both are empty when nothing is to be sent."""

    address: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


class SignInCodes:
    """Draws and checks codes; for a wrong password it does the same work, and nothing that is typed is right."""

    def __init__(
        self,
        database: Database,
        keyed: KeyedHash,
        roll: Roll,
        limits: CodeMailLimits,
        rules: SignInRules,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._roll = roll
        self._limits = limits
        self._rules = rules
        self._now = now
        new = insert(sign_in_codes)
        columns = ("code_hash", "password_hash", "tries", "form_hash", "expires_at")
        self._replace = new.on_conflict_do_update(
            index_elements=["session_hash"], set_={name: new.excluded[name] for name in columns}
        )

    async def draw(self, request: CodeRequest, checked: CheckedCredential, *, is_right: bool) -> CodeMail:
        """Return the mail with a new code for this session, in the place of an earlier one.

        Nothing is to be sent when the password was wrong, or when too many codes were sent for it (`CodeMailLimits`).
        """
        elector = await self._roll.elector(request.claimant.elector_id or "")
        # A wrong password is counted too, under another subject: the same work, without an effect.
        subject = self._mails_of(request, checked if is_right else None)
        is_sent = await self._limits.count(subject, request.address) and is_right and elector is not None
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        row = {
            "session_hash": request.session_hash,
            "code_hash": self._code_hash(request, code if is_sent else secrets.token_hex(16)),
            "password_hash": self._password_hash(checked),
            "tries": 0,
            "form_hash": None,
            "expires_at": self._now() + self._rules.code_lifetime,
        }
        async with self._database.writing() as connection:
            await connection.execute(self._replace, row)
        return CodeMail(elector.work_email, code) if elector and is_sent else CodeMail()

    async def is_awaited(self, session_hash: str) -> bool:
        """Return whether a password was typed in this session that leads to the page of the code."""
        query = sign_in_codes.select().where(_OF_SESSION)
        async with self._database.reading() as connection:
            return (await connection.execute(query, {"of_session": session_hash})).first() is not None

    async def check(self, request: CodeRequest, checked: CheckedCredential, typed: str, form: str) -> CodeVerdict:
        """Return whether a typed code is right; each try is counted, and a right code works once.

        The same code of the same `form` (its fingerprint) is right again, as after a double click. `checked` is the password
        of today: when it is no longer the one that was typed, the code is over.
        """
        right = self._code_hash(request, "".join(typed.split()))
        asked = {"of_session": request.session_hash, "now": self._now(), "most": self._rules.code_tries}
        used = {"of_session": request.session_hash, "right": right, "form": self._keyed.hash("sign-in-form", form)}
        async with self._database.writing() as connection:
            row = (await connection.execute(_COUNT, asked)).one_or_none()
            if row is None or not compare_digest(row.password_hash, self._password_hash(checked)):
                return CodeVerdict.OVER
            if not compare_digest(row.code_hash, right):
                return CodeVerdict.WRONG
            is_first = (await connection.execute(_USE, used)).rowcount == 1
        await self._limits.reset(self._mails_of(request, checked), request.address)
        return CodeVerdict.RIGHT if is_first else CodeVerdict.OVER

    def _mails_of(self, request: CodeRequest, checked: CheckedCredential | None) -> str:
        # With the password: who no longer knows it makes nobody wait who has the new one.
        password = self._password_hash(checked) if checked else ""
        return self._keyed.hash("sign-in-mails", request.claimant.subject, password)[:_SUBJECT_LENGTH]

    def _code_hash(self, request: CodeRequest, code: str) -> str:
        return self._keyed.hash(
            "sign-in-code", request.target, request.session_hash, request.claimant.subject, code
        )

    def _password_hash(self, checked: CheckedCredential) -> str:
        return self._keyed.hash("sign-in-password", checked.hash)
