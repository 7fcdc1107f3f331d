"""The recovery of a voting code (2022): the choice of a proof, then the challenge question."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from activities.proofs.attempts import AttemptScope
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
from web.presenters.proof_texts import proof_texts

router = APIRouter(prefix="/reassort/code-de-vote")

_FEW = 5  # from so many new codes on, the page says how many are left


@router.get("")
async def choose(current: CurrentElector) -> HTMLResponse:
    """Return the choice between the proofs that this election allows."""
    choices = [voting_code.FRANCE_CONNECT_CHOICE] if offers_france_connect(current.app) else []
    waiting = await _waiting_reason(current)
    if current.app.election.voting_code_recovery.challenge_question and waiting is None:
        choices.append(voting_code.challenge_choice(proof_texts(current.app.election).named))
    left = await current.app.services.voting_codes.reissues.left(current.elector.id)
    return current.browser.page(
        "voting_code_proofs.html",
        choices=choices,
        reissues_left=sentences.reissues_left(left) if 0 < left <= _FEW else None,
        limit_reached=sentences.reissue_limit(current.app.election) if left <= 0 else None,
        closed=closed_reason(current) or await _locked_reason(current),
        waiting=waiting,
        not_activated=_not_activated(current),
        banner=follow_up.banner(await current.app.voting_code_client.status(current.elector.id)),
    )


@router.get("/question-defi")
async def ask(current: CurrentElector) -> Response:
    """Return the challenge form, with the elector's own question; while no request is accepted, the page that says why."""
    refused = closed_reason(current) or _not_activated(current) or await _locked_reason(current)
    if refused or await _waiting_reason(current) or await is_limit_reached(current):
        return RedirectResponse(voting_code.RECORD.url, 303)
    return _challenge_page(current, Form())


@router.post("/question-defi")
async def submit(request: Request, current: CurrentElector) -> Response:
    """Submit a request whose fields are all valid, and redirect to its follow-up."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    if closed_reason(current) or _not_activated(current) or await is_limit_reached(current):
        return RedirectResponse(voting_code.RECORD.url, 303)
    challenge_request = request_of(form, current.elector, current.app.election)
    if challenge_request is None:
        return _challenge_page(current, form, 422)
    answer = await current.app.voting_code_client.submit(current.elector.id, challenge_request)
    await current.browser.trace(Access.PROOF, current.elector.id, answer.verdict)
    if answer.verdict is Verdict.ACCEPTED:
        return follow_voting_code(current.app, follow_up.URL)
    election = current.app.election
    form.general_error = sentences.refusal(
        Procedure.VOTING_CODE, answer.verdict, answer.until, election, current.app.now()
    )
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
        return calendar.not_offered_reason(election)
    return calendar.closed_reason(election, Procedure.VOTING_CODE, current.app.now())


async def is_limit_reached(current: SignedInElector) -> bool:
    """Return whether the elector has had all the new codes that the election allows: no form is worth filling in."""
    return await current.app.services.voting_codes.reissues.left(current.elector.id) <= 0


async def _locked_reason(current: SignedInElector) -> str | None:
    """Return that support must lift the pause of this elector's requests, or None."""
    if await current.app.services.objection_pauses.refusal(current.elector.id):
        return sentences.objected(current.app.election)
    refusal = await current.app.services.proof_attempts.refusal(current.elector.id, AttemptScope.RECOVERY)
    if refusal is None or refusal.verdict is not Verdict.LOCKED:
        return None
    return sentences.refusal(
        Procedure.VOTING_CODE, refusal.verdict, refusal.until, current.app.election, current.app.now()
    )


async def _waiting_reason(current: SignedInElector) -> str | None:
    """Return until when the challenge question must wait, since the password was recovered, or None."""
    until = await current.app.services.password_wait.until(current.elector.id)
    if until is None:
        return None
    verdict, election = Verdict.AFTER_PASSWORD_RECOVERY, current.app.election
    return sentences.refusal(Procedure.VOTING_CODE, verdict, until, election, current.app.now())


def _not_activated(current: SignedInElector) -> str | None:
    if current.elector.question:
        return None
    return sentences.refusal(
        Procedure.VOTING_CODE, Verdict.NOT_ACTIVATED, None, current.app.election, current.app.now()
    )


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
