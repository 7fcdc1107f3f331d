"""A one-time link: GET changes nothing, POST acts; what it does is its procedure's own."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from election.procedures import Procedure, procedure_of
from web.context.app_context import AtDoor, Door
from web.routers.links import identifier_and_password, password, voting_code
from web.routers.links.link_request import LinkRouter, Visit, unknown, visit_of
from web.routers.links.secret_page import Showing

router = APIRouter(prefix="/lien/{token}")

_OF: dict[Procedure, LinkRouter] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.PASSWORD: password,
    Procedure.BOTH_CODES: identifier_and_password,
}
# Whose links show a secret.
_SHOWING: dict[Procedure, Callable[[Door], Showing]] = {
    Procedure.VOTING_CODE: voting_code.showing,
    Procedure.BOTH_CODES: identifier_and_password.showing,
}


@router.get("")
async def look(request: Request, token: str, door: AtDoor) -> Response:
    """Return the link's page: mail scanners that open links change nothing."""
    visit = await visit_of(request, token, door)
    return await _OF[_procedure(visit)].look(visit) if visit else unknown(door)


@router.post("")
async def press(request: Request, token: str, door: AtDoor) -> Response:
    """Act on the voter's own click."""
    visit = await visit_of(request, token, door)
    return await _OF[_procedure(visit)].press(visit) if visit else unknown(door)


@router.post("/note")
async def note(request: Request, token: str, door: AtDoor) -> Response:
    """End the window of a secret early."""
    visit = await visit_of(request, token, door)
    return await _showing(visit).note(visit) if visit else unknown(door)


@router.get("/note")
async def noted(request: Request, token: str, door: AtDoor) -> Response:
    """Return what to do once the secret is noted."""
    visit = await visit_of(request, token, door)
    return door.pages.page(_showing(visit).over) if visit else unknown(door)


def _procedure(visit: Visit) -> Procedure:
    return procedure_of(visit.place.workflow_id)


def _showing(visit: Visit) -> Showing:
    shown = _SHOWING.get(_procedure(visit))
    if shown is None:
        raise HTTPException(404)
    return shown(visit.door)
