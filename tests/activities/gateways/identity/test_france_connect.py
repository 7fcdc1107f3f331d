"""The client of FranceConnect against the demo's provider."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.provider import AuthorizationResponse, LoginFailure, VerifiedIdentity
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from election.proofs.identity import CivilIdentity
from tests.support.clock import Clock
from tests.support.france_connect import ACCOUNT, ISSUER, LOGIN, PARTY, PORTAL, Identification

CAMILLE, *_ = people()


class Liar(FictionalFranceConnect):
    """A provider whose tokens have other claims: `lies` by claim, None to leave one out."""

    lies: Mapping[str, Any] = {}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return the token of these claims with the lies among them."""
        told = {**claims, **self.lies}
        return super().signed({name: value for name, value in told.items() if value is not None})


class OtherSigner(FictionalFranceConnect):
    """A provider that signs with another algorithm or another key."""

    header: Mapping[str, str] = {}
    signer: Any = None

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return a token signed otherwise."""
        ours = jwt.decode(super().signed(claims), self._key, algorithms=["ES256"]).claims
        header = {"kid": self._key.kid or "", **self.header}
        return jwt.encode(header, ours, self.signer, algorithms=[header["alg"]])


@pytest.fixture
def provider(tmp_path: Path, now: Clock) -> FictionalFranceConnect:
    """The demo's provider."""
    return FictionalFranceConnect(tmp_path, ISSUER, PARTY, now)


@pytest.fixture
def identification(provider: FictionalFranceConnect, now: Clock) -> Identification:
    """The provider, our client, and a browser."""
    return Identification(provider, now)


async def test_a_login_gives_the_identity(identification: Identification) -> None:
    """It is the civil registry's, with the personal address, and a code gives it once."""
    arrival = await identification.arrival(CAMILLE.work_email)
    vouched = await identification.client.verified_identity(LOGIN, arrival)
    assert isinstance(vouched, VerifiedIdentity)
    assert vouched.identity == CivilIdentity("LE GOFF", "Camille", "1979-03-14", "female", "29019", "99100")
    assert vouched.email == CAMILLE.personal_email
    assert await identification.client.verified_identity(LOGIN, arrival) is LoginFailure.EXPIRED


async def test_the_authorization_url_has_what_the_provider_requires(identification: Identification) -> None:
    """State, nonce, level, PKCE and the scopes of an identity; no other secret of the login is in it."""
    way_in = str(await identification.client.authorization_url(LOGIN))
    asked = {name: value for name, [value] in parse_qs(urlsplit(way_in).query).items()}
    assert way_in.startswith(f"{ISSUER}/authorize?")
    assert asked["acr_values"] == "eidas1"
    assert (asked["state"], asked["nonce"]) == (LOGIN.state, LOGIN.nonce)
    assert asked["code_challenge_method"] == "S256"
    assert LOGIN.verifier not in way_in
    assert ACCOUNT.secret not in way_in
    assert identification.client.origin == "http://fc.exemple.fr"


async def test_a_cancelled_login_gives_no_identity(identification: Identification) -> None:
    """It is distinguished from every other failure."""
    arrival = await identification.arrival("")
    assert await identification.client.verified_identity(LOGIN, arrival) is LoginFailure.CANCELLED


@pytest.mark.parametrize(
    ("login", "arrival", "fault"),
    [
        ({}, {"state": "another" * 5}, LoginFailure.TAMPERED),
        ({}, {"issuer": "https://other.exemple.fr"}, LoginFailure.TAMPERED),
        ({"nonce": "m" * 32}, {}, LoginFailure.TAMPERED),
        ({"verifier": "w" * 43}, {}, LoginFailure.EXPIRED),
        ({}, {"code": "stolen"}, LoginFailure.EXPIRED),
        ({}, {"error": "server_error"}, LoginFailure.UNAVAILABLE),
    ],
)
async def test_an_answer_to_another_login_is_refused(
    identification: Identification, login: dict[str, str], arrival: dict[str, str], fault: LoginFailure
) -> None:
    """Another login's state, nonce, code or verifier gives no identity."""
    came = replace(await identification.arrival(CAMILLE.work_email), **arrival)
    assert await identification.client.verified_identity(replace(LOGIN, **login), came) is fault


