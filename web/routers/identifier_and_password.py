"""Who votes without a notice (2011) asks for a link: the same page in the same time for everyone."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.proofs.attempts import Door as Attempted
from activities.texts.dates import french_instant
from election.procedures import Procedure
from web.context.browser_session import SESSION, AnyVisitor, Visitor
from web.forms import submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter(prefix="/sans-notice")


@router.get("")
async def ask(visitor: AnyVisitor) -> Response:
    """Return the form that asks whose work mailbox the link goes to."""
    typed = {"identifier": visitor.elector.work_email} if visitor.elector else {}
    return _closed(visitor) or _page(visitor, Form(typed))


@router.post("")
async def take(request: Request, visitor: AnyVisitor) -> Response:
    """Have a link sent to whoever is on the roll, and lead to the page that is the same for everyone."""
    form = await submitted_form.read(request)
    session, door = visitor.check(form["csrf"]), visitor.door
    closed = _closed(visitor)
    if closed or form["action"] == "captcha":
        return closed or _page(visitor, Form(form.typed))
    form.require("identifier", "Indiquez votre adresse de messagerie professionnelle.")
    await captcha_spent(door, session, form)
    if not form.is_right:
        return _page(visitor, form, 422)
    claimant = await door.side.roll.claimant(form["identifier"])
    asked = door.both.request_id(claimant, form["form_key"])
    shut_until = await door.side.passwords.count_request(claimant, asked, Attempted.BOTH_CODES)
    if shut_until is not None:
        told = sentences.paused_requests(shut_until, door.election.zone)
        home = [("Revenir à l’accueil", "/")]
        return door.pages.message(429, "Trop de demandes", [told], home, **visitor.context)
    await door.both.ask(claimant, asked)
    return RedirectResponse("/sans-notice/demande", 303)


@router.get("/demande")
async def asked(visitor: AnyVisitor) -> Response:
    """Return what happens next: the same for everyone."""
    page, until = visitor.door.pages.page, _links_die(visitor)
    return _not_offered(visitor) or page("without_notice_asked.html", until=until, **visitor.context)


def _page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    door, cookie, session = visitor.door, None, visitor.session
    if session is None:
        cookie, session = door.side.sessions.nobody()
        visitor = Visitor(door, session, None)
    page = door.pages.page(
        "without_notice.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        captcha=captcha_of(door, session),
        until=_links_die(visitor),
        **visitor.context,
    )
    if cookie:
        SESSION.give(page, door, cookie)
    return page


def _links_die(visitor: Visitor) -> str:
    election = visitor.door.election
    return french_instant(election.calendar.links_die, election.zone)


def _closed(visitor: Visitor) -> Response | None:
    door = visitor.door
    return _told(visitor, calendar.closed(door.election, Procedure.BOTH_CODES, door.now()))


def _not_offered(visitor: Visitor) -> Response | None:
    election = visitor.door.election
    is_offered = Procedure.BOTH_CODES in election.procedures
    return None if is_offered else _told(visitor, calendar.not_offered(election, Procedure.BOTH_CODES))


def _told(visitor: Visitor, told: str | None) -> Response | None:
    if told is None:
        return None
    home = [("Revenir à l’accueil", "/")]
    return visitor.door.pages.message(200, "Voter sans notice", [told], home, **visitor.context)
