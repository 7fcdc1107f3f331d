"""The voting space's own sign-in (2018, 2011): identifier and password, both to the letter."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.credentials import Held
from activities.accounts.roll import Claimant
from election.procedures import Procedure
from election.timetable import Availability
from election.verdicts import Verdict
from web.context.app_context import AppContext
from web.context.browser_session import KNOWN_VOTER, SESSION, BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.recovery_catalogue import RECOVERY_CATALOGUE

router = APIRouter(prefix="/vote/connexion")

_FORGOTTEN = {
    Procedure.IDENTIFIER: "Identifiant électeur oublié\u202f?",
    Procedure.PASSWORD: "Mot de passe oublié\u202f?",
    Procedure.IDENTIFIER_AND_PASSWORD: "Pas de notice de vote\u202f?",
}


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the page that asks identifier and password."""
    if _is_in(browser):
        return RedirectResponse("/espace-de-vote", 303)
    return _page(browser, Form())


@router.post("")
async def take(request: Request, browser: CurrentBrowser) -> Response:
    """Open the voting space, in a new session; the answer to a wrong try does not tell which was wrong."""
    form = await submitted_form.read(request)
    if _is_in(browser):
        return RedirectResponse("/espace-de-vote", 303)  # the second of two clicks
    session = browser.check(form["csrf"])
    app = browser.app
    if not _is_open(app):
        return _page(browser, Form())
    form.require("identifier", "Indiquez votre identifiant électeur.")
    form.require("password", "Indiquez votre mot de passe Élections.")
    if not form.is_right:
        return _page(browser, form, 422)
    claimant = await app.services.roll.voter(form["identifier"])
    held = await app.services.sign_in.held(claimant)
    judged = await app.services.sign_in.check(claimant, form["password"], KNOWN_VOTER.read(request, app), held)
    if judged.verdict is Verdict.PAUSED:
        form.sentence = sentences.paused_sign_in(judged.until, app.election)
        return _page(browser, form, 429)
    if judged.verdict is not Verdict.TAKEN:
        form.sentence = sentences.WRONG_VOTING_SIGN_IN
        return _page(browser, form, 422)
    answer = await _let_in(app, claimant, held)
    await app.services.sessions.end(session)
    return answer


async def _let_in(app: AppContext, claimant: Claimant, held: Held) -> Response:
    cookie, session = await app.services.sessions.open(claimant.elector_id or "", held)
    await app.services.sessions.begin_vote(session)
    answer = RedirectResponse("/espace-de-vote", 303)
    SESSION.give(answer, app, cookie)
    left = int((app.election.calendar.vote.closes - app.now()).total_seconds())
    KNOWN_VOTER.give(answer, app, app.services.sign_in.remember(claimant), max(left, 1))
    return answer


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app = browser.app
    if not app.election.voting_space.identifier_and_password:
        raise HTTPException(404)
    cookie = None
    if browser.session is None:
        cookie, session = app.services.sessions.nobody()
        browser = BrowserSession(app, session, None)
    vote = app.election.calendar.vote
    shut = None if _is_open(app) else calendar.availability_sentence(app.election, vote, app.now())
    page = app.pages.page(
        "voting_sign_in.html", status, form=form, not_open=shut, forgotten=_forgotten(app), **browser.page_context
    )
    if cookie:
        SESSION.give(page, app, cookie)
    return page


def _forgotten(app: AppContext) -> list[tuple[str, str]]:
    election, now = app.election, app.now()
    return [
        (label, RECOVERY_CATALOGUE[procedure].url)
        for procedure, label in _FORGOTTEN.items()
        if calendar.closed(election, procedure, now) is None
    ]


def _is_open(app: AppContext) -> bool:
    allowed = app.election.voting_space.identifier_and_password
    return allowed and app.election.calendar.vote.availability(app.now()) is Availability.OPEN


def _is_in(browser: BrowserSession) -> bool:
    return browser.elector is not None and browser.session is not None and browser.session.voting
