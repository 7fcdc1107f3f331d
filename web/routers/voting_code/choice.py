"""The recovery of a voting code (2022) begins with the choice of a proof."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from web.context.browser_session import CurrentElector
from web.presenters import follow_up, sentences
from web.presenters.procedures import voting_code
from web.presenters.proof_texts import proof_texts
from web.routers.refusal_pages import absent_page
from web.routers.voting_code.steps import (
    CHOICE_URL,
    closed_reason,
    locked_reason,
    not_activated_reason,
    offers_question,
    waiting_reason,
)

router = APIRouter(prefix=CHOICE_URL)

_FEW = 5  # from so many new codes on, the page says how many are left


@router.get("")
async def choose(current: CurrentElector, reprise: str = "") -> HTMLResponse:
    """Return the choice between the proofs that this election offers to the elector; with `reprise`, why it is made again."""
    if not current.app.offer.voting_code:
        return absent_page(current.browser)
    choices = [voting_code.france_connect_choice()] if current.app.offer.france_connect else []
    waiting = await waiting_reason(current)
    if offers_question(current) and waiting is None:
        named, channels = proof_texts(current.app.election).named, current.app.offer.code_channels
        choices.append(voting_code.challenge_choice(named, channels))
    status = await current.app.voting_code_client.status(current.elector.id)
    is_stalled = status is not None and await current.app.feed.look_whether_stalled()
    left = await current.app.services.voting_codes.reissues.left(current.elector.id)
    return current.browser.page(
        "voting_code_choice.html",
        choices=choices,
        begun_again=bool(reprise),
        reissues_left=sentences.reissues_left(left) if 0 < left <= _FEW else None,
        limit_reached=sentences.reissue_limit(current.app.election) if left <= 0 else None,
        closed=closed_reason(current) or await locked_reason(current),
        waiting=waiting,
        not_activated=not_activated_reason(current),
        banner=follow_up.banner(status, is_stalled=is_stalled),
    )
