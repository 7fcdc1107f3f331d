"""The portal: home, and the elector's own page."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from web.clients.voting_code import workflow_id_of
from web.context.browser_session import CurrentBrowser, CurrentElector
from web.presenters import calendar, follow_up
from web.presenters.situations import situations_beside
from web.routers.links.see_again import see_again

router = APIRouter()


@router.get("/")
async def home(browser: CurrentBrowser) -> HTMLResponse:
    """Return what the portal is for, and what is open when."""
    election, now = browser.app.election, browser.app.now()
    recoverable = calendar.recoverable(election, now)
    return browser.page(
        "home.html",
        recoverable=recoverable,
        situations=situations_beside(recoverable, browser.app.offer),
        calendar=calendar.entries(election, now),
    )


@router.get("/portail")
async def portal(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return the elector's own page: calendar, countdown, recovery in progress."""
    election, now = current.app.election, current.app.now()
    workflow_id = workflow_id_of(current.elector.id)
    progress = await current.app.statuses.noted(workflow_id)
    status = current.app.statuses.of(progress) if progress else None
    is_stalled = status is not None and await current.app.feed.look_whether_stalled()
    return current.browser.page(
        "portal.html",
        recoverable=calendar.recoverable(election, now),
        calendar=calendar.entries(election, now),
        countdown=calendar.live_countdown(election, now),
        banner=follow_up.banner(status, is_stalled=is_stalled),
        see_again=see_again(request, current.app, workflow_id, progress),
    )
