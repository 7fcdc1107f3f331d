"""Our FranceConnect client with the demo's provider: the identity that it returns, and what it refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from structlog.testing import capture_logs

from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.provider import AuthorizationResponse, LoginFailure, VerifiedIdentity
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from election.proofs.identity import CivilIdentity
from tests.support.clock import Clock
from tests.support.france_connect import ACCOUNT, ISSUER, LOGIN, PARTY, PORTAL, SimulatedFranceConnect

CAMILLE, *_ = people()


class WrongClaims(FictionalFranceConnect):
    """A provider whose tokens have other claims: `wrong` by name, None for a missing claim."""

    wrong: Mapping[str, Any] = {}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return a token of these claims, with the wrong ones in place of theirs."""
        changed = {**claims, **self.wrong}
        return super().signed({name: value for name, value in changed.items() if value is not None})


class OtherSigner(FictionalFranceConnect):
    """A provider that signs with another algorithm or another key than agreed."""

    header: Mapping[str, str] = {}
    signer: Any = None

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return a token with another signature."""
        ours = jwt.decode(super().signed(claims), self._key, algorithms=["ES256"]).claims
        header = {"kid": self._key.kid or "", **self.header}
        return jwt.encode(header, ours, self.signer, algorithms=[header["alg"]])


class ChangedKeys(FictionalFranceConnect):
    """A provider whose set of keys is `published`, if that is set."""

    published: list[Any] | None = None

    @property
    def keys(self) -> dict[str, Any]:
        """The set."""
        return super().keys if self.published is None else {"keys": self.published}


@pytest.fixture
def provider(tmp_path: Path, now: Clock) -> FictionalFranceConnect:
    """The demo's provider."""
    return FictionalFranceConnect(tmp_path, ISSUER, PARTY, now)


@pytest.fixture
def france_connect(provider: FictionalFranceConnect, now: Clock) -> SimulatedFranceConnect:
    """The provider, our client, and a browser."""
    return SimulatedFranceConnect(provider, now)


async def test_a_sign_in_returns_the_verified_identity(france_connect: SimulatedFranceConnect) -> None:
    """It has the civil identity and the personal address; the same code is refused the second time."""
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    vouched = await france_connect.client.verified_identity(LOGIN, arrival)
    assert isinstance(vouched, VerifiedIdentity)
    assert vouched.identity == CivilIdentity("LE GOFF", "Camille", "1979-03-14", "female", "29019", "99100")
    assert vouched.email == CAMILLE.personal_email
    assert await france_connect.client.verified_identity(LOGIN, arrival) is LoginFailure.EXPIRED


async def test_the_authorization_url_has_the_required_parameters(france_connect: SimulatedFranceConnect) -> None:
    """State, nonce, level and PKCE challenge are in it; the verifier and the client secret are not."""
    url = str(await france_connect.client.authorization_url(LOGIN))
    asked = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{ISSUER}/authorize?")
    assert asked["acr_values"] == "eidas1"
    assert (asked["state"], asked["nonce"]) == (LOGIN.state, LOGIN.nonce)
    assert asked["code_challenge_method"] == "S256"
    assert LOGIN.verifier not in url
    assert ACCOUNT.secret not in url
    assert france_connect.client.origin == "http://fc.exemple.fr"


async def test_a_cancelled_sign_in_gives_no_identity(france_connect: SimulatedFranceConnect) -> None:
    """`access_denied` gives CANCELLED, different from every other failure."""
    arrival = await france_connect.sign_in("")
    assert await france_connect.client.verified_identity(LOGIN, arrival) is LoginFailure.CANCELLED


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
async def test_a_response_to_another_login_is_refused(
    france_connect: SimulatedFranceConnect, login: dict[str, str], arrival: dict[str, str], fault: LoginFailure
) -> None:
    """A response with another login's state, nonce, code or verifier gives no identity."""
    response = replace(await france_connect.sign_in(CAMILLE.work_email), **arrival)
    assert await france_connect.client.verified_identity(replace(LOGIN, **login), response) is fault


