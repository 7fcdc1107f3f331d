"""Our client works with FranceConnect's own library, and the demo's provider with an independent client."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from activities.config.clock import utc_now
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.openid_client import Registration
from activities.gateways.identity.provider import AuthorizationResponse, Login, LoginFailure, VerifiedIdentity
from demo.state.people import people
from demo.web.dashboard import dashboard_templates
from demo.web.france_connect import FictionalFranceConnect
from demo.web.france_connect_pages import PREFIX, france_connect_router
from demo.web.identity_provider import RelyingParty
from election.proofs.identity import CivilIdentity
from tests.support.waiting import free_port, listens, until

CALLBACK = "http://portail.exemple.fr/franceconnect/retour"
BACK = "http://portail.exemple.fr/reassort/suivi"
LOGIN = Login("s" * 32, "n" * 32, "v" * 43)
CAMILLE = people()[0]
_TEMPLATES = Path(__file__).parents[2] / "demo" / "web" / "templates"


@pytest_asyncio.fixture(scope="session")
async def account(peers: Path) -> AsyncIterator[Registration]:
    """Our client's account at a provider that runs with `oidc-provider`."""
    port = free_port()
    command = ("node", "provider.mjs", str(port), CALLBACK, BACK)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=peers, stdout=quiet, stderr=quiet)
    await until(lambda: listens(port), within=15)
    yield Registration(f"http://127.0.0.1:{port}", "reassort", "fiction", CALLBACK)
    process.terminate()
    await process.wait()


async def _response(client: OpenIdFranceConnect, login: Login) -> AuthorizationResponse:
    """Follow the provider's redirects, and return its response at the callback."""
    address = str(await client.authorization_url(login))
    async with httpx2.AsyncClient(timeout=30) as browser:
        while not address.startswith(CALLBACK):
            led = await browser.get(address)
            address = str(led.url.join(led.headers["location"]))
    back = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
    return AuthorizationResponse(back["state"], back.get("code", ""), back.get("error", ""), back.get("iss", ""))


async def test_our_client_works_with_the_library_of_france_connect(account: Registration) -> None:
    """Discovery, PKCE, both signed responses and the logout succeed, and a code is accepted once."""
    client = OpenIdFranceConnect(account, utc_now)
    response = await _response(client, LOGIN)
    assert response.issuer == account.issuer
    verified = await client.verified_identity(LOGIN, response)
    assert isinstance(verified, VerifiedIdentity)
    assert verified.identity == CivilIdentity("LE GOFF", "Camille", "1979-03-14", "female", "29019", "99100")
    assert verified.email == "camille@courriel.exemple.org"
    async with httpx2.AsyncClient(timeout=30) as browser:
        assert (await browser.get(str(await client.logout_url(verified.id_token, BACK)))).is_success
    assert await client.verified_identity(LOGIN, response) is LoginFailure.EXPIRED  # its code was used


@pytest.mark.parametrize(
    ("requested", "expected", "received", "fault"),
    [
        ({"state": "cancel" * 6}, {"state": "cancel" * 6}, {}, LoginFailure.CANCELLED),
        ({}, {}, {"state": "t" * 32}, LoginFailure.TAMPERED),
        ({}, {"nonce": "m" * 32}, {}, LoginFailure.TAMPERED),
        ({}, {"verifier": "w" * 43}, {}, LoginFailure.EXPIRED),
        ({"state": "weak" * 8}, {"state": "weak" * 8}, {}, LoginFailure.TAMPERED),
    ],
    ids=["cancel", "state", "nonce", "verifier", "weak"],
)
async def test_attacks_are_refused(
    account: Registration,
    requested: dict[str, str],
    expected: dict[str, str],
    received: dict[str, str],
    fault: LoginFailure,
) -> None:
    """Another login's state, nonce or verifier, a lower level than requested, and a cancelled sign-in."""
    client = OpenIdFranceConnect(account, utc_now)
    response = replace(await _response(client, replace(LOGIN, **requested)), **received)
    assert await client.verified_identity(replace(LOGIN, **expected), response) is fault


async def test_another_signature_algorithm_is_refused(account: Registration) -> None:
    """The provider's own RS256 key is refused, since ES256 was agreed."""
    client = OpenIdFranceConnect(replace(account, client_id="unpinned"), utc_now)
    assert await client.verified_identity(LOGIN, await _response(client, LOGIN)) is LoginFailure.TAMPERED


async def test_an_independent_client_works_with_our_provider(peers: Path, tmp_path: Path) -> None:
    """It verifies signatures, nonce, state and issuer itself, and gets the same identity."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}{PREFIX}"
    party = RelyingParty("reassort", "fiction", CALLBACK, (BACK,))
    app = FastAPI()
    provider = FictionalFranceConnect(tmp_path, issuer, party, utc_now)
    app.include_router(france_connect_router(provider, dashboard_templates(str(_TEMPLATES))))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: listens(port))
    scope = "openid given_name family_name birthdate gender birthplace birthcountry email"
    command = ["node", "client.mjs", issuer, CALLBACK, CAMILLE.work_email, scope]
    ended = await asyncio.to_thread(
        subprocess.run, command, cwd=peers, capture_output=True, text=True, timeout=20, check=False
    )
    server.should_exit = True
    await serving  # so that it closes its sockets
    assert ended.returncode == 0, ended.stderr
    user = json.loads(ended.stdout)
    assert (user["family_name"], user["birthdate"], user["acr"]) == ("LE GOFF", CAMILLE.birth_date, "eidas1")
    assert user["email"] == CAMILLE.personal_email
