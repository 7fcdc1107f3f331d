"""The sign-in of the voting space (2018, 2011): identifier and password, both exactly as they were given."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.text.translation import gettext as _
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar
from web.routers.sign_in.password import password_step
from web.routers.sign_in.targets import VOTING_SPACE

router = APIRouter(prefix="/vote/connexion")


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the page that asks for identifier and password, or says when the vote is; who has signed in needs it no more."""
    has_entered = VOTING_SPACE.is_available(browser.app) and VOTING_SPACE.is_open(browser)
    return RedirectResponse("/espace-de-vote", 303) if has_entered else _page(browser, Form())


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Open the voting space with a new session; the answer to a wrong attempt does not say which of the two was wrong."""
    form = await submitted_form.read(request)
    if VOTING_SPACE.is_open(browser):
        return RedirectResponse("/espace-de-vote", 303)  # the second of two clicks
    session, app = browser.require_csrf(form["csrf"]), browser.app
    if not VOTING_SPACE.is_available(app):
        return _page(browser, Form())
    if form.asks_for_captcha:
        return _page(browser, Form(form.typed), has_captcha=True)
    form.require("identifier", _("Indiquez votre identifiant électeur."))
    form.require("password", _("Indiquez votre mot de passe Élections."))
    if not form.is_valid:
        return _page(browser, form, 422, has_captcha=bool(form["captcha_id"]))
    claimant = await app.services.roll.voting_space_claimant(form["identifier"])
    step = password_step(request, browser, VOTING_SPACE, session, claimant)
    answer = await step.submit(form)
    if isinstance(answer, int):
        return _page(browser, form, answer, has_captcha=await step.needs_captcha())
    return answer


def _page(browser: BrowserSession, form: Form, status: int = 200, *, has_captcha: bool = False) -> HTMLResponse:
    app = browser.app
    if not app.election.voting_space.identifier_and_password:
        raise HTTPException(404)
    sentence = None if VOTING_SPACE.is_available(app) else calendar.vote_sentence(app.election, app.now())
    forgotten = [
        (_(record.forgotten_label), record.url)
        for record in calendar.recoverable(app.election, app.now())
        if record.forgotten_label
    ]
    return form_page(
        browser,
        "voting_sign_in.html",
        form,
        status,
        has_captcha=has_captcha,
        not_open=sentence,
        forgotten=forgotten,
    )
