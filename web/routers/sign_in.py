"""Signing in: identifier and CAPTCHA, then password; and signing out."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from election.procedures import Procedure
from election.verdicts import Verdict
from web.context.browser_session import (
    KNOWN_BROWSER,
    SESSION,
    BrowserSession,
    CurrentBrowser,
    SignInRequiredError,
    remember_browser,
)
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.procedures.catalogue import CATALOGUE

router = APIRouter()


@router.get("/connexion")
async def ask_identifier(browser: CurrentBrowser) -> Response:
    """Return the first step: the identifier and a CAPTCHA."""
    return RedirectResponse("/portail", 303) if browser.elector else _identifier_page(browser, Form())


@router.post("/connexion")
async def submit_identifier(request: Request, browser: CurrentBrowser) -> Response:
    """Redirect to the password page, whether or not the identifier is on the roll."""
    form = await submitted_form.read(request)
    if browser.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = browser.require_csrf(form["csrf"])
    if form.asks_for_captcha:
        return _identifier_page(browser, Form(form.typed))
    form.require("identifier", "Indiquez votre identifiant\u00a0: votre adresse de messagerie professionnelle.")
    await spend_captcha(browser.app, session, form)
    if not form.is_valid:
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
async def submit_password(request: Request, browser: CurrentBrowser) -> Response:
    """Sign in with a new session; the answer to a wrong password tells nothing about the identifier."""
    form = await submitted_form.read(request)
    if browser.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = browser.require_csrf(form["csrf"])
    claimant = _claimant(browser)
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_valid:
        return _password_page(browser, form, 422)
    app = browser.app
    checked = await app.services.sign_in.password_credential(claimant)
    judged = await app.services.sign_in.check(
        claimant, form["password"], KNOWN_BROWSER.read(request, app), checked
    )
    if judged.verdict is Verdict.PAUSED:
        form.general_error = sentences.paused_sign_in(judged.until, app.election)
        return _password_page(browser, form, 429)
    if judged.verdict is not Verdict.ACCEPTED:
        form.general_error = sentences.WRONG_SIGN_IN
        return _password_page(browser, form, 422)
    cookie, _ = await app.services.sessions.open(claimant.elector_id or "", checked)
    await app.services.sessions.end(session)
    response = RedirectResponse("/portail", 303)
    SESSION.set(response, app, cookie)
    remember_browser(response, app, claimant, KNOWN_BROWSER)
    return response


@router.post("/deconnexion")
async def sign_out(request: Request, browser: CurrentBrowser) -> Response:
    """End the session, in every tab."""
    form = await submitted_form.read(request)
    await browser.app.services.sessions.end(browser.require_csrf(form["csrf"]))
    response = RedirectResponse("/", 303)
    SESSION.delete(response, browser.app)
    return response


def _claimant(browser: BrowserSession) -> Claimant:
    if browser.session is None or browser.session.claimant is None:
        raise SignInRequiredError
    return browser.session.claimant


def _identifier_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    return form_page(browser, "sign_in.html", form, status)


def _password_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app = browser.app
    is_closed = calendar.closed_reason(app.election, Procedure.PASSWORD, app.now())
    url = None if is_closed else CATALOGUE[Procedure.PASSWORD].url
    return browser.page("sign_in_password.html", status, form=form, forgotten_url=url)
