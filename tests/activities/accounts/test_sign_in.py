"""A password is judged with the same answers and the same work, whether or not the elector is on the roll."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import PasswordJudgement, SignIn
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.attempts import SignInAttemptRules
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.counting_hashes import CountingSlowHash
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate
from tests.support.sign_in import sign_in_of

RULES = SignInAttemptRules()
UNKNOWN = Claimant("unknown subject", None)


@pytest.fixture
def sign_in(database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, now: Clock) -> SignIn:
    """The check of passwords."""
    return sign_in_of(database, slow_hash, keyed_hash, now)


async def _verdict(sign_in: SignIn, claimant: Claimant, password: str) -> Verdict:
    return (await sign_in.check(claimant, password)).verdict


async def test_the_elector_s_own_password_signs_in(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """Case and spaces count; any other password is WRONG_PROOF."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    assert await sign_in.check(claimant, CAMILLE.password) == PasswordJudgement(Verdict.ACCEPTED, is_right=True)
    for wrong in (CAMILLE.password.lower(), f"{CAMILLE.password} ", ""):
        assert await sign_in.check(claimant, wrong) == PasswordJudgement(Verdict.WRONG_PROOF)


DISPLAYED = replace(CAMILLE, password="nm!fraDT7TNedTNM")


@pytest.mark.parametrize(
    "typed",
    [
        "nm!fraDT7TNedTNM",
        "nm!f raDT 7TNe dTNM",
        "nm!f\u00a0raDT\u202f7TNe  dTNM ",
        "nm!f-raDT-7TNe-dTNM",
        "nm!f\u2011raDT – 7TNe\ndTNM",
    ],
)
async def test_a_password_that_was_shown_in_groups_is_taken_in_groups(
    sign_in: SignIn, roll: Roll, electorate: Electorate, typed: str
) -> None:
    """As it was copied from the page, or written down with hyphens."""
    await electorate.enrol(DISPLAYED)
    assert await _verdict(sign_in, await roll.claimant(DISPLAYED.work_email), typed) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "typed", ["NM!F RADT 7TNE DTNM", "nm!f raDT 7TNe dTN", "nm!f raDT 7TNe dTNM4", "nm!f.raDT.7TNe.dTNM"]
)
async def test_another_password_in_groups_is_wrong(
    sign_in: SignIn, roll: Roll, electorate: Electorate, typed: str
) -> None:
    """Case counts, and so does every character."""
    await electorate.enrol(DISPLAYED)
    assert await _verdict(sign_in, await roll.claimant(DISPLAYED.work_email), typed) is Verdict.WRONG_PROOF


