"""The demo's FranceConnect in this process, and a browser that signs in there."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI

from activities.gateways.identity.france_connect import Account, OpenIdFranceConnect
from activities.gateways.identity.provider import AuthorizationResponse, Login
from demo.web.dashboard import desk_templates
from demo.web.france_connect import FictionalFranceConnect, RelyingParty
from demo.web.france_connect_pages import PREFIX, france_connect_router

PORTAL = "http://porte.exemple.fr"
ISSUER = f"http://fc.exemple.fr{PREFIX}"
ACCOUNT = Account(ISSUER, "reassort", "fiction", f"{PORTAL}/franceconnect/retour")
PARTY = RelyingParty("reassort", "fiction", ACCOUNT.callback, (f"{PORTAL}/reassort/suivi",))
LOGIN = Login("s" * 32, "n" * 32, "v" * 43)
_TEMPLATES = Path(__file__).parents[2] / "demo" / "web" / "templates"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Identification:
    """A provider, a client of it, and a browser that signs in."""

    def __init__(self, provider: FictionalFranceConnect, now: Callable[[], datetime]) -> None:
        app = FastAPI()
        app.include_router(france_connect_router(provider, desk_templates(str(_TEMPLATES))))
        self.transport = httpx2.ASGITransport(app)
        self.client = OpenIdFranceConnect(ACCOUNT, now, self.transport)

    async def arrival(self, who: str, login: Login = LOGIN) -> AuthorizationResponse:
        """Return the response that a person's browser brings back; without a person, of a cancelled login."""
        way_in = await self.client.authorization_url(login)
        return await self.signs_in(str(way_in), who)

    async def signs_in(self, way_in: str, who: str) -> AuthorizationResponse:
        """Return the response that a browser brings back from the provider's page."""
        async with httpx2.AsyncClient(transport=self.transport) as browser:
            page = await browser.get(way_in)
            form = dict(_HIDDEN.findall(page.text)) | {"who": who}
            answer = await browser.post(f"{ISSUER}/authorize", data=form)
        back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        return AuthorizationResponse(
            back["state"], back.get("code", ""), back.get("error", ""), back.get("iss", "")
        )
