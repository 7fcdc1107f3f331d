"""The help: situations with one answer each, guides, frequent questions."""

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse

from web.context.browser_session import CurrentBrowser
from web.presenters.situations import answer, offered_situations

router = APIRouter(prefix="/aide")


@router.get("")
async def help_page(browser: CurrentBrowser) -> HTMLResponse:
    """Return the situations, the guides and the frequent questions."""
    window = int(browser.app.election.voting_code_recovery.display_window.total_seconds())
    return browser.page("help.html", window_seconds=window, situations=offered_situations(browser.app.offer))


@router.get("/situations/{name}")
async def situation_page(browser: CurrentBrowser, name: str) -> HTMLResponse:
    """Return the answer to a situation, or 404 for one that this election's voters cannot be in."""
    app = browser.app
    situations = offered_situations(app.offer)
    found = next((each for each in situations if each == name), None)
    if found is None:
        raise HTTPException(404)
    others = [each for each in situations if each is not found]
    answered = answer(found, app.election, app.offer, app.now())
    return browser.page("situation.html", situation=found, answer=answered, others=others)
