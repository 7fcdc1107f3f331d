"""A one-time link: GET changes nothing, POST acts; what it does is its procedure's own."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from election.procedures import Procedure, procedure_of
from web.context.app_context import AppContext, CurrentApp
from web.routers.links import identifier_and_password, password, voting_code
from web.routers.links.link_request import LinkRequest, LinkRouter, find_link, unknown
from web.routers.links.secret_page import SecretPage

router = APIRouter(prefix="/lien/{token}")

_OF: dict[Procedure, LinkRouter] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.PASSWORD: password,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password,
}
# Whose links show a secret.
_SECRET_PAGES: dict[Procedure, Callable[[AppContext], SecretPage]] = {
    Procedure.VOTING_CODE: voting_code.secret_page,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password.secret_page,
}


@router.get("")
async def look(request: Request, token: str, app: CurrentApp) -> Response:
    """Return the link's page: mail scanners that open links change nothing."""
    link_request = await find_link(request, token, app)
    return await _OF[_procedure(link_request)].look(link_request) if link_request else unknown(app)


@router.post("")
async def press(request: Request, token: str, app: CurrentApp) -> Response:
    """Act on the voter's own click."""
    link_request = await find_link(request, token, app)
    return await _OF[_procedure(link_request)].press(link_request) if link_request else unknown(app)


@router.post("/note")
async def note(request: Request, token: str, app: CurrentApp) -> Response:
    """End the window of a secret early."""
    link_request = await find_link(request, token, app)
    return await _secret_page(link_request).note(link_request) if link_request else unknown(app)


@router.get("/note")
async def noted(request: Request, token: str, app: CurrentApp) -> Response:
    """Return what to do once the secret is noted."""
    link_request = await find_link(request, token, app)
    return app.pages.page(_secret_page(link_request).over) if link_request else unknown(app)


def _procedure(link_request: LinkRequest) -> Procedure:
    return procedure_of(link_request.place.workflow_id)


def _secret_page(link_request: LinkRequest) -> SecretPage:
    shown = _SECRET_PAGES.get(_procedure(link_request))
    if shown is None:
        raise HTTPException(404)
    return shown(link_request.app)
