"""Who is at the door: a browser's session, and the elector who has signed in with it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from activities.accounts.roll import Claimant, Elector
from activities.accounts.sessions import Session
from web.context.app_context import AtDoor, Door
from web.context.cookies import Cookie

SESSION = Cookie("session", "/")
# Outlives the session: it says that this browser has signed in as somebody before.
KNOWN_BROWSER = Cookie("connu", "/connexion")
# The same for the voting space, whose sign-in page is elsewhere.
KNOWN_VOTER = Cookie("connu-vote", "/vote/connexion")
# Which recovery the follow-up page shows: the last that this browser asked for.
FOLLOWED = Cookie("suivi", "/reassort")


def remember(answer: Response, door: Door, claimant: Claimant) -> None:
    """Let this browser be known as the elector's: strangers' wrong passwords never shut it out."""
    left = int((door.election.calendar.vote.closes - door.now()).total_seconds())
    if left > 0:
        for cookie in (KNOWN_BROWSER, KNOWN_VOTER):
            cookie.give(answer, door, door.side.sign_in.remember(claimant), left)


class SignInNeeded(Exception):  # noqa: N818 - it says what is needed
    """Raised when a page is for electors who have signed in; answered by the sign-in page."""


class FormNotOurs(Exception):  # noqa: N818 - it says what the form is
    """Raised when a form's hidden field is missing or another session's; answered with 403."""


@dataclass(frozen=True)
class Visitor:
    """A browser: `session` is None until it has opened a form."""

    door: Door
    session: Session | None
    elector: Elector | None

    @property
    def context(self) -> dict[str, Any]:
        """What every page is told of its visitor."""
        token = self.door.tokens.make(self.session.id_hash) if self.session else ""
        return {"elector_name": self.elector.name if self.elector else None, "csrf": token}

    def check(self, token: str) -> Session:
        """Return the session whose form was sent.

        Raises:
            FormNotOurs: the hidden field is missing, or of another session.
        """
        if self.session is None or not self.door.tokens.check(self.session.id_hash, token):
            raise FormNotOurs
        return self.session


@dataclass(frozen=True)
class SignedIn:
    """A visitor who has signed in."""

    door: Door
    session: Session
    elector: Elector
    visitor: Visitor


async def _found(request: Request, door: Door, *, used: bool) -> Visitor:
    cookie = SESSION.read(request, door)
    session = await door.side.sessions.find(cookie, used=used) if cookie else None
    elector = None
    if session and session.elector_id:
        elector = await door.side.roll.elector(session.elector_id)
    return Visitor(door, session, elector)


async def _visitor(request: Request, door: AtDoor) -> Visitor:
    return await _found(request, door, used=True)


AnyVisitor = Annotated[Visitor, Depends(_visitor)]


async def _signed_in(visitor: AnyVisitor) -> SignedIn:
    if visitor.session is None or visitor.elector is None:
        raise SignInNeeded
    return SignedIn(visitor.door, visitor.session, visitor.elector, visitor)


ElectorAtDoor = Annotated[SignedIn, Depends(_signed_in)]


async def _screen(request: Request, door: AtDoor) -> SignedIn:
    return await _signed_in(await _found(request, door, used=False))


# A page that asks by itself, with maybe nobody before it: it keeps no session from growing idle.
ScreenAtDoor = Annotated[SignedIn, Depends(_screen)]
