"""« Vérifiez avant l'envoi »: what was typed is shown once more, and only then judged and sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.evidence.access_trace import Access
from activities.proofs.attempts import AttemptScope
from activities.texts import wishes
from election.procedures import Procedure
from election.stages import Channel
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.clients.challenge_request import ChallengeRequest
from web.clients.france_connect_request import FranceConnectRequest
from web.context import drafts
from web.context.browser_session import CurrentElector, SignedInElector
from web.context.buttons import SUPPORT, shown
from web.context.cookies import FOLLOWED
from web.forms import submitted_form
from web.forms.challenge import PROOFS
from web.forms.code_draft import IDENTITY, has_proofs, is_proven_by_identity
from web.forms.destination import DESTINATION, Destination, destination_of
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import follow_up, identity_sentences, sentences
from web.presenters.destination import ShownDestination, shown_destination
from web.presenters.proof_texts import forgotten_answer
from web.routers.voting_code.challenge import proofs_page
from web.routers.voting_code.steps import (
    CHOICE_URL,
    DESTINATION_URL,
    VERIFICATION_URL,
    begin_again,
    has_question,
    is_closed_to,
    is_proof_offered,
    keep,
)
from workflows.contracts.messages import Answer

router = APIRouter(prefix=VERIFICATION_URL)


@dataclass(frozen=True)
class _Checked:
    """A draft that lacks nothing, and its destination."""

    draft: Mapping[str, str]
    destination: Destination

    @property
    def shown(self) -> ShownDestination:
        return shown_destination(self.destination.channel, self.destination.contact)

    @property
    def by_identity(self) -> bool:
        return is_proven_by_identity(self.draft)


@router.get("")
async def show(request: Request, current: CurrentElector) -> Response:
    """Return the page; without proofs or destination, lead to the page that asks for them."""
    checked = await _checked(request, current)
    return checked if isinstance(checked, Response) else await _page(current, Form(), checked)


@router.post("")
async def submit(request: Request, current: CurrentElector) -> Response:
    """Submit the request and redirect to its follow-up; a wrong proof leads back to the proofs."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    checked = await _checked(request, current)
    if isinstance(checked, Response):
        return checked
    if form["action"] == "corriger" and checked.shown.likely:
        redirect = RedirectResponse(VERIFICATION_URL, 303)
        return keep(redirect, request, current.app, {**checked.draft, "email": checked.shown.likely})
    form.require_wording(wishes.VOTING_CODE_BY[checked.destination.channel])
    if not form.is_valid:
        return await _page(current, form, checked, 422)
    answer = await _answer(current, form, checked)
    await current.browser.trace(Access.PROOF, current.elector.id, answer.verdict)
    if answer.verdict is Verdict.ACCEPTED:
        return _accepted(request, current, checked)
    return await _refused(request, current, form, checked, answer)


async def _checked(request: Request, current: SignedInElector) -> _Checked | Response:
    """Return what this browser has typed, or the redirect to the page that says what is missing."""
    if await is_closed_to(current):
        return RedirectResponse(CHOICE_URL, 303)
    draft = drafts.VOTING_CODE.read(request, current.app)
    if not has_proofs(draft):
        return begin_again(current.app)
    if not is_proof_offered(current, draft):
        return RedirectResponse(CHOICE_URL, 303)
    if is_proven_by_identity(draft):
        return _Checked(draft, Destination(Channel.EMAIL, draft["email"]))
    form = Form({name: draft.get(name, "") for name in DESTINATION})
    destination = destination_of(form, current.elector, current.app.election)
    return _Checked(draft, destination) if destination else RedirectResponse(DESTINATION_URL, 303)


async def _answer(current: SignedInElector, form: Form, checked: _Checked) -> Answer:
    """Return the answer to a request; while an objection stands the recovery is not asked, since no attempt counts then."""
    objected = await current.app.services.objection_pauses.refusal(current.elector.id)
    if objected:
        return Answer(objected)
    return await current.app.voting_code_client.submit(current.elector.id, _request_of(form, checked))


def _request_of(form: Form, checked: _Checked) -> ChallengeRequest | FranceConnectRequest:
    to = checked.destination
    if checked.by_identity:
        return FranceConnectRequest(form["form_id"], checked.draft[IDENTITY], to.contact, to.hint)
    answer, datum = (checked.draft[name] for name in PROOFS)
    return ChallengeRequest(form["form_id"], answer, datum, to.channel, to.contact, to.hint, form["wording"])


def _accepted(request: Request, current: SignedInElector, checked: _Checked) -> Response:
    redirect = RedirectResponse(follow_up.URL, 303)
    FOLLOWED.delete(redirect, current.app)  # the follow-up page then shows the voting code's recovery
    if checked.by_identity:
        drafts.VOTING_CODE.forget(redirect, current.app)
        return redirect
    # For some minutes another destination may be given: the proofs are judged again.
    return keep(redirect, request, current.app, checked.draft)


async def _refused(
    request: Request, current: SignedInElector, form: Form, checked: _Checked, answer: Answer
) -> Response:
    app, status = current.app, sentences.refusal_status(answer.verdict)
    sentence = sentences.refusal(Procedure.VOTING_CODE, answer.verdict, answer.until, app.election, app.now())
    form.general_error, form.wait = sentence, answer.short_wait(app.now())
    match answer.verdict:
        case Verdict.WRONG_PROOF:
            form.general_error = await _with_tries_left(current, sentence)
            without = {name: text for name, text in checked.draft.items() if name not in PROOFS}
            form.typed["after"] = "verification"  # the destination is right in shape
            return keep(proofs_page(current, form, without, status), request, app, without)
        case Verdict.WRONG_IDENTITY:
            page = await _wrong_identity_page(current, status, sentence)
            drafts.VOTING_CODE.forget(page, app)
            return page
        case _:
            return await _page(current, form, checked, status)


async def _wrong_identity_page(current: SignedInElector, status: int, sentence: str) -> HTMLResponse:
    asks = await has_question(current)
    said = f"{sentence} {identity_sentences.instead_of_identity(has_question=asks)}"
    actions = [
        (identity_sentences.again(has_question=asks), CHOICE_URL),
        shown(SUPPORT),
    ]
    return current.browser.message(status, _("Demande non prise en compte"), [said], actions)


async def _with_tries_left(current: SignedInElector, sentence: str) -> str:
    """Return the refusal of a wrong answer, and how many tries are left before a wait: the elector has signed in."""
    app = current.app
    failures = await app.services.proof_attempts.failures(current.elector.id, AttemptScope.RECOVERY)
    left = app.election.proof_attempts.left_after(failures)
    paused = await app.services.proof_attempts.refusal(current.elector.id, AttemptScope.RECOVERY)
    if paused:
        verdict = paused.verdict
        wait = sentences.refusal(Procedure.VOTING_CODE, verdict, paused.until, app.election, app.now())
        return f"{sentence} {wait}"
    return f"{sentence} {forgotten_answer(left)}"


async def _page(current: SignedInElector, form: Form, checked: _Checked, status: int = 200) -> HTMLResponse:
    return form_page(
        current.browser,
        "voting_code_verification.html",
        form,
        status,
        has_captcha=False,
        shown=checked.shown,
        by_identity=checked.by_identity,
        has_question=await has_question(current),
    )
