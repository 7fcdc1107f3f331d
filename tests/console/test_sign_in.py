"""Operators sign in at their provider, come back to where they were going, and sign out."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from activities.gateways.identity.provider import LoginFailure
from activities.store.database import Database
from activities.store.tables import journal
from console.context.operator import Role
from console.routers.sign_in import highest
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR, callback_url, csrf_of, sign_in
from demo.state import operators
from demo.state.operators import DemoOperator
from tests.support.console_app import PORTAL, ConsoleApp

_CALLBACK = "/exploitation/connexion/retour"


@pytest.mark.parametrize(
    ("login", "name"),
    [
        (ASSISTANCE, "Ambre Moreau (assistance)"),
        (OPERATEUR, "Octave Petit (opérateur)"),
        (ADMINISTRATION, "Vera Garnier (administration)"),
    ],
)
async def test_an_operator_signs_in_and_is_named(console_app: ConsoleApp, login: str, name: str) -> None:
    """The page has the name that the provider gave, and the role."""
    async with console_app.browser() as browser:
        await sign_in(browser, login)
        page = await browser.get("/exploitation")
    assert page.status_code == 200
    assert name in page.text


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/exploitation/tableau?canal=sms&cause=x", "/exploitation/tableau?canal=sms&cause=x"),
        ("/exploitation/connexion?vers=/exploitation/journal", "/exploitation/journal"),
        ("/exploitation/connexion?vers=https://autre.exemple.fr", "/exploitation"),
        ("/exploitation/connexion?vers=//autre.exemple.fr/exploitation", "/exploitation"),
        ("/exploitation/connexion?vers=/exploitation@autre.exemple.fr", "/exploitation"),
        ("/exploitation/connexion?vers=/exploitation/../demo", "/exploitation"),
        ("/exploitation/connexion?vers=/exploitation/deconnexion", "/exploitation"),
        ("/exploitation/connexion?vers=/exploitation%0d%0aSet-Cookie:x", "/exploitation"),
        (f"/exploitation/connexion?vers=/exploitation/{'a' * 500}", "/exploitation"),
    ],
)
async def test_a_sign_in_leads_to_a_page_of_the_console_alone(
    console_app: ConsoleApp, address: str, leads_to: str
) -> None:
    """To the page that was asked for, and never to another site or another part of this one."""
    async with console_app.browser() as browser:
        landed = await sign_in(browser, OPERATEUR, address)
    assert landed.headers["location"] == leads_to


async def test_the_cookie_is_strict(console_app: ConsoleApp) -> None:
    """Scripts cannot read it, the portal's pages do not get it, and by HTTPS it is for HTTPS alone."""
    async with console_app.browser() as browser:
        landed = await sign_in(browser, OPERATEUR)
    cookie = landed.headers["set-cookie"]
    assert cookie.startswith("exploitation=")
    assert all(part in cookie for part in ("HttpOnly", "Path=/exploitation", "SameSite=lax"))
    assert "Max-Age" not in cookie


