"""The form to the support desk: a question in, its reference out."""

import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.sending import contacts
from activities.sending.contacts import Contact
from activities.texts.dates import french_instant
from web.clients.support import Question, QuestionAnswer, QuestionStatus
from web.clients.temporal_calls import TemporalUnavailableError
from web.context.browser_session import SESSION, BrowserSession, CurrentBrowser
from web.context.recovery_references import references_of
from web.forms import redaction, submitted_form
from web.forms.captcha_field import new_captcha, spend_captcha
from web.forms.submitted_form import Form
from web.presenters import sentences

router = APIRouter(prefix="/assistance")

LONGEST = 2_000
_FATES = {
    QuestionStatus.SENDING: "Il part en ce moment. Si la messagerie est en panne, il partira dès qu’elle fonctionnera\u00a0: "
    "rien n’est perdu.",
    QuestionStatus.DELIVERED: "Il a été remis à l’assistance.",
    QuestionStatus.NOT_DELIVERED: "Il n’a pas pu être remis. Envoyez-en un nouveau.",
}


@router.get("")
async def ask(browser: CurrentBrowser) -> HTMLResponse:
    """Return the form."""
    return await _page(browser, Form())


@router.post("")
async def take(request: Request, browser: CurrentBrowser) -> Response:
    """Take a question without secrets, and lead to its reference."""
    form = await submitted_form.read(request, {"message": LONGEST})
    session = browser.check(form["csrf"])
    if form["action"] == "captcha":
        return await _page(browser, Form(form.typed))
    references = await references_of(browser.app, browser.elector) if browser.elector else ""
    question = _question(form, browser, references)
    if not browser.elector:
        await spend_captcha(browser.app, session, form)
    if question is None or not form.is_right:
        return await _page(browser, form, 422)
    try:
        handed = await browser.app.support_client.submit(question)
    except TemporalUnavailableError:
        form.sentence = sentences.SUPPORT_AWAY.format(address=browser.app.election.support_email)
        return await _page(browser, form, 503)
    return await _answer(browser, form, handed)


@router.get("/{reference}")
async def follow(browser: CurrentBrowser, reference: str) -> HTMLResponse:
    """Return what became of a question."""
    app = browser.app
    fate = await app.support_client.status(reference)
    if fate is None:
        raise HTTPException(404)
    words = [
        f"Votre message a pour référence {reference}\u00a0: gardez-la.",
        _FATES[fate],
        "L’assistance répond à l’adresse que vous avez indiquée\u202f; nous ne l’avons pas conservée.",
    ]
    back = ("Revenir à mon portail", "/portail") if browser.elector else ("Revenir à l’accueil", "/")
    return app.pages.message(200, "Votre message à l’assistance", words, [back], **browser.page_context)


def _question(form: Form, browser: BrowserSession, references: str) -> Question | None:
    form.require("message", "Dites ce qui vous arrive.")
    message = form["message"].replace("\r\n", "\n").strip()
    redacted = redaction.redact(message, browser.app.election.voting_code)
    if redacted.secrets:
        form.typed["message"] = redacted.text
        form.errors.setdefault("message", sentences.given_away(redacted.secrets))
    reply_to = contacts.personal_mailbox(form["reply_to"], ())
    if not isinstance(reply_to, Contact):
        form.errors.setdefault("reply_to", "Indiquez une adresse de messagerie, comme prenom.nom@exemple.fr.")
        return None
    elector = browser.elector.id if browser.elector else ""
    return Question(form["form_key"][:64], reply_to.value, message, elector, references)


async def _answer(browser: BrowserSession, form: Form, handed: QuestionAnswer) -> Response:
    if handed.until is None:
        return RedirectResponse(f"/assistance/{handed.reference}", 303)
    when = french_instant(handed.until, browser.app.election.zone)
    form.sentence = f"Plusieurs messages sont déjà partis. Vous pourrez en écrire un autre après le {when}."
    return await _page(browser, form, 429)


async def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app, cookie, session = browser.app, None, browser.session
    if session is None:
        cookie, session = app.services.sessions.nobody()
        browser = BrowserSession(app, session, None)
    page = app.pages.page(
        "support.html",
        status,
        form=form,
        form_key=form["form_key"][:64] or secrets.token_hex(16),
        longest=LONGEST,
        references=await references_of(app, browser.elector) if browser.elector else None,
        captcha=None if browser.elector else new_captcha(app, session),
        **browser.page_context,
    )
    if cookie:
        SESSION.give(page, app, cookie)
    return page