@pytest.mark.parametrize(
    "lies",
    [
        {"acr": "eidas0"},
        {"acr": None},
        {"at_hash": "x" * 22},
        {"iss": "https://other.exemple.fr"},
        {"aud": "other"},
        {"aud": ["reassort", "other"]},
        {"azp": "other"},
        {"exp": 1},
        {"iat": 1},
        {"iat": 9_999_999_999},
        {"nonce": None},
        {"sub": None},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(tmp_path: Path, now: Clock, lies: dict[str, Any]) -> None:
    """Every claim that binds a token to this client, this login and this moment is checked."""
    liar = Liar(tmp_path, ISSUER, PARTY, now)
    liar.lies = lies
    identification = Identification(liar, now)
    arrival = await identification.arrival(CAMILLE.work_email)
    assert await identification.client.verified_identity(LOGIN, arrival) is LoginFailure.TAMPERED


@pytest.mark.parametrize(
    ("header", "signer"),
    [
        ({"alg": "ES256"}, ECKey.generate_key("P-256")),
        ({"alg": "ES256", "kid": "unknown"}, ECKey.generate_key("P-256")),
        ({"alg": "RS256"}, RSAKey.generate_key(2048)),
        ({"alg": "ES384"}, ECKey.generate_key("P-384")),
    ],
)
async def test_a_token_with_another_signature_is_refused(
    tmp_path: Path, now: Clock, header: dict[str, str], signer: Any
) -> None:
    """The algorithm is pinned, and the key must be one that the provider publishes."""
    other = OtherSigner(tmp_path, ISSUER, PARTY, now)
    other.header, other.signer = header, signer
    identification = Identification(other, now)
    arrival = await identification.arrival(CAMILLE.work_email)
    assert await identification.client.verified_identity(LOGIN, arrival) is LoginFailure.TAMPERED


async def test_a_new_key_is_fetched_when_it_signs(tmp_path: Path, now: Clock) -> None:
    """A provider that changed its keys since the last login is accepted at once."""
    first, second = (FictionalFranceConnect(tmp_path / name, ISSUER, PARTY, now) for name in ("a", "b"))
    before, after = Identification(first, now), Identification(second, now)
    assert isinstance(
        await before.client.verified_identity(LOGIN, await before.arrival(CAMILLE.work_email)), VerifiedIdentity
    )
    before.client._transport = after.transport
    assert isinstance(
        await before.client.verified_identity(LOGIN, await after.arrival(CAMILLE.work_email)), VerifiedIdentity
    )


async def test_a_provider_without_a_valid_answer_is_unavailable(now: Clock) -> None:
    """No connection, an error page and an answer of another form raise no exception."""
    for answer in (
        httpx2.Response(502),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"issuer": "x"}),
    ):
        transport = httpx2.MockTransport(lambda _, answer=answer: answer)
        client = OpenIdFranceConnect(ACCOUNT, now, transport)
        assert await client.authorization_url(LOGIN) is LoginFailure.UNAVAILABLE
        assert await client.logout_url("token", PORTAL) is LoginFailure.UNAVAILABLE
        assert (
            await client.verified_identity(LOGIN, AuthorizationResponse(LOGIN.state, "code"))
            is LoginFailure.UNAVAILABLE
        )


async def test_the_logout_redirects_to_the_registered_page(identification: Identification) -> None:
    """Its URL has the ID token of the login."""
    vouched = await identification.client.verified_identity(
        LOGIN, await identification.arrival(CAMILLE.work_email)
    )
    assert isinstance(vouched, VerifiedIdentity)
    back = PARTY.after_logout[0]
    way_out = await identification.client.logout_url(vouched.id_token, back)
    async with httpx2.AsyncClient(transport=identification.transport) as browser:
        led = await browser.get(str(way_out))
    assert led.headers["location"].partition("?")[0] == back
