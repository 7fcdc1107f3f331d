"""The operators' console in this process, with the demo's identity provider, and browsers that use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.config.settings import ConsoleSettings
from activities.console_services import ConsoleServices, build_console_services
from activities.gateways.accounts import operator_claims, operators_account
from activities.gateways.identity.operators import OpenIdOperators, subject_of
from activities.gateways.identity.provider import VerifiedOperator
from activities.security.signatures import SigningKey
from activities.store.database import Database
from console.app import build_console_context, create_app
from console.context.console_context import ConsoleContext
from console.context.operator import SESSION
from console.context.pages import HOME
from console.routers.sign_in import SIGNED_OUT
from demo.client.operators import OPERATEUR
from demo.state import operators
from demo.web.console_site import PortalAndConsole
from demo.web.dashboard import dashboard_templates
from demo.web.identity_provider import RelyingParty
from demo.web.operators_provider import PREFIX, FictionalOperatorsProvider, operators_router
from election.settings import Election

PORTAL = "http://portail.exemple.fr"
CONSOLE_SEED, ROLL_SEED = "8" * 64, "7" * 64
_TEMPLATES = Path(__file__).parents[2] / "demo" / "web" / "templates"


def console_settings(database_url: str, public_url: str = PORTAL) -> ConsoleSettings:
    """Return the settings of a console, with keys for tests; no web process answers it."""
    return ConsoleSettings(
        election=Path("election/demo.toml"),
        database_url=database_url,
        public_url=public_url,
        console_key=SecretStr("9" * 64),
        console_signing_key=SecretStr(CONSOLE_SEED),
        roll_public_key=SigningKey(bytes.fromhex(ROLL_SEED)).public_key,
        console_issuer=f"{public_url}{PREFIX}",
        console_secret=SecretStr("fiction"),
        console_web_url="http://127.0.0.1:9",
    )


@dataclass(frozen=True)
class ConsoleApp:
    """The console and its provider, at one address."""

    context: ConsoleContext
    app: FastAPI
    provider: FictionalOperatorsProvider
    site: PortalAndConsole

    @property
    def services(self) -> ConsoleServices:
        """What the console reads."""
        return self.context.services

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        """Return a browser that follows no redirection; an exception in the application is raised in the test."""
        transport = httpx2.ASGITransport(self.site)
        return httpx2.AsyncClient(transport=transport, base_url=self.context.public_url, headers=headers)

    @asynccontextmanager
    async def signed_in(self, login: str = OPERATEUR) -> AsyncIterator[httpx2.AsyncClient]:
        """Yield the browser of an operator, whose session is opened without the pages of the sign-in."""
        [who] = [each for each in operators.OPERATORS if each.login == login]
        subject = subject_of(self.provider.issuer, who.login)
        verified = VerifiedOperator(subject, who.login, who.name, frozenset({who.role}))
        cookie = await self.services.sessions.open(verified, who.role, token_hex(16))
        assert cookie is not None
        async with self.browser() as browser:
            browser.cookies.set(SESSION._full_name(self.context), cookie, browser.base_url.host, HOME)
            yield browser


def build_console_app(
    settings: ConsoleSettings, election: Election, database: Database, client: Client, state: Path
) -> ConsoleApp:
    """Return the console of an election, on a database and a Temporal client; the provider's files are in `state`."""
    account = operators_account(settings)
    party = RelyingParty(
        account.client_id, account.secret, account.callback, (f"{settings.public_url}{SIGNED_OUT}",)
    )
    provider = FictionalOperatorsProvider(state, account.issuer, party, utc_now)
    portal = FastAPI()
    portal.include_router(operators_router(provider, dashboard_templates(str(_TEMPLATES))))
    services = build_console_services(settings, election, database)
    context = replace(
        build_console_context(settings, election, services, client, demo=True),
        provider=OpenIdOperators(account, operator_claims(settings), utc_now, httpx2.ASGITransport(portal)),
    )
    app = create_app(context)
    return ConsoleApp(context, app, provider, PortalAndConsole(portal, app))
