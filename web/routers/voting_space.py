"""The page that asks for the voting code, and the entrance of the voting space."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from activities.proofs.attempts import AttemptScope
from election.text.translation import gettext as _
from election.timetable import Availability
from election.verdicts import Verdict
from web.context import drafts
from web.context.app_context import CurrentApp
from web.context.browser_session import CurrentElector, OtherEntranceError, SignedInElector
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences

router = APIRouter()

_BY_CODE = "/vote"
_CODE = "voting_code"


async def _has_voting_code(app: CurrentApp) -> None:
    """Lead to the other entrance of the voting space where this election has no voting code (2018, 2011)."""
    entrance = calendar.voting_space_url(app.election)
    if entrance != _BY_CODE:
        raise OtherEntranceError(entrance)


@router.get(_BY_CODE, dependencies=[Depends(_has_voting_code)])
async def ask_code(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return the page that asks for the voting code."""
    kept = frozenset(drafts.TYPED_CODE.read(request, current.app))
    return await _page(current, Form(kept=kept))


@router.post(_BY_CODE, dependencies=[Depends(_has_voting_code)])
async def submit_code(request: Request, current: CurrentElector) -> Response:
    """Open the voting space if the code is right; attempts are counted per elector."""
    form = await submitted_form.read(request)
    app, session = current.app, current.browser.require_csrf(form["csrf"])
    if app.election.calendar.vote.availability(app.now()) is not Availability.OPEN:
        return await _page(current, Form())
    form.keep(drafts.TYPED_CODE.read(request, app), _CODE)
    if form.asks_for_captcha:
        return await _shown_again(request, current, Form({_CODE: form[_CODE]}), 200)
    form.require(_CODE, _("Indiquez votre code de vote."))
    if await _needs_captcha(current):
        await spend_captcha(app, session, form)
    if not form.is_valid:
        return await _shown_again(request, current, form, 422)
    return await _judge(request, current, form)


async def _judge(request: Request, current: SignedInElector, form: Form) -> Response:
    app = current.app
    judged = await app.services.voting_codes.check_voting_code(current.elector.id, form[_CODE])
    await current.browser.trace(Access.VOTING_CODE, current.elector.id, judged.verdict)
    if judged.verdict is Verdict.PAUSED:
        form.general_error = sentences.paused_code(judged.until, app.election, app.now())
        return await _shown_again(request, current, form, 429)
    if judged.verdict is not Verdict.ACCEPTED:
        form.errors[_CODE] = _(sentences.WRONG_CODE)
        return await _shown_again(request, current, form, 422)
    await app.services.sessions.open_voting_space(
        current.session, app.services.voting_codes.checked_credential(current.elector.id, form[_CODE])
    )
    redirect = RedirectResponse("/espace-de-vote", 303)
    drafts.TYPED_CODE.forget(redirect, app)
    return redirect


@router.get("/espace-de-vote")
async def voting_space(current: CurrentElector) -> Response:
    """Return the entrance of the voting space; the vote itself is another system's.

    Out of its dates too, lead to the page that asks for the code or the password, which says when the vote is.
    """
    election, now = current.app.election, current.app.now()
    is_open = election.calendar.vote.availability(now) is Availability.OPEN
    if not (is_open and current.session.voting_space_open):
        return RedirectResponse(calendar.voting_space_url(election), 303)
    return current.browser.page("voting_space.html")


async def _needs_captcha(current: SignedInElector) -> bool:
    """Return whether a code was wrong since the last right one: who has just signed in is asked for none before."""
    failures = await current.app.services.attempts.failures(current.elector.id, AttemptScope.VOTE)
    return failures > 0


async def _shown_again(request: Request, current: SignedInElector, form: Form, status: int) -> Response:
    """Return the page; a code that was not found wrong is kept, sealed, and need not be typed again."""
    is_kept = bool(form[_CODE].strip()) and _CODE not in form.errors
    form.kept = frozenset({_CODE} if is_kept else ())
    page = await _page(current, form, status)
    if is_kept:
        drafts.TYPED_CODE.keep(page, request, current.app, {_CODE: form[_CODE]})
    else:
        drafts.TYPED_CODE.forget(page, current.app)
    return page


async def _page(current: SignedInElector, form: Form, status: int = 200) -> HTMLResponse:
    election, now = current.app.election, current.app.now()
    is_open = election.calendar.vote.availability(now) is Availability.OPEN
    sentence = None if is_open else calendar.vote_sentence(election, now)
    has_captcha = await _needs_captcha(current)
    return form_page(current.browser, "vote.html", form, status, has_captcha=has_captcha, not_open=sentence)
