"""The proof by challenge question: the secret answer and a datum of the roll, which are judged when the link is to be sent."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.context import drafts
from web.context.browser_session import CurrentElector, SignedInElector
from web.forms import submitted_form
from web.forms.challenge import PROOFS, proofs_of
from web.forms.code_draft import IDENTITY
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.routers.voting_code.steps import (
    CHOICE_URL,
    DESTINATION_URL,
    PROOFS_URL,
    VERIFICATION_URL,
    is_question_closed_to,
    keep,
    locked_reason,
    waiting_reason,
)

router = APIRouter(prefix=PROOFS_URL)


@router.get("")
async def ask(request: Request, current: CurrentElector, reprise: str = "", modifier: str = "") -> Response:
    """Return the form with the elector's own question; while no request is accepted by it, lead to the choice.

    With `reprise`, it says that the proofs are to be given again; with `modifier`, it leads back to the last page.
    """
    if await is_question_closed_to(current) or await locked_reason(current) or await waiting_reason(current):
        return RedirectResponse(CHOICE_URL, 303)
    kept = drafts.VOTING_CODE.read(request, current.app)
    form = Form({"after": "verification"} if modifier else {})
    return proofs_page(current, form, kept, begun_again=bool(reprise))


@router.post("")
async def submit(request: Request, current: CurrentElector) -> Response:
    """Keep the proofs that are right in shape, and lead to the next page or show those that are wrong."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    if await is_question_closed_to(current):
        return RedirectResponse(CHOICE_URL, 303)
    draft = drafts.VOTING_CODE.read(request, current.app)
    proofs = proofs_of(form, draft, current.app.election)
    others = {name: text for name, text in draft.items() if name not in {*PROOFS, IDENTITY}}
    draft = {**others, **proofs}
    if not form.is_valid:
        return keep(proofs_page(current, form, draft, 422), request, current.app, draft)
    is_corrected = form["after"] == "verification" and draft.get("channel")
    redirect = RedirectResponse(VERIFICATION_URL if is_corrected else DESTINATION_URL, 303)
    return keep(redirect, request, current.app, draft)


def proofs_page(
    current: SignedInElector, form: Form, kept: Mapping[str, str], status: int = 200, *, begun_again: bool = False
) -> HTMLResponse:
    """Return the page of the proofs; those that are kept need not be typed again."""
    form.kept = frozenset(name for name in PROOFS if kept.get(name))
    window = current.app.election.voting_code_recovery.display_window
    return form_page(
        current.browser,
        "voting_code_challenge.html",
        form,
        status,
        has_captcha=False,
        question=current.elector.question,
        begun_again=begun_again,
        window_seconds=int(window.total_seconds()),
    )
