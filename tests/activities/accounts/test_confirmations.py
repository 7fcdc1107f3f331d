"""The token of a second step is bound to the first one, and serves once."""

from datetime import timedelta

import pytest

from activities.accounts.confirmations import LIFETIME, Confirmations
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from tests.support.clock import Clock

BOUND = ("session", "password", "form", "camille@ac-lyon.fr")


@pytest.fixture
def confirmations(database: Database, keyed_hash: KeyedHash, now: Clock) -> Confirmations:
    """Confirmations, with the clock of the test."""
    return Confirmations(database, keyed_hash, now)


async def test_a_token_serves_once(confirmations: Confirmations) -> None:
    """Another token of the same step is another one."""
    token, other = confirmations.create(*BOUND), confirmations.create(*BOUND)
    assert confirmations.is_valid(token, *BOUND)
    assert not await confirmations.is_used(token)
    for _ in range(2):
        await confirmations.use(token)
    assert [await confirmations.is_used(each) for each in (token, other)] == [True, False]


@pytest.mark.parametrize("bound", [BOUND[:-1], (*BOUND[:-1], "sacha@ac-lyon.fr"), ("other", *BOUND[1:])])
def test_a_token_is_for_what_it_was_made_for(confirmations: Confirmations, bound: tuple[str, ...]) -> None:
    """Not for another identifier, session or form."""
    assert not confirmations.is_valid(confirmations.create(*BOUND), *bound)


def test_a_token_lives_half_an_hour(confirmations: Confirmations, now: Clock) -> None:
    """As long as it is remembered whether it was used."""
    token = confirmations.create(*BOUND)
    now.advance(LIFETIME - timedelta(seconds=2))
    assert confirmations.is_valid(token, *BOUND)
    now.advance(timedelta(seconds=2))
    assert not confirmations.is_valid(token, *BOUND)