@pytest.mark.parametrize(
    "wrong",
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
async def test_a_token_with_a_wrong_claim_is_refused(tmp_path: Path, now: Clock, wrong: dict[str, Any]) -> None:
    """Every claim that binds a token to us, to this login and to this moment is checked."""
    provider = WrongClaims(tmp_path, ISSUER, PARTY, now)
    provider.wrong = wrong
    france_connect = SimulatedFranceConnect(provider, now)
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert await france_connect.client.verified_identity(LOGIN, arrival) is LoginFailure.TAMPERED


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
    """Only the agreed algorithm with a key that the provider publishes is accepted."""
    other = OtherSigner(tmp_path, ISSUER, PARTY, now)
    other.header, other.signer = header, signer
    france_connect = SimulatedFranceConnect(other, now)
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert await france_connect.client.verified_identity(LOGIN, arrival) is LoginFailure.TAMPERED


async def test_a_new_signing_key_is_fetched(tmp_path: Path, now: Clock) -> None:
    """After the provider changed its keys, the next token is verified with the new one."""
    first, second = (FictionalFranceConnect(tmp_path / name, ISSUER, PARTY, now) for name in ("a", "b"))
    before, after = SimulatedFranceConnect(first, now), SimulatedFranceConnect(second, now)
    assert isinstance(
        await before.client.verified_identity(LOGIN, await before.sign_in(CAMILLE.work_email)), VerifiedIdentity
    )
    before.client._transport = after.transport
    assert isinstance(
        await before.client.verified_identity(LOGIN, await after.sign_in(CAMILLE.work_email)), VerifiedIdentity
    )


async def test_a_key_that_was_changed_under_its_name_is_fetched(tmp_path: Path, now: Clock) -> None:
    """The signature does not fit the key that is known, so that the keys are read once more."""
    first, second = (FictionalFranceConnect(tmp_path / name, ISSUER, PARTY, now) for name in ("a", "b"))
    second._key = ECKey.import_key({**second._key.as_dict(private=True), "kid": str(first._key.kid)})
    before, after = SimulatedFranceConnect(first, now), SimulatedFranceConnect(second, now)
    await before.client.verified_identity(LOGIN, await before.sign_in(CAMILLE.work_email))
    before.client._transport = after.transport
    found = await before.client.verified_identity(LOGIN, await after.sign_in(CAMILLE.work_email))
    assert isinstance(found, VerifiedIdentity)


async def test_a_key_that_the_provider_took_away_is_forgotten(tmp_path: Path, now: Clock) -> None:
    """After an hour the keys are read again, also when a token names one that is known."""
    provider = ChangedKeys(tmp_path, ISSUER, PARTY, now)
    france_connect = SimulatedFranceConnect(provider, now)
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert isinstance(await france_connect.client.verified_identity(LOGIN, arrival), VerifiedIdentity)
    provider.published = []
    now.advance(timedelta(hours=1, seconds=1))
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert await france_connect.client.verified_identity(LOGIN, arrival) is LoginFailure.TAMPERED


async def test_keys_that_cannot_be_read_are_skipped(tmp_path: Path, now: Clock) -> None:
    """A curve that the library does not know, a key without `x`, without `kid`, of another kind."""
    provider = ChangedKeys(tmp_path, ISSUER, PARTY, now)
    ours = provider._key.as_dict(private=False)
    odd = [
        {**ours, "kid": "1", "crv": "P-999"},
        {"kty": "EC", "kid": "2"},
        {**ours, "kid": None},
        {"kty": "OKP", "kid": "3"},
    ]
    provider.published = [*odd, ours]
    france_connect = SimulatedFranceConnect(provider, now)
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert isinstance(await france_connect.client.verified_identity(LOGIN, arrival), VerifiedIdentity)


class MovingProvider(httpx2.AsyncBaseTransport):
    """A provider of which the endpoint `moved`, if that is set, is at another address."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self.moved = ""
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as the provider, and with 404 at the former address."""
        path = request.url.path
        if self.moved and path.endswith(f"/{self.moved}"):
            return httpx2.Response(404)
        request.url = request.url.copy_with(path=path.removesuffix("-2"))
        answer = await self._transport.handle_async_request(request)
        if not (self.moved and path.endswith("/openid-configuration")):
            return answer
        content = (await answer.aread()).decode()
        return httpx2.Response(200, text=content.replace(f'/{self.moved}"', f'/{self.moved}-2"'))


async def test_an_endpoint_that_gives_no_answer_is_looked_up_anew(france_connect: SimulatedFranceConnect) -> None:
    """One login is unavailable; the next one finds where the endpoint is."""
    provider = MovingProvider(france_connect.transport)
    client = france_connect.client
    client._transport = provider
    assert isinstance(
        await client.verified_identity(LOGIN, await france_connect.sign_in(CAMILLE.work_email)), VerifiedIdentity
    )
    provider.moved = "token"
    arrival = await france_connect.sign_in(CAMILLE.work_email)
    assert await client.verified_identity(LOGIN, arrival) is LoginFailure.UNAVAILABLE
    assert isinstance(await client.verified_identity(LOGIN, arrival), VerifiedIdentity)


async def test_the_endpoints_are_looked_up_after_an_hour(
    france_connect: SimulatedFranceConnect, now: Clock
) -> None:
    """Only the browser learns that the authorization page has moved."""
    provider = MovingProvider(france_connect.transport)
    client = france_connect.client
    client._transport = provider
    await client.check()
    provider.moved = "authorize"
    now.advance(timedelta(hours=1))
    assert str(await client.authorization_url(LOGIN)).startswith(f"{ISSUER}/authorize?")
    now.advance(timedelta(seconds=1))
    assert str(await client.authorization_url(LOGIN)).startswith(f"{ISSUER}/authorize-2?")


async def test_an_issuer_that_is_spelled_otherwise_is_named(
    france_connect: SimulatedFranceConnect, now: Clock
) -> None:
    """A slash at its end: the fault has both spellings, and logins are unavailable until the setting is mended."""
    client = OpenIdFranceConnect(replace(ACCOUNT, issuer=f"{ISSUER}/"), now, france_connect.transport)
    assert client.fault == ""
    await client.check()
    assert f"{ISSUER}/, and" in client.fault
    assert client.fault.endswith(f"says {ISSUER}")
    assert await client.authorization_url(LOGIN) is LoginFailure.UNAVAILABLE
    await france_connect.client.check()
    assert france_connect.client.fault == ""


async def test_a_clock_that_is_wrong_is_said_once(tmp_path: Path, now: Clock) -> None:
    """A line of the log with the claim, without its value, when logins begin to fail, and one when they succeed again."""
    provider = WrongClaims(tmp_path, ISSUER, PARTY, now)
    france_connect = SimulatedFranceConnect(provider, now)
    with capture_logs() as logs:
        for wrong in ({"iat": 9_999_999_999}, {"iat": 9_999_999_999}, {}, {}):
            provider.wrong = wrong
            arrival = await france_connect.sign_in(CAMILLE.work_email)
            await france_connect.client.verified_identity(LOGIN, arrival)
    assert [(line["event"], line.get("fault")) for line in logs] == [
        ("france_connect_fails", "token not issued by the provider to this client, now: iat"),
        ("france_connect_works_again", None),
    ]


async def test_a_secret_that_the_provider_refuses_is_named_until_a_login_succeeds(
    france_connect: SimulatedFranceConnect, now: Clock
) -> None:
    """Nobody can log in, and the provider is there, whose document says nothing of it: an operator must mend it."""
    client = OpenIdFranceConnect(replace(ACCOUNT, secret="of last year"), now, france_connect.transport)
    with capture_logs() as logs:
        response = await france_connect.sign_in(CAMILLE.work_email)
        assert await client.verified_identity(LOGIN, response) is LoginFailure.UNAVAILABLE
    assert [(line["event"], line["fault"]) for line in logs] == [("france_connect_fails", "invalid_client")]
    assert (
        "answers invalid_client: check REASSORT_FRANCE_CONNECT_CLIENT_ID, REASSORT_FRANCE_CONNECT_SECRET"
        in client.fault
    )
    now.advance(timedelta(hours=2))
    await client.check()
    assert client.fault
    now.advance(timedelta(hours=-2))
    client._account = ACCOUNT
    assert isinstance(await client.verified_identity(LOGIN, response), VerifiedIdentity)
    assert client.fault == ""


async def test_an_error_that_a_voter_wrote_into_the_callback_alarms_no_operator(
    france_connect: SimulatedFranceConnect,
) -> None:
    """Only the provider's own answer to us says that our account is refused; the word is not logged."""
    response = replace(await france_connect.sign_in(CAMILLE.work_email), error="invalid_client")
    with capture_logs() as logs:
        assert await france_connect.client.verified_identity(LOGIN, response) is LoginFailure.UNAVAILABLE
    assert france_connect.client.fault == ""
    assert "invalid_client" not in str(logs)


async def test_a_provider_without_a_valid_response_is_unavailable(now: Clock) -> None:
    """An error status, a page of HTML or JSON of another shape gives UNAVAILABLE, and no exception."""
    for answer in (
        httpx2.Response(502),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"issuer": "x"}),
        httpx2.Response(200, json=["x"]),
    ):
        transport = httpx2.MockTransport(lambda _, answer=answer: answer)
        client = OpenIdFranceConnect(ACCOUNT, now, transport)
        assert await client.authorization_url(LOGIN) is LoginFailure.UNAVAILABLE
        assert await client.logout_url("token", PORTAL) is LoginFailure.UNAVAILABLE
        assert (
            await client.verified_identity(LOGIN, AuthorizationResponse(LOGIN.state, "code"))
            is LoginFailure.UNAVAILABLE
        )


async def test_a_logout_redirects_to_the_registered_page(france_connect: SimulatedFranceConnect) -> None:
    """The logout URL has the login's id token, and the provider redirects to the registered page."""
    vouched = await france_connect.client.verified_identity(
        LOGIN, await france_connect.sign_in(CAMILLE.work_email)
    )
    assert isinstance(vouched, VerifiedIdentity)
    back = PARTY.after_logout[0]
    url = await france_connect.client.logout_url(vouched.id_token, back)
    async with httpx2.AsyncClient(transport=france_connect.transport) as browser:
        led = await browser.get(str(url))
    assert led.headers["location"].partition("?")[0] == back
