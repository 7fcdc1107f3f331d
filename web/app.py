"""The web application: routers, static files, middleware."""

import importlib.resources
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.clock import utc_now
from activities.config.settings import WebSettings, key_bytes
from activities.services import RollServices, build_france_connect
from election.settings import Election
from web import error_pages
from web.clients.identifier import IdentifierClient
from web.clients.identifier_and_password import IdentifierAndPasswordClient
from web.clients.link import LinkClient
from web.clients.password import PasswordClient
from web.clients.support import SupportClient
from web.clients.voting_code import VotingCodeClient
from web.context.app_context import AppContext
from web.context.form_tokens import FormTokens
from web.context.pages import Pages
from web.http.access_log import AccessLog
from web.http.head_as_get import HeadAsGet
from web.http.security_middleware import BodyLimit, CrossSiteGuard, SecurityHeaders
from web.http.sse_limit import SseLimit
from web.routers import (
    captchas,
    follow,
    france_connect,
    health,
    identifier,
    identifier_and_password,
    password,
    portal,
    sign_in,
    support,
    voting_code,
    voting_sign_in,
)
from web.routers.links import router as link_router

# A server that has stopped may keep its connections open: without a timeout the check would take minutes.
_HEALTH_TIMEOUT = timedelta(seconds=2)
_ROUTERS = (
    identifier_and_password,
    captchas,
    follow,
    france_connect,
    health,
    identifier,
    link_router,
    password,
    portal,
    sign_in,
    support,
    voting_code,
    voting_sign_in,
)


def build_app_context(
    web_settings: WebSettings, election: Election, services: RollServices, client: Client, *, demo: bool
) -> AppContext:
    """Return the context that every router uses; with `demo`, each page says that it is a demonstration."""
    form_key = key_bytes(web_settings.form_key)

    async def temporal_answers() -> bool:
        try:
            return await client.service_client.check_health(timeout=_HEALTH_TIMEOUT)
        except RPCError:
            return False

    return AppContext(
        election=election,
        services=services,
        voting_code_client=VotingCodeClient(
            client, election, services.vault, services.attempts, services.links, form_key
        ),
        support_client=SupportClient(client, election, services.vault, services.attempts, form_key),
        identifier_client=IdentifierClient(
            client, election, services.vault, services.attempts, services.identifiers.proof, form_key
        ),
        link_client=LinkClient(client),
        password_client=PasswordClient(client, election, services.passwords),
        identifier_and_password_client=IdentifierAndPasswordClient(
            client, election, services.vault, services.links, form_key
        ),
        pages=Pages(election, web_settings.theme, demo=demo),
        form_tokens=FormTokens(form_key),
        sse_limit=SseLimit(),
        now=utc_now,
        temporal_answers=temporal_answers,
        is_https=web_settings.public_url.startswith("https://"),
        public_url=web_settings.public_url.rstrip("/"),
        france_connect=build_france_connect(web_settings),
    )


def create_app(context: AppContext) -> FastAPI:
    """Return the application, without API documentation pages: its forms are for people."""
    app = FastAPI(title="Réassort", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    for module in _ROUTERS:
        app.include_router(module.router)
    _mount_static(app)
    error_pages.register(app)

    # From the inside out: the last one added is the first to see a request.
    too_large, too_slow = (_as_asgi(partial(error_pages.unread_body, context, status)) for status in (413, 408))
    provider = context.france_connect.origin if context.france_connect else None
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, too_large=too_large, too_slow=too_slow)
    app.add_middleware(CrossSiteGuard, refuse=_as_asgi(lambda: error_pages.cross_site_page(context)))
    app.add_middleware(SecurityHeaders, is_https=context.is_https, provider=provider)
    app.add_middleware(AccessLog)
    return app


def _as_asgi(page: Callable[[], Response]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await page()(scope, receive, send)

    return answer


def _mount_static(app: FastAPI) -> None:
    # Only static files are compressed: never a page with a secret (BREACH).
    here = Path(str(importlib.resources.files("web"))) / "static"
    state_design = StaticFiles(packages=[("dsfr", "static/dsfr/dist")])
    app.mount("/static/dsfr", GZipMiddleware(state_design, minimum_size=1000), name="dsfr")
    app.mount("/static/app", GZipMiddleware(StaticFiles(directory=here), minimum_size=1000), name="app")
