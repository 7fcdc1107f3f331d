"""The voting space's own sign-in (2018, 2011): identifier and password, both to the letter."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.credentials import Held
from activities.accounts.roll import Claimant
from election.procedures import Procedure
from election.timetable import Door as Opening
from election.verdicts import Verdict
from web.context.app_context import Door
from web.context.browser_session import KNOWN_VOTER, SESSION, AnyVisitor, Visitor
from web.forms import submitted_form
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.recovery_catalogue import LOST

router = APIRouter(prefix="/vote/connexion")

_FORGOTTEN = {
    Procedure.IDENTIFIER: "Identifiant électeur oublié\u202f?",
    Procedure.PASSWORD: "Mot de passe oublié\u202f?",
    Procedure.BOTH_CODES: "Pas de notice de vote\u202f?",
}


@router.get("")
async def ask(visitor: AnyVisitor) -> Response:
    """Return the page that asks identifier and password."""
    if _is_in(visitor):
        return RedirectResponse("/espace-de-vote", 303)
    return _page(visitor, Form())


@router.post("")
async def take(request: Request, visitor: AnyVisitor) -> Response:
    """Open the voting space, in a new session; the answer to a wrong try does not tell which was wrong."""
    form = await submitted_form.read(request)
    if _is_in(visitor):
        return RedirectResponse("/espace-de-vote", 303)  # the second of two clicks
    session = visitor.check(form["csrf"])
    door = visitor.door
    if not _is_open(door):
        return _page(visitor, Form())
    form.require("identifier", "Indiquez votre identifiant électeur.")
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_right:
        return _page(visitor, form, 422)
    claimant = await door.side.roll.voter(form["identifier"])
    held = await door.side.sign_in.held(claimant)
    judged = await door.side.sign_in.check(claimant, form["password"], KNOWN_VOTER.read(request, door), held)
    if judged.verdict is Verdict.PAUSED:
        form.sentence = sentences.paused_sign_in(judged.until, door.election)
        return _page(visitor, form, 429)
    if judged.verdict is not Verdict.TAKEN:
        form.sentence = sentences.WRONG_VOTING_SIGN_IN
        return _page(visitor, form, 422)
    answer = await _let_in(door, claimant, held)
    await door.side.sessions.end(session)
    return answer


async def _let_in(door: Door, claimant: Claimant, held: Held) -> Response:
    cookie, session = await door.side.sessions.open(claimant.elector_id or "", held)
    await door.side.sessions.begin_vote(session)
    answer = RedirectResponse("/espace-de-vote", 303)
    SESSION.give(answer, door, cookie)
    left = int((door.election.calendar.vote.closes - door.now()).total_seconds())
    KNOWN_VOTER.give(answer, door, door.side.sign_in.remember(claimant), max(left, 1))
    return answer


def _page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    door = visitor.door
    if not door.election.voting_space.identifier_and_password:
        raise HTTPException(404)
    cookie = None
    if visitor.session is None:
        cookie, session = door.side.sessions.nobody()
        visitor = Visitor(door, session, None)
    vote = door.election.calendar.vote
    shut = None if _is_open(door) else calendar.door_sentence(door.election, vote, door.now())
    page = door.pages.page(
        "voting_sign_in.html", status, form=form, door=shut, forgotten=_forgotten(door), **visitor.context
    )
    if cookie:
        SESSION.give(page, door, cookie)
    return page


def _forgotten(door: Door) -> list[tuple[str, str]]:
    election, now = door.election, door.now()
    return [
        (label, LOST[procedure].url)
        for procedure, label in _FORGOTTEN.items()
        if calendar.closed(election, procedure, now) is None
    ]


def _is_open(door: Door) -> bool:
    allowed = door.election.voting_space.identifier_and_password
    return allowed and door.election.calendar.vote.door(door.now()) is Opening.OPEN


def _is_in(visitor: Visitor) -> bool:
    return visitor.elector is not None and visitor.session is not None and visitor.session.voting
