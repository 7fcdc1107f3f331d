"""The link of identifier and password (2011): prove, choose a mailbox, read the password; the last step uses it up."""

import secrets
from typing import Any

from starlette.responses import HTMLResponse, Response

from activities.accounts.roll import Elector
from activities.evidence.access_trace import Access
from activities.security import sealed_display
from election.contacts import mask_email
from election.procedures import Procedure
from election.proofs.departments import DEPARTMENTS
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict, Verdict
from web.context.app_context import AppContext
from web.context.browser_session import remember_browser
from web.context.cookies import KNOWN_BROWSER
from web.context.pressed_links import note_click
from web.forms.identifier_and_password import address_of, identity_is_filled_in
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.presenters.mail_domains import likely_address
from web.routers.links.link_request import LinkRequest
from web.routers.links.secret_page import SecretPage, displayed_secret, give_seed, seed_of
from workflows.contracts.messages import SealedSecret

_ADDRESS_STEPS = {"adresse", "verification"}


def secret_page(app: AppContext) -> SecretPage:
    """Return how the password is shown."""
    return SecretPage(
        "identifier_and_password_shown.html",
        "identifier_and_password_over.html",
        app.election.identifier_and_password_recovery.display_window,
        group_size=4,
        case_counts=True,
        vote_path="/vote/connexion",
    )


async def show(link_request: LinkRequest) -> Response:
    """Return step 1; or the password again, in the browser that went through the steps."""
    ending = await link_request.verdict()
    if ending is LinkVerdict.LIVE:
        return await _identity_page(link_request, Form())
    if ending is not LinkVerdict.USED:
        return link_request.unusable_page(ending)
    sealed, context = await displayed_secret(link_request), await _context_again(link_request)
    page = secret_page(link_request.app).page(link_request, sealed, seed_of(link_request), **context)
    return page or link_request.unusable_page(ending, is_displayed=sealed is not None)


async def submit(link_request: LinkRequest) -> Response:
    """Judge a step; a mistake in it does not use the link up. The recovery is asked by the last step alone."""
    form, verdict = await link_request.form(), await link_request.verdict()
    if verdict is LinkVerdict.USED:
        context = await _context_again(link_request)
        return await secret_page(link_request.app).second_click(link_request, **context)
    elector = await _elector(link_request)
    if elector and await link_request.app.services.objection_pauses.refusal(elector.id):
        return link_request.unusable_page(LinkVerdict.STOPPED)  # a mailing may have sent it since the objection
    if verdict is not LinkVerdict.LIVE or elector is None:
        return link_request.unusable_page(LinkVerdict.CANCELLED if verdict is LinkVerdict.LIVE else verdict)
    return await (_submit_address if form["step"] in _ADDRESS_STEPS else _submit_identity)(
        link_request, form, elector
    )


async def _submit_identity(link_request: LinkRequest, form: Form, elector: Elector) -> Response:
    if not identity_is_filled_in(form):
        return await _identity_page(link_request, form, 422)
    app, typed = link_request.app, (form["numen"], form["birth_department"])
    attempt_id = app.identifier_and_password_client.attempt_id(link_request.link_record, *typed)
    judged = await app.services.identifier_and_password.proof.check(elector.id, attempt_id, *typed)
    await link_request.trace(Access.PROOF, elector.id, judged.verdict)
    if judged.verdict is not Verdict.ACCEPTED:
        procedure = Procedure.IDENTIFIER_AND_PASSWORD
        form.general_error = sentences.refusal(procedure, judged.verdict, judged.until, app.election, app.now())
        return await _identity_page(link_request, form, sentences.refusal_status(judged.verdict))
    return _address_page(link_request, Form({"form_id": secrets.token_hex(16)}), elector)


async def _submit_address(link_request: LinkRequest, form: Form, elector: Elector) -> Response:
    app, secret = link_request.app, secret_page(link_request.app)
    app.form_tokens.require(form["step_token"], *_step_binding(link_request, form))
    address = address_of(form, elector)
    if address is None:
        return _address_page(link_request, form, elector, 422)
    other = _before_the_last_step(link_request, form, elector, address)
    if other is not None:
        return other
    seed = seed_of(link_request) or sealed_display.new_seed()
    public_key = sealed_display.public_key_of(seed)
    record, wording = link_request.link_record, form["wording"]
    note_click(link_request.request)
    outcome = await app.identifier_and_password_client.open_link(record, public_key, address, wording)
    if isinstance(outcome, SealedSecret):
        context = {"hint": mask_email(address)}
        page = secret.page(link_request, outcome, seed, secret.window, **context)
        if page is not None:
            await remember_browser(page, app, link_request.claimant(elector.id), KNOWN_BROWSER)
        return page or link_request.unusable_page(LinkVerdict.USED)
    if outcome is not LinkVerdict.USED:
        return link_request.unusable_page(outcome)
    # Two clicks at once: the address of the other one was used.
    return await secret.second_click(link_request, hint="")


def _before_the_last_step(
    link_request: LinkRequest, form: Form, elector: Elector, address: str
) -> HTMLResponse | None:
    """Return the page on which another address than the elector's own is checked or changed, or None once it was checked."""
    if form["action"] == "modifier":
        return _address_page(link_request, form, elector)
    likely = likely_address(address)
    if form["action"] == "corriger" and likely:
        form.typed |= {"email": likely, "email_again": likely}
        return _check_page(link_request, form, likely)
    is_checked = form["step"] == "verification" or form["destination"] == "work"
    return None if is_checked else _check_page(link_request, form, address)


async def _elector(link_request: LinkRequest) -> Elector | None:
    roll, link = link_request.app.services.roll, link_request.link_record
    return await roll.owner(Procedure.IDENTIFIER_AND_PASSWORD, link.workflow_id, link.elector_id)


async def _identity_page(link_request: LinkRequest, form: Form, status: int = 200) -> HTMLResponse:
    return _step_page(
        link_request,
        "identifier_and_password_identity.html",
        status,
        form=form,
        departments=[(code, _(label)) for code, label in DEPARTMENTS.items()],
        until=await link_request.until(),
        is_stalled=await link_request.is_stalled(),
    )


def _address_page(link_request: LinkRequest, form: Form, elector: Elector, status: int = 200) -> HTMLResponse:
    window = link_request.app.election.identifier_and_password_recovery.display_window
    return _step_page(
        link_request,
        "identifier_and_password_address.html",
        status,
        form=form,
        step_token=link_request.app.form_tokens.make(*_step_binding(link_request, form)),
        work_email=elector.work_email,
        window_seconds=int(window.total_seconds()),
    )


def _check_page(link_request: LinkRequest, form: Form, address: str) -> HTMLResponse:
    window = link_request.app.election.identifier_and_password_recovery.display_window
    return _step_page(
        link_request,
        "identifier_and_password_check.html",
        200,
        form=form,
        step_token=link_request.app.form_tokens.make(*_step_binding(link_request, form)),
        address=address,
        likely=likely_address(address),
        window_seconds=int(window.total_seconds()),
    )


def _step_page(link_request: LinkRequest, template: str, status: int, **context: Any) -> HTMLResponse:
    page = link_request.app.pages.page(template, status, csrf=link_request.csrf, **context)
    give_seed(link_request, page)
    return page


def _step_binding(link_request: LinkRequest, form: Form) -> tuple[str, ...]:
    # Step 1 was passed for this link and this form.
    return link_request.link_record.link_id, "identifier-and-password", form["form_id"]


async def _context_again(link_request: LinkRequest) -> dict[str, Any]:
    return {"hint": await link_request.app.statuses.identifier_hint(link_request.link_record)}
