"""A forgotten password: identifier and CAPTCHA, a confirmation, then the same page for everyone."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from activities.evidence.access_trace import Access
from election.contacts import mask_email
from election.procedures import Procedure
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.context.destinations import keep_destination, opened
from web.context.form_tokens import CsrfError
from web.context.typed_identifier import forget_identifier, keep_identifier, typed_identifier
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.identifier_field import require_identifier
from web.forms.submitted_form import Form
from web.presenters.procedures.catalogue import CATALOGUE
from web.routers.refusal_pages import absent_page, closed_page, objected_page, too_many_requests_page

_URL = CATALOGUE[Procedure.PASSWORD].url
_REQUESTED = f"{_URL}/demande"
router = APIRouter(prefix=_URL)


@router.get("")
async def ask(request: Request, browser: CurrentBrowser, vers: str = "") -> Response:
    """Return the form that asks for the identifier, as it was typed before, here or to sign in."""
    typed = typed_identifier(request, browser.app, browser.session) if browser.session else ""
    own = browser.elector.work_email if browser.elector else ""
    closed = closed_page(browser, Procedure.PASSWORD) or await objected_page(browser, Procedure.PASSWORD)
    if closed:
        return closed
    page = _identifier_page(browser, Form({"identifier": typed or own}))
    keep_destination(page, browser.app, opened(browser.app, vers))
    return page


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Return the confirmation page, whether or not the identifier is on the roll."""
    form = await submitted_form.read(request)
    session = browser.require_csrf(form["csrf"])
    closed = closed_page(browser, Procedure.PASSWORD)
    if closed or form.asks_for_captcha:
        return closed or _identifier_page(browser, Form(form.typed))
    require_identifier(form, may_be_of_notice=browser.app.offer.identifier)
    await spend_captcha(browser.app, session, form)
    if not form.is_valid:
        return _identifier_page(browser, form, 422)
    claimant = await browser.app.services.roll.claimant(form["identifier"])
    page = _confirmation_page(browser, session, form["identifier"], claimant)
    keep_identifier(page, browser.app, session, form["identifier"])  # for « Modifier »
    return page


@router.post("/confirmation")
async def confirm(request: Request, browser: CurrentBrowser) -> Response:
    """Ask for a link, sent only to an elector on the roll, and redirect to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, app = browser.require_csrf(form["csrf"]), browser.app
    if not app.services.confirmations.is_valid(form["step_token"], *_step_binding(session, form)):
        raise CsrfError
    closed = closed_page(browser, Procedure.PASSWORD)
    if closed:
        return closed
    if await app.services.confirmations.is_used(form["step_token"]):
        return RedirectResponse(_REQUESTED, 303)  # the second of two clicks, or a program that sends it again
    claimant = await app.services.roll.claimant(form["identifier"])
    await browser.trace(Access.REQUEST, claimant, None)
    request_id = app.password_client.request_id(claimant, form["form_id"])
    until = await app.services.passwords.count_request(claimant, request_id)
    if until is not None:
        return too_many_requests_page(browser, Procedure.PASSWORD, until)
    await app.password_client.request_link(claimant, request_id)
    await app.services.confirmations.use(form["step_token"])
    redirect = RedirectResponse(_REQUESTED, 303)
    forget_identifier(redirect, app)
    return redirect


@router.get("/demande")
async def requested(browser: CurrentBrowser) -> HTMLResponse:
    """Return what happens next, the same for everyone."""
    if not browser.app.offer.password:
        return absent_page(browser)
    return browser.page("password_requested.html", lifetime=browser.app.election.links.email_lifetime)


def _identifier_page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    return form_page(browser, "password_request.html", form, status)


def _confirmation_page(
    browser: BrowserSession, session: Session, identifier: str, claimant: Claimant
) -> HTMLResponse:
    # An elector who has signed in knows the address; to any other voter it would reveal who is on the roll.
    elector = browser.elector
    is_own = elector is not None and claimant.elector_id == elector.id
    form = Form({"identifier": identifier, "form_id": secrets.token_hex(16)})
    return browser.page(
        "password_confirm.html",
        form=form,
        step_token=browser.app.services.confirmations.create(*_step_binding(session, form)),
        destination=mask_email(elector.work_email) if elector and is_own else None,
    )


def _step_binding(session: Session, form: Form) -> tuple[str, ...]:
    # The CAPTCHA was solved in this session, for this identifier and request.
    return session.id_hash, "password", form["form_id"], form["identifier"]
