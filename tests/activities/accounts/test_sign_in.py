"""A password is judged with the same answers and the same work, whether or not the elector is on the roll."""

import asyncio

import pytest

from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.proofs.attempts import Attempts
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.attempts import SignInAttemptRules
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.counting_hashes import CountingSlowHash
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate

RULES = SignInAttemptRules()
UNKNOWN = Claimant("unknown subject", None)


@pytest.fixture
def attempts(database: Database, now: Clock) -> Attempts:
    """Counted attempts, with the rules for signing in."""
    return Attempts(database, RULES, now)


@pytest.fixture
def browsers(keyed_hash: KeyedHash) -> KnownBrowsers:
    """The proofs that known browsers keep."""
    return KnownBrowsers(keyed_hash)


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, attempts: Attempts, browsers: KnownBrowsers) -> SignIn:
    """The check of passwords."""
    return SignIn(database, slow_hash, attempts, browsers)


async def _verdict(sign_in: SignIn, claimant: Claimant, password: str) -> Verdict:
    return (await sign_in.check(claimant, password)).verdict


async def test_the_elector_s_own_password_signs_in(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """Case and spaces count; any other password is WRONG_PROOF."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    assert await sign_in.check(claimant, CAMILLE.password) == Judgement(Verdict.ACCEPTED)
    for wrong in (CAMILLE.password.lower(), f"{CAMILLE.password} ", ""):
        assert await sign_in.check(claimant, wrong) == Judgement(Verdict.WRONG_PROOF)


async def test_the_answers_do_not_reveal_who_is_on_the_roll(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """A wrong password, an account that is not activated and an unknown elector get the same answers and pause."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claimants = [await roll.claimant(each) for each in (CAMILLE.work_email, DOMINIQUE.work_email, "x@ac-lyon.fr")]
    answers = [[await sign_in.check(claimant, "wrong") for _ in range(6)] for claimant in claimants]
    assert answers[0] == answers[1] == answers[2]
    assert [each.verdict for each in answers[0]] == [Verdict.WRONG_PROOF] * 5 + [Verdict.PAUSED]


async def test_every_check_costs_the_same_work(
    database: Database, roll: Roll, electorate: Electorate, attempts: Attempts, browsers: KnownBrowsers
) -> None:
    """Right, wrong, not activated, unknown: each verifies one slow hash."""
    work: list[str] = []
    sign_in = SignIn(database, CountingSlowHash(work), attempts, browsers)
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    known, inactive = [await roll.claimant(each.work_email) for each in (CAMILLE, DOMINIQUE)]
    for claimant, password in [(known, CAMILLE.password), (known, "wrong"), (inactive, "wrong"), (UNKNOWN, "")]:
        await sign_in.check(claimant, password)
    assert work == ["$argon2id$v=19$m=8,t=1,p=1$"] * 4


async def test_without_activation_no_password_is_right(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """Neither an empty password nor another elector's is accepted."""
    await electorate.enrol(DOMINIQUE)
    await electorate.enrol(SACHA)
    claimant = await roll.claimant(DOMINIQUE.work_email)
    for password in ("", SACHA.password):
        assert await _verdict(sign_in, claimant, password) is Verdict.WRONG_PROOF


async def test_concurrent_passwords_respect_the_limit(sign_in: SignIn) -> None:
    """Of fifty passwords at once, five are judged."""
    judged = await asyncio.gather(*(_verdict(sign_in, UNKNOWN, str(number)) for number in range(50)))
    assert judged.count(Verdict.WRONG_PROOF) == 5


async def test_the_right_password_clears_the_failures(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """Four failures before each sign-in never lead to a pause."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(3):
        for _ in range(4):
            assert await _verdict(sign_in, claimant, "wrong") is Verdict.WRONG_PROOF
        assert await _verdict(sign_in, claimant, CAMILLE.password) is Verdict.ACCEPTED


async def test_a_pause_ends_at_its_announced_instant(
    sign_in: SignIn, roll: Roll, electorate: Electorate, now: Clock
) -> None:
    """During the pause the right password is PAUSED; at its end it is accepted."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(5):
        await sign_in.check(claimant, "wrong")
    paused = await sign_in.check(claimant, CAMILLE.password)
    assert paused.verdict is Verdict.PAUSED
    assert paused.until is not None
    now.instant = paused.until
    assert await _verdict(sign_in, claimant, CAMILLE.password) is Verdict.ACCEPTED
