"""Letters to the support desk are limited, and nobody is stopped for good."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from activities.evidence.access_trace import AddressHashes
from activities.proofs.attempts import Attempts
from activities.proofs.rates import Rates
from activities.security.hashing import KeyedHash
from activities.sending.support_limits import LetterSender, SupportLimit, SupportLimits, SupportRefusal
from activities.store.database import Database
from election.attempts import SupportLetterRules
from tests.support.clock import Clock

_RULES = SupportLetterRules(per_network_an_hour=3, without_sign_in_an_hour=5)
_ALL = SupportLetterRules().model_copy(update={"without_sign_in_an_hour": 2})


@pytest.fixture
def limits(database: Database, keyed_hash: KeyedHash, now: Clock) -> SupportLimits:
    """Limits that a few letters reach."""
    return _limits(database, keyed_hash, now, _RULES)


def _limits(database: Database, keyed: KeyedHash, now: Clock, rules: SupportLetterRules) -> SupportLimits:
    attempts, rates = Attempts(database, rules, now), Rates(database, now)
    return SupportLimits(attempts, rates, AddressHashes(database, keyed, now), rules)


def _sender(number: int, subject: str = "victim", address: str = "") -> LetterSender:
    return LetterSender(subject, f"letter {number}", address)


async def test_any_number_of_letters_with_somebody_s_address_stop_it_for_an_hour_at_most(
    database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """A stranger writes as often as the waits allow; the next letter's wait is never longer, as it would be after twenty."""
    limits = _limits(database, keyed_hash, now, SupportLetterRules())
    for number in range(40):
        assert await limits.count(_sender(number)) is None
        refused = await limits.count(_sender(1_000 + number))
        if refused is not None:
            assert refused.limit is SupportLimit.SENDER
            assert refused.until - now() <= SupportLetterRules().longest_wait
            now.advance(refused.until - now())


async def test_a_network_has_its_limit_for_an_hour(limits: SupportLimits, now: Clock) -> None:
    """Whatever the addresses to answer to; other networks, and the same one an hour later, are taken."""
    letters = [await limits.count(_sender(number, f"asker {number}", "198.51.100.1")) for number in range(4)]
    assert letters[:3] == [None] * 3
    assert letters[3] is not None
    assert letters[3].limit is SupportLimit.NETWORK
    assert letters[3].until - now() <= timedelta(hours=1)
    assert await limits.count(_sender(5, "asker 5", "198.51.100.2")) is None
    now.advance(letters[3].until - now())
    assert await limits.count(_sender(6, "asker 6", "198.51.100.1")) is None


async def test_a_network_that_is_over_makes_no_sender_wait(limits: SupportLimits) -> None:
    """Its further letters with somebody's address do not count for that address."""
    for number in range(40):
        await limits.count(_sender(number, "asker" if number < 3 else "victim", "198.51.100.1"))
    assert await limits.count(_sender(99, "victim", "198.51.100.2")) is None


async def test_all_letters_together_have_a_limit_that_electors_do_not_share(
    database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The first letter beyond it logs a warning, once; an elector who has signed in still writes."""
    limits = _limits(database, keyed_hash, now, _ALL)
    with capture_logs() as logs:
        letters = [await limits.count(_sender(number, f"asker {number}")) for number in range(4)]
    assert [letter and letter.limit for letter in letters] == [None, None, SupportLimit.ALL, SupportLimit.ALL]
    warnings = [line for line in logs if line["event"] == "support_letters_limit"]
    assert [(line["senders"], line["limit"]) for line in warnings] == [("strangers", 2)]
    elector = LetterSender("elector", "letter", "198.51.100.1", has_signed_in=True)
    assert await limits.count(elector) is None
    assert isinstance(letters[3], SupportRefusal)
    now.advance(letters[3].until - now())
    assert await limits.count(_sender(9, "asker 9")) is None
