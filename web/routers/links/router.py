"""Routes of a one-time link: GET changes nothing, POST acts; each procedure has its own pages."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from election.procedures import Procedure, procedure_of
from web.context.app_context import AppContext, CurrentApp
from web.context.pressed_links import is_pressed
from web.routers.links import identifier_and_password, password, voting_code
from web.routers.links.link_request import LinkPages, LinkRequest, find_link, unknown_page
from web.routers.links.secret_page import SecretPage, end_display
from web.routers.links.underway import is_click_taken, underway_page

router = APIRouter(prefix="/lien/{token}")

_PAGES: dict[Procedure, LinkPages] = {
    Procedure.VOTING_CODE: voting_code,
    Procedure.PASSWORD: password,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password,
}
# Procedures whose link shows a secret.
_SECRET_PAGES: dict[Procedure, Callable[[AppContext], SecretPage]] = {
    Procedure.VOTING_CODE: voting_code.secret_page,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password.secret_page,
}


@router.get("")
async def show(request: Request, token: str, app: CurrentApp) -> Response:
    """Return the link's page; it changes nothing, since mail scanners open links."""
    link_request = await find_link(request, token, app)
    if link_request and is_pressed(request) and await is_click_taken(link_request):
        if page := await underway_page(link_request):
            return page
        link_request = await find_link(request, token, app)  # its outcome was written after it was found
    return await _PAGES[_procedure(link_request)].show(link_request) if link_request else unknown_page(app)


@router.post("")
async def submit(request: Request, token: str, app: CurrentApp) -> Response:
    """Act on the form of the link's page."""
    link_request = await find_link(request, token, app)
    return await _PAGES[_procedure(link_request)].submit(link_request) if link_request else unknown_page(app)


@router.post("/verification")
async def check_noted_secret(request: Request, token: str, app: CurrentApp) -> Response:
    """Return the page of the secret, with what the voter has noted compared with it: nothing is kept, and the window goes on.

    A script does the same without sending anything, where scripts run.
    """
    link_request = await find_link(request, token, app)
    if link_request is None:
        return unknown_page(app)
    _secret_page(link_request)
    form = await link_request.form()
    return await _PAGES[_procedure(link_request)].show(replace(link_request, noted=form["noted"]))


@router.get("/verification")
async def checked(request: Request, token: str, app: CurrentApp) -> Response:
    """Redirect to the link's page."""
    link_request = await find_link(request, token, app)
    return RedirectResponse(link_request.url, 303) if link_request else unknown_page(app)


@router.post("/note")
async def end_secret_display(request: Request, token: str, app: CurrentApp) -> Response:
    """End the display of a secret that the voter has written down."""
    link_request = await find_link(request, token, app)
    if link_request is None:
        return unknown_page(app)
    _secret_page(link_request)
    return await end_display(link_request)


@router.get("/note")
async def secret_display_ended(request: Request, token: str, app: CurrentApp) -> Response:
    """Return what to do once the secret is written down."""
    link_request = await find_link(request, token, app)
    return app.pages.page(_secret_page(link_request).over_template) if link_request else unknown_page(app)


def _procedure(link_request: LinkRequest) -> Procedure:
    return procedure_of(link_request.link_record.workflow_id)


def _secret_page(link_request: LinkRequest) -> SecretPage:
    secret_page = _SECRET_PAGES.get(_procedure(link_request))
    if secret_page is None:
        raise HTTPException(404)
    return secret_page(link_request.app)
