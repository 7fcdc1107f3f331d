"""The recovery of a voting code (2022): choice of the proof, then the challenge question."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict
from web.context.app_context import AppContext
from web.context.browser_session import FOLLOWED, CurrentElector, SignedInElector
from web.forms import submitted_form
from web.forms.challenge import request_of
from web.forms.submitted_form import Form
from web.presenters import calendar, follow_up, sentences

router = APIRouter(prefix="/reassort/code-de-vote")

_CHALLENGE_CHOICE = {
    "title": "Répondre à la question défi",
    "text": "La question que vous avez choisie à l’activation de votre compte, avec votre NUMEN ou votre numéro "
    "de sécurité sociale. Le lien arrive par SMS ou par courriel.",
    "url": follow_up.CHALLENGE,
    "action": "Répondre à la question défi",
    "kind": "question",
}


_FRANCE_CONNECT_CHOICE = {
    "title": "S’identifier avec FranceConnect",
    "text": "Avec le compte des impôts, de l’assurance maladie ou un autre. Le lien arrive par courriel, à l’adresse "
    "de ce compte.",
    "url": "/reassort/code-de-vote/franceconnect",
    "action": "S’identifier avec FranceConnect",
    "kind": "franceconnect",
}


@router.get("")
async def choose(current: CurrentElector) -> HTMLResponse:
    """Return the choice between the proofs that this election allows."""
    choices = [_FRANCE_CONNECT_CHOICE] if offers_france_connect(current.app) else []
    if current.app.election.voting_code_recovery.challenge_question:
        choices.append(_CHALLENGE_CHOICE)
    return current.app.pages.page(
        "choice.html",
        choices=choices,
        closed=closed(current),
        not_activated=_not_activated(current),
        recovery=follow_up.banner(await current.app.voting_code_client.banner_status(current.elector.id)),
        **current.browser.page_context,
    )


@router.get("/question-defi")
async def ask(current: CurrentElector) -> Response:
    """Return the challenge form, with the elector's own question."""
    if closed(current) or _not_activated(current):
        return RedirectResponse("/reassort/code-de-vote", 303)
    return _challenge_page(current, Form())


@router.post("/question-defi")
async def take(request: Request, current: CurrentElector) -> Response:
    """Submit a request that is rightly filled in, and lead to its follow-up."""
    form = await submitted_form.read(request)
    current.browser.check(form["csrf"])
    if closed(current) or _not_activated(current):
        return RedirectResponse("/reassort/code-de-vote", 303)
    wanted = request_of(form, current.elector, current.app.election)
    if wanted is None:
        return _challenge_page(current, form, 422)
    answer = await current.app.voting_code_client.submit(current.elector.id, wanted)
    if answer.verdict is Verdict.TAKEN:
        follow_it = RedirectResponse("/reassort/suivi", 303)
        FOLLOWED.take_back(follow_it, current.app)
        return follow_it
    form.sentence = sentences.refusal(answer.verdict, answer.until, current.app.election.zone)
    too_many = answer.verdict in {Verdict.PAUSED, Verdict.TOO_MANY_SENDS}
    return _challenge_page(current, form, 429 if too_many else 422)


def _challenge_page(current: SignedInElector, form: Form, status: int = 200) -> HTMLResponse:
    rules = current.app.election.voting_code_recovery
    form.typed.setdefault("channel", Channel.SMS if Channel.SMS in rules.channels else Channel.EMAIL)
    return current.app.pages.page(
        "challenge.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        question=current.elector.question,
        channels=[channel.value for channel in rules.channels],
        window_seconds=int(rules.display_window.total_seconds()),
        **current.browser.page_context,
    )


def offers_france_connect(app: AppContext) -> bool:
    """Say whether the election takes this proof, and a provider is set."""
    return app.election.voting_code_recovery.france_connect and app.france_connect is not None


def closed(current: SignedInElector) -> str | None:
    """Return why no request is taken now, or None."""
    election = current.app.election
    if not (election.voting_code_recovery.challenge_question or offers_france_connect(current.app)):
        return calendar.not_offered(election, Procedure.VOTING_CODE)
    return calendar.closed(election, Procedure.VOTING_CODE, current.app.now())


def _not_activated(current: SignedInElector) -> str | None:
    return (
        sentences.refusal(Verdict.NOT_ACTIVATED, None, current.app.election.zone)
        if not current.elector.question
        else None
    )
