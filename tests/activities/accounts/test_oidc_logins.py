"""A login at FranceConnect is used once, by the session that started it, within ten minutes."""

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
    """The logins under test."""
    return OidcLogins(database, keyed_hash, now)


async def test_of_concurrent_uses_one_gets_the_login(logins: OidcLogins) -> None:
    """The others are replays."""
    secret, begun = await logins.begin(SESSION)
    used = await asyncio.gather(*(logins.use(secret, SESSION) for _ in range(5)))
    assert [login for login in used if isinstance(login, Login)] == [begun]
    assert used.count(LoginFailure.REPLAYED) == 4


async def test_a_login_is_bound_to_its_session(logins: OidcLogins) -> None:
    """A secret planted in another browser is of no use there, and stays valid in its own."""
    secret, begun = await logins.begin(SESSION)
    assert await logins.use(secret, "6" * 64) is LoginFailure.EXPIRED
    assert await logins.use("guessed", SESSION) is LoginFailure.EXPIRED
    assert await logins.use(secret, SESSION) == begun


async def test_a_login_expires(logins: OidcLogins, now: Clock) -> None:
    """It is reported as expired, and is used."""
    secret, _ = await logins.begin(SESSION)
    now.advance(LIFETIME)
    assert await logins.use(secret, SESSION) is LoginFailure.EXPIRED
    assert await logins.use(secret, SESSION) is LoginFailure.REPLAYED


async def test_old_logins_are_deleted_when_one_is_started(
    logins: OidcLogins, database: Database, now: Clock
) -> None:
    """They are kept for an hour."""
    await logins.begin(SESSION)
    now.advance(KEPT + timedelta(seconds=1))
    await logins.begin(SESSION)
    assert len(await rows(database, oidc_logins)) == 1


async def test_no_secret_of_a_login_is_stored(logins: OidcLogins, database: Database) -> None:
    """State, nonce and verifier are long, different, and derived from what only the browser has."""
    secret, login = await logins.begin(SESSION)
    kept = await text_of(database)
    values = {secret, login.state, login.nonce, login.verifier}
    assert len(values) == 4
    assert all(len(value) >= 43 and value not in kept for value in values)
