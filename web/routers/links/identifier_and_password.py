"""The link of who votes without a notice (2011): prove, choose a mailbox, read the password; spent at the last step."""

import secrets
from typing import Any

from starlette.responses import HTMLResponse, Response

from activities.accounts.roll import Claimant, Elector
from activities.security import sealed_display
from election.contacts import mask_email
from election.procedures import Procedure, workflow_id_of
from election.proofs.departments import DEPARTMENTS
from election.verdicts import LinkVerdict, Verdict
from web.clients.voting_code import PATIENCE
from web.context.app_context import Door
from web.context.browser_session import FormNotOurs, remember
from web.forms.identifier_and_password import address_of, identity_is_filled_in
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.routers.links.link_request import Visit
from web.routers.links.secret_page import Showing, lay_down_seed, seed_of
from workflows.contracts.messages import LinkStatus, SealedCode


def showing(door: Door) -> Showing:
    """Return how the password is shown."""
    window = door.election.both_codes_recovery.display_window
    here = "Afficher le mot de passe dans ce navigateur"
    return Showing(door.both, "both_password.html", "both_over.html", here, window)


async def look(visit: Visit) -> Response:
    """Return step 1: mail scanners that open links change nothing.

    The browser that went through the steps sees its password again, with the time that is left.
    """
    ending = visit.place.ending
    if ending is LinkVerdict.LIVE:
        return _identity_page(visit, Form())
    if ending is not LinkVerdict.USED:
        return visit.dead(ending)
    status = await visit.door.both.look(visit.place)
    given = await _again(visit, status)
    return showing(visit.door).page(visit, status.code, seed_of(visit), **given) or visit.dead(ending)


async def press(visit: Visit) -> Response:
    """Judge a step; a mistake in it spends nothing."""
    form = await visit.form()
    status = await visit.door.both.look(visit.place, PATIENCE)  # what was filled in would be lost
    if status.verdict is LinkVerdict.USED:
        return await showing(visit.door).second_click(visit, **await _again(visit, status))
    elector = await _elector(visit, status)
    if status.verdict is not LinkVerdict.LIVE or elector is None:
        return visit.dead(LinkVerdict.CANCELLED if status.verdict is LinkVerdict.LIVE else status.verdict)
    return await (_choose if form["step"] == "adresse" else _prove)(visit, form, elector)


async def _prove(visit: Visit, form: Form, elector: Elector) -> Response:
    if not identity_is_filled_in(form):
        return _identity_page(visit, form, 422)
    door, typed = visit.door, (form["numen"], form["birth_department"])
    judged = await door.side.both_codes.proof.check(elector.id, door.both.try_id(visit.place, *typed), *typed)
    if judged.verdict is not Verdict.TAKEN:
        form.sentence = sentences.both_refusal(judged.verdict, judged.until, door.election.zone)
        return _identity_page(visit, form, 429 if judged.verdict is Verdict.PAUSED else 422)
    return _address_page(visit, Form({"form_key": secrets.token_hex(16)}), elector)


async def _choose(visit: Visit, form: Form, elector: Elector) -> Response:
    door, here = visit.door, showing(visit.door)
    if not door.tokens.check(_passed(visit, form), form["passed"]):
        raise FormNotOurs
    address = address_of(form, elector)
    if address is None:
        return _address_page(visit, form, elector, 422)
    seed = seed_of(visit) or sealed_display.new_seed()
    outcome = await door.both.take(visit.place, sealed_display.public_half(seed), address)
    if isinstance(outcome, SealedCode):
        page = here.page(visit, outcome, seed, here.window, **_given(visit, mask_email(address)))
        if page is not None:
            remember(page, door, Claimant(visit.place.workflow_id.partition("/")[2], elector.id))
        return page or visit.dead(LinkVerdict.USED)
    if outcome is not LinkVerdict.USED:
        return visit.dead(outcome)
    # Two clicks at once: the other one's mailbox was taken.
    return await here.second_click(visit, **_given(visit, ""))


async def _elector(visit: Visit, status: LinkStatus) -> Elector | None:
    # Whoever may write to Temporal may name any elector: a recovery's id is of its own alone.
    roll = visit.door.side.roll
    elector = await roll.elector(status.elector) if status.elector else None
    subject = (await roll.claimant(elector.work_email)).subject if elector else ""
    return elector if visit.place.workflow_id == workflow_id_of(Procedure.BOTH_CODES, subject) else None


def _identity_page(visit: Visit, form: Form, status: int = 200) -> HTMLResponse:
    departments = list(DEPARTMENTS.items())
    page = visit.door.pages.page("both_identity.html", status, form=form, departments=departments, csrf=visit.csrf)
    lay_down_seed(visit, page)
    return page


def _address_page(visit: Visit, form: Form, elector: Elector, status: int = 200) -> HTMLResponse:
    window = int(visit.door.election.both_codes_recovery.display_window.total_seconds())
    page = visit.door.pages.page(
        "both_address.html",
        status,
        form=form,
        passed=visit.door.tokens.make(_passed(visit, form)),
        work_email=elector.work_email,
        window_seconds=window,
        csrf=visit.csrf,
    )
    lay_down_seed(visit, page)
    return page


def _passed(visit: Visit, form: Form) -> str:
    # Step 1 was passed for this link and this form, and for no other.
    return "|".join((visit.place.link_id, "both-codes", form["form_key"]))


async def _again(visit: Visit, status: LinkStatus) -> dict[str, Any]:
    return _given(visit, await visit.door.both.mailbox(visit.place) if status.code else "")


def _given(visit: Visit, hint: str) -> dict[str, Any]:
    return {"hint": hint, "vote_url": f"{visit.door.public_url}/vote/connexion"}
