"""Our client of the operators' provider: whom it believes, and which tokens it refuses."""

import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse

from activities.gateways.identity.openid_client import Registration
from activities.gateways.identity.operators import (
    LONGEST_LOGIN,
    OpenIdOperators,
    OperatorClaims,
    at_path,
    subject_of,
)
from activities.gateways.identity.provider import AuthorizationResponse, Login, LoginFailure, VerifiedOperator
from activities.gateways.identity.tokens import base64url
from demo.web.dashboard import dashboard_templates
from demo.web.identity_provider import RelyingParty
from demo.web.operators_provider import PREFIX, FictionalOperatorsProvider, operators_router
from tests.support.clock import Clock

ISSUER = f"http://identite.exemple.fr{PREFIX}"
ACCOUNT = Registration(
    ISSUER, "reassort-console", "fiction", "http://portail.exemple.fr/exploitation/connexion/retour"
)
LOGIN = Login("s" * 32, "n" * 32, "v" * 43)
_TEMPLATES = Path(__file__).parents[4] / "demo" / "web" / "templates"


class Provider(FictionalOperatorsProvider):
    """A provider whose tokens have other `claims` (None for a missing one), or are made by `signer`."""

    claims: Mapping[str, Any] = {}
    published: Mapping[str, Any] | None = None
    signer: Callable[[dict[str, Any]], str] | None = None
    methods = ["client_secret_post"]  # noqa: RUF012 - replaced in tests

    @property
    def keys(self) -> dict[str, Any]:
        """The set of keys."""
        return super().keys if self.published is None else {"keys": [self.published]}

    @property
    def discovery(self) -> dict[str, object]:
        """The metadata."""
        more = {"userinfo_endpoint": f"{self.issuer}/userinfo"}
        return {**super().discovery, **more, "token_endpoint_auth_methods_supported": self.methods}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return a token of these claims."""
        ours = jwt.decode(super().signed(claims), self._key, algorithms=["ES256"]).claims
        changed = {name: value for name, value in {**ours, **self.claims}.items() if value is not None}
        header = {"alg": "ES256", "kid": self._key.kid or ""}
        return (
            self.signer(changed) if self.signer else jwt.encode(header, changed, self._key, algorithms=["ES256"])
        )


class Organiser:
    """The provider of one test, and our client for it."""

    def __init__(self, state: Path, now: Clock) -> None:
        party = RelyingParty(ACCOUNT.client_id, ACCOUNT.secret, ACCOUNT.callback, ())
        self.provider = Provider(state, ISSUER, party, now)
        self.user_info: dict[str, Any] = {}
        self.now = now
        app = FastAPI()
        app.include_router(operators_router(self.provider, dashboard_templates(str(_TEMPLATES))))

        @app.get(f"{PREFIX}/userinfo")
        async def user_info() -> JSONResponse:
            return JSONResponse(self.user_info)

        self.transport = httpx2.ASGITransport(app)

    async def signs_in(self, login: Login = LOGIN, **claims: Any) -> VerifiedOperator | LoginFailure:
        """Return whom the client believes after a sign-in; `claims` say what the tokens are like."""
        told = OperatorClaims(**{"algorithms": ("RS256", "ES256", "PS256"), **claims})
        client = OpenIdOperators(ACCOUNT, told, self.now, self.transport)
        url = str(await client.authorization_url(LOGIN))
        asked = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
        code = self.provider.code_for("o.petit", asked)
        return await client.verified_identity(login, AuthorizationResponse(login.state, code, "", ISSUER))


@pytest.fixture
def organiser(tmp_path: Path, now: Clock) -> Organiser:
    """A provider, and our client."""
    return Organiser(tmp_path, now)


async def test_a_right_token_says_who_it_is(organiser: Organiser) -> None:
    """The login, the name and the roles; and the issuer's subject, whatever login the person has later."""
    expected = VerifiedOperator(subject_of(ISSUER, "o.petit"), "o.petit", "Octave Petit", frozenset({"operateur"}))
    assert await organiser.signs_in() == expected
    organiser.provider.claims = {"preferred_username": "v.garnier"}
    renamed = await organiser.signs_in()
    assert isinstance(renamed, VerifiedOperator)
    assert (renamed.login, renamed.subject) == ("v.garnier", expected.subject)
    organiser.provider.claims = {"sub": "another", "preferred_username": "o.petit"}
    other = await organiser.signs_in()
    assert isinstance(other, VerifiedOperator)
    assert (other.login, other.subject == expected.subject) == ("o.petit", False)


