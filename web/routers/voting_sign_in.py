"""The sign-in of the voting space (2018, 2011): identifier and password, both exactly as they were given."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.credentials import CheckedCredential
from activities.accounts.roll import Claimant
from election.timetable import Availability
from election.verdicts import Verdict
from web.context.app_context import AppContext
from web.context.browser_session import KNOWN_VOTER, SESSION, BrowserSession, CurrentBrowser, remember_browser
from web.forms import submitted_form
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter(prefix="/vote/connexion")


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the page that asks for identifier and password."""
    return RedirectResponse("/espace-de-vote", 303) if _is_voting(browser) else _page(browser, Form())


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Open the voting space with a new session; the answer to a wrong attempt does not say which of the two was wrong."""
    form = await submitted_form.read(request)
    if _is_voting(browser):
        return RedirectResponse("/espace-de-vote", 303)  # the second of two clicks
    session = browser.require_csrf(form["csrf"])
    app = browser.app
    if not _is_open(app):
        return _page(browser, Form())
    form.require("identifier", "Indiquez votre identifiant électeur.")
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_valid:
        return _page(browser, form, 422)
    claimant = await app.services.roll.voting_space_claimant(form["identifier"])
    checked = await app.services.sign_in.password_credential(claimant)
    judged = await app.services.sign_in.check(claimant, form["password"], KNOWN_VOTER.read(request, app), checked)
    if judged.verdict is Verdict.PAUSED:
        form.general_error = sentences.paused_sign_in(judged.until, app.election)
        return _page(browser, form, 429)
    if judged.verdict is not Verdict.ACCEPTED:
        form.general_error = sentences.WRONG_VOTING_SIGN_IN
        return _page(browser, form, 422)
    response = await _open_voting_space(app, claimant, checked)
    await app.services.sessions.end(session)
    return response


async def _open_voting_space(app: AppContext, claimant: Claimant, checked: CheckedCredential) -> Response:
    cookie, session = await app.services.sessions.open(claimant.elector_id or "", checked)
    await app.services.sessions.open_voting_space(session)
    response = RedirectResponse("/espace-de-vote", 303)
    SESSION.set(response, app, cookie)
    remember_browser(response, app, claimant, KNOWN_VOTER)
    return response


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app = browser.app
    if not app.election.voting_space.identifier_and_password:
        raise HTTPException(404)
    vote = app.election.calendar.vote
    sentence = None if _is_open(app) else calendar.availability_sentence(app.election, vote, app.now())
    forgotten = [
        (record.forgotten_label, record.url)
        for record in calendar.recoverable(app.election, app.now())
        if record.forgotten_label
    ]
    return form_page(
        browser, "voting_sign_in.html", form, status, has_captcha=False, not_open=sentence, forgotten=forgotten
    )


def _is_open(app: AppContext) -> bool:
    allowed = app.election.voting_space.identifier_and_password
    return allowed and app.election.calendar.vote.availability(app.now()) is Availability.OPEN


def _is_voting(browser: BrowserSession) -> bool:
    return browser.elector is not None and browser.session is not None and browser.session.voting_space_open
