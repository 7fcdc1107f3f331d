"""Signing in: identifier and CAPTCHA, then password; and signing out."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from election.procedures import Procedure
from election.verdicts import Verdict
from web.context.app_context import Door
from web.context.browser_session import KNOWN_BROWSER, SESSION, AnyVisitor, SignInNeeded, Visitor
from web.forms import submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.recovery_catalogue import LOST

router = APIRouter()


@router.get("/connexion")
async def ask_identifier(visitor: AnyVisitor) -> Response:
    """Return the first step: the identifier and a CAPTCHA."""
    if visitor.elector:
        return RedirectResponse("/portail", 303)
    return _identifier_page(visitor, Form())


@router.post("/connexion")
async def take_identifier(request: Request, visitor: AnyVisitor) -> Response:
    """Go on to the password, whether or not the identifier is known."""
    form = await submitted_form.read(request)
    if visitor.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = visitor.check(form["csrf"])
    if form["action"] == "captcha":
        return _identifier_page(visitor, Form(form.typed))
    form.require("identifier", "Indiquez votre identifiant\u00a0: votre adresse de messagerie professionnelle.")
    await captcha_spent(visitor.door, session, form)
    if not form.is_right:
        return _identifier_page(visitor, form, 422)
    claimant = await visitor.door.side.roll.claimant(form["identifier"])
    await visitor.door.side.sessions.claim(session, claimant)
    return RedirectResponse("/connexion/mot-de-passe", 303)


@router.get("/connexion/mot-de-passe")
async def ask_password(visitor: AnyVisitor) -> Response:
    """Return the second step: the password."""
    if visitor.elector:
        return RedirectResponse("/portail", 303)
    _claimant(visitor)
    return _password_page(visitor, Form())


@router.post("/connexion/mot-de-passe")
async def take_password(request: Request, visitor: AnyVisitor) -> Response:
    """Sign in, in a new session; the answer to a wrong password tells nothing of the identifier."""
    form = await submitted_form.read(request)
    if visitor.elector:
        return RedirectResponse("/portail", 303)  # the second of two clicks
    session = visitor.check(form["csrf"])
    claimant = _claimant(visitor)
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_right:
        return _password_page(visitor, form, 422)
    door = visitor.door
    held = await door.side.sign_in.held(claimant)
    judged = await door.side.sign_in.check(claimant, form["password"], KNOWN_BROWSER.read(request, door), held)
    if judged.verdict is Verdict.PAUSED:
        form.sentence = sentences.paused_sign_in(judged.until, door.election)
        return _password_page(visitor, form, 429)
    if judged.verdict is not Verdict.TAKEN:
        form.sentence = sentences.WRONG_SIGN_IN
        return _password_page(visitor, form, 422)
    cookie, _ = await door.side.sessions.open(claimant.elector_id or "", held)
    await door.side.sessions.end(session)
    answer = RedirectResponse("/portail", 303)
    SESSION.give(answer, door, cookie)
    _remember(answer, door, claimant)
    return answer


@router.post("/deconnexion")
async def sign_out(request: Request, visitor: AnyVisitor) -> Response:
    """End the session, at once and everywhere it was open."""
    form = await submitted_form.read(request)
    await visitor.door.side.sessions.end(visitor.check(form["csrf"]))
    answer = RedirectResponse("/", 303)
    SESSION.take_back(answer, visitor.door)
    return answer


def _remember(answer: Response, door: Door, claimant: Claimant) -> None:
    # Nobody needs to sign in after the close; a browser keeps nothing longer than it serves.
    left = int((door.election.calendar.vote.closes - door.now()).total_seconds())
    if left > 0:
        KNOWN_BROWSER.give(answer, door, door.side.sign_in.remember(claimant), left)


def _claimant(visitor: Visitor) -> Claimant:
    if visitor.session is None or visitor.session.claimant is None:
        raise SignInNeeded
    return visitor.session.claimant


def _identifier_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    cookie, session = None, visitor.session
    if session is None:
        cookie, session = visitor.door.side.sessions.nobody()
        visitor = Visitor(visitor.door, session, None)
    captcha = captcha_of(visitor.door, session)
    page = visitor.door.pages.page("sign_in.html", status, form=form, captcha=captcha, **visitor.context)
    if cookie:
        SESSION.give(page, visitor.door, cookie)
    return page


def _password_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    door = visitor.door
    is_closed = calendar.closed(door.election, Procedure.PASSWORD, door.now())
    url = None if is_closed else LOST[Procedure.PASSWORD].url
    return door.pages.page("password.html", status, form=form, forgotten_url=url, **visitor.context)
