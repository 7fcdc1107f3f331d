"""Who is at the door: a browser's session, and the elector who has signed in with it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from activities.accounts.roll import Claimant, Elector
from activities.accounts.sessions import Session
from web.context.app_context import AppContext, CurrentApp
from web.context.cookies import Cookie

SESSION = Cookie("session", "/")
# Outlives the session: it says that this browser has signed in as somebody before.
KNOWN_BROWSER = Cookie("connu", "/connexion")
# The same for the voting space, whose sign-in page is elsewhere.
KNOWN_VOTER = Cookie("connu-vote", "/vote/connexion")
# Which recovery the follow-up page shows: the last that this browser asked for.
FOLLOWED = Cookie("suivi", "/reassort")


def remember(answer: Response, app: AppContext, claimant: Claimant) -> None:
    """Let this browser be known as the elector's: strangers' wrong passwords never shut it out."""
    left = int((app.election.calendar.vote.closes - app.now()).total_seconds())
    if left > 0:
        for cookie in (KNOWN_BROWSER, KNOWN_VOTER):
            cookie.give(answer, app, app.services.sign_in.remember(claimant), left)


class SignInRequiredError(Exception):
    """Raised when a page is for electors who have signed in; answered by the sign-in page."""


class CsrfError(Exception):
    """Raised when a form's hidden field is missing or another session's; answered with 403."""


@dataclass(frozen=True)
class BrowserSession:
    """A browser: `session` is None until it has opened a form."""

    app: AppContext
    session: Session | None
    elector: Elector | None

    @property
    def page_context(self) -> dict[str, Any]:
        """What every page is told of its visitor."""
        token = self.app.tokens.make(self.session.id_hash) if self.session else ""
        return {"elector_name": self.elector.name if self.elector else None, "csrf": token}

    def check(self, token: str) -> Session:
        """Return the session whose form was sent.

        Raises:
            CsrfError: the hidden field is missing, or of another session.
        """
        if self.session is None or not self.app.tokens.check(self.session.id_hash, token):
            raise CsrfError
        return self.session


@dataclass(frozen=True)
class SignedInElector:
    """A visitor who has signed in."""

    app: AppContext
    session: Session
    elector: Elector
    browser: BrowserSession


async def _found(request: Request, app: AppContext, *, used: bool) -> BrowserSession:
    cookie = SESSION.read(request, app)
    session = await app.services.sessions.find(cookie, used=used) if cookie else None
    elector = None
    if session and session.elector_id:
        elector = await app.services.roll.elector(session.elector_id)
    return BrowserSession(app, session, elector)


async def _visitor(request: Request, app: CurrentApp) -> BrowserSession:
    return await _found(request, app, used=True)


CurrentBrowser = Annotated[BrowserSession, Depends(_visitor)]


async def _signed_in(browser: CurrentBrowser) -> SignedInElector:
    if browser.session is None or browser.elector is None:
        raise SignInRequiredError
    return SignedInElector(browser.app, browser.session, browser.elector, browser)


CurrentElector = Annotated[SignedInElector, Depends(_signed_in)]


async def _screen(request: Request, app: CurrentApp) -> SignedInElector:
    return await _signed_in(await _found(request, app, used=False))


# A page that asks by itself, with maybe nobody before it: it keeps no session from growing idle.
PollingElector = Annotated[SignedInElector, Depends(_screen)]
