"""The portal: home, the elector's own page, the voting page, help."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.timetable import Door as Opening
from election.verdicts import Verdict
from web.context.browser_session import AnyVisitor, ElectorAtDoor, SignedIn
from web.forms import submitted_form
from web.forms.captcha_field import captcha_of, captcha_spent
from web.forms.submitted_form import Form
from web.presenters import calendar, follow_up, sentences

router = APIRouter()


@router.get("/")
async def home(visitor: AnyVisitor) -> HTMLResponse:
    """Return what the portal is for, and what is open when."""
    election, now = visitor.door.election, visitor.door.now()
    return visitor.door.pages.page(
        "home.html",
        lost=calendar.recoverable(election, now),
        doors=calendar.events(election, now),
        **visitor.context,
    )


@router.get("/aide")
async def help_page(visitor: AnyVisitor) -> HTMLResponse:
    """Return the guide and the frequent questions."""
    window = int(visitor.door.election.voting_code_recovery.display_window.total_seconds())
    return visitor.door.pages.page("help.html", window_seconds=window, **visitor.context)


@router.get("/portail")
async def portal(at: ElectorAtDoor) -> HTMLResponse:
    """Return the elector's own page: welcome, calendar, countdown, recovery in progress."""
    election, now = at.door.election, at.door.now()
    return at.door.pages.page(
        "portal.html",
        entrance=calendar.entrance(election),
        lost=calendar.recoverable(election, now),
        calendar=calendar.events(election, now),
        countdown=calendar.until_the_close(election, now),
        recovery=follow_up.banner(await at.door.recoveries.reminder(at.elector.id)),
        **at.visitor.context,
    )


@router.get("/vote")
async def ask_code(at: ElectorAtDoor) -> HTMLResponse:
    """Return the page that asks the voting code."""
    return _vote_page(at, Form())


@router.post("/vote")
async def take_code(request: Request, at: ElectorAtDoor) -> Response:
    """Open the voting space to the right code; tries are counted per elector."""
    form = await submitted_form.read(request)
    session = at.visitor.check(form["csrf"])
    if form["action"] == "captcha" or at.door.election.calendar.vote.door(at.door.now()) is not Opening.OPEN:
        return _vote_page(at, Form())
    form.require("voting_code", "Indiquez votre code de vote.")
    await captcha_spent(at.door, session, form)
    if not form.is_right:
        return _vote_page(at, form, 422)
    judged = await at.door.side.voting_codes.check_voting_code(at.elector.id, form["voting_code"])
    if judged.verdict is Verdict.PAUSED:
        form.sentence = sentences.paused_code(judged.until, at.door.election.zone)
        return _vote_page(at, form, 429)
    if judged.verdict is not Verdict.TAKEN:
        form.errors["voting_code"] = sentences.WRONG_CODE
        return _vote_page(at, form, 422)
    await at.door.side.sessions.begin_vote(session, at.door.side.voting_codes.held(form["voting_code"]))
    return RedirectResponse("/espace-de-vote", 303)


@router.get("/espace-de-vote")
async def voting_space(at: ElectorAtDoor) -> Response:
    """Return the door of the voting space: the vote itself is another system's."""
    if not at.session.voting:
        return RedirectResponse("/vote", 303)
    return at.door.pages.page("voting_space.html", **at.visitor.context)


def _vote_page(at: SignedIn, form: Form, status: int = 200) -> HTMLResponse:
    election, now = at.door.election, at.door.now()
    is_open = election.calendar.vote.door(now) is Opening.OPEN
    return at.door.pages.page(
        "vote.html",
        status,
        form=form,
        captcha=captcha_of(at.door, at.session),
        door=None if is_open else calendar.door_sentence(election, election.calendar.vote, now),
        **at.visitor.context,
    )