def test_a_subject_is_of_its_issuer() -> None:
    """The same `sub` of another provider is another person."""
    assert len({subject_of("a", "b"), subject_of("a", "c"), subject_of("b", "b")}) == 3


@pytest.mark.parametrize(
    ("claims", "named", "roles"),
    [
        ({"roles": ["a", "assistance"]}, {}, {"a", "assistance"}),
        ({"roles": "bureau"}, {}, {"bureau"}),
        ({"realm_access": {"roles": ["operateur"]}}, {"roles": "realm_access.roles"}, {"operateur"}),
        ({"https://x.fr/roles": ["bureau"]}, {"roles": "https://x.fr/roles"}, {"bureau"}),
        ({"roles": ["reassort-operateur", "administration"]}, {"prefix": "reassort-"}, {"operateur"}),
        ({"roles": {"administration": True}}, {}, set()),
        ({"roles": 3}, {}, set()),
    ],
)
async def test_the_roles_are_where_the_settings_say(
    organiser: Organiser, claims: dict[str, Any], named: dict[str, Any], roles: set[str]
) -> None:
    """A list or a text, at a path or under a name, with a prefix or without; nothing else is a role."""
    organiser.provider.claims = claims
    found = await organiser.signs_in(**named)
    assert isinstance(found, VerifiedOperator)
    assert found.roles == roles


