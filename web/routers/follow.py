"""Following a recovery: the page, its live events, its JSON, and another send."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from election.procedures import Procedure, reference_of
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.temporal_calls import TemporalUnavailableError
from web.context.browser_session import FOLLOWED, CurrentElector, PollingElector, SignedInElector
from web.forms import submitted_form
from web.presenters import follow_up_identifier, sentences
from web.presenters.follow_up import FollowUp, follow_up, why_not_again

router = APIRouter(prefix="/reassort/suivi")

_LOOK_EVERY = 1.0  # seconds
_LOOKS = 600  # then the browser connects again, with its session checked anew


@router.get("")
async def page(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return where the elector's recovery stands; without one, how to begin."""
    return current.app.pages.page(
        "follow.html", status=await _state(request, current), **current.browser.page_context
    )


@router.get(".json", responses={401: {"description": "Sign-in needed"}, 503: {"description": "No answer in time"}})
async def as_json(request: Request, current: CurrentElector) -> JSONResponse:
    """Return the same, for programs: `stage` is null when there is no recovery."""
    state = await _state(request, current)
    return JSONResponse(asdict(state) if state else {"stage": None})


async def _place_for_events(current: PollingElector) -> AsyncIterator[None]:
    with current.app.sse_limit.place(current.elector.id):
        yield


@router.get("/evenements", response_class=EventSourceResponse, dependencies=[Depends(_place_for_events)])
async def events(request: Request, current: PollingElector) -> AsyncIterator[ServerSentEvent]:
    """Yield an event whenever what the page shows has changed, until the recovery's end."""
    shown: FollowUp | None = None
    for _ in range(_LOOKS):
        try:
            state = await _state(request, current)
        except TemporalUnavailableError:
            return  # the browser says that it reconnects, and does
        if state is not None and state != shown:
            shown = state
            yield ServerSentEvent(event="status", data=_event(current, state), retry=2000)
        if state is None or state.final:
            return
        await asyncio.sleep(_LOOK_EVERY)


@router.post("/renvoyer")
async def send_again(request: Request, current: CurrentElector) -> Response:
    """Send a new link to the same place, or say why not."""
    form = await submitted_form.read(request)
    current.browser.check(form["csrf"])
    # Refused here, it leaves nothing in the history: a recovery takes 2,000 updates, clicks included.
    refusal = why_not_again(await current.app.voting_code_client.status(current.elector.id), current.app.now())
    answer = refusal or await current.app.voting_code_client.send_again(current.elector.id)
    if answer.verdict is Verdict.TAKEN:
        return RedirectResponse("/reassort/suivi", 303)
    sentence = sentences.refusal(answer.verdict, answer.until, current.app.election.zone)
    status = 409 if answer.verdict is Verdict.NOTHING_TO_SEND else 429
    actions = [("Suivre ma demande", "/reassort/suivi"), ("Faire une nouvelle demande", "/reassort/code-de-vote")]
    return current.app.pages.message(
        status, "Lien non renvoyé", [sentence], actions, **current.browser.page_context
    )


async def _state(request: Request, current: SignedInElector) -> FollowUp | None:
    is_identifier = FOLLOWED.read(request, current.app) == Procedure.IDENTIFIER
    status = None if is_identifier else await current.app.voting_code_client.status(current.elector.id)
    if status is not None:
        shown = follow_up(status, current.app.election, current.app.now())
        return replace(shown, reference=reference_of(current.elector.id))
    return await _identifier(current)


async def _identifier(current: SignedInElector) -> FollowUp | None:
    if Procedure.IDENTIFIER not in current.app.election.procedures:
        return None
    status = await current.app.identifier_client.status(current.elector.id)
    if status is None:
        return None
    delay = await current.app.services.ledger.typical_delay(Channel.SMS)
    shown = follow_up_identifier.follow_up(status, current.app.election, delay)
    return replace(shown, reference=await current.app.identifier_client.reference(current.elector.id))


def _event(current: SignedInElector, state: FollowUp) -> dict[str, Any]:
    fragment = current.app.pages.text("follow_status.html", status=state, **current.browser.page_context)
    return {"stage": state.stage, "announce": state.announce, "fragment": fragment}
