"""Where the link goes: the channel, and the number or the address."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.stages import Channel
from web.context import drafts
from web.context.browser_session import CurrentElector, SignedInElector
from web.forms import submitted_form
from web.forms.code_draft import has_proofs, is_proven_by_identity
from web.forms.destination import DESTINATION, destination_of
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.routers.voting_code.steps import (
    CHOICE_URL,
    DESTINATION_URL,
    VERIFICATION_URL,
    begin_again,
    is_question_closed_to,
    keep,
)

router = APIRouter(prefix=DESTINATION_URL)


@router.get("")
async def ask(request: Request, current: CurrentElector) -> Response:
    """Return the form; without proofs, lead to the page that asks for them."""
    draft = drafts.VOTING_CODE.read(request, current.app)
    if is_proven_by_identity(draft):
        return RedirectResponse(VERIFICATION_URL, 303)  # the link goes to the address that FranceConnect gave
    if await is_question_closed_to(current):
        return RedirectResponse(CHOICE_URL, 303)
    # A form that came back is shown: the proofs are asked for once it is sent.
    if not has_proofs(draft) and current.browser.returned_form is None:
        return begin_again(current.app)
    return destination_page(current, Form({name: draft.get(name, "") for name in DESTINATION}))


@router.post("")
async def submit(request: Request, current: CurrentElector) -> Response:
    """Keep a destination that is right in shape, and lead to the next page."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    draft = drafts.VOTING_CODE.read(request, current.app)
    if is_proven_by_identity(draft):
        return RedirectResponse(VERIFICATION_URL, 303)
    if await is_question_closed_to(current):
        return RedirectResponse(CHOICE_URL, 303)
    if destination_of(form, current.elector, current.app.election) is None:
        return destination_page(current, form, 422)
    draft = {**draft, **{name: form[name] for name in DESTINATION}}
    redirect = RedirectResponse(VERIFICATION_URL, 303) if has_proofs(draft) else begin_again(current.app)
    return keep(redirect, request, current.app, draft)


def destination_page(current: SignedInElector, form: Form, status: int = 200) -> HTMLResponse:
    """Return the page that asks where the link goes."""
    channels = current.app.election.voting_code_recovery.channels
    if not form["channel"]:
        form.typed["channel"] = Channel.SMS if Channel.SMS in channels else Channel.EMAIL
    return form_page(
        current.browser,
        "voting_code_destination.html",
        form,
        status,
        has_captcha=False,
        channels=[channel.value for channel in channels],
    )