async def test_the_spaces_of_a_chosen_password_count(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """One that has the shape of a generated one is taken as it was chosen; no other is read without its spaces."""
    await electorate.enrol(replace(CAMILLE, password="nm!f raDT 7TNe dTNM"))
    claimant = await roll.claimant(CAMILLE.work_email)
    assert await _verdict(sign_in, claimant, "nm!f raDT 7TNe dTNM") is Verdict.ACCEPTED
    assert await _verdict(sign_in, claimant, "nm!fraDT7TNedTNM") is Verdict.WRONG_PROOF
    await electorate.enrol(replace(SACHA, password="Passe-muraille1943"))
    claimant = await roll.claimant(SACHA.work_email)
    assert await _verdict(sign_in, claimant, "Passe-muraille 1943") is Verdict.WRONG_PROOF


async def test_a_password_in_groups_is_one_counted_try(sign_in: SignIn) -> None:
    """Of ten wrong ones, five are judged without a code."""
    judged = [await _verdict(sign_in, UNKNOWN, "nm!f raDT 7TNe dTNM") for _ in range(10)]
    assert judged == [Verdict.WRONG_PROOF] * 5 + [Verdict.CODE_NEEDED] * 5


async def test_a_password_in_groups_costs_the_same_work_for_everyone(
    database: Database, roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, now: Clock
) -> None:
    """Both readings are verified, whether the first was right, the second, or none; also for unknown electors."""
    work: list[str] = []
    sign_in = sign_in_of(database, CountingSlowHash(keyed_hash, work), keyed_hash, now)
    typed = "nm!f raDT 7TNe dTNM"
    await electorate.enrol(replace(CAMILLE, password=typed))
    await electorate.enrol(replace(SACHA, password="nm!fraDT7TNedTNM"))
    for address in (CAMILLE.work_email, SACHA.work_email, "x@ac-lyon.fr"):
        work.clear()
        await sign_in.check(await roll.claimant(address), typed)
        assert work == ["$argon2id$v=19$m=8,t=1,p=1$"] * 2


async def test_the_hash_of_a_password_in_groups_is_renewed_without_them(
    database: Database, roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The renewed hash matches the password that was shown, and the same typing again."""
    await electorate.enrol(DISPLAYED)
    sign_in = sign_in_of(database, SlowHash(keyed_hash), keyed_hash, now)
    claimant = await roll.claimant(DISPLAYED.work_email)
    checked = await sign_in.password_credential(claimant)
    assert await sign_in.renew_hash(claimant, "nm!f raDT 7TNe dTNM", checked) != checked
    for typed in (DISPLAYED.password, "nm!f raDT 7TNe dTNM"):
        assert await _verdict(sign_in, claimant, typed) is Verdict.ACCEPTED


async def test_the_answers_do_not_reveal_who_is_on_the_roll(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """A wrong password, an account that is not activated and an unknown elector get the same answers."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claimants = [await roll.claimant(each) for each in (CAMILLE.work_email, DOMINIQUE.work_email, "x@ac-lyon.fr")]
    answers = [[await sign_in.check(claimant, "wrong") for _ in range(6)] for claimant in claimants]
    assert answers[0] == answers[1] == answers[2]
    assert [each.verdict for each in answers[0]] == [Verdict.WRONG_PROOF] * 5 + [Verdict.CODE_NEEDED]


async def test_every_check_costs_the_same_work(
    database: Database, roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, now: Clock
) -> None:
    """Right, wrong, not activated, unknown: each verifies one slow hash."""
    work: list[str] = []
    sign_in = sign_in_of(database, CountingSlowHash(keyed_hash, work), keyed_hash, now)
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    known, inactive = [await roll.claimant(each.work_email) for each in (CAMILLE, DOMINIQUE)]
    for claimant, password in [(known, CAMILLE.password), (known, "wrong"), (inactive, "wrong"), (UNKNOWN, "")]:
        await sign_in.check(claimant, password)
    assert work == ["$argon2id$v=19$m=8,t=1,p=1$"] * 4


async def test_a_hash_of_other_parameters_is_renewed(
    database: Database, roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, now: Clock
) -> None:
    """Once: the new one is the elector's active hash, and matches the same password."""
    await electorate.enrol(CAMILLE)
    sign_in = sign_in_of(database, SlowHash(keyed_hash), keyed_hash, now)
    claimant = await roll.claimant(CAMILLE.work_email)
    checked = await sign_in.password_credential(claimant)
    renewed = await sign_in.renew_hash(claimant, CAMILLE.password, checked)
    assert renewed.hash.startswith("$argon2id$v=19$m=7168,t=5,p=1$")
    assert await sign_in.password_credential(claimant) == renewed
    assert await _verdict(sign_in, claimant, CAMILLE.password) is Verdict.ACCEPTED
    assert await sign_in.renew_hash(claimant, CAMILLE.password, renewed) == renewed


async def test_the_hash_of_a_password_that_was_replaced_meanwhile_stays(
    database: Database, roll: Roll, electorate: Electorate, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The credential that was checked is returned, which no session is opened with."""
    await electorate.enrol(CAMILLE)
    sign_in = sign_in_of(database, SlowHash(keyed_hash), keyed_hash, now)
    claimant = await roll.claimant(CAMILLE.work_email)
    checked = await sign_in.password_credential(claimant)
    async with database.writing() as connection:
        await Credentials(database, now).replace(connection, CAMILLE.id, Kind.PASSWORD, "new", "another hash")
    assert await sign_in.renew_hash(claimant, CAMILLE.password, checked) == checked
    assert (await sign_in.password_credential(claimant)).hash == "another hash"


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
    """Of fifty passwords at once, five are judged without a code."""
    judged = await asyncio.gather(*(_verdict(sign_in, UNKNOWN, str(number)) for number in range(50)))
    assert judged.count(Verdict.WRONG_PROOF) == 5


@pytest.mark.parametrize("failures", [RULES.free_failures, 101])
async def test_strangers_failures_never_refuse_the_right_password(
    sign_in: SignIn, roll: Roll, electorate: Electorate, failures: int
) -> None:
    """From the fifth failure on, and after the hundredth too, the right one needs a code; nothing waits or stops."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    assert not await sign_in.needs_code(claimant)
    judged = [await sign_in.check(claimant, "wrong") for _ in range(failures)]
    assert {each.until for each in judged} == {None}
    assert await sign_in.needs_code(claimant)
    right, wrong = [await sign_in.check(claimant, each) for each in (CAMILLE.password, "wrong")]
    assert (right.verdict, right.is_right) == (Verdict.CODE_NEEDED, True)
    assert (wrong.verdict, wrong.is_right) == (Verdict.CODE_NEEDED, False)


async def test_an_elector_s_sign_in_changes_nothing_that_strangers_see(
    sign_in: SignIn, roll: Roll, electorate: Electorate, now: Clock
) -> None:
    """Otherwise strangers could tell an elector's identifier from an unknown one, and see when the elector signs in."""
    await electorate.enrol(CAMILLE)
    claimants = [await roll.claimant(CAMILLE.work_email), UNKNOWN]
    for claimant in claimants:
        for _ in range(RULES.free_failures - 1):
            await sign_in.check(claimant, "wrong")
    now.advance(timedelta(hours=20))
    assert await _verdict(sign_in, claimants[0], CAMILLE.password) is Verdict.ACCEPTED
    assert [await sign_in.needs_code(each) for each in claimants] == [False, False]
    assert {await _verdict(sign_in, each, "wrong") for each in claimants} == {Verdict.WRONG_PROOF}
    assert [await sign_in.needs_code(each) for each in claimants] == [True, True]
    assert await _verdict(sign_in, claimants[0], CAMILLE.password) is Verdict.CODE_NEEDED
    assert [await sign_in.needs_code(each) for each in claimants] == [True, True]


async def test_a_day_without_a_failure_ends_the_need_for_a_code(
    sign_in: SignIn, roll: Roll, electorate: Electorate, now: Clock
) -> None:
    """The elector's own tries do not make it longer; a stranger's do."""
    await electorate.enrol(CAMILLE)
    claimants = [await roll.claimant(CAMILLE.work_email), UNKNOWN]
    for claimant in claimants:
        for _ in range(RULES.free_failures):
            await sign_in.check(claimant, "wrong")
    now.advance(timedelta(hours=23))
    assert await _verdict(sign_in, claimants[0], CAMILLE.password) is Verdict.CODE_NEEDED
    now.advance(timedelta(hours=1))
    assert [await sign_in.needs_code(each) for each in claimants] == [False, False]
    assert await _verdict(sign_in, claimants[0], CAMILLE.password) is Verdict.ACCEPTED


async def test_a_known_browser_never_waits(sign_in: SignIn, roll: Roll, electorate: Electorate) -> None:
    """After five wrong passwords of its own it is as a new browser: the right one signs in, with a code once strangers fail too."""
    await electorate.enrol(CAMILLE)
    claimant = await roll.claimant(CAMILLE.work_email)
    cookie = await sign_in.remember(claimant)
    for _ in range(RULES.free_failures):
        assert (await sign_in.check(claimant, "wrong", cookie)).verdict is Verdict.WRONG_PROOF
    assert (await sign_in.check(claimant, CAMILLE.password, cookie)).verdict is Verdict.ACCEPTED
    for _ in range(RULES.free_failures):
        await sign_in.check(claimant, "wrong", cookie)
    assert await sign_in.needs_code(claimant, cookie)
    assert (await sign_in.check(claimant, CAMILLE.password, cookie)).verdict is Verdict.CODE_NEEDED
    assert (
        await sign_in.check(claimant, CAMILLE.password, await sign_in.remember(claimant))
    ).verdict is Verdict.ACCEPTED


async def test_failures_with_the_identifier_do_not_touch_the_address(
    sign_in: SignIn, roll: Roll, electorate: Electorate
) -> None:
    """Strangers cannot learn which identifier and address are one elector's from what one of them causes at the other."""
    await electorate.enrol(CAMILLE)
    identifier, address = [await roll.claimant(each) for each in (CAMILLE.identifier, CAMILLE.work_email)]
    for _ in range(RULES.free_failures):
        await sign_in.check(identifier, "wrong")
    assert [await sign_in.needs_code(each) for each in (identifier, address)] == [True, False]
