"""Signing in to the portal: identifier and CAPTCHA, then password; and signing out."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.text.translation import gettext as _
from web.context.browser_session import BrowserSession, CurrentBrowser, SignInRequiredError
from web.context.cookies import SESSION
from web.context.destinations import FIELD, Destination, opened, with_destination
from web.context.drafts import forget_all
from web.context.typed_identifier import keep_identifier, typed_identifier
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.identifier_field import require_identifier
from web.forms.submitted_form import Form
from web.presenters import calendar
from web.routers.sign_in.password import PasswordStep, password_step
from web.routers.sign_in.targets import PORTAL

router = APIRouter()


@router.get("/connexion")
async def ask_identifier(request: Request, browser: CurrentBrowser, vers: str = "") -> Response:
    """Return the first step: the identifier, as it was typed before, and a CAPTCHA."""
    destination = opened(browser.app, vers)
    if browser.elector:
        return RedirectResponse(PORTAL.leads_to(destination), 303)
    typed = typed_identifier(request, browser.app, browser.session) if browser.session else ""
    return _identifier_page(browser, Form({"identifier": typed}), destination)


@router.post("/connexion")
async def submit_identifier(request: Request, browser: CurrentBrowser) -> Response:
    """Redirect to the password page, whether or not the identifier is on the roll."""
    form = await submitted_form.read(request)
    destination = opened(browser.app, form[FIELD])
    if browser.elector:
        return RedirectResponse(PORTAL.leads_to(destination), 303)  # the second of two clicks
    session = browser.require_csrf(form["csrf"])
    if form.asks_for_captcha:
        return _identifier_page(browser, Form(form.typed), destination)
    require_identifier(form)
    await spend_captcha(browser.app, session, form)
    if not form.is_valid:
        return _identifier_page(browser, form, destination, 422)
    claimant = await browser.app.services.roll.claimant(form["identifier"])
    await browser.app.services.sessions.claim(session, claimant)
    redirect = RedirectResponse(with_destination(PORTAL.password_url, destination), 303)
    keep_identifier(redirect, browser.app, session, form["identifier"])
    return redirect


@router.get("/connexion/mot-de-passe")
async def ask_password(request: Request, browser: CurrentBrowser, vers: str = "") -> Response:
    """Return the second step: the password."""
    destination = opened(browser.app, vers)
    if browser.elector:
        return RedirectResponse(PORTAL.leads_to(destination), 303)
    return await _password_page(request, _step(request, browser, destination), Form())


@router.post("/connexion/mot-de-passe")
async def submit_password(request: Request, browser: CurrentBrowser) -> Response:
    """Sign in with a new session; the answer to a wrong password tells nothing about the identifier."""
    form = await submitted_form.read(request)
    destination = opened(browser.app, form[FIELD])
    if browser.elector:
        return RedirectResponse(PORTAL.leads_to(destination), 303)  # the second of two clicks
    browser.require_csrf(form["csrf"])
    step = _step(request, browser, destination)
    if form.asks_for_captcha:
        return await _password_page(request, step, Form())
    form.require("password", _("Indiquez votre mot de passe Élections."))
    answer = await step.submit(form) if form.is_valid else 422
    return await _password_page(request, step, form, answer) if isinstance(answer, int) else answer


@router.post("/deconnexion")
async def sign_out(request: Request, browser: CurrentBrowser) -> Response:
    """End the session, in every tab."""
    form = await submitted_form.read(request)
    await browser.app.services.sessions.end(browser.require_csrf(form["csrf"]))
    response = RedirectResponse("/", 303)
    SESSION.delete(response, browser.app)
    forget_all(response, browser.app)
    return response


def _step(request: Request, browser: BrowserSession, destination: Destination | None) -> PasswordStep:
    session = browser.session
    if session is None or session.claimant is None:
        raise SignInRequiredError
    return password_step(request, browser, PORTAL, session, session.claimant, destination)


def _identifier_page(
    browser: BrowserSession, form: Form, destination: Destination | None, status: int = 200
) -> HTMLResponse:
    return form_page(browser, "sign_in.html", form, status, destination=destination)


async def _password_page(request: Request, step: PasswordStep, form: Form, status: int = 200) -> HTMLResponse:
    browser, app = step.browser, step.browser.app
    forgotten_url = calendar.forgotten_password_url(app.election, app.now())
    has_captcha = await step.needs_captcha()
    return form_page(
        browser,
        "sign_in_password.html",
        form,
        status,
        has_captcha=has_captcha,
        destination=step.destination,
        other_identifier_url=with_destination("/connexion", step.destination),
        forgotten_url=with_destination(forgotten_url, step.destination) if forgotten_url else None,
        identifier=typed_identifier(request, app, step.session),
    )
