"""The form for a support request, and the page of its reference."""

import re
import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.config.errors import DatabaseUnavailableError
from activities.sending import contacts
from activities.sending.contacts import Contact
from election.text.translation import N_, SOURCE
from election.text.translation import gettext as _
from web.clients.support import NewSupportRequest, SupportRequestResult, SupportRequestStatus
from web.context.app_context import CurrentApp
from web.context.browser_session import BrowserSession, CurrentBrowser, current_browser, unread_browser
from web.context.buttons import HOME, shown
from web.context.recovery_references import references_of
from web.forms import redaction, submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.forms.support_refusals import SUPPORT_UNAVAILABLE, support_refusal
from workflows.runtime.temporal_calls import TemporalUnavailableError

router = APIRouter(prefix="/assistance")

MAX_LENGTH = 2_000  # characters
_REFERENCE = re.compile(r"[A-Z0-9-]{1,32}")  # anything else may be none of Temporal's ids
_STATUSES = {
    SupportRequestStatus.SENDING: N_(
        "Il part en ce moment. Si la messagerie est en panne, il partira dès qu’elle fonctionnera\u00a0: rien n’est perdu."
    ),
    SupportRequestStatus.DELIVERED: N_("Il est parti vers l’assistance."),
    SupportRequestStatus.NOT_DELIVERED: N_(
        "Il n’a pas pu être remis. Envoyez-en un nouveau, ou joignez l’assistance\u00a0: {contact}."
    ),
}


@router.get("")
async def ask(browser: CurrentBrowser) -> HTMLResponse:
    """Return the form."""
    return await _page(browser, Form())


@router.post("")
async def submit(request: Request, app: CurrentApp) -> Response:
    """Submit a support request that has no secrets in it, and redirect to its reference; a letter is not lost by a fault."""
    form = await submitted_form.read(request, {"message": MAX_LENGTH})
    try:
        return await _submit(await current_browser(request, app), form)
    except DatabaseUnavailableError:
        browser = unread_browser(request, app, form["csrf"])
        if browser is None:
            raise
        return await _unavailable_page(browser, form)


async def _submit(browser: BrowserSession, form: Form) -> Response:
    session = browser.require_csrf(form["csrf"])
    if form.asks_for_captcha:
        return await _page(browser, Form(form.typed))
    with browser.app.languages.speaking(SOURCE):  # the support desk's
        references = await references_of(browser.app, browser.elector) if browser.elector else ""
    support_request = _support_request(form, browser, references)
    if not browser.elector:
        await spend_captcha(browser.app, session, form)
    if support_request is None or not form.is_valid:
        return await _page(browser, form, 422)
    try:
        answer = await browser.app.support_client.submit(support_request)
    except TemporalUnavailableError:
        return await _unavailable_page(browser, form)
    return await _answer(browser, form, answer)


@router.get("/{reference}")
async def follow(browser: CurrentBrowser, reference: str) -> HTMLResponse:
    """Return what became of a support request, or 404 for an unknown reference."""
    status = await browser.app.support_client.status(reference) if _REFERENCE.fullmatch(reference) else None
    if status is None:
        raise HTTPException(404)
    paragraphs = [
        _("Votre message a pour référence {reference}\u00a0: gardez-la.").format(reference=reference),
        _(_STATUSES[status]).format(contact=browser.app.election.support.contact),
    ]
    if status is not SupportRequestStatus.NOT_DELIVERED:
        paragraphs.append(
            _(
                "L’assistance répond à l’adresse que vous avez indiquée. Cette adresse devient illisible dès que votre message est remis."
            )
        )
    back = (_("Revenir à mon portail"), "/portail") if browser.elector else shown(HOME)
    return browser.message(200, _("Votre message à l’assistance"), paragraphs, [back])


def _support_request(form: Form, browser: BrowserSession, references: str) -> NewSupportRequest | None:
    form.require("message", _("Dites ce qui vous arrive."))
    message = form["message"].replace("\r\n", "\n").strip()
    redacted = redaction.redact(message, browser.app.election.voting_code)
    if redacted.secrets:
        form.typed["message"] = redacted.text
        form.errors.setdefault("message", redacted.notice)
    reply_to = contacts.personal_mailbox(form["reply_to"], ())
    if not isinstance(reply_to, Contact):
        form.errors.setdefault("reply_to", _("Indiquez une adresse de messagerie, comme prenom.nom@exemple.fr."))
        return None
    elector_id = browser.elector.id if browser.elector else ""
    return NewSupportRequest(form["form_id"], reply_to.value, message, elector_id, references, browser.address)


async def _answer(browser: BrowserSession, form: Form, answer: SupportRequestResult) -> Response:
    if answer.refusal is None:
        return RedirectResponse(f"/assistance/{answer.reference}", 303)
    form.general_error = support_refusal(answer.refusal, browser.app.election)
    return await _page(browser, form, 429)


async def _unavailable_page(browser: BrowserSession, form: Form) -> HTMLResponse:
    form.general_error = _(SUPPORT_UNAVAILABLE).format(contact=browser.app.election.support.contact)
    return await _page(browser, form, 503, can_ask=False)


async def _page(browser: BrowserSession, form: Form, status: int = 200, *, can_ask: bool = True) -> HTMLResponse:
    """Return the form; where it cannot be sent now, without a CAPTCHA, which could not be drawn either."""
    return form_page(
        browser,
        "support.html",
        form,
        status,
        has_captcha=can_ask and browser.elector is None,
        # Kept when the form is shown again: sent again after a failure, it is the same support request.
        form_id=form["form_id"] or secrets.token_hex(16),
        max_length=MAX_LENGTH,
        references=await references_of(browser.app, browser.elector) if browser.elector else None,
    )
