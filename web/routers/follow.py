"""The follow-up of a recovery: the page, its live events, its JSON, and sending the link again."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from election.following.progress import Progress
from election.procedures import Procedure, procedure_of, reference_of
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.clients.voting_code import workflow_id_of
from web.context import drafts
from web.context.browser_session import CurrentElector, PollingElector, SignedInElector
from web.context.buttons import FOLLOW, SUPPORT, shown
from web.context.cookies import FOLLOWED
from web.following.feed import Follower
from web.forms import code_draft, submitted_form
from web.http.event_stream import PING, PING_AFTER, EventStream, event
from web.presenters import calendar, follow_up, sentences
from web.presenters.follow_up import FollowUp, identifier_follow_up, resend_refusal, voting_code_follow_up
from web.presenters.procedures.catalogue import CATALOGUE
from web.routers.links.see_again import SeeAgain, see_again
from web.routers.refusal_pages import absent_page

router = APIRouter(prefix=follow_up.URL)

# Milliseconds after which a browser reconnects: not all of a process that stops at the same moment.
_RECONNECT = (2_000, 6_000)


@router.get("")
async def page(request: Request, current: CurrentElector) -> HTMLResponse:
    """Return where the elector's recovery stands; without one, how to begin."""
    if not current.app.offer.follow_up:
        return absent_page(current.browser)
    workflow_id = await _followed(request, current)
    progress = await current.app.statuses.noted(workflow_id)
    state = await _state_of(request, current, workflow_id, progress) if progress else None
    is_stalled = state is not None and await _is_stalled(current, state)
    again = see_again(request, current.app, workflow_id, progress)
    return current.browser.page(
        "follow.html",
        status=state,
        is_stalled=is_stalled,
        see_again=again,
        recoverable=calendar.recoverable(current.app.election, current.app.now()),
    )


@router.get(".json", responses={401: {"description": "Sign-in needed"}, 503: {"description": "No answer in time"}})
async def as_json(request: Request, current: CurrentElector) -> JSONResponse:
    """Return the same as JSON: `stage` is null when there is no recovery."""
    workflow_id = await _followed(request, current)
    progress = await current.app.statuses.noted(workflow_id)
    if progress is None:
        return JSONResponse({"stage": None})
    state = await _state_of(request, current, workflow_id, progress)
    return JSONResponse({**asdict(state), "is_stalled": await _is_stalled(current, state)})


async def _stream_slot(current: PollingElector) -> AsyncIterator[None]:
    with current.app.sse_limit.slot(current.elector.id):
        yield


@router.get("/evenements", response_class=StreamingResponse, dependencies=[Depends(_stream_slot)])
async def events(request: Request, current: PollingElector) -> EventStream:
    """Return an event whenever the content of the page has changed, until the recovery's end."""
    return EventStream(_changes(request, current, await _followed(request, current)))


async def _changes(request: Request, current: SignedInElector, workflow_id: str) -> AsyncIterator[bytes]:
    shown: tuple[FollowUp | None, bool] = (None, False)
    feed = current.app.feed
    async with feed.following(workflow_id, current.session) as follower:
        while True:
            progress = feed.progress(workflow_id)
            state = await _state_of(request, current, workflow_id, progress) if progress else None
            if state is not None and (state, feed.is_stalled) != shown:
                shown = (state, feed.is_stalled)
                again = see_again(request, current.app, workflow_id, progress)
                yield event("status", _event(current, state, again), _jittered())
            if state is None or state.final:
                return
            while (is_alive := await _woken(follower)) is None:
                yield PING
            if not is_alive:
                return


async def _woken(follower: Follower) -> bool | None:
    """Return what the follower's `wait` returns, or None when it is time for a ping."""
    try:
        async with asyncio.timeout(PING_AFTER):
            return await follower.wait()
    except TimeoutError:
        return None


def _jittered() -> int:
    return random.randint(*_RECONNECT)  # noqa: S311 - spreads load, and is no secret


@router.post("/renvoyer")
async def send_again(request: Request, current: CurrentElector) -> Response:
    """Send a new link to the same destination and redirect to the follow-up, or return why it was not sent."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    # Checked here first, so that a refusal adds nothing to the history: a recovery takes 2,000 updates.
    status = await current.app.voting_code_client.status(current.elector.id)
    refusal = resend_refusal(status, current.app.election, current.app.now())
    answer = refusal or await current.app.voting_code_client.send_again(current.elector.id)
    if answer.verdict is Verdict.ACCEPTED:
        return RedirectResponse(follow_up.URL, 303)
    procedure = Procedure.VOTING_CODE
    sentence = sentences.refusal(procedure, answer.verdict, answer.until, current.app.election, current.app.now())
    again = (_("Faire une nouvelle demande"), CATALOGUE[procedure].url)
    actions = [shown(FOLLOW), shown(SUPPORT) if answer.verdict is Verdict.CLOSED else again]
    code = sentences.refusal_status(answer.verdict)
    return current.browser.message(code, _("Nouveau lien non envoyé"), [sentence], actions)


async def _followed(request: Request, current: SignedInElector) -> str:
    """Return the workflow id of the recovery that the page shows: the last one that this browser asked for, else the other."""
    app, elector_id = current.app, current.elector.id
    if Procedure.IDENTIFIER not in app.election.procedures:
        return workflow_id_of(elector_id)
    is_identifier = FOLLOWED.read(request, app) == Procedure.IDENTIFIER
    if is_identifier or await app.voting_code_client.status(elector_id) is None:
        return await app.identifier_client.workflow_id(elector_id)
    return workflow_id_of(elector_id)


async def _state_of(request: Request, current: SignedInElector, workflow_id: str, progress: Progress) -> FollowUp:
    app, status, delay = current.app, current.app.statuses.of(progress), await current.app.sms_delay.current()
    if procedure_of(workflow_id) is Procedure.VOTING_CODE:
        reference = reference_of(current.elector.id)
        # Whether this browser keeps the proofs: another destination then needs no others.
        has_proofs = code_draft.has_proofs(drafts.VOTING_CODE.read(request, app))
        return voting_code_follow_up(status, app.election, reference, app.now(), delay, has_proofs=has_proofs)
    reference = await app.identifier_client.reference(current.elector.id)
    return identifier_follow_up(status, app.election, reference, app.now(), delay)


async def _is_stalled(current: SignedInElector, state: FollowUp) -> bool:
    return not state.final and await current.app.feed.look_whether_stalled()


def _event(current: SignedInElector, state: FollowUp, again: SeeAgain | None) -> dict[str, Any]:
    context = {"status": state, "is_stalled": current.app.feed.is_stalled, "see_again": again}
    fragment = current.app.pages.text("follow_status.html", **context, **current.browser.page_context)
    return {"stage": state.stage, "announce": state.title, "fragment": fragment}
