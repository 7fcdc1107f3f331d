"""The form to the support desk: a question in, its reference out."""

import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.sending import contacts
from activities.sending.contacts import Contact
from activities.texts.dates import french_instant
from web.clients.calls import RecoveriesAway
from web.clients.support import Fate, Handed, Question
from web.context.browser_session import SESSION, AnyVisitor, Visitor
from web.context.recovery_references import references_of
from web.forms import redaction, submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import sentences

router = APIRouter(prefix="/assistance")

LONGEST = 2_000
_FATES = {
    Fate.ON_ITS_WAY: "Il part en ce moment. Si la messagerie est en panne, il partira dès qu’elle fonctionnera\u00a0: "
    "rien n’est perdu.",
    Fate.HANDED_OVER: "Il a été remis à l’assistance.",
    Fate.LOST: "Il n’a pas pu être remis. Envoyez-en un nouveau.",
}


@router.get("")
async def ask(visitor: AnyVisitor) -> HTMLResponse:
    """Return the form."""
    return await _page(visitor, Form())


@router.post("")
async def take(request: Request, visitor: AnyVisitor) -> Response:
    """Take a question without secrets, and lead to its reference."""
    form = await submitted_form.read(request, {"message": LONGEST})
    session = visitor.check(form["csrf"])
    if form["action"] == "captcha":
        return await _page(visitor, Form(form.typed))
    references = await references_of(visitor.door, visitor.elector) if visitor.elector else ""
    question = _question(form, visitor, references)
    if not visitor.elector:
        await captcha_spent(visitor.door, session, form)
    if question is None or not form.is_right:
        return await _page(visitor, form, 422)
    try:
        handed = await visitor.door.support.hand_in(question)
    except RecoveriesAway:
        form.sentence = sentences.SUPPORT_AWAY.format(address=visitor.door.election.support_email)
        return await _page(visitor, form, 503)
    return await _answer(visitor, form, handed)


@router.get("/{reference}")
async def follow(visitor: AnyVisitor, reference: str) -> HTMLResponse:
    """Return what became of a question."""
    door = visitor.door
    fate = await door.support.fate(reference)
    if fate is None:
        raise HTTPException(404)
    words = [
        f"Votre message a pour référence {reference}\u00a0: gardez-la.",
        _FATES[fate],
        "L’assistance répond à l’adresse que vous avez indiquée\u202f; nous ne l’avons pas conservée.",
    ]
    back = ("Revenir à mon portail", "/portail") if visitor.elector else ("Revenir à l’accueil", "/")
    return door.pages.message(200, "Votre message à l’assistance", words, [back], **visitor.context)


def _question(form: Form, visitor: Visitor, references: str) -> Question | None:
    form.require("message", "Dites ce qui vous arrive.")
    message = form["message"].replace("\r\n", "\n").strip()
    struck = redaction.strike(message, visitor.door.election.voting_code)
    if struck.secrets:
        form.typed["message"] = struck.text
        form.errors.setdefault("message", sentences.given_away(struck.secrets))
    reply_to = contacts.personal_mailbox(form["reply_to"], ())
    if not isinstance(reply_to, Contact):
        form.errors.setdefault("reply_to", "Indiquez une adresse de messagerie, comme prenom.nom@exemple.fr.")
        return None
    elector = visitor.elector.id if visitor.elector else ""
    return Question(form["form_key"][:64], reply_to.value, message, elector, references)


async def _answer(visitor: Visitor, form: Form, handed: Handed) -> Response:
    if handed.until is None:
        return RedirectResponse(f"/assistance/{handed.reference}", 303)
    when = french_instant(handed.until, visitor.door.election.zone)
    form.sentence = f"Plusieurs messages sont déjà partis. Vous pourrez en écrire un autre après le {when}."
    return await _page(visitor, form, 429)


async def _page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    door, cookie, session = visitor.door, None, visitor.session
    if session is None:
        cookie, session = door.side.sessions.nobody()
        visitor = Visitor(door, session, None)
    page = door.pages.page(
        "support.html",
        status,
        form=form,
        form_key=form["form_key"][:64] or secrets.token_hex(16),
        longest=LONGEST,
        references=await references_of(door, visitor.elector) if visitor.elector else None,
        captcha=None if visitor.elector else captcha_of(door, session),
        **visitor.context,
    )
    if cookie:
        SESSION.give(page, door, cookie)
    return page
