"""The follow-up of a recovery: the page, its live events, its JSON, and sending the link again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
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
from web.presenters import follow_up, sentences
from web.presenters.follow_up import FollowUp, identifier_follow_up, resend_refusal, voting_code_follow_up
from web.presenters.procedures.catalogue import CATALOGUE

router = APIRouter(prefix=follow_up.URL)

_POLL_SECONDS = 1.0
_POLLS = 600  # then the browser reconnects, and its session is checked again


@router.get("")
async def page(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return where the elector's recovery stands; without one, how to begin."""
    return current.browser.page("follow.html", status=await _state(request, current))


@router.get(".json", responses={401: {"description": "Sign-in needed"}, 503: {"description": "No answer in time"}})
async def as_json(request: Request, current: CurrentElector) -> JSONResponse:
    """Return the same as JSON: `stage` is null when there is no recovery."""
    state = await _state(request, current)
    return JSONResponse(asdict(state) if state else {"stage": None})


async def _stream_slot(current: PollingElector) -> AsyncIterator[None]:
    with current.app.sse_limit.slot(current.elector.id):
        yield


@router.get("/evenements", response_class=EventSourceResponse, dependencies=[Depends(_stream_slot)])
async def events(request: Request, current: PollingElector) -> AsyncIterator[ServerSentEvent]:
    """Yield an event whenever the content of the page has changed, until the recovery's end."""
    shown: FollowUp | None = None
    for _ in range(_POLLS):
        try:
            state = await _state(request, current)
        except TemporalUnavailableError:
            return  # the browser reconnects
        if state is not None and state != shown:
            shown = state
            yield ServerSentEvent(event="status", data=_event(current, state), retry=2000)
        if state is None or state.final:
            return
        await asyncio.sleep(_POLL_SECONDS)


@router.post("/renvoyer")
async def send_again(request: Request, current: CurrentElector) -> Response:
    """Send a new link to the same destination and redirect to the follow-up, or return why it was not sent."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    # Checked here first, so that a refusal adds nothing to the history: a recovery takes 2,000 updates.
    refusal = resend_refusal(await current.app.voting_code_client.status(current.elector.id), current.app.now())
    answer = refusal or await current.app.voting_code_client.send_again(current.elector.id)
    if answer.verdict is Verdict.ACCEPTED:
        return RedirectResponse(follow_up.URL, 303)
    zone, procedure = current.app.election.zone, Procedure.VOTING_CODE
    sentence = sentences.refusal(procedure, answer.verdict, answer.until, zone)
    actions = [("Suivre ma demande", follow_up.URL), ("Faire une nouvelle demande", CATALOGUE[procedure].url)]
    status = sentences.refusal_status(answer.verdict)
    return current.browser.message(status, "Lien non renvoyé", [sentence], actions)


async def _state(request: Request, current: SignedInElector) -> FollowUp | None:
    is_identifier = FOLLOWED.read(request, current.app) == Procedure.IDENTIFIER
    status = None if is_identifier else await current.app.voting_code_client.status(current.elector.id)
    if status is None:
        return await _identifier_state(current)
    reference = reference_of(current.elector.id)
    return voting_code_follow_up(status, current.app.election, reference, current.app.now())


async def _identifier_state(current: SignedInElector) -> FollowUp | None:
    if Procedure.IDENTIFIER not in current.app.election.procedures:
        return None
    status = await current.app.identifier_client.status(current.elector.id)
    if status is None:
        return None
    delay = await current.app.services.ledger.recent_delay(Channel.SMS)
    reference = await current.app.identifier_client.reference(current.elector.id)
    return identifier_follow_up(status, current.app.election, reference, delay)


def _event(current: SignedInElector, state: FollowUp) -> dict[str, Any]:
    fragment = current.app.pages.text("follow_status.html", status=state, **current.browser.page_context)
    return {"stage": state.stage, "announce": state.announce, "fragment": fragment}
