"""The operator who sent a request: who it is, with which role, and what that role may do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, Response

from activities.accounts.sessions import seconds_left
from activities.evidence.journal import LONGEST_ACTOR
from activities.operators.sessions import OperatorSession
from console.context.console_context import ConsoleContext, CurrentConsole
from console.context.pages import HOME


class Role(StrEnum):
    """What the identity provider calls a role, from the one that may do least to the one that may do most.

    `ASSISTANCE` and `BUREAU` (the election's bureau and its experts) read; `OPERATEUR` acts on recoveries and gateways;
    `ADMINISTRATION` acts on mailings and the roll too. What becomes of the roll, and each elector's accesses, are shown to
    `BUREAU` and `ADMINISTRATION` alone.
    """

    ASSISTANCE = "assistance"
    BUREAU = "bureau"
    OPERATEUR = "operateur"
    ADMINISTRATION = "administration"

    @property
    def label(self) -> str:
        """The role as operators read it."""
        return "opérateur" if self is Role.OPERATEUR else self.value


class OperatorSignInRequiredError(Exception):
    """Raised when nobody has signed in; answered with the provider's page."""


class NotAllowedError(Exception):
    """Raised when the operator's role may not do this; answered with 403."""

    def __init__(self, operator: "Operator") -> None:
        super().__init__("not allowed to this role")
        self.operator = operator


class CsrfError(Exception):
    """Raised when a form's hidden field is missing, or belongs to another session; answered with 403."""


@dataclass(frozen=True)
class Operator:
    """A person who has signed in. `csrf` is for the hidden field of that name of every form.

    `subject` tells persons apart; name and login are for people, and may change.
    `session_ends_at` is when the session ends without another page. `returns_to` is where a new sign-in leads back to.
    """

    subject: str
    login: str
    name: str
    role: Role
    csrf: str = field(repr=False)
    session_id: str = field(repr=False)
    console: ConsoleContext = field(repr=False, compare=False)
    path: str = HOME
    returns_to: str = HOME
    session_ends_at: datetime | None = field(default=None, compare=False)

    @property
    def may_act(self) -> bool:
        """Whether the role may retry, cancel, pause: `operateur` and `administration`."""
        return self.role in {Role.OPERATEUR, Role.ADMINISTRATION}

    @property
    def journal_name(self) -> str:
        """What the journal has of this person."""
        return journal_name(self.name, self.login)

    @property
    def session_left(self) -> int:
        """How many seconds the session lasts without another page."""
        return seconds_left(self.session_ends_at, self.console.now())

    @property
    def administers(self) -> bool:
        """Whether the role may change the roll: `administration`."""
        return self.role is Role.ADMINISTRATION

    @property
    def sees_roll(self) -> bool:
        """Whether the role may read what becomes of the roll: `bureau` and `administration`."""
        return self.role in {Role.BUREAU, Role.ADMINISTRATION}

    @property
    def sees_whole_journal(self) -> bool:
        """Whether the role may read the roll's events and electors' accesses: the same two."""
        return self.sees_roll

    def page(self, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a page for this operator."""
        return self.console.pages.page(template, status_code, **{"operator": self, "path": self.path, **context})

    def message(
        self, status: int, title: str, paragraphs: list[str], actions: list[tuple[str, str]], **context: Any
    ) -> HTMLResponse:
        """Return a page of a few sentences, as `ConsolePages.message` does."""
        shown = {"operator": self, "path": self.path, **context}
        return self.console.pages.message(status, title, paragraphs, actions, **shown)


@dataclass(frozen=True)
class ConsoleCookie:
    """A cookie of the console, which scripts cannot read; the portal's pages never get it."""

    name: str

    def read(self, request: Request, console: ConsoleContext) -> str:
        """Return the value that the browser sent, or ""."""
        return request.cookies.get(self._full_name(console), "")

    def set(self, response: Response, console: ConsoleContext, value: str) -> None:
        """Set a value until the browser is closed. `SameSite=Lax`: the provider's page leads back here with a GET."""
        response.set_cookie(
            self._full_name(console), value, path=HOME, secure=console.is_https, httponly=True, samesite="lax"
        )

    def delete(self, response: Response, console: ConsoleContext) -> None:
        """Delete the cookie."""
        response.delete_cookie(self._full_name(console), path=HOME, secure=console.is_https, httponly=True)

    def _full_name(self, console: ConsoleContext) -> str:
        return f"__Secure-{self.name}" if console.is_https else self.name


SESSION = ConsoleCookie("exploitation")
LOGIN = ConsoleCookie("exploitation-connexion")


def journal_name(name: str, login: str) -> str:
    """Return a name and the login that tells two of one name apart; the name is shortened where the journal would cut the login."""
    room = LONGEST_ACTOR - len(f" ({login})")
    shown = name if len(name) <= room else f"{name[: room - 1].rstrip()}…"
    return f"{shown} ({login})"


def require_csrf(operator: Operator, token: str) -> None:
    """Accept a form that was made for this operator's session.

    Raises:
        CsrfError: it was not.
    """
    if not compare_digest(operator.csrf.encode(), token.encode()):
        raise CsrfError


async def session_of(
    request: Request, console: ConsoleContext, *, keeps_alive: bool = True
) -> OperatorSession | None:
    """Return the session of the browser that sent a request, or None."""
    cookie = SESSION.read(request, console)
    return await console.services.sessions.find(cookie, keeps_alive=keeps_alive) if cookie else None


async def operator_of(request: Request, console: ConsoleContext, *, keeps_alive: bool = True) -> Operator | None:
    """Return the operator who sent a request, or None when nobody has signed in."""
    session = await session_of(request, console, keeps_alive=keeps_alive)
    if session is None:
        return None
    path = request.scope["path"]
    return Operator(
        session.subject,
        session.login,
        session.name,
        Role(session.role),
        console.form_key.hash("operator-csrf", session.id_hash),
        session.id_hash,
        console,
        path,
        path if request.method in {"GET", "HEAD"} else HOME,
        session.ends_at,
    )


def _required(operator: Operator | None) -> Operator:
    if operator is None:
        raise OperatorSignInRequiredError
    return operator


async def _current(request: Request, console: CurrentConsole) -> Operator:
    return _required(await operator_of(request, console))


# For pages that send requests by themselves: they do not keep the session alive when the operator has left.
async def _polling(request: Request, console: CurrentConsole) -> Operator:
    return _required(await operator_of(request, console, keeps_alive=False))


CurrentOperator = Annotated[Operator, Depends(_current)]
PollingOperator = Annotated[Operator, Depends(_polling)]


async def _acting(operator: CurrentOperator) -> Operator:
    if not operator.may_act:
        raise NotAllowedError(operator)
    return operator


async def _administrator(operator: CurrentOperator) -> Operator:
    if not operator.administers:
        raise NotAllowedError(operator)
    return operator


async def _roll_reader(operator: CurrentOperator) -> Operator:
    if not operator.sees_roll:
        raise NotAllowedError(operator)
    return operator


async def _polling_roll_reader(operator: PollingOperator) -> Operator:
    if not operator.sees_roll:
        raise NotAllowedError(operator)
    return operator


RollReader = Annotated[Operator, Depends(_roll_reader)]
PollingRollReader = Annotated[Operator, Depends(_polling_roll_reader)]
ActingOperator = Annotated[Operator, Depends(_acting)]
Administrator = Annotated[Operator, Depends(_administrator)]
