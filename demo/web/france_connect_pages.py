"""The pages and answers of the demo's FranceConnect, under `/demo/franceconnect`."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect

PREFIX = "/demo/franceconnect"
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "acr_values", "state", "nonce")
_KEPT = (*_ASKED, "code_challenge", "code_challenge_method")


def france_connect_router(provider: FictionalFranceConnect, templates: Environment) -> APIRouter:
    """Return the provider's routes: discovery, sign-in page, tokens, user, keys, logout."""
    router = APIRouter(prefix=PREFIX)
    _add_pages(router, provider, templates)
    _add_answers(router, provider)
    return router


def _add_answers(router: APIRouter, provider: FictionalFranceConnect) -> None:
    @router.get("/.well-known/openid-configuration")
    async def discovery() -> JSONResponse:
        """Return where everything is, and what is signed how."""
        return JSONResponse(_discovery(provider.issuer))

    @router.get("/jwks")
    async def keys() -> JSONResponse:
        """Return the public keys."""
        return JSONResponse(provider.keys)

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        """Return the tokens for a code."""
        given = provider.tokens({name: str(value) for name, value in (await request.form()).items()})
        return JSONResponse({"error": given}, 400) if isinstance(given, str) else JSONResponse(given)

    @router.get("/userinfo")
    async def user(request: Request) -> Response:
        """Return the identity behind an access token, as a signed JWT."""
        told = provider.told(request.headers.get("authorization", "").removeprefix("Bearer "))
        if told is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return Response(told, media_type="application/jwt")


def _add_pages(router: APIRouter, provider: FictionalFranceConnect, templates: Environment) -> None:
    @router.get("/authorize")
    async def ask(request: Request) -> Response:
        """Return the sign-in page, where everybody of the demo is listed."""
        asked = {name: request.query_params.get(name, "") for name in _KEPT}
        fault = provider.fault_of(asked)
        if fault == "client":
            return JSONResponse({"error": "invalid_client"}, 400)
        if fault:
            return _back(provider, asked, {"error": "invalid_request", "error_description": fault})
        page = templates.get_template("france_connect.html")
        return HTMLResponse(page.render(everyone=people(), asked=asked, action=f"{PREFIX}/authorize"))

    @router.post("/authorize")
    async def sign_in(request: Request) -> Response:
        """Lead back with the code of whoever was chosen, or with the refusal of whoever cancelled."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if provider.fault_of(form):
            return JSONResponse({"error": "invalid_request"}, 400)
        person = next((each for each in people() if each.work_email == form.get("who")), None)
        given = {"code": provider.code_for(person, form)} if person else {"error": "access_denied"}
        return _back(provider, form, given)

    @router.get("/session/end")
    async def leave(id_token_hint: str = "", post_logout_redirect_uri: str = "", state: str = "") -> Response:
        """End the session, of which nothing is kept here, and lead back."""
        if not provider.may_leave(id_token_hint, post_logout_redirect_uri):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(f"{post_logout_redirect_uri}?{urlencode({'state': state})}", 303)


def _back(provider: FictionalFranceConnect, asked: dict[str, str], given: dict[str, str]) -> Response:
    query = {**given, "state": asked["state"], "iss": provider.issuer}
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(query)}", 303)


def _discovery(issuer: str) -> dict[str, object]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/session/end",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "userinfo_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": ["eidas1"],
        "authorization_response_iss_parameter_supported": True,
    }
