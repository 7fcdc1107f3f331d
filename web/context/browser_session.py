"""The session of the browser that sent a request, and the elector who has signed in with it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, Response

from activities.accounts.roll import Claimant, Elector
from activities.accounts.sessions import Session, seconds_left
from activities.evidence.access_trace import Access
from election.verdicts import Verdict
from web.context.app_context import AppContext, CurrentApp
from web.context.cookies import SESSION, Cookie
from web.context.form_tokens import CsrfError
from web.context.returned_form import ReturnedForm


class SignInRequiredError(Exception):
    """Raised when a page is for electors who have signed in; answered with the sign-in page."""


class OtherEntranceError(Exception):
    """Raised when the voting space of this election has another entrance, at `url`; answered with a redirect."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


@dataclass(frozen=True)
class BrowserSession:
    """A browser; `session` is None until it has opened a form, `elector` until it has signed in.

    `address` is its network address: that of the connection, or what a reverse proxy of ours says. `returned_form` is the
    form that the page shows again, if it has one.
    """

    app: AppContext
    session: Session | None
    elector: Elector | None
    address: str
    returned_form: ReturnedForm | None = None

    @property
    def session_left(self) -> int:
        """How many seconds the session lasts without another page, or 0 without one that has an end."""
        return seconds_left(self.session.ends_at if self.session else None, self.app.now())

    @property
    def page_context(self) -> dict[str, Any]:
        """What every template needs of the session."""
        token = self.app.form_tokens.make(self.session.id_hash) if self.session else ""
        name = self.elector.name if self.elector else None
        return {"elector_name": name, "csrf": token, "session_left": self.session_left}

    def page(self, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a page of this session."""
        return self.app.pages.page(template, status_code, **context, **self.page_context)

    def message(
        self, status: int, title: str, paragraphs: list[str], actions: list[tuple[str, str]]
    ) -> HTMLResponse:
        """Return a page of a few sentences of this session; `actions` are (label, address) pairs."""
        return self.app.pages.message(status, title, paragraphs, actions, **self.page_context)

    async def trace(self, access: Access, actor: Claimant | str, verdict: Verdict | None) -> None:
        """Journal an attempt of a claimant, or of whom an opaque id stands for; see `AccessTrace.note`."""
        if isinstance(actor, Claimant):
            actor = actor.elector_id or actor.subject
        await self.app.services.access_trace.note(access, actor, verdict, self.address)

    def require_csrf(self, token: str) -> Session:
        """Return the session whose form was sent.

        Raises:
            CsrfError: the hidden field is missing, or of another session.
        """
        if self.session is None:
            raise CsrfError
        self.app.form_tokens.require(token, self.session.id_hash)
        return self.session


@dataclass(frozen=True)
class SignedInElector:
    """An elector who has signed in, with the session."""

    app: AppContext
    session: Session
    elector: Elector
    browser: BrowserSession


async def remember_browser(response: Response, app: AppContext, claimant: Claimant, *cookies: Cookie) -> None:
    """Give the browser a proof that it signed in as the claimant, in each of the cookies, until the vote closes.

    Other people's wrong passwords then never pause this browser's own sign-in.
    """
    if app.now() < app.election.calendar.vote.closes:
        for cookie in cookies:
            cookie.set(response, app, await app.services.sign_in.remember(claimant))


def network_address(request: Request) -> str:
    """Return the network address that a request came from, or "" on a Unix socket."""
    return request.client.host if request.client else ""


async def _find_browser(request: Request, app: AppContext, *, keeps_alive: bool) -> BrowserSession:
    cookie = SESSION.read(request, app)
    session = await app.services.sessions.find(cookie, keeps_alive=keeps_alive) if cookie else None
    elector = None
    if session and session.elector_id:
        elector = await app.services.roll.elector(session.elector_id)
    request.state.is_signed_in = elector is not None  # for the page of a fault
    returned = getattr(request.state, "returned_form", None)
    return BrowserSession(app, session, elector, network_address(request), returned)


async def current_browser(request: Request, app: CurrentApp) -> BrowserSession:
    """Return the browser of a request, whose session lives on."""
    return await _find_browser(request, app, keeps_alive=True)


def unread_browser(request: Request, app: AppContext, csrf: str) -> BrowserSession | None:
    """Return the browser of a request without reading the database, as one that has not signed in: it can show a form again.

    None unless `csrf` is the hidden field of its session.
    """
    cookie = SESSION.read(request, app)
    session = app.services.sessions.unread(cookie) if cookie else None
    browser = BrowserSession(app, session, None, network_address(request))
    try:
        browser.require_csrf(csrf)
    except CsrfError:
        return None
    return browser


CurrentBrowser = Annotated[BrowserSession, Depends(current_browser)]


async def _signed_in(browser: CurrentBrowser) -> SignedInElector:
    if browser.session is None or browser.elector is None:
        raise SignInRequiredError
    return SignedInElector(browser.app, browser.session, browser.elector, browser)


CurrentElector = Annotated[SignedInElector, Depends(_signed_in)]


# For pages that send requests by themselves: they do not keep the session alive when the voter has left.
async def _polling_browser(request: Request, app: CurrentApp) -> BrowserSession:
    return await _find_browser(request, app, keeps_alive=False)


PollingBrowser = Annotated[BrowserSession, Depends(_polling_browser)]


async def _polling(browser: PollingBrowser) -> SignedInElector:
    return await _signed_in(browser)


PollingElector = Annotated[SignedInElector, Depends(_polling)]