async def test_a_login_opens_one_session(console_app: ConsoleApp) -> None:
    """The second time the provider refuses the code, and with a fresh code the state has opened its session already."""
    async with console_app.browser() as browser:
        begun = await browser.get("/exploitation/connexion")
        asked = {name: value for name, [value] in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        codes = [console_app.provider.code_for(OPERATEUR, asked) for _ in range(2)]
        statuses = [
            (await browser.get(_CALLBACK, params={"state": asked["state"], "code": code})).status_code
            for code in (codes[0], codes[0], codes[1])
        ]
    assert statuses == [303, 422, 422]


async def test_a_callback_is_for_the_browser_that_began(console_app: ConsoleApp) -> None:
    """Nobody can be signed in as somebody else by a link."""
    async with console_app.browser() as victim, console_app.browser() as attacker:
        callback = await callback_url(attacker, ADMINISTRATION)
        await callback_url(victim, OPERATEUR)  # the victim has a login of its own under way
        answer = await victim.get(callback)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("changed", ["state=x", "iss=https://autre.exemple.fr", "code=x", "error=server_error"])
async def test_a_changed_callback_is_refused(console_app: ConsoleApp, changed: str) -> None:
    """A wrong state, another issuer, a guessed code or an error open no session."""
    async with console_app.browser() as browser:
        callback = urlsplit(await callback_url(browser, OPERATEUR))
        query = {name: value for name, [value] in parse_qs(callback.query).items()}
        name, _, value = changed.partition("=")
        answer = await browser.get(callback.path, params={**query, name: value})
        assert answer.status_code in {422, 503}
        assert (await browser.get("/exploitation")).status_code == 303


async def test_a_cancelled_login_says_so(console_app: ConsoleApp) -> None:
    """The page offers to begin again."""
    async with console_app.browser() as browser:
        callback = urlsplit(await callback_url(browser, OPERATEUR))
        state = parse_qs(callback.query)["state"][0]
        answer = await browser.get(callback.path, params={"state": state, "error": "access_denied"})
    assert answer.status_code == 422
    assert "abandonné la connexion" in answer.text


@pytest.fixture
def without_role(monkeypatch: pytest.MonkeyPatch) -> str:
    """The login of a person to whom the provider gives no role of ours."""
    stranger = DemoOperator("s.inconnu", "Sacha Inconnu", "comptabilite")
    monkeypatch.setattr("demo.state.operators.OPERATORS", (*operators.OPERATORS, stranger))
    return stranger.login


async def test_a_person_without_a_role_is_told_so(console_app: ConsoleApp, without_role: str) -> None:
    """There is no session, and the page says whom to ask."""
    async with console_app.browser() as browser:
        answer = await sign_in(browser, without_role)
        assert answer.status_code == 403
        assert "aucun rôle" in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ({"assistance", "operateur"}, Role.OPERATEUR),
        ({"bureau", "assistance"}, Role.BUREAU),
        ({"administration", "bureau", "operateur"}, Role.ADMINISTRATION),
        ({"Operateur", "admin", ""}, None),
        (set(), None),
    ],
)
def test_the_role_that_may_do_most_counts(roles: set[str], role: Role | None) -> None:
    """Other roles of the provider, or other spellings, are none."""
    assert highest(frozenset(roles)) is role


async def test_signing_out_ends_the_session_here_and_at_the_provider(
    console_app: ConsoleApp, console_database: Database
) -> None:
    """The cookie is dead, also for who has copied it; the journal has both with the login and the role."""
    async with console_app.signed_in(ASSISTANCE) as browser:
        copied = browser.cookies["exploitation"]
        csrf = csrf_of((await browser.get("/exploitation")).text)
        out = await browser.post("/exploitation/deconnexion", data={"csrf": csrf})
        assert out.status_code == 303
        assert out.headers["location"].startswith(f"{PORTAL}/demo/operateurs/session/end?")
        back = await browser.get(out.headers["location"])
        assert (await browser.get(back.headers["location"])).status_code == 200
    assert await console_app.services.sessions.find(copied) is None
    asked = select(journal.c.event, journal.c.outcome).where(journal.c.actor == ASSISTANCE).order_by("number")
    async with console_database.reading() as connection:
        events = [tuple(row) for row in await connection.execute(asked)]
    assert events[-2:] == [("operator:session:opened", "assistance"), ("operator:session:ended", "assistance")]


async def test_a_provider_that_is_away_is_named(console_app: ConsoleApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, with a button to try again; those who have signed in go on."""

    async def away(_login: object) -> LoginFailure:
        return LoginFailure.UNAVAILABLE

    async with console_app.signed_in() as inside, console_app.browser() as outside:
        monkeypatch.setattr(console_app.context.provider, "authorization_url", away)
        answer = await outside.get("/exploitation/connexion")
        assert answer.status_code == 503
        assert "fournisseur d’identité" in answer.text
        assert (await inside.get("/exploitation")).status_code == 200
