"""Wrong passwords from unknown browsers pause sign-ins from unknown browsers, not from the elector's known one."""

import pytest

from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.proofs.attempts import Attempts
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import attempts as table
from election.attempts import SignInAttemptRules
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate

RULES = SignInAttemptRules()
TAKEN, WRONG, PAUSED = Verdict.ACCEPTED, Verdict.WRONG_PROOF, Verdict.PAUSED


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, now: Clock) -> SignIn:
    """The check of passwords, with the default rules for attempts."""
    return SignIn(database, slow_hash, Attempts(database, RULES, now), KnownBrowsers(keyed_hash))


@pytest.fixture
async def claimant(roll: Roll, electorate: Electorate) -> Claimant:
    """An elector who has a password."""
    await electorate.enrol(CAMILLE)
    return await roll.claimant(CAMILLE.work_email)


async def _fails(sign_in: SignIn, claimant: Claimant, now: Clock, times: int, browser: str = "") -> Judgement:
    """Give wrong passwords, waiting out each pause; return the judgement of the right password after them."""
    for _ in range(times):
        judged = await sign_in.check(claimant, "wrong", browser)
        if judged.until is not None:
            now.instant = judged.until
            judged = await sign_in.check(claimant, "wrong", browser)
        assert judged.verdict is WRONG
    return await sign_in.check(claimant, CAMILLE.password, browser)


@pytest.mark.parametrize("times", [RULES.free_failures, RULES.max_failures])
async def test_failures_elsewhere_do_not_pause_a_known_browser(
    sign_in: SignIn, claimant: Claimant, now: Clock, times: int
) -> None:
    """After any number of failures in unknown browsers, the right password is accepted in a known one."""
    browser = sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, times)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, browser)).verdict is TAKEN
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED  # the others stay paused


async def test_an_unknown_browser_waits_at_most_a_quarter_of_an_hour(
    sign_in: SignIn, claimant: Claimant, now: Clock
) -> None:
    """Before the hundredth failure in a row, the pause for unknown browsers is at most the longest wait."""
    paused = await _fails(sign_in, claimant, now, RULES.max_failures - 1)
    assert paused.until is not None
    assert paused.until - now() == RULES.longest_wait


async def test_a_known_browser_is_limited_too(sign_in: SignIn, claimant: Claimant, now: Clock) -> None:
    """Its failures pause it alone; after a hundred in a row it counts as an unknown browser."""
    lost, own = sign_in.remember(claimant), sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, lost)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, own)).verdict is TAKEN
    await _fails(sign_in, claimant, now, RULES.max_failures - RULES.free_failures, lost)
    assert (await _fails(sign_in, claimant, now, RULES.free_failures - 1, lost)).verdict is TAKEN
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, lost)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED


@pytest.mark.parametrize("proof", ["", "0" * 96, "\0", "é" * 96, "x" * 5000])
async def test_an_invalid_proof_counts_as_an_unknown_browser(
    sign_in: SignIn, claimant: Claimant, now: Clock, proof: str
) -> None:
    """Failures with an invalid cookie are counted like those without a cookie."""
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, proof)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED


async def test_another_elector_s_proof_proves_nothing(
    sign_in: SignIn, roll: Roll, electorate: Electorate, claimant: Claimant, now: Clock
) -> None:
    """A browser that is known for one elector is unknown for every other."""
    await electorate.enrol(SACHA)
    theirs = sign_in.remember(await roll.claimant(SACHA.work_email))
    assert (await _fails(sign_in, claimant, now, RULES.free_failures)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, theirs)).verdict is PAUSED


async def test_a_right_password_in_an_unknown_browser_clears_its_failures(
    sign_in: SignIn, claimant: Claimant, now: Clock
) -> None:
    """After the pause, the right password is accepted and the count of failures starts again."""
    paused = await _fails(sign_in, claimant, now, RULES.free_failures)
    assert paused.until is not None
    now.instant = paused.until
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is TAKEN
    assert (await _fails(sign_in, claimant, now, RULES.free_failures - 1)).verdict is TAKEN


async def test_unlocking_deletes_the_failures_of_unknown_browsers(
    sign_in: SignIn, claimant: Claimant, database: Database, now: Clock
) -> None:
    """Also after a hundred failures; it returns how many there were, and the next attempt is judged."""
    await _fails(sign_in, claimant, now, RULES.max_failures)
    async with database.writing() as connection:
        assert await sign_in.unlock(connection, claimant) == RULES.max_failures
        assert await sign_in.unlock(connection, claimant) == 0
    assert await rows(database, table) == []
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is TAKEN
