"""« Recherche »: finds a recovery by what the voter reads out, or by its workflow id."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from console.context.operator import CurrentOperator, Operator
from console.presenters.recovery.record import RecoveryRecord, record_url, recovery_record
from election.procedures import reference_in
from election.text.folding import fold

router = APIRouter(prefix="/exploitation/recherche")
_LONGEST = 200
_NOT_ONE = (
    "Ce n’est ni une référence, qui compte douze chiffres et lettres de A à F (A45F-E11F-D6F9), ni l’identifiant d’un réassort. "
    "Demandez à la personne de la relire sur son portail."
)
_NONE = (
    "Aucun réassort n’a cette référence. La personne n’a peut-être fait aucune demande, ou celle-ci est en cours de "
    "vérification\u00a0: vérifiez la référence, ou réessayez dans une minute."
)


@router.get("")
async def find(operator: CurrentOperator, reference: str = "") -> Response:
    """Lead to the recovery, or return those that share a reference, or why there is none."""
    typed = fold(reference[:_LONGEST])
    if not typed:
        return operator.page("search.html", typed="", refusal="", found=[], journal="")
    if reference_in(typed) is None:
        return operator.page("search.html", 422, typed=typed, refusal=_NOT_ONE, found=[], journal="")
    found = await operator.console.services.by_reference.find(typed)
    if len(found) == 1:
        return RedirectResponse(record_url(found[0]), 303)
    if not found:
        journal = f"/exploitation/journal?{urlencode({'reference': typed})}"
        return operator.page("search.html", 404, typed=typed, refusal=_NONE, found=[], journal=journal)
    records = [await _record(operator, each) for each in found]
    return operator.page(
        "search.html", typed=typed, refusal="", found=[each for each in records if each], journal=""
    )


async def _record(operator: Operator, workflow_id: str) -> RecoveryRecord | None:
    console = operator.console
    noted = await console.services.progress.find(workflow_id)
    return recovery_record(workflow_id, noted.progress, console.election, console.now()) if noted else None
