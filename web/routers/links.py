"""A one-time link: GET changes nothing, POST acts; what it does is its procedure's own."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from election.procedures import Procedure, procedure_of
from web.door import AtDoor
from web.link_door import LinkRouter, Visit, unknown, visit_of
from web.routers import password_link, voting_code_link

router = APIRouter(prefix="/lien/{token}")

_OF: dict[Procedure, LinkRouter] = {
    Procedure.VOTING_CODE: voting_code_link,
    Procedure.PASSWORD: password_link,
}


@router.get("")
async def look(request: Request, token: str, door: AtDoor) -> Response:
    """Return the link's page: mail scanners that open links change nothing."""
    visit = await visit_of(request, token, door)
    return await _of(visit).look(visit) if visit else unknown(door)


@router.post("")
async def press(request: Request, token: str, door: AtDoor) -> Response:
    """Act on the voter's own click."""
    visit = await visit_of(request, token, door)
    return await _of(visit).press(visit) if visit else unknown(door)


def _of(visit: Visit) -> LinkRouter:
    return _OF[procedure_of(visit.place.workflow_id)]
