"""A new identifier by SMS (2018): signed in, or from « Identifiant électeur oublié ? »."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.sending import contacts
from activities.sending.contacts import Contact
from election.contacts import mask_email, mask_phone
from election.procedures import Procedure
from election.proofs import birth_dates, numen
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.identifier import IdentifierRequest
from web.context.browser_session import FOLLOWED, SESSION, AnyVisitor, Visitor
from web.forms import submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.follow_up_identifier import delay_sentence

router = APIRouter(prefix="/reassort/identifiant")


@router.get("")
async def ask(visitor: AnyVisitor) -> Response:
    """Return the form; the work address that will be told is shown, masked, to who has signed in alone."""
    return _page(visitor, Form())


@router.post("")
async def take(request: Request, visitor: AnyVisitor) -> Response:
    """Take a request: an elector who has signed in follows it, anybody else reads the same in the same time."""
    form = await submitted_form.read(request)
    session = visitor.check(form["csrf"])
    if form["action"] == "captcha" or _closed(visitor):
        return _page(visitor, Form(form.typed))
    wanted = _request_of(form)
    await captcha_spent(visitor.door, session, form)
    if wanted is None or not form.is_right:
        return _page(visitor, form, 422)
    if visitor.elector is None:
        await visitor.door.identifiers.ask(wanted)
        return await _taken(visitor)
    answer = await visitor.door.identifiers.submit(visitor.elector.id, wanted)
    if answer.verdict is Verdict.TAKEN:
        follow = RedirectResponse("/reassort/suivi", 303)
        FOLLOWED.give(follow, visitor.door, Procedure.IDENTIFIER)
        return follow
    form.sentence = sentences.identifier_refusal(answer.verdict, answer.until, visitor.door.election.zone)
    too_many = answer.verdict in {Verdict.PAUSED, Verdict.TOO_MANY_REQUESTS}
    return _page(visitor, form, 429 if too_many else 422)


def _request_of(form: Form) -> IdentifierRequest | None:
    """Return the request of a form, or note what is wrong with it."""
    phone = contacts.mobile(form["phone"])
    form.require("phone", "Indiquez le numéro de mobile où recevoir le SMS.")
    if not isinstance(phone, Contact) and form["phone"].strip():
        form.errors.setdefault("phone", sentences.CONTACTS[phone])
    form.require("numen", "Indiquez votre NUMEN.")
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", "Un NUMEN compte 13 caractères, comme 12A3456789BCD.")
    form.require("birth_date", "Indiquez votre date de naissance.")
    born = birth_dates.normalise(form["birth_date"])
    if born is None:
        form.errors.setdefault("birth_date", "Écrivez la date ainsi\u00a0: 02/05/1985.")
    if form.errors or not isinstance(phone, Contact):
        return None
    return IdentifierRequest(
        form["form_key"], form["numen"], form["birth_date"], phone.value, mask_phone(phone.value)
    )


async def _taken(visitor: Visitor) -> Response:
    delay = await visitor.door.side.ledger.typical_delay(Channel.SMS)
    return visitor.door.pages.page("identifier_taken.html", delay=delay_sentence(delay), **visitor.context)


def _page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    door, cookie, session = visitor.door, None, visitor.session
    if session is None:
        cookie, session = door.side.sessions.nobody()
        visitor = Visitor(door, session, None)
    page = door.pages.page(
        "identifier.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        captcha=captcha_of(door, session),
        closed=_closed(visitor),
        told=mask_email(visitor.elector.work_email) if visitor.elector else None,
        most=door.election.identifier_recovery.requests,
        **visitor.context,
    )
    if cookie:
        SESSION.give(page, door, cookie)
    return page


def _closed(visitor: Visitor) -> str | None:
    return calendar.closed(visitor.door.election, Procedure.IDENTIFIER, visitor.door.now())
