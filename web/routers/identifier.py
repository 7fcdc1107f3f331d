"""A new identifier by SMS (2018): for an elector who has signed in, or has forgotten the identifier."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from election.contacts import mask_email
from election.french_numbers import french_hours
from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict
from web.context.browser_session import FOLLOWED, BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.identifier import request_of
from web.forms.submitted_form import Form
from web.presenters import follow_up, sentences
from web.routers.refusal_pages import closed_page, objected_page

router = APIRouter(prefix="/reassort/identifiant")


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the form."""
    closed = closed_page(browser, Procedure.IDENTIFIER) or await objected_page(browser, Procedure.IDENTIFIER)
    return closed or _page(browser, Form())


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Submit a request; redirect to its follow-up with a sign-in, else return the same page for everyone."""
    form = await submitted_form.read(request)
    session = browser.require_csrf(form["csrf"])
    closed = closed_page(browser, Procedure.IDENTIFIER)
    if closed or form.asks_for_captcha:
        return closed or _page(browser, Form(form.typed))
    identifier_request = request_of(form, browser.app.election)
    await spend_captcha(browser.app, session, form)
    if identifier_request is None or not form.is_valid:
        return _page(browser, form, 422)
    if browser.elector is None:
        await browser.trace(Access.REQUEST, browser.app.services.identifiers.proof.subject(form["numen"]), None)
        await browser.app.identifier_client.submit_anonymously(identifier_request)
        return await _accepted_page(browser)
    answer = await browser.app.identifier_client.submit(browser.elector.id, identifier_request)
    await browser.trace(Access.PROOF, browser.elector.id, answer.verdict)
    if answer.verdict is Verdict.ACCEPTED:
        redirect = RedirectResponse(follow_up.URL, 303)
        FOLLOWED.set(redirect, browser.app, Procedure.IDENTIFIER)
        return redirect
    election = browser.app.election
    form.general_error = sentences.refusal(
        Procedure.IDENTIFIER, answer.verdict, answer.until, election, browser.app.now()
    )
    return _page(browser, form, sentences.refusal_status(answer.verdict))


async def _accepted_page(browser: BrowserSession) -> Response:
    delay = await browser.app.services.ledger.recent_delay(Channel.SMS)
    return browser.page(
        "identifier_requested.html",
        delay=follow_up.delay_sentence(delay),
        confirmed_within=_confirmed_within(browser),
    )


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    return form_page(
        browser,
        "identifier_request.html",
        form,
        status,
        notified_address=mask_email(browser.elector.work_email) if browser.elector else None,
        max_requests=browser.app.election.identifier_recovery.max_requests,
        confirmed_within=_confirmed_within(browser),
    )


def _confirmed_within(browser: BrowserSession) -> str:
    return french_hours(browser.app.election.identifier_recovery.confirmed_within)
