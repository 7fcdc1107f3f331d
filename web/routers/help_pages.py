"""The help: situations with one answer each, a guide for each recovery, frequent questions."""

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse

from web.context.browser_session import CurrentBrowser
from web.presenters.procedures.catalogue import offered_records
from web.presenters.situations import answer, offered_situations

router = APIRouter(prefix="/aide")


@router.get("")
async def help_page(browser: CurrentBrowser) -> HTMLResponse:
    """Return the situations, the list of guides and the frequent questions."""
    return browser.page("help.html", situations=offered_situations(browser.app.offer))


@router.get("/guides/{name}")
async def guide_page(browser: CurrentBrowser, name: str) -> HTMLResponse:
    """Return the guide of a recovery, or 404 for one that this election does not offer."""
    election = browser.app.election
    record = next((each for each in offered_records(election) if each.guide_name == name), None)
    if record is None:
        raise HTTPException(404)
    window = int(election.voting_code_recovery.display_window.total_seconds())
    return browser.page("guide_page.html", record=record, window_seconds=window)


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
