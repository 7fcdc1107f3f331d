"""The demo's FranceConnect in this process, and a browser that signs in there."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI

from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.openid_client import Registration
from activities.gateways.identity.provider import AuthorizationResponse, Login
from demo.web.dashboard import dashboard_templates
from demo.web.france_connect import FictionalFranceConnect
from demo.web.france_connect_pages import PREFIX, france_connect_router
from demo.web.identity_provider import RelyingParty

PORTAL = "http://portail.exemple.fr"
ISSUER = f"http://fc.exemple.fr{PREFIX}"
ACCOUNT = Registration(ISSUER, "reassort", "fiction", f"{PORTAL}/franceconnect/retour")
PARTY = RelyingParty("reassort", "fiction", ACCOUNT.callback, (f"{PORTAL}/reassort/code-de-vote/verification",))
LOGIN = Login("s" * 32, "n" * 32, "v" * 43)
_TEMPLATES = Path(__file__).parents[2] / "demo" / "web" / "templates"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class SimulatedFranceConnect:
    """The demo's provider, our client for it, and a browser that signs in at the provider."""

    def __init__(self, provider: FictionalFranceConnect, now: Callable[[], datetime]) -> None:
        app = FastAPI()
        app.include_router(france_connect_router(provider, dashboard_templates(str(_TEMPLATES))))
        self.transport = httpx2.ASGITransport(app)
        self.client = OpenIdFranceConnect(ACCOUNT, now, self.transport)

    async def sign_in(self, work_email: str, login: Login = LOGIN) -> AuthorizationResponse:
        """Return the provider's response to a sign-in as that person, or to a cancelled one for an empty address."""
        url = await self.client.authorization_url(login)
        return await self.sign_in_at(str(url), work_email)

    async def sign_in_at(self, url: str, work_email: str) -> AuthorizationResponse:
        """Return the provider's response after a browser was redirected to this URL of the provider."""
        async with httpx2.AsyncClient(transport=self.transport) as browser:
            page = await browser.get(url)
            form = dict(_HIDDEN.findall(page.text)) | {"who": work_email}
            answer = await browser.post(f"{ISSUER}/authorize", data=form)
        back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        return AuthorizationResponse(
            back["state"], back.get("code", ""), back.get("error", ""), back.get("iss", "")
        )
