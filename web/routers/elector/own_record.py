"""« Mes demandes »: what was done in the name of the elector who has signed in, to read and to print."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from election.procedures import Procedure, reference_of
from web.context.browser_session import CurrentElector
from web.presenters import calendar, elector_record, sentences
from web.presenters.procedures.catalogue import CATALOGUE

router = APIRouter()


@router.get("/portail/reassorts")
async def own_record(current: CurrentElector) -> HTMLResponse:
    """Return every entry of the journal about this elector, newest first, and the code of the printed page.

    It advises a new code before a new password, which makes the request for a code wait.
    """
    app = current.app
    record = await app.services.elector_records.read(current.elector.id, app.now())
    remedies = [CATALOGUE[each] for each in (Procedure.VOTING_CODE, Procedure.PASSWORD)]
    is_open = calendar.recoverable(app.election, app.now())
    is_paused = await app.services.objection_pauses.refusal(current.elector.id)
    return current.browser.page(
        "own_record.html",
        record=elector_record.shown(record, app.election.zone),
        reference=reference_of(current.elector.id),
        remedies=[each for each in remedies if each in is_open],
        objected=sentences.objected(app.election) if is_paused else None,
    )
