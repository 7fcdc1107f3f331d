"""« Mes demandes »: what was done in the name of the elector who has signed in, to read and to print."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from election.procedures import Procedure, reference_of
from election.text.translation import N_
from election.text.translation import gettext as _
from web.context.browser_session import CurrentElector
from web.presenters import calendar, elector_record, objection
from web.presenters.procedures.catalogue import CATALOGUE

router = APIRouter()

# What replaces what a thief may have; a new password first would make the request for a code wait.
_REMEDIES = {
    Procedure.VOTING_CODE: N_("un nouveau code de vote"),
    Procedure.PASSWORD: N_("un nouveau mot de passe"),
}


@router.get("/portail/reassorts")
async def own_record(current: CurrentElector) -> HTMLResponse:
    """Return every entry of the journal about this elector, newest first, and the code of the printed page."""
    app = current.app
    record = await app.services.elector_records.read(current.elector.id, app.now())
    is_open = calendar.recoverable(app.election, app.now())
    remedies = [
        {"thing": _(thing), "url": CATALOGUE[each].url}
        for each, thing in _REMEDIES.items()
        if CATALOGUE[each] in is_open
    ]
    is_paused = await app.services.objection_pauses.refusal(current.elector.id)
    return current.browser.page(
        "own_record.html",
        record=elector_record.shown(record, app.election.zone),
        reference=reference_of(current.elector.id),
        remedies=remedies,
        objected=objection.objected(app.election) if is_paused else None,
    )
