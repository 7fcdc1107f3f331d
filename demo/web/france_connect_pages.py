"""The routes of the demo's FranceConnect, under `/demo/franceconnect`."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect

PREFIX = "/demo/franceconnect"
_REQUIRED = ("client_id", "redirect_uri", "response_type", "scope", "acr_values", "state", "nonce")
_PARAMETERS = (*_REQUIRED, "code_challenge", "code_challenge_method")


def france_connect_router(provider: FictionalFranceConnect, templates: Environment) -> APIRouter:
    """Return the provider's routes: discovery, sign-in page, tokens, user, keys, logout."""
    router = APIRouter(prefix=PREFIX)
    _add_pages(router, provider, templates)
    _add_endpoints(router, provider)
    return router


def _add_endpoints(router: APIRouter, provider: FictionalFranceConnect) -> None:
    @router.get("/.well-known/openid-configuration")
    async def discovery() -> JSONResponse:
        """Return the provider's metadata (OpenID Connect Discovery)."""
        return JSONResponse(_discovery(provider.issuer))

    @router.get("/jwks")
    async def keys() -> JSONResponse:
        """Return the public keys."""
        return JSONResponse(provider.keys)

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        """Return the tokens for a code."""
        tokens = provider.tokens({name: str(value) for name, value in (await request.form()).items()})
        return JSONResponse({"error": tokens}, 400) if isinstance(tokens, str) else JSONResponse(tokens)

    @router.get("/userinfo")
    async def user(request: Request) -> Response:
        """Return the identity behind an access token, as a signed JWT."""
        identity = provider.user_info(request.headers.get("authorization", "").removeprefix("Bearer "))
        if identity is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return Response(identity, media_type="application/jwt")


def _add_pages(router: APIRouter, provider: FictionalFranceConnect, templates: Environment) -> None:
    @router.get("/authorize")
    async def authorize(request: Request) -> Response:
        """Return the sign-in page, which lists the fictional people."""
        asked = {name: request.query_params.get(name, "") for name in _PARAMETERS}
        wrong = provider.invalid_parameter(asked)
        if wrong == "client":
            return JSONResponse({"error": "invalid_client"}, 400)
        if wrong:
            return _redirect(provider, asked, {"error": "invalid_request", "error_description": wrong})
        page = templates.get_template("france_connect.html")
        return HTMLResponse(page.render(everyone=people(), asked=asked, action=f"{PREFIX}/authorize"))

    @router.post("/authorize")
    async def sign_in(request: Request) -> Response:
        """Redirect to the client with a code for the chosen person, or with `access_denied` if none was chosen."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if provider.invalid_parameter(form):
            return JSONResponse({"error": "invalid_request"}, 400)
        person = next((each for each in people() if each.work_email == form.get("who")), None)
        answer = {"code": provider.code_for(person, form)} if person else {"error": "access_denied"}
        return _redirect(provider, form, answer)

    @router.get("/session/end")
    async def log_out(id_token_hint: str = "", post_logout_redirect_uri: str = "", state: str = "") -> Response:
        """Redirect to the client; there is no session to end."""
        if not provider.may_log_out(id_token_hint, post_logout_redirect_uri):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(f"{post_logout_redirect_uri}?{urlencode({'state': state})}", 303)


def _redirect(provider: FictionalFranceConnect, asked: dict[str, str], answer: dict[str, str]) -> Response:
    query = {**answer, "state": asked["state"], "iss": provider.issuer}
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
