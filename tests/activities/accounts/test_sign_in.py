"""The check of a password gives the same answer with the same work for identifiers that are not on the roll."""

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
from tests.support.counting_hashes import NotedSlowHash
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate

RULES = SignInAttemptRules()
UNKNOWN = Claimant("unknown subject", None)


@pytest.fixture
def attempts(database: Database, now: Clock) -> Attempts:
    """Attempts at signing in, counted by their own rules."""
    return Attempts(database, RULES, now)


@pytest.fixture
def browsers(keyed_hash: KeyedHash) -> KnownBrowsers:
    """The device cookies."""
    return KnownBrowsers(keyed_hash)


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, attempts: Attempts, browsers: KnownBrowsers) -> SignIn:
    """The check of passwords."""
    return SignIn(database, slow_hash, attempts, browsers)


async def _verdict(sign_in: SignIn, claimant: Claimant, password: str) -> Verdict:
    return (await sign_in.check(claimant, password)).verdict


async def test_the_elector_s_own_password_signs_in(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """Exactly as it was chosen: case and spaces matter."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    assert await sign_in.check(claimant, CAMILLE.password) == Judgement(Verdict.TAKEN)
    for wrong in (CAMILLE.password.lower(), f"{CAMILLE.password} ", ""):
        assert await sign_in.check(claimant, wrong) == Judgement(Verdict.WRONG_PROOF)


async def test_the_answer_does_not_reveal_who_is_on_the_roll(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """A wrong password, no activation and an unknown elector get one answer, and the same pause after five attempts."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claimants = [await roll.claimant(each) for each in (CAMILLE.work_email, DOMINIQUE.work_email, "x@ac-lyon.fr")]
    answers = [[await sign_in.check(claimant, "wrong") for _ in range(6)] for claimant in claimants]
    assert answers[0] == answers[1] == answers[2]
    assert [each.verdict for each in answers[0]] == [Verdict.WRONG_PROOF] * 5 + [Verdict.PAUSED]


async def test_every_check_costs_the_same_work(
    database: Database, roll: Roll, electorate: Electorate, attempts: Attempts, browsers: KnownBrowsers
) -> None:
    """Right, wrong, not activated and unknown: one slow hash each."""
    work: list[str] = []
    sign_in = SignIn(database, NotedSlowHash(work), attempts, browsers)
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    known, inactive = [await roll.claimant(each.work_email) for each in (CAMILLE, DOMINIQUE)]
    for claimant, password in [(known, CAMILLE.password), (known, "wrong"), (inactive, "wrong"), (UNKNOWN, "")]:
        await sign_in.check(claimant, password)
    assert work == ["$argon2id$v=19$m=8,t=1,p=1$"] * 4


async def test_without_activation_no_password_is_right(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """Neither an empty one nor another elector's."""
    await electorate.enrol(DOMINIQUE)
    await electorate.enrol(SACHA)
    claimant = await roll.claimant(DOMINIQUE.work_email)
    for password in ("", SACHA.password):
        assert await _verdict(sign_in, claimant, password) is Verdict.WRONG_PROOF


async def test_fifty_concurrent_passwords_cannot_outrun_the_limit(sign_in: SignIn) -> None:
    """Five are looked at, for known and unknown electors."""
    judged = await asyncio.gather(*(_verdict(sign_in, UNKNOWN, str(number)) for number in range(50)))
    assert judged.count(Verdict.WRONG_PROOF) == 5


async def test_the_right_password_clears_the_count(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """Four failures before each sign-in never cause a pause."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(3):
        for _ in range(4):
            assert await _verdict(sign_in, claimant, "wrong") is Verdict.WRONG_PROOF
        assert await _verdict(sign_in, claimant, CAMILLE.password) is Verdict.TAKEN


async def test_a_pause_ends_at_the_instant_that_was_returned(
    sign_in: SignIn, roll: Roll, electorate: Electorate, now: Clock
) -> None:
    """During the pause even the right password is refused; then it signs in."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(5):
        await sign_in.check(claimant, "wrong")
    paused = await sign_in.check(claimant, CAMILLE.password)
    assert paused.verdict is Verdict.PAUSED
    assert paused.until is not None
    now.instant = paused.until
    assert await _verdict(sign_in, claimant, CAMILLE.password) is Verdict.TAKEN
