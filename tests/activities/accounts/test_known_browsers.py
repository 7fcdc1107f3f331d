"""Wrong passwords in unknown browsers ask unknown browsers for a code, and never the elector's known one."""

import pytest

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import PasswordJudgement, SignIn
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.tables import attempts as table
from election.attempts import SignInAttemptRules
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sign_in import sign_in_of

RULES = SignInAttemptRules()
_MANY = 100
ACCEPTED, WRONG, CODE = Verdict.ACCEPTED, Verdict.WRONG_PROOF, Verdict.CODE_NEEDED


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, now: Clock) -> SignIn:
    """The check of passwords, with the default rules for attempts."""
    return sign_in_of(database, slow_hash, keyed_hash, now)


@pytest.fixture
async def claimant(roll: Roll, electorate: Electorate) -> Claimant:
    """An elector who has a password."""
    await electorate.enrol(CAMILLE)
    return await roll.claimant(CAMILLE.work_email)


async def _fails(
    sign_in: SignIn, claimant: Claimant, now: Clock, times: int, browser: str = ""
) -> PasswordJudgement:
    """Give wrong passwords, waiting out each pause; return the judgement of the right password after them."""
    for _ in range(times):
        judged = await sign_in.check(claimant, "wrong", browser)
        if judged.until is not None:
            now.instant = judged.until
            judged = await sign_in.check(claimant, "wrong", browser)
        assert judged.verdict in {WRONG, CODE}
    return await sign_in.check(claimant, CAMILLE.password, browser)


@pytest.mark.parametrize("times", [RULES.free_failures, _MANY])
async def test_failures_elsewhere_do_not_pause_a_known_browser(
    sign_in: SignIn, claimant: Claimant, now: Clock, times: int
) -> None:
    """After any number of failures in unknown browsers, the right password is accepted in a known one."""
    browser = await sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, times)).verdict is CODE
    assert (await sign_in.check(claimant, CAMILLE.password, browser)).verdict is ACCEPTED
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is CODE  # the others still need one


async def test_a_known_browser_is_limited_too(sign_in: SignIn, claimant: Claimant, now: Clock) -> None:
    """After five failures in a row it alone counts as an unknown browser, which needs a code after five more; none waits."""
    lost, own = await sign_in.remember(claimant), await sign_in.remember(claimant)
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, lost)).verdict is ACCEPTED
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, lost)).verdict is CODE
    assert (await sign_in.check(claimant, CAMILLE.password, own)).verdict is ACCEPTED
    assert (await _fails(sign_in, claimant, now, _MANY, lost)).verdict is CODE


@pytest.mark.parametrize("proof", ["", "0" * 96, "\0", "é" * 96, "x" * 5000])
async def test_an_invalid_proof_counts_as_an_unknown_browser(
    sign_in: SignIn, claimant: Claimant, now: Clock, proof: str
) -> None:
    """Failures with an invalid cookie are counted like those without a cookie."""
    assert (await _fails(sign_in, claimant, now, RULES.free_failures, proof)).verdict is CODE
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is CODE


async def test_another_elector_s_proof_proves_nothing(
    sign_in: SignIn, roll: Roll, electorate: Electorate, claimant: Claimant, now: Clock
) -> None:
    """A browser that is known for one elector is unknown for every other."""
    await electorate.enrol(SACHA)
    theirs = await sign_in.remember(await roll.claimant(SACHA.work_email))
    assert (await _fails(sign_in, claimant, now, RULES.free_failures)).verdict is CODE
    assert (await sign_in.check(claimant, CAMILLE.password, theirs)).verdict is CODE


async def test_unlocking_deletes_the_failures_of_unknown_browsers(
    sign_in: SignIn, roll: Roll, claimant: Claimant, database: Database, now: Clock
) -> None:
    """Also after a hundred failures; it returns how many there were, and the next attempt is judged."""
    identifier = await roll.voting_space_claimant(CAMILLE.identifier)
    await _fails(sign_in, claimant, now, _MANY)
    await sign_in.check(identifier, "wrong")
    async with database.writing() as connection:
        subjects = await roll.subjects(connection, CAMILLE.id)
        # All the wrong passwords, and the one with the identifier.
        assert await sign_in.unlock(connection, subjects) == _MANY + 1
        assert await sign_in.unlock(connection, subjects) == 0
    assert await rows(database, table) == []
    assert (await sign_in.check(claimant, CAMILLE.password)).verdict is ACCEPTED


async def test_a_new_password_makes_every_browser_unknown(
    sign_in: SignIn, claimant: Claimant, database: Database, slow_hash: SlowHash, now: Clock
) -> None:
    """A thief's browser that signed in with the former password has no count of its own any more."""
    theirs = await sign_in.remember(claimant)
    hashed = await slow_hash.make(Chosen.PASSWORD, CAMILLE.id, "another-Passw0rd!")
    async with database.writing() as connection:
        await Credentials(database, now).replace(connection, CAMILLE.id, Kind.PASSWORD, "new", hashed)
    for _ in range(RULES.free_failures):
        assert (await sign_in.check(claimant, "wrong")).verdict is WRONG
    assert await sign_in.needs_code(claimant, theirs)
    assert not await sign_in.needs_code(claimant, await sign_in.remember(claimant))