async def test_roles_may_be_in_the_user_information(organiser: Organiser) -> None:
    """Only where the ID token has none, and of the same person."""
    organiser.provider.claims = {"roles": None}
    organiser.user_info = {"sub": "o.petit", "roles": ["bureau"]}
    found = await organiser.signs_in()
    assert isinstance(found, VerifiedOperator)
    assert found.roles == {"bureau"}
    organiser.user_info = {"sub": "v.garnier", "roles": ["administration"]}
    assert await organiser.signs_in() is LoginFailure.TAMPERED
    organiser.provider.claims = {"roles": ["assistance"]}
    found = await organiser.signs_in()
    assert isinstance(found, VerifiedOperator)
    assert found.roles == {"assistance"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://autre.exemple.fr"},
        {"aud": "autre"},
        {"aud": ["reassort-console", "autre"]},
        {"azp": "autre"},
        {"exp": 1},
        {"exp": None},
        {"iat": 1},
        {"iat": 9_999_999_999},
        {"nonce": "m" * 32},
        {"nonce": None},
        {"sub": None},
        {"at_hash": "x" * 22},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(organiser: Organiser, wrong: dict[str, Any]) -> None:
    """Every claim that binds a token to us, to this login and to this moment is checked."""
    organiser.provider.claims = wrong
    assert await organiser.signs_in() is LoginFailure.TAMPERED


async def test_a_code_of_another_login_is_refused(organiser: Organiser) -> None:
    """Another verifier or another nonce than those that the code was asked with."""
    assert await organiser.signs_in(Login(LOGIN.state, LOGIN.nonce, "w" * 43)) is LoginFailure.EXPIRED
    assert await organiser.signs_in(Login(LOGIN.state, "m" * 32, LOGIN.verifier)) is LoginFailure.TAMPERED


def _forged_role(claims: dict[str, Any], token: Callable[[dict[str, Any]], str]) -> str:
    head, body, signature = token(claims).split(".")
    other = token({**claims, "roles": ["administration"]}).split(".")[1]
    assert other != body
    return f"{head}.{other}.{signature}"


async def test_a_forged_role_is_refused(organiser: Organiser) -> None:
    """The claims of one token with the signature of another."""
    provider = organiser.provider
    header = {"alg": "ES256", "kid": provider._key.kid or ""}
    provider.signer = lambda claims: _forged_role(
        claims, lambda each: jwt.encode(header, each, provider._key, algorithms=["ES256"])
    )
    assert await organiser.signs_in() is LoginFailure.TAMPERED


async def test_a_token_without_a_signature_is_refused(organiser: Organiser) -> None:
    """`alg: none`, with the id of the right key."""
    kid = organiser.provider._key.kid
    head = base64url(f'{{"alg":"none","kid":"{kid}"}}'.encode())

    organiser.provider.signer = lambda claims: f"{head}.{base64url(json.dumps(claims).encode())}."
    assert await organiser.signs_in() is LoginFailure.TAMPERED


async def test_a_token_that_is_signed_with_the_public_key_as_a_secret_is_refused(organiser: Organiser) -> None:
    """`alg: HS256`, the old confusion of a public key with a shared one."""
    key = organiser.provider._key
    head = base64url(json.dumps({"alg": "HS256", "kid": key.kid}).encode())

    def confused(claims: dict[str, Any]) -> str:
        signed = f"{head}.{base64url(json.dumps(claims).encode())}"
        return f"{signed}.{base64url(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"

    organiser.provider.signer = confused
    assert await organiser.signs_in() is LoginFailure.TAMPERED


@pytest.mark.parametrize(
    ("algorithm", "allowed", "is_accepted"),
    [
        ("RS256", ("RS256",), True),
        ("PS256", ("RS256", "PS256"), True),
        ("PS256", ("RS256",), False),
        ("RS256", ("ES256",), False),
        ("RS512", ("RS256", "ES256", "PS256"), False),
    ],
)
async def test_only_the_allowed_algorithms_are_accepted(
    organiser: Organiser, algorithm: str, allowed: tuple[str, ...], *, is_accepted: bool
) -> None:
    """A token does not choose how it is checked."""
    key = RSAKey.generate_key(2048, {"kid": "rsa"})
    organiser.provider.published = key.as_dict(private=False)
    header = {"alg": algorithm, "kid": "rsa"}
    organiser.provider.signer = lambda claims: jwt.encode(header, claims, key, algorithms=[algorithm])
    assert isinstance(await organiser.signs_in(algorithms=allowed), VerifiedOperator) is is_accepted


async def test_a_key_for_encryption_verifies_nothing(organiser: Organiser) -> None:
    """Keycloak publishes such keys beside the others."""
    key = RSAKey.generate_key(2048, {"kid": "rsa"})
    organiser.provider.published = {**key.as_dict(private=False), "use": "enc"}
    header = {"alg": "RS256", "kid": "rsa"}
    organiser.provider.signer = lambda claims: jwt.encode(header, claims, key, algorithms=["RS256"])
    assert await organiser.signs_in() is LoginFailure.TAMPERED


async def test_a_login_is_a_text_that_can_be_kept(organiser: Organiser) -> None:
    """Control characters go, long ones are cut; without a readable login it is the subject."""
    organiser.provider.claims = {"preferred_username": "o\0\n.petit", "name": "N" * 300}
    found = await organiser.signs_in()
    assert isinstance(found, VerifiedOperator)
    assert (found.login, len(found.name)) == ("o.petit", 100)
    organiser.provider.claims = {"preferred_username": None}
    found = await organiser.signs_in()
    assert isinstance(found, VerifiedOperator)
    assert found.login == "o.petit"


async def test_a_name_does_not_look_like_a_login(organiser: Organiser) -> None:
    """Nor hides the one that follows it: parentheses become brackets, and spaces are single ones."""
    hidden = "Octave Petit \uff08o.petit\uff09 (o.petit)" + "\u2003 " * 40 + "\u202e."
    organiser.provider.claims = {"preferred_username": "v.garnier) (o.petit", "name": hidden}
    found = await organiser.signs_in()
    assert isinstance(found, VerifiedOperator)
    assert (found.name, found.login) == ("Octave Petit [o.petit] [o.petit] .", "v.garnier] [o.petit")


async def test_logins_that_are_too_long_differ(organiser: Organiser) -> None:
    """Each has a fingerprint of the whole, so that two that begin alike are not one in the journal."""
    logins = []
    for end in "ab":
        organiser.provider.claims = {"preferred_username": f"{'x' * 200}{end}"}
        found = await organiser.signs_in()
        assert isinstance(found, VerifiedOperator)
        logins.append(found.login)
    assert {len(each) for each in logins} == {LONGEST_LOGIN}
    assert logins[0] != logins[1]


def test_a_path_that_leads_nowhere_has_no_claim() -> None:
    """Neither through a text nor past an end."""
    assert at_path({"a": {"b": 1}}, "a.b") == 1
    assert at_path({"a": "b"}, "a.b") is None
    assert at_path({}, "a.b.c") is None
