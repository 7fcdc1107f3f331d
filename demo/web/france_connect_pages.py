"""The routes of the demo's FranceConnect, under `/demo/franceconnect`."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.state.people import people
from demo.state.settings import FRANCE_CONNECT
from demo.web.france_connect import FictionalFranceConnect
from demo.web.identity_provider import add_endpoints, redirect, refusal

PREFIX = FRANCE_CONNECT
_REQUIRED = ("client_id", "redirect_uri", "response_type", "scope", "acr_values", "state", "nonce")
_PARAMETERS = (*_REQUIRED, "code_challenge", "code_challenge_method")


def france_connect_router(provider: FictionalFranceConnect, templates: Environment) -> APIRouter:
    """Return the provider's routes: discovery, sign-in page, tokens, user, keys, logout."""
    router = APIRouter(prefix=PREFIX)
    _add_pages(router, provider, templates)
    add_endpoints(router, provider)

    @router.get("/userinfo")
    async def user(request: Request) -> Response:
        """Return the identity behind an access token, as a signed JWT."""
        identity = provider.user_info(request.headers.get("authorization", "").removeprefix("Bearer "))
        if identity is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return Response(identity, media_type="application/jwt")

    return router


def _add_pages(router: APIRouter, provider: FictionalFranceConnect, templates: Environment) -> None:
    @router.get("/authorize")
    async def authorize(request: Request) -> Response:
        """Return the sign-in page, which lists the fictional people."""
        asked = {name: request.query_params.get(name, "") for name in _PARAMETERS}
        refused = refusal(provider, asked)
        if refused:
            return refused
        page = templates.get_template("france_connect.html")
        return HTMLResponse(page.render(everyone=people(), asked=asked, action=f"{PREFIX}/authorize"))

    @router.post("/authorize")
    async def sign_in(request: Request) -> Response:
        """Redirect to the client with a code for the chosen person, or with `access_denied` if none was chosen."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if provider.invalid_parameter(form):
            return JSONResponse({"error": "invalid_request"}, 400)
        person = next((each for each in people() if each.work_email == form.get("who")), None)
        answer = {"code": provider.code_for(person.work_email, form)} if person else {"error": "access_denied"}
        return redirect(provider, form, answer)

    @router.get("/session/end")
    async def log_out(id_token_hint: str = "", post_logout_redirect_uri: str = "", state: str = "") -> Response:
        """Redirect to the client; there is no session to end."""
        if not (provider.is_ours(id_token_hint) and provider.may_log_out(post_logout_redirect_uri)):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(f"{post_logout_redirect_uri}?{urlencode({'state': state})}", 303)
