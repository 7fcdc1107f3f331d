"""A simulation of the operators' identity provider, under `/demo/operateurs`, and `/demo/operators.json`."""

from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.state import operators
from demo.state.settings import OPERATORS_PROVIDER
from demo.web.identity_provider import FictionalProvider, add_endpoints, redirect, refusal

PREFIX = OPERATORS_PROVIDER
_REQUIRED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce")
_PARAMETERS = (*_REQUIRED, "code_challenge", "code_challenge_method")


class FictionalOperatorsProvider(FictionalProvider):
    """The operators' provider, whose ID tokens have the roles. The subject of a person is the login."""

    name = "operators_provider"

    def claims_of(self, subject: str) -> dict[str, Any]:
        """Return who the operator is, and the role."""
        who = next(each for each in operators.OPERATORS if each.login == subject)
        return {"sub": subject, "preferred_username": subject, "name": who.name, "roles": [who.role]}


def operators_router(provider: FictionalOperatorsProvider, templates: Environment) -> APIRouter:
    """Return the provider's routes: discovery, sign-in page, tokens, keys, logout; and the list of operators."""
    router = APIRouter()
    _add_pages(router, provider, templates)
    endpoints = APIRouter(prefix=PREFIX)
    add_endpoints(endpoints, provider)
    router.include_router(endpoints)
    return router


def _add_pages(router: APIRouter, provider: FictionalOperatorsProvider, templates: Environment) -> None:
    page = templates.get_template("operators.html")

    @router.get("/demo/operators.json")
    async def everyone() -> JSONResponse:
        """Return the fictional operators."""
        return JSONResponse(operators.as_json())

    @router.get(f"{PREFIX}/authorize")
    async def authorize(request: Request) -> Response:
        """Return the sign-in page, which lists the operators."""
        asked = {name: request.query_params.get(name, "") for name in _PARAMETERS}
        return refusal(provider, asked) or HTMLResponse(
            page.render(everyone=operators.OPERATORS, asked=asked, typed="")
        )

    @router.post(f"{PREFIX}/authorize")
    async def sign_in(request: Request) -> Response:
        """Redirect to the client with a code for the operator whose login was typed or chosen."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if provider.invalid_parameter(form):
            return JSONResponse({"error": "invalid_request"}, 400)
        login = form.get("login", "").strip()
        if login not in {each.login for each in operators.OPERATORS}:
            asked = {name: form.get(name, "") for name in _PARAMETERS}
            return HTMLResponse(page.render(everyone=operators.OPERATORS, asked=asked, typed=login), 422)
        return redirect(provider, form, {"code": provider.code_for(login, form)})

    @router.get(f"{PREFIX}/session/end")
    async def log_out(post_logout_redirect_uri: str = "") -> Response:
        """Redirect to the client; there is no session to end."""
        if not provider.may_log_out(post_logout_redirect_uri):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(post_logout_redirect_uri, 303)
