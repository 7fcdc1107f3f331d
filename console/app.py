"""The operators' console: routers, static files, middleware."""

from functools import partial

from fastapi import FastAPI
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.config.settings import ConsoleSettings, key_bytes
from activities.console_services import ConsoleServices, build_operator_provider
from activities.security.hashing import KeyedHash
from activities.security.signatures import SigningKey
from console import error_pages
from console.context.console_context import ConsoleContext
from console.context.pages import HOME, ConsolePages
from console.dashboard.snapshot import Dashboard
from console.forms.typed_fields import TypedForm
from console.routers import (
    bulk_acts,
    dashboard,
    failures,
    figures,
    gateways,
    health,
    journal,
    mailings,
    metrics,
    recoveries,
    roll,
    roll_electors,
    search,
    session_end,
    sign_in,
)
from election.settings import Election
from web.http.access_log import AccessLog
from web.http.head_as_get import HeadAsGet
from web.http.request_metrics import RequestMetrics
from web.http.security_middleware import (
    BodyLimit,
    CrossSiteGuard,
    HostGuard,
    NulGuard,
    SecurityHeaders,
    as_asgi,
)
from web.http.static_files import mount_folder, mount_static

_ROUTERS = (
    bulk_acts,
    dashboard,
    failures,
    figures,
    gateways,
    health,
    journal,
    mailings,
    metrics,
    recoveries,
    roll,
    roll_electors,
    search,
    session_end,
    sign_in,
)


def build_console_context(
    settings: ConsoleSettings, election: Election, services: ConsoleServices, client: Client, *, demo: bool
) -> ConsoleContext:
    """Return the context that every router uses; with `demo`, each page says that it is a demonstration."""
    return ConsoleContext(
        election=election,
        services=services,
        client=client,
        provider=build_operator_provider(settings),
        dashboard=Dashboard(services, client, settings.console_web_url.rstrip("/"), utc_now),
        pages=ConsolePages(election, settings.theme, utc_now, demo=demo),
        now=utc_now,
        signing_key=SigningKey(key_bytes(settings.console_signing_key)),
        form_key=KeyedHash(key_bytes(settings.console_key)),
        temporal_ui=f"{settings.console_temporal_ui.rstrip('/')}/namespaces/{client.namespace}",
        public_url=settings.public_url.rstrip("/"),
    )


def create_app(context: ConsoleContext) -> FastAPI:
    """Return the application, without API documentation pages; all of it but health and metrics is under `/exploitation`."""
    app = FastAPI(title="Réassort", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.context = context
    for module in _ROUTERS:
        app.include_router(module.router)
    routes = (route for module in _ROUTERS for route in module.router.routes)
    context.pages.limit_navigation({getattr(route, "path", "") for route in routes})
    mount_static(app)
    mount_folder(app, f"{HOME}/static", "console")
    error_pages.register(app)

    # From the inside out: the last one added is the first to see a request.
    too_large, too_slow = (as_asgi(partial(error_pages.unread_body, context, status)) for status in (413, 408))
    streamed = frozenset({roll.UPLOAD})
    app.add_middleware(HeadAsGet)
    app.add_middleware(TypedForm, streamed=streamed)
    app.add_middleware(NulGuard, refuse=as_asgi(lambda: error_pages.unreadable_page(context)), streamed=streamed)
    app.add_middleware(BodyLimit, too_large=too_large, too_slow=too_slow, streamed=streamed)
    app.add_middleware(CrossSiteGuard, refuse=as_asgi(lambda: error_pages.cross_site_page(context)))
    wrong_host = as_asgi(lambda: error_pages.wrong_host_page(context))
    app.add_middleware(HostGuard, public_url=context.public_url, refuse=wrong_host)
    app.add_middleware(SecurityHeaders, is_https=context.is_https, provider=context.provider.origin)
    app.add_middleware(RequestMetrics)
    app.add_middleware(AccessLog)
    return app
