"""The portal: home, the elector's own page, and the page that asks for the voting code."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from election.timetable import Availability
from election.verdicts import Verdict
from web.clients.voting_code import workflow_id_of
from web.context.app_context import CurrentApp
from web.context.browser_session import CurrentBrowser, CurrentElector, OtherEntranceError, SignedInElector
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar, follow_up, sentences
from web.presenters.situations import offered_situations
from web.routers.links.see_again import see_again

router = APIRouter()

_BY_CODE = "/vote"


@router.get("/")
async def home(browser: CurrentBrowser) -> HTMLResponse:
    """Return what the portal is for, and what is open when."""
    election, now = browser.app.election, browser.app.now()
    return browser.page(
        "home.html",
        recoverable=calendar.recoverable(election, now),
        situations=offered_situations(browser.app.offer),
        calendar=calendar.entries(election, now),
    )


@router.get("/portail")
async def portal(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return the elector's own page: calendar, countdown, recovery in progress."""
    election, now = current.app.election, current.app.now()
    workflow_id = workflow_id_of(current.elector.id)
    progress = await current.app.statuses.noted(workflow_id)
    return current.browser.page(
        "portal.html",
        recoverable=calendar.recoverable(election, now),
        calendar=calendar.entries(election, now),
        countdown=calendar.live_countdown(election, now),
        banner=follow_up.banner(current.app.statuses.of(progress) if progress else None),
        see_again=see_again(request, current.app, workflow_id, progress),
    )


async def _has_voting_code(app: CurrentApp) -> None:
    """Lead to the other entrance of the voting space where this election has no voting code (2018, 2011)."""
    entrance = calendar.voting_space_url(app.election)
    if entrance != _BY_CODE:
        raise OtherEntranceError(entrance)


@router.get(_BY_CODE, dependencies=[Depends(_has_voting_code)])
async def ask_code(current: CurrentElector) -> HTMLResponse:
    """Return the page that asks for the voting code."""
    return _vote_page(current, Form())


@router.post(_BY_CODE, dependencies=[Depends(_has_voting_code)])
async def submit_code(request: Request, current: CurrentElector) -> Response:
    """Open the voting space if the code is right; attempts are counted per elector."""
    form = await submitted_form.read(request)
    app, session = current.app, current.browser.require_csrf(form["csrf"])
    if form.asks_for_captcha or app.election.calendar.vote.availability(app.now()) is not Availability.OPEN:
        return _vote_page(current, Form())
    form.require("voting_code", "Indiquez votre code de vote.")
    await spend_captcha(app, session, form)
    if not form.is_valid:
        return _vote_page(current, form, 422)
    judged = await app.services.voting_codes.check_voting_code(current.elector.id, form["voting_code"])
    await current.browser.trace(Access.VOTING_CODE, current.elector.id, judged.verdict)
    if judged.verdict is Verdict.PAUSED:
        form.general_error = sentences.paused_code(judged.until, app.election, app.now())
        return _vote_page(current, form, 429)
    if judged.verdict is not Verdict.ACCEPTED:
        form.errors["voting_code"] = sentences.WRONG_CODE
        return _vote_page(current, form, 422)
    await app.services.sessions.open_voting_space(
        session, app.services.voting_codes.checked_credential(current.elector.id, form["voting_code"])
    )
    return RedirectResponse("/espace-de-vote", 303)


@router.get("/espace-de-vote")
async def voting_space(current: CurrentElector) -> Response:
    """Return the entrance of the voting space; the vote itself is another system's."""
    if not current.session.voting_space_open:
        return RedirectResponse(calendar.voting_space_url(current.app.election), 303)
    return current.browser.page("voting_space.html")


def _vote_page(current: SignedInElector, form: Form, status: int = 200) -> HTMLResponse:
    election, now = current.app.election, current.app.now()
    is_open = election.calendar.vote.availability(now) is Availability.OPEN
    sentence = None if is_open else calendar.vote_sentence(election, now)
    return form_page(current.browser, "vote.html", form, status, not_open=sentence)
