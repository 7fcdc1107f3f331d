"""« Vérifiez avant l'envoi » of a request for an identifier: the number in full, and only then the request."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from activities.sending import contacts
from activities.sending.contacts import Contact
from activities.texts import wishes
from election.following.delays import delay_sentence
from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.identifier import IdentifierRequest
from web.context import drafts
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.context.cookies import FOLLOWED
from web.forms import submitted_form
from web.forms.form_page import form_page
from web.forms.identifier import SECRETS, request_of
from web.forms.submitted_form import Form
from web.presenters import follow_up, sentences
from web.presenters.destination import shown_destination
from web.routers.identifier.form import request_page
from web.routers.identifier.steps import SOLVED, URL, VERIFICATION_URL, confirmed_within, is_solved, request_counts
from web.routers.refusal_pages import closed_page
from workflows.contracts.messages import Answer

router = APIRouter(prefix=URL)
_VERIFICATION = VERIFICATION_URL.removeprefix(URL)


@dataclass(frozen=True)
class _Checked:
    """Answers that lack nothing, and the number in its normal form."""

    answers: Mapping[str, str]
    phone: Contact


@router.get(_VERIFICATION)
async def show(request: Request, browser: CurrentBrowser) -> Response:
    """Return what is about to be sent and where; without all answers, lead to the form."""
    checked = await _checked(request, browser)
    return checked if isinstance(checked, Response) else await _page(browser, Form(), checked)


@router.post(_VERIFICATION)
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Submit a request; redirect to its follow-up with a sign-in, else to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    browser.require_csrf(form["csrf"])
    token = drafts.IDENTIFIER.read(request, browser.app).get(SOLVED, "")
    if await browser.app.services.confirmations.is_used(token):
        return _accepted(browser)  # the second of two clicks
    checked = await _checked(request, browser)
    if isinstance(checked, Response):
        return checked
    form.require_wording(wishes.IDENTIFIER)
    if not form.is_valid:
        return await _page(browser, form, checked, 422)
    answer = await _submit(browser, request_of(form["form_id"], form["wording"], checked.answers, checked.phone))
    if answer.verdict is not Verdict.ACCEPTED:
        return await _refused(request, browser, form, checked, answer)
    await browser.app.services.confirmations.use(token)
    return _accepted(browser)


@router.get("/demande")
async def requested(browser: CurrentBrowser) -> Response:
    """Return what happens next, the same for everyone."""
    closed = closed_page(browser, Procedure.IDENTIFIER)
    if closed:
        return closed
    delay = await browser.app.sms_delay.current()
    return browser.page(
        "identifier_requested.html",
        delay=delay_sentence(delay),
        confirmed_within=confirmed_within(browser),
    )


async def _checked(request: Request, browser: BrowserSession) -> _Checked | Response:
    """Return what this browser has typed, or the page that is shown instead."""
    closed = closed_page(browser, Procedure.IDENTIFIER)
    if closed:
        return closed
    draft = drafts.IDENTIFIER.read(request, browser.app)
    phone = contacts.mobile(draft.get("phone", ""), browser.app.election.sms)
    is_complete = all(draft.get(name) for name in SECRETS) and await is_solved(browser, draft)
    if not is_complete or not isinstance(phone, Contact):
        return RedirectResponse(f"{URL}?reprise=1", 303)
    return _Checked(draft, phone)


async def _submit(browser: BrowserSession, identifier_request: IdentifierRequest) -> Answer:
    client = browser.app.identifier_client
    if browser.elector is None:
        subject = browser.app.services.identifiers.proof.subject(identifier_request.numen)
        await browser.trace(Access.REQUEST, subject, None)
        await client.submit_anonymously(identifier_request)
        return Answer(Verdict.ACCEPTED)  # as far as this page says
    answer = await client.submit(browser.elector.id, identifier_request)
    await browser.trace(Access.PROOF, browser.elector.id, answer.verdict)
    return answer


def _accepted(browser: BrowserSession) -> Response:
    redirect = RedirectResponse(follow_up.URL if browser.elector else f"{URL}/demande", 303)
    if browser.elector:
        FOLLOWED.set(redirect, browser.app, Procedure.IDENTIFIER)
    # At once: the next person at this computer could ask in the same name.
    drafts.IDENTIFIER.forget(redirect, browser.app)
    return redirect


async def _refused(
    request: Request, browser: BrowserSession, form: Form, checked: _Checked, answer: Answer
) -> Response:
    app, status = browser.app, sentences.refusal_status(answer.verdict)
    form.general_error = sentences.refusal(
        Procedure.IDENTIFIER, answer.verdict, answer.until, app.election, app.now()
    )
    form.wait = answer.short_wait(app.now())
    if answer.verdict is not Verdict.WRONG_PROOF:
        return await _page(browser, form, checked, status)
    without = {name: text for name, text in checked.answers.items() if name not in SECRETS}
    form.typed["phone"] = without["phone"]
    page = await request_page(browser, form, without, status)
    drafts.IDENTIFIER.keep(page, request, app, without)
    return page


async def _page(browser: BrowserSession, form: Form, checked: _Checked, status: int = 200) -> HTMLResponse:
    shown = shown_destination(Channel.SMS, checked.phone.value)
    counts = await request_counts(browser)
    return form_page(
        browser, "identifier_verification.html", form, status, has_captcha=False, shown=shown, **counts
    )
