"""A password that was forgotten: identifier and CAPTCHA, are you sure, and the same page for everyone."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from election.contacts import mask_email
from election.procedures import Procedure
from web.context.browser_session import SESSION, BrowserSession, CsrfError, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha, spend_captcha
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter(prefix="/reassort/mot-de-passe")

_HERE = "/reassort/mot-de-passe"


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the form that asks whose password was forgotten."""
    typed = {"identifier": browser.elector.work_email} if browser.elector else {}
    return _closed(browser) or _identifier_page(browser, Form(typed))


@router.post("")
async def take(request: Request, browser: CurrentBrowser) -> Response:
    """Go on to the first confirmation, whether or not the identifier is known."""
    form = await submitted_form.read(request)
    session = browser.check(form["csrf"])
    closed = _closed(browser)
    if closed or form["action"] == "captcha":
        return closed or _identifier_page(browser, Form(form.typed))
    form.require("identifier", "Indiquez votre identifiant électeur.")
    await spend_captcha(browser.app, session, form)
    if not form.is_right:
        return _identifier_page(browser, form, 422)
    claimant = await browser.app.services.roll.claimant(form["identifier"])
    return _confirmation_page(browser, session, form["identifier"], claimant)


@router.post("/confirmation")
async def confirm(request: Request, browser: CurrentBrowser) -> Response:
    """Have a link sent to whoever is on the roll, and lead to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, app = browser.check(form["csrf"]), browser.app
    if not app.tokens.check(_passed(session, form), form["passed"]):
        raise CsrfError
    closed = _closed(browser)
    if closed:
        return closed
    claimant = await app.services.roll.claimant(form["identifier"])
    shut_until = await app.services.passwords.count_request(claimant, form["form_key"])
    if shut_until is not None:
        told = sentences.paused_requests(shut_until, app.election.zone)
        actions = [("Revenir à l’accueil", "/")]
        return app.pages.message(429, "Trop de demandes", [told], actions, **browser.page_context)
    await app.password_client.request_link(claimant, form["form_key"])
    return RedirectResponse(f"{_HERE}/demande", 303)


@router.get("/demande")
async def asked(browser: CurrentBrowser) -> HTMLResponse:
    """Return what happens next: the same for everyone."""
    hours = int(browser.app.election.links.email_lifetime.total_seconds()) // 3600
    return browser.app.pages.page("password_asked.html", hours=hours, **browser.page_context)


def _identifier_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    cookie, session = None, browser.session
    if session is None:
        cookie, session = browser.app.services.sessions.nobody()
        browser = BrowserSession(browser.app, session, None)
    page = _page(browser, "password_forgotten.html", status, form=form, captcha=new_captcha(browser.app, session))
    if cookie:
        SESSION.give(page, browser.app, cookie)
    return page


def _confirmation_page(
    browser: BrowserSession, session: Session, identifier: str, claimant: Claimant
) -> HTMLResponse:
    # Who is signed in knows the address already; anybody else would learn that there is one.
    me = browser.elector
    is_mine = me is not None and claimant.elector_id == me.id
    form = Form({"identifier": identifier, "form_key": secrets.token_hex(16)})
    return _page(
        browser,
        "password_confirm.html",
        200,
        form=form,
        passed=browser.app.tokens.make(_passed(session, form)),
        destination=mask_email(me.work_email) if me and is_mine else None,
    )


def _passed(session: Session, form: Form) -> str:
    # The CAPTCHA was passed for this session, identifier and request, and for no other.
    return "|".join((session.id_hash, "password", form["form_key"], form["identifier"]))


def _page(browser: BrowserSession, template: str, status: int, **given: Any) -> HTMLResponse:
    return browser.app.pages.page(template, status, **given, **browser.page_context)


def _closed(browser: BrowserSession) -> Response | None:
    app = browser.app
    told = calendar.closed(app.election, Procedure.PASSWORD, app.now())
    if told is None:
        return None
    home = [("Revenir à l’accueil", "/")]
    return app.pages.message(200, "Mot de passe oublié", [told], home, **browser.page_context)
