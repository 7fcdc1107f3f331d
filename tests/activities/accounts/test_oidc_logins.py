"""A login at FranceConnect is used once, by the session that began it, before it expires."""

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
def logins(database: Database, keyed_hash: KeyedHash, now: Clock) -> OidcLogins:
    """Pending logins."""
    return OidcLogins(database, keyed_hash, now)


async def test_a_login_is_used_once_by_concurrent_requests(logins: OidcLogins) -> None:
    """Of five concurrent uses of one secret, one gets the login and four are replays."""
    secret, begun = await logins.begin(SESSION)
    used = await asyncio.gather(*(logins.use(secret, begun.state, SESSION) for _ in range(5)))
    assert [login for login in used if isinstance(login, Login)] == [begun]
    assert used.count(LoginFailure.REPLAYED) == 4


async def test_a_login_belongs_to_one_session(logins: OidcLogins) -> None:
    """The secret is refused in another session, and still valid in its own afterwards."""
    secret, begun = await logins.begin(SESSION)
    assert await logins.use(secret, begun.state, "6" * 64) is LoginFailure.EXPIRED
    assert await logins.use("guessed", begun.state, SESSION) is LoginFailure.EXPIRED
    assert await logins.use(secret, begun.state, SESSION) == begun


async def test_logins_of_two_tabs_are_each_used_once(logins: OidcLogins) -> None:
    """They share the browser's secret; a wrong or missing state spends neither."""
    secret, first = await logins.begin(SESSION)
    same, second = await logins.begin(SESSION, secret)
    assert same == secret
    for state in ("", "x" * 43):
        assert await logins.use(secret, state, SESSION) is LoginFailure.EXPIRED
    assert await logins.use(secret, first.state, SESSION) == first
    assert await logins.use(secret, second.state, SESSION) == second
    assert await logins.use(secret, first.state, SESSION) is LoginFailure.REPLAYED


async def test_a_login_expires(logins: OidcLogins, now: Clock) -> None:
    """The first late use gets EXPIRED, and the login is spent."""
    secret, begun = await logins.begin(SESSION)
    now.advance(LIFETIME)
    assert await logins.use(secret, begun.state, SESSION) is LoginFailure.EXPIRED
    assert await logins.use(secret, begun.state, SESSION) is LoginFailure.REPLAYED


async def test_old_logins_are_deleted_when_one_begins(logins: OidcLogins, database: Database, now: Clock) -> None:
    """Rows that are older than `KEPT` are deleted."""
    await logins.begin(SESSION)
    now.advance(KEPT + timedelta(seconds=1))
    await logins.begin(SESSION)
    assert len(await rows(database, oidc_logins)) == 1


async def test_no_secret_of_a_login_is_stored(logins: OidcLogins, database: Database) -> None:
    """State, nonce and verifier are long, different, and derived from the secret that only the browser has."""
    secret, login = await logins.begin(SESSION)
    kept = await text_of(database)
    values = {secret, login.state, login.nonce, login.verifier}
    assert len(values) == 4
    assert all(len(value) >= 43 and value not in kept for value in values)
