"""Voting without a notice (2011): asks for a link; the same page in the same time for everyone."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from activities.proofs.attempts import AttemptScope
from activities.texts.dates import written_instant
from election.procedures import Procedure
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.identifier_field import require_identifier
from web.forms.submitted_form import Form
from web.presenters.procedures.catalogue import CATALOGUE
from web.routers.refusal_pages import closed_page, not_offered_page, objected_page, too_many_requests_page

_URL = CATALOGUE[Procedure.IDENTIFIER_AND_PASSWORD].url
router = APIRouter(prefix=_URL)


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the form that asks for the work address."""
    typed = {"identifier": browser.elector.work_email} if browser.elector else {}
    procedure = Procedure.IDENTIFIER_AND_PASSWORD
    closed = closed_page(browser, procedure) or await objected_page(browser, procedure)
    return closed or _page(browser, Form(typed))


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Ask for a link, sent only to an elector on the roll, and redirect to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, app = browser.require_csrf(form["csrf"]), browser.app
    closed = closed_page(browser, Procedure.IDENTIFIER_AND_PASSWORD)
    if closed or form.asks_for_captcha:
        return closed or _page(browser, Form(form.typed))
    require_identifier(form)
    await spend_captcha(app, session, form)
    if not form.is_valid:
        return _page(browser, form, 422)
    claimant = await app.services.roll.claimant(form["identifier"])
    await browser.trace(Access.REQUEST, claimant, None)
    request_id = app.identifier_and_password_client.request_id(claimant, form["form_id"])
    until = await app.services.passwords.count_request(claimant, request_id, AttemptScope.IDENTIFIER_AND_PASSWORD)
    if until is not None:
        return too_many_requests_page(browser, Procedure.IDENTIFIER_AND_PASSWORD, until)
    await app.identifier_and_password_client.request_link(claimant, request_id)
    return RedirectResponse(f"{_URL}/demande", 303)


@router.get("/demande")
async def requested(browser: CurrentBrowser) -> Response:
    """Return what happens next, the same for everyone."""
    not_offered = not_offered_page(browser, Procedure.IDENTIFIER_AND_PASSWORD)
    return not_offered or browser.page("identifier_and_password_requested.html", until=_links_expire(browser))


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    return form_page(browser, "identifier_and_password_request.html", form, status, until=_links_expire(browser))


def _links_expire(browser: BrowserSession) -> str:
    election = browser.app.election
    return written_instant(election.calendar.links_expire, election.zone)
