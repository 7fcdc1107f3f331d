"""The recovery of a voting code (2022): the choice of a proof, then the challenge question."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict
from web.context.app_context import AppContext
from web.context.browser_session import FOLLOWED, CurrentElector, SignedInElector
from web.forms import submitted_form
from web.forms.challenge import request_of
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import calendar, follow_up, sentences
from web.presenters.procedures import voting_code

router = APIRouter(prefix="/reassort/code-de-vote")


@router.get("")
async def choose(current: CurrentElector) -> HTMLResponse:
    """Return the choice between the proofs that this election allows."""
    choices = [voting_code.FRANCE_CONNECT_CHOICE] if offers_france_connect(current.app) else []
    if current.app.election.voting_code_recovery.challenge_question:
        choices.append(voting_code.CHALLENGE_CHOICE)
    return current.browser.page(
        "voting_code_proofs.html",
        choices=choices,
        closed=closed_reason(current),
        not_activated=_not_activated(current),
        banner=follow_up.banner(await current.app.voting_code_client.banner_status(current.elector.id)),
    )


@router.get("/question-defi")
async def ask(current: CurrentElector) -> Response:
    """Return the challenge form, with the elector's own question."""
    if closed_reason(current) or _not_activated(current):
        return RedirectResponse(voting_code.RECORD.url, 303)
    return _challenge_page(current, Form())


@router.post("/question-defi")
async def submit(request: Request, current: CurrentElector) -> Response:
    """Submit a request whose fields are all valid, and redirect to its follow-up."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    if closed_reason(current) or _not_activated(current):
        return RedirectResponse(voting_code.RECORD.url, 303)
    challenge_request = request_of(form, current.elector, current.app.election)
    if challenge_request is None:
        return _challenge_page(current, form, 422)
    answer = await current.app.voting_code_client.submit(current.elector.id, challenge_request)
    if answer.verdict is Verdict.ACCEPTED:
        return follow_voting_code(current.app, follow_up.URL)
    zone = current.app.election.zone
    form.general_error = sentences.refusal(Procedure.VOTING_CODE, answer.verdict, answer.until, zone)
    return _challenge_page(current, form, sentences.refusal_status(answer.verdict))


def follow_voting_code(app: AppContext, address: str) -> RedirectResponse:
    """Return the redirect after an accepted request: the follow-up page then shows the voting code's recovery."""
    redirect = RedirectResponse(address, 303)
    FOLLOWED.delete(redirect, app)
    return redirect


def offers_france_connect(app: AppContext) -> bool:
    """Return whether the election allows this proof, and the settings name a provider."""
    return app.election.voting_code_recovery.france_connect and app.france_connect is not None


def closed_reason(current: SignedInElector) -> str | None:
    """Return why no request is accepted now, or None when one is."""
    election = current.app.election
    if not (election.voting_code_recovery.challenge_question or offers_france_connect(current.app)):
        return calendar.not_offered_reason(election, Procedure.VOTING_CODE)
    return calendar.closed_reason(election, Procedure.VOTING_CODE, current.app.now())


def _not_activated(current: SignedInElector) -> str | None:
    if current.elector.question:
        return None
    return sentences.refusal(Procedure.VOTING_CODE, Verdict.NOT_ACTIVATED, None, current.app.election.zone)


def _challenge_page(current: SignedInElector, form: Form, status: int = 200) -> HTMLResponse:
    rules = current.app.election.voting_code_recovery
    form.typed.setdefault("channel", Channel.SMS if Channel.SMS in rules.channels else Channel.EMAIL)
    return form_page(
        current.browser,
        "voting_code_challenge.html",
        form,
        status,
        has_captcha=False,
        question=current.elector.question,
        channels=[channel.value for channel in rules.channels],
        window_seconds=int(rules.display_window.total_seconds()),
    )
