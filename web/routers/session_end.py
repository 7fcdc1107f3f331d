"""How long a session lasts without another page, for the page that warns before its end; and to keep it alive."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from web.context.browser_session import BrowserSession, CurrentBrowser, PollingBrowser
from web.forms import submitted_form

router = APIRouter(prefix="/session.json")


@router.get("")
async def left(browser: PollingBrowser) -> JSONResponse:
    """Return the seconds that are left, 0 once it is over; to ask does not keep the session alive."""
    return _left(browser)


@router.post("")
async def stay(request: Request, browser: CurrentBrowser) -> JSONResponse:
    """Keep the session alive, as each page does, and return the seconds that are left."""
    form = await submitted_form.read(request)
    if browser.elector:
        browser.require_csrf(form["csrf"])
    return _left(browser)


def _left(browser: BrowserSession) -> JSONResponse:
    return JSONResponse({"left": browser.session_left if browser.elector else 0})
