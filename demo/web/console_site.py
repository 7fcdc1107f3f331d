"""The operators' console beside the portal, in one process and at one address, with its simulated identity provider."""

from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client

from activities.config import settings
from activities.config.clock import utc_now
from activities.config.settings import ConsoleSettings
from activities.console_services import ConsoleServices, open_console_services
from activities.gateways.accounts import operators_account
from console.app import build_console_context, create_app
from console.context.pages import HOME
from console.routers.sign_in import SIGNED_OUT
from demo.processes.postgres import url_in
from demo.web.dashboard import dashboard_templates
from demo.web.identity_provider import RelyingParty
from demo.web.operators_provider import FictionalOperatorsProvider, operators_router
from election.settings import Election

_TEMPLATES = Path(__file__).with_name("templates")


class PortalAndConsole:
    """An application whose addresses under `/exploitation` are the console's, and all others the portal's."""

    def __init__(self, portal: ASGIApp, console: ASGIApp) -> None:
        self._portal = portal
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        path = scope.get("path", "")
        is_console = path == HOME or path.startswith(f"{HOME}/")
        await (self._console if is_console else self._portal)(scope, receive, send)


def open_console(election: Election, client: Client, state: Path) -> tuple[FastAPI, ConsoleServices]:
    """Return the console and its services, by the settings in the environment, as its own user of the demo's database."""
    own = {"database_url": url_in(state / "postgres", "console")}
    console_settings = settings.read(ConsoleSettings).model_copy(update=own)
    services = open_console_services(console_settings, election)
    return create_app(build_console_context(console_settings, election, services, client, demo=True)), services


def add_operators_provider(app: FastAPI, state: Path) -> None:
    """Add the simulation of the operators' identity provider to the portal."""
    console_settings = settings.read(ConsoleSettings)
    account = operators_account(console_settings)
    after_logout = (f"{console_settings.public_url.rstrip('/')}{SIGNED_OUT}",)
    party = RelyingParty(account.client_id, account.secret, account.callback, after_logout)
    provider = FictionalOperatorsProvider(state, account.issuer, party, utc_now)
    app.include_router(operators_router(provider, dashboard_templates(str(_TEMPLATES))))
