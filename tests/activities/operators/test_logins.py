"""A login at the provider belongs to the browser that began it, for ten minutes."""

from datetime import timedelta

import pytest

from activities.gateways.identity.provider import LoginFailure
from activities.operators.logins import BegunLogin, OperatorLogins
from activities.security.hashing import KeyedHash
from tests.support.clock import Clock


@pytest.fixture
def logins(keyed_hash: KeyedHash, now: Clock) -> OperatorLogins:
    """The logins of the console."""
    return OperatorLogins(keyed_hash, now)


def test_a_login_is_found_by_its_state(logins: OperatorLogins) -> None:
    """With where the operator was going, and the nonce and verifier that it began with; each tab has its own."""
    secret, login = logins.begin("/exploitation/journal")
    again, other = logins.begin("/exploitation", secret)
    assert again == secret
    assert logins.find(secret, login.state) == BegunLogin(login, "/exploitation/journal")
    assert logins.find(secret, other.state) == BegunLogin(other, "/exploitation")
    assert len({login.state, login.nonce, login.verifier, other.state, other.nonce, other.verifier}) == 6


@pytest.mark.parametrize("given", ["", "x", "é", "A" * 120])
def test_another_state_or_browser_finds_nothing(logins: OperatorLogins, given: str) -> None:
    """A guessed state, and a right one with the secret of another browser."""
    secret, login = logins.begin("/exploitation")
    assert logins.find(secret, given) is LoginFailure.EXPIRED
    assert logins.find(given, login.state) is LoginFailure.EXPIRED
    assert logins.find(secret, login.state[:-1]) is LoginFailure.EXPIRED


def test_a_login_ends_after_ten_minutes(logins: OperatorLogins, now: Clock) -> None:
    """It is found until then."""
    secret, login = logins.begin("/exploitation")
    now.advance(timedelta(minutes=10))
    assert isinstance(logins.find(secret, login.state), BegunLogin)
    now.advance(timedelta(seconds=1))
    assert logins.find(secret, login.state) is LoginFailure.EXPIRED
