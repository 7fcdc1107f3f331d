"""A way through FranceConnect is used once, by the session that began it, and soon."""

import asyncio
from datetime import timedelta

import pytest

from activities.accounts.oidc_logins import KEPT, LIFETIME, OidcLogins
from activities.gateways.identity.provider import Login, LoginFailure
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import oidc_logins
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of

SESSION = "5" * 64


@pytest.fixture
def ways(database: Database, keyed_hash: KeyedHash, now: Clock) -> OidcLogins:
    """OidcLogins of this test's own."""
    return OidcLogins(database, keyed_hash, now)


async def test_a_login_is_used_once_whoever_races(ways: OidcLogins) -> None:
    """Of two browsers that come back at once with one secret, one has the login; the others are replays."""
    secret, begun = await ways.begin(SESSION)
    used = await asyncio.gather(*(ways.use(secret, SESSION) for _ in range(5)))
    assert [login for login in used if isinstance(login, Login)] == [begun]
    assert used.count(LoginFailure.REPLAYED) == 4


async def test_a_login_is_of_its_session_alone(ways: OidcLogins) -> None:
    """A secret that was planted in another's browser opens nothing there, and still serves its own."""
    secret, begun = await ways.begin(SESSION)
    assert await ways.use(secret, "6" * 64) is LoginFailure.EXPIRED
    assert await ways.use("guessed", SESSION) is LoginFailure.EXPIRED
    assert await ways.use(secret, SESSION) == begun


async def test_a_login_that_took_too_long_is_over(ways: OidcLogins, now: Clock) -> None:
    """It is told so, and it is used up."""
    secret, _ = await ways.begin(SESSION)
    now.advance(LIFETIME)
    assert await ways.use(secret, SESSION) is LoginFailure.EXPIRED
    assert await ways.use(secret, SESSION) is LoginFailure.REPLAYED


async def test_old_logins_are_forgotten_when_one_begins(ways: OidcLogins, database: Database, now: Clock) -> None:
    """What is kept of them is kept for an hour."""
    await ways.begin(SESSION)
    now.advance(KEPT + timedelta(seconds=1))
    await ways.begin(SESSION)
    assert len(await rows(database, oidc_logins)) == 1


async def test_no_secret_of_a_login_is_stored(ways: OidcLogins, database: Database) -> None:
    """State, nonce and verifier are long, each its own, and derived from what the browser alone has."""
    secret, login = await ways.begin(SESSION)
    kept = await text_of(database)
    values = {secret, login.state, login.nonce, login.verifier}
    assert len(values) == 4
    assert all(len(value) >= 43 and value not in kept for value in values)
