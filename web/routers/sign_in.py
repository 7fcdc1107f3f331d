"""Signing in: identifier and CAPTCHA, then password; and signing out."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from election.procedures import Procedure
from election.verdicts import Verdict
from web.context.app_context import AppContext
from web.context.browser_session import (
    KNOWN_BROWSER,
    SESSION,
    BrowserSession,
    CurrentBrowser,
    SignInRequiredError,
)
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha, spend_captcha
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.recovery_catalogue import RECOVERY_CATALOGUE

router = APIRouter()


@router.get("/connexion")
async def ask_identifier(browser: CurrentBrowser) -> Response:
    """Return the first step: the identifier and a CAPTCHA."""
    if browser.elector:
        return RedirectResponse("/portail", 303)
    return _identifier_page(browser, Form())


@router.post("/connexion")
async def take_identifier(request: Request, browser: CurrentBrowser) -> Response:
    """Go on to the password, whether or not the identifier is known."""
    form = await submitted_form.read(request)
    if browser.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = browser.check(form["csrf"])
    if form["action"] == "captcha":
        return _identifier_page(browser, Form(form.typed))
    form.require("identifier", "Indiquez votre identifiant\u00a0: votre adresse de messagerie professionnelle.")
    await spend_captcha(browser.app, session, form)
    if not form.is_right:
        return _identifier_page(browser, form, 422)
    claimant = await browser.app.services.roll.claimant(form["identifier"])
    await browser.app.services.sessions.claim(session, claimant)
    return RedirectResponse("/connexion/mot-de-passe", 303)


@router.get("/connexion/mot-de-passe")
async def ask_password(browser: CurrentBrowser) -> Response:
    """Return the second step: the password."""
    if browser.elector:
        return RedirectResponse("/portail", 303)
    _claimant(browser)
    return _password_page(browser, Form())


@router.post("/connexion/mot-de-passe")
async def take_password(request: Request, browser: CurrentBrowser) -> Response:
    """Sign in, in a new session; the answer to a wrong password tells nothing of the identifier."""
    form = await submitted_form.read(request)
    if browser.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = browser.check(form["csrf"])
    claimant = _claimant(browser)
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_right:
        return _password_page(browser, form, 422)
    app = browser.app
    held = await app.services.sign_in.held(claimant)
    judged = await app.services.sign_in.check(claimant, form["password"], KNOWN_BROWSER.read(request, app), held)
    if judged.verdict is Verdict.PAUSED:
        form.sentence = sentences.paused_sign_in(judged.until, app.election)
        return _password_page(browser, form, 429)
    if judged.verdict is not Verdict.TAKEN:
        form.sentence = sentences.WRONG_SIGN_IN
        return _password_page(browser, form, 422)
    cookie, _ = await app.services.sessions.open(claimant.elector_id or "", held)
    await app.services.sessions.end(session)
    answer = RedirectResponse("/portail", 303)
    SESSION.give(answer, app, cookie)
    _remember(answer, app, claimant)
    return answer


@router.post("/deconnexion")
async def sign_out(request: Request, browser: CurrentBrowser) -> Response:
    """End the session, at once and everywhere it was open."""
    form = await submitted_form.read(request)
    await browser.app.services.sessions.end(browser.check(form["csrf"]))
    answer = RedirectResponse("/", 303)
    SESSION.take_back(answer, browser.app)
    return answer


def _remember(answer: Response, app: AppContext, claimant: Claimant) -> None:
    # Nobody needs to sign in after the close; a browser keeps nothing longer than it serves.
    left = int((app.election.calendar.vote.closes - app.now()).total_seconds())
    if left > 0:
        KNOWN_BROWSER.give(answer, app, app.services.sign_in.remember(claimant), left)


def _claimant(browser: BrowserSession) -> Claimant:
    if browser.session is None or browser.session.claimant is None:
        raise SignInRequiredError
    return browser.session.claimant


def _identifier_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    cookie, session = None, browser.session
    if session is None:
        cookie, session = browser.app.services.sessions.nobody()
        browser = BrowserSession(browser.app, session, None)
    captcha = new_captcha(browser.app, session)
    page = browser.app.pages.page("sign_in.html", status, form=form, captcha=captcha, **browser.page_context)
    if cookie:
        SESSION.give(page, browser.app, cookie)
    return page


def _password_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app = browser.app
    is_closed = calendar.closed(app.election, Procedure.PASSWORD, app.now())
    url = None if is_closed else RECOVERY_CATALOGUE[Procedure.PASSWORD].url
    return app.pages.page("password.html", status, form=form, forgotten_url=url, **browser.page_context)
