"""Who votes without a notice (2011) asks for a link: the same page in the same time for everyone."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.proofs.attempts import AttemptScope
from activities.texts.dates import french_instant
from election.procedures import Procedure
from web.context.browser_session import SESSION, BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha, spend_captcha
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter(prefix="/sans-notice")


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the form that asks whose work mailbox the link goes to."""
    typed = {"identifier": browser.elector.work_email} if browser.elector else {}
    return _closed(browser) or _page(browser, Form(typed))


@router.post("")
async def take(request: Request, browser: CurrentBrowser) -> Response:
    """Have a link sent to whoever is on the roll, and lead to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, app = browser.check(form["csrf"]), browser.app
    closed = _closed(browser)
    if closed or form["action"] == "captcha":
        return closed or _page(browser, Form(form.typed))
    form.require("identifier", "Indiquez votre adresse de messagerie professionnelle.")
    await spend_captcha(app, session, form)
    if not form.is_right:
        return _page(browser, form, 422)
    claimant = await app.services.roll.claimant(form["identifier"])
    asked = app.identifier_and_password_client.request_id(claimant, form["form_key"])
    shut_until = await app.services.passwords.count_request(claimant, asked, AttemptScope.IDENTIFIER_AND_PASSWORD)
    if shut_until is not None:
        told = sentences.paused_requests(shut_until, app.election.zone)
        home = [("Revenir à l’accueil", "/")]
        return app.pages.message(429, "Trop de demandes", [told], home, **browser.page_context)
    await app.identifier_and_password_client.request_link(claimant, asked)
    return RedirectResponse("/sans-notice/demande", 303)


@router.get("/demande")
async def asked(browser: CurrentBrowser) -> Response:
    """Return what happens next: the same for everyone."""
    page, until = browser.app.pages.page, _links_die(browser)
    return _not_offered(browser) or page("without_notice_asked.html", until=until, **browser.page_context)


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app, cookie, session = browser.app, None, browser.session
    if session is None:
        cookie, session = app.services.sessions.nobody()
        browser = BrowserSession(app, session, None)
    page = app.pages.page(
        "without_notice.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        captcha=new_captcha(app, session),
        until=_links_die(browser),
        **browser.page_context,
    )
    if cookie:
        SESSION.give(page, app, cookie)
    return page


def _links_die(browser: BrowserSession) -> str:
    election = browser.app.election
    return french_instant(election.calendar.links_die, election.zone)


def _closed(browser: BrowserSession) -> Response | None:
    app = browser.app
    return _told(browser, calendar.closed(app.election, Procedure.IDENTIFIER_AND_PASSWORD, app.now()))


def _not_offered(browser: BrowserSession) -> Response | None:
    election = browser.app.election
    is_offered = Procedure.IDENTIFIER_AND_PASSWORD in election.procedures
    return (
        None if is_offered else _told(browser, calendar.not_offered(election, Procedure.IDENTIFIER_AND_PASSWORD))
    )


def _told(browser: BrowserSession, told: str | None) -> Response | None:
    if told is None:
        return None
    home = [("Revenir à l’accueil", "/")]
    return browser.app.pages.message(200, "Voter sans notice", [told], home, **browser.page_context)
