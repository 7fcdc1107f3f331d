"""The recovery of a voting code (2022): choice of the proof, then the challenge question."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict
from web.context.app_context import Door
from web.context.browser_session import FOLLOWED, ElectorAtDoor, SignedIn
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
async def choose(at: ElectorAtDoor) -> HTMLResponse:
    """Return the choice between the proofs that this election allows."""
    choices = [_FRANCE_CONNECT_CHOICE] if offers_france_connect(at.door) else []
    if at.door.election.voting_code_recovery.challenge_question:
        choices.append(_CHALLENGE_CHOICE)
    return at.door.pages.page(
        "choice.html",
        choices=choices,
        closed=closed(at),
        not_activated=_not_activated(at),
        recovery=follow_up.banner(await at.door.recoveries.reminder(at.elector.id)),
        **at.visitor.context,
    )


@router.get("/question-defi")
async def ask(at: ElectorAtDoor) -> Response:
    """Return the challenge form, with the elector's own question."""
    if closed(at) or _not_activated(at):
        return RedirectResponse("/reassort/code-de-vote", 303)
    return _challenge_page(at, Form())


@router.post("/question-defi")
async def take(request: Request, at: ElectorAtDoor) -> Response:
    """Submit a request that is rightly filled in, and lead to its follow-up."""
    form = await submitted_form.read(request)
    at.visitor.check(form["csrf"])
    if closed(at) or _not_activated(at):
        return RedirectResponse("/reassort/code-de-vote", 303)
    wanted = request_of(form, at.elector, at.door.election)
    if wanted is None:
        return _challenge_page(at, form, 422)
    answer = await at.door.recoveries.submit(at.elector.id, wanted)
    if answer.verdict is Verdict.TAKEN:
        follow_it = RedirectResponse("/reassort/suivi", 303)
        FOLLOWED.take_back(follow_it, at.door)
        return follow_it
    form.sentence = sentences.refusal(answer.verdict, answer.until, at.door.election.zone)
    too_many = answer.verdict in {Verdict.PAUSED, Verdict.TOO_MANY_SENDS}
    return _challenge_page(at, form, 429 if too_many else 422)


def _challenge_page(at: SignedIn, form: Form, status: int = 200) -> HTMLResponse:
    rules = at.door.election.voting_code_recovery
    form.typed.setdefault("channel", Channel.SMS if Channel.SMS in rules.channels else Channel.EMAIL)
    return at.door.pages.page(
        "challenge.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        question=at.elector.question,
        channels=[channel.value for channel in rules.channels],
        window_seconds=int(rules.display_window.total_seconds()),
        **at.visitor.context,
    )


def offers_france_connect(door: Door) -> bool:
    """Say whether the election takes this proof, and a provider is set."""
    return door.election.voting_code_recovery.france_connect and door.france_connect is not None


def closed(at: SignedIn) -> str | None:
    """Return why no request is taken now, or None."""
    election = at.door.election
    if not (election.voting_code_recovery.challenge_question or offers_france_connect(at.door)):
        return calendar.not_offered(election, Procedure.VOTING_CODE)
    return calendar.closed(election, Procedure.VOTING_CODE, at.door.now())


def _not_activated(at: SignedIn) -> str | None:
    return (
        sentences.refusal(Verdict.NOT_ACTIVATED, None, at.door.election.zone) if not at.elector.question else None
    )
