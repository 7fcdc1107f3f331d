"""A password that was forgotten: identifier and CAPTCHA, are you sure, and the same page for everyone."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from election.contacts import mask_email
from election.procedures import Procedure
from web.context.browser_session import SESSION, AnyVisitor, FormNotOurs, Visitor
from web.forms import submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter(prefix="/reassort/mot-de-passe")

_HERE = "/reassort/mot-de-passe"


@router.get("")
async def ask(visitor: AnyVisitor) -> Response:
    """Return the form that asks whose password was forgotten."""
    typed = {"identifier": visitor.elector.work_email} if visitor.elector else {}
    return _closed(visitor) or _identifier_page(visitor, Form(typed))


@router.post("")
async def take(request: Request, visitor: AnyVisitor) -> Response:
    """Go on to the first confirmation, whether or not the identifier is known."""
    form = await submitted_form.read(request)
    session = visitor.check(form["csrf"])
    closed = _closed(visitor)
    if closed or form["action"] == "captcha":
        return closed or _identifier_page(visitor, Form(form.typed))
    form.require("identifier", "Indiquez votre identifiant électeur.")
    await captcha_spent(visitor.door, session, form)
    if not form.is_right:
        return _identifier_page(visitor, form, 422)
    claimant = await visitor.door.side.roll.claimant(form["identifier"])
    return _confirmation_page(visitor, session, form["identifier"], claimant)


@router.post("/confirmation")
async def confirm(request: Request, visitor: AnyVisitor) -> Response:
    """Have a link sent to whoever is on the roll, and lead to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, door = visitor.check(form["csrf"]), visitor.door
    if not door.tokens.check(_passed(session, form), form["passed"]):
        raise FormNotOurs
    closed = _closed(visitor)
    if closed:
        return closed
    claimant = await door.side.roll.claimant(form["identifier"])
    shut_until = await door.side.passwords.count_request(claimant, form["form_key"])
    if shut_until is not None:
        told = sentences.paused_requests(shut_until, door.election.zone)
        actions = [("Revenir à l’accueil", "/")]
        return door.pages.message(429, "Trop de demandes", [told], actions, **visitor.context)
    await door.passwords.ask(claimant, form["form_key"])
    return RedirectResponse(f"{_HERE}/demande", 303)


@router.get("/demande")
async def asked(visitor: AnyVisitor) -> HTMLResponse:
    """Return what happens next: the same for everyone."""
    hours = int(visitor.door.election.links.email_lifetime.total_seconds()) // 3600
    return visitor.door.pages.page("password_asked.html", hours=hours, **visitor.context)


def _identifier_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    cookie, session = None, visitor.session
    if session is None:
        cookie, session = visitor.door.side.sessions.nobody()
        visitor = Visitor(visitor.door, session, None)
    page = _page(visitor, "password_forgotten.html", status, form=form, captcha=captcha_of(visitor.door, session))
    if cookie:
        SESSION.give(page, visitor.door, cookie)
    return page


def _confirmation_page(visitor: Visitor, session: Session, identifier: str, claimant: Claimant) -> HTMLResponse:
    # Who is signed in knows the address already; anybody else would learn that there is one.
    me = visitor.elector
    is_mine = me is not None and claimant.elector_id == me.id
    form = Form({"identifier": identifier, "form_key": secrets.token_hex(16)})
    return _page(
        visitor,
        "password_confirm.html",
        200,
        form=form,
        passed=visitor.door.tokens.make(_passed(session, form)),
        destination=mask_email(me.work_email) if me and is_mine else None,
    )


def _passed(session: Session, form: Form) -> str:
    # The CAPTCHA was passed for this session, identifier and request, and for no other.
    return "|".join((session.id_hash, "password", form["form_key"], form["identifier"]))


def _page(visitor: Visitor, template: str, status: int, **given: Any) -> HTMLResponse:
    return visitor.door.pages.page(template, status, **given, **visitor.context)


def _closed(visitor: Visitor) -> Response | None:
    door = visitor.door
    told = calendar.closed(door.election, Procedure.PASSWORD, door.now())
    if told is None:
        return None
    home = [("Revenir à l’accueil", "/")]
    return door.pages.message(200, "Mot de passe oublié", [told], home, **visitor.context)
