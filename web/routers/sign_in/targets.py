"""What a sign-in opens: the portal, or the voting space (2018, 2011)."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import RedirectResponse

from activities.accounts.credentials import CheckedCredential, CredentialReplacedError
from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from election.timetable import Availability
from web.context.app_context import AppContext
from web.context.browser_session import BrowserSession, remember_browser
from web.context.cookies import KNOWN_BROWSER, KNOWN_VOTER, SESSION, Cookie
from web.context.destinations import Destination
from web.context.drafts import forget_all
from web.context.typed_identifier import forget_identifier


@dataclass(frozen=True)
class SignInTarget:
    """One of the two sign-ins: its pages, and the cookie by which it knows a browser.

    `name` is bound into its codes, so that a code of one sign-in does not open the other.
    """

    name: str
    opens: str
    password_url: str
    code_url: str
    cookie: Cookie
    is_voting_space: bool = False

    def leads_to(self, destination: Destination | None) -> str:
        """Return the page that comes after the sign-in."""
        return destination.path if destination else self.opens

    def is_open(self, browser: BrowserSession) -> bool:
        """Return whether this browser has signed in already."""
        if browser.elector is None or browser.session is None:
            return False
        return browser.session.voting_space_open or not self.is_voting_space

    def is_available(self, app: AppContext) -> bool:
        """Return whether the election offers this sign-in now."""
        if not self.is_voting_space:
            return True
        allowed = app.election.voting_space.identifier_and_password
        return allowed and app.election.calendar.vote.availability(app.now()) is Availability.OPEN

    def known_browser(self, request: Request, app: AppContext) -> str:
        """Return the cookie of a browser that has signed in here before, or ""."""
        return self.cookie.read(request, app)

    async def open(
        self,
        app: AppContext,
        session: Session,
        claimant: Claimant,
        checked: CheckedCredential,
        destination: Destination | None,
    ) -> RedirectResponse:
        """Sign in with a new session, end the old one, and return the redirect.

        Raises:
            CredentialReplacedError: the password or the typed identifier was replaced meanwhile.
        """
        if not await app.services.roll.is_current(claimant):
            raise CredentialReplacedError
        cookie, opened = await app.services.sessions.open(claimant.elector_id or "", checked)
        if self.is_voting_space:
            await app.services.sessions.open_voting_space(opened)
            await app.services.identifiers.confirm(claimant.elector_id or "")
        response = RedirectResponse(self.leads_to(destination), 303)
        SESSION.set(response, app, cookie)
        forget_identifier(response, app)
        forget_all(response, app)
        await remember_browser(response, app, claimant, self.cookie)
        await app.services.sessions.end(session)
        return response


PORTAL = SignInTarget("portal", "/portail", "/connexion/mot-de-passe", "/connexion/code", KNOWN_BROWSER)
VOTING_SPACE = SignInTarget(
    "voting-space",
    "/espace-de-vote",
    "/vote/connexion",
    "/vote/connexion/code",
    KNOWN_VOTER,
    is_voting_space=True,
)
