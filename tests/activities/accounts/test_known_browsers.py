"""Whoever knows somebody's address pauses strangers' sign-ins with it, never the elector's own browser."""

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
TAKEN, WRONG, PAUSED = Verdict.TAKEN, Verdict.WRONG_PROOF, Verdict.PAUSED


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, now: Clock) -> SignIn:
    """The check of passwords, under the rules of a new election."""
    return SignIn(database, slow_hash, Attempts(database, RULES, now), KnownBrowsers(keyed_hash))


@pytest.fixture
async def claimant(roll: Roll, electorate: Electorate) -> Claimant:
    """An elector who has a password."""
    await electorate.enrol(CAMILLE)
    return await roll.claimant(CAMILLE.work_email)


async def _fails(sign_in: SignIn, claimant: Claimant, now: Clock, times: int, browser: str = "") -> Judgement:
    """Give wrong passwords, each as soon as it is let through; return what the next one is told."""
    for _ in range(times):
        judged = await sign_in.check(claimant, "wrong", browser)
        if judged.until is not None:
            now.instant = judged.until
            judged = await sign_in.check(claimant, "wrong", browser)
        assert judged.verdict is WRONG
    return await sign_in.check(claimant, CAMILLE.password, browser)


@pytest.mark.parametrize("times", [RULES.free, RULES.most])
async def test_an_attacker_never_shuts_the_elector_s_own_browser_out(
    sign_in: SignIn, claimant: Claimant, now: Clock, times: int
) -> None:
    """However many wrong passwords strangers gave, the right one passes where it has passed before."""
    browser = sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, times)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, browser)).verdict is TAKEN
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED  # and gave strangers nothing


async def test_a_stranger_waits_a_quarter_of_an_hour_at_most(
    sign_in: SignIn, claimant: Claimant, now: Clock
) -> None:
    """Until the hundredth failure in a row, a voter with a new browser is never kept waiting for longer."""
    paused = await _fails(sign_in, claimant, now, RULES.most - 1)
    assert paused.until is not None
    assert paused.until - now() == RULES.longest_wait


async def test_a_known_browser_may_not_guess_for_ever(sign_in: SignIn, claimant: Claimant, now: Clock) -> None:
    """Its own wrong passwords pause it alone; at a hundred in a row it is a stranger again, with their count."""
    lost, own = sign_in.remember(claimant), sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, RULES.free, lost)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, own)).verdict is TAKEN
    await _fails(sign_in, claimant, now, RULES.most - RULES.free, lost)
    assert (await _fails(sign_in, claimant, now, RULES.free - 1, lost)).verdict is TAKEN
    assert (await _fails(sign_in, claimant, now, RULES.free, lost)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED


@pytest.mark.parametrize("proof", ["", "0" * 96, "\0", "é" * 96, "x" * 5000])
async def test_a_proof_that_we_did_not_give_makes_a_stranger(
    sign_in: SignIn, claimant: Claimant, now: Clock, proof: str
) -> None:
    """Whatever a cookie carries; it is counted as if there were none."""
    assert (await _fails(sign_in, claimant, now, RULES.free, proof)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is PAUSED


async def test_another_elector_s_proof_proves_nothing(
    sign_in: SignIn, roll: Roll, electorate: Electorate, claimant: Claimant, now: Clock
) -> None:
    """A colleague who has signed in with a browser of one's own is a stranger to everybody else."""
    await electorate.enrol(SACHA)
    theirs = sign_in.remember(await roll.claimant(SACHA.work_email))
    assert (await _fails(sign_in, claimant, now, RULES.free)).verdict is PAUSED
    assert (await sign_in.check(claimant, CAMILLE.password, theirs)).verdict is PAUSED


async def test_a_stranger_who_knows_the_password_ends_the_strangers_pause(
    sign_in: SignIn, claimant: Claimant, now: Clock
) -> None:
    """The elector at another computer, once the wait is over: nothing is left of the count."""
    paused = await _fails(sign_in, claimant, now, RULES.free)
    assert paused.until is not None
    now.instant = paused.until
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is TAKEN
    assert (await _fails(sign_in, claimant, now, RULES.free - 1)).verdict is TAKEN


async def test_unlocking_forgets_the_strangers_failures(
    sign_in: SignIn, claimant: Claimant, database: Database, now: Clock
) -> None:
    """After a hundred failures too: how many they were is told, and the next try is looked at."""
    await _fails(sign_in, claimant, now, RULES.most)
    async with database.writing() as connection:
        assert await sign_in.unlock(connection, claimant) == RULES.most
        assert await sign_in.unlock(connection, claimant) == 0
    assert await rows(database, table) == []
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is TAKEN
