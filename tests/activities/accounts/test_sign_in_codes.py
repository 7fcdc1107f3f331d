"""Codes for new browsers: limited in time, tries, mails and place, and kept as a keyed hash."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.accounts.credentials import CheckedCredential, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in_codes import CodeMail, CodeRequest, CodeVerdict, SignInCodes
from activities.evidence.access_trace import AddressHashes
from activities.proofs.attempts import Attempts
from activities.proofs.code_mail_limits import CodeMailLimits
from activities.proofs.rates import Rates
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import sign_in_codes as table
from election.attempts import CodeMailRules
from election.rules.sign_in import SignInRules
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate

RULES, MAILS = SignInRules(), CodeMailRules()
PASSWORD = CheckedCredential(Kind.PASSWORD, "the hash of the password")
RIGHT, WRONG, OVER = CodeVerdict.RIGHT, CodeVerdict.WRONG, CodeVerdict.OVER


@pytest.fixture
def codes(database: Database, keyed_hash: KeyedHash, roll: Roll, now: Clock) -> SignInCodes:
    """Codes, with the default rules."""
    mails, addresses = Attempts(database, MAILS, now), AddressHashes(database, keyed_hash, now)
    limits = CodeMailLimits(mails, Rates(database, now), addresses, MAILS)
    return SignInCodes(database, keyed_hash, roll, limits, RULES, now)


@pytest.fixture
async def request_(roll: Roll, electorate: Electorate) -> CodeRequest:
    """CAMILLE in one session."""
    await electorate.enrol(CAMILLE)
    return CodeRequest("portal", "5" * 64, await roll.claimant(CAMILLE.work_email))


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_right_code_is_right_once(codes: SignInCodes, request_: CodeRequest) -> None:
    """The same form again is the second of two clicks; another form with the code comes too late."""
    mail = await codes.draw(request_, PASSWORD, is_right=True)
    assert mail.address == CAMILLE.work_email
    assert await codes.check(request_, PASSWORD, _other(mail.code), "form") is WRONG
    assert [await codes.check(request_, PASSWORD, mail.code, "form") for _ in range(2)] == [RIGHT, RIGHT]
    assert await codes.check(request_, PASSWORD, mail.code, "another form") is OVER


async def test_a_wrong_password_draws_a_code_that_nothing_fits(codes: SignInCodes, request_: CodeRequest) -> None:
    """Nothing is sent; the tries are counted as those of a real code."""
    assert await codes.draw(request_, PASSWORD, is_right=False) == CodeMail()
    tries = [await codes.check(request_, PASSWORD, f"{number:06}", "form") for number in range(6)]
    assert tries == [WRONG] * RULES.code_tries + [OVER]


async def test_an_unknown_claimant_gets_the_same(codes: SignInCodes, request_: CodeRequest) -> None:
    """Also when a password is called right for an elector who is not on the roll."""
    unknown = replace(request_, claimant=Claimant("unknown", None))
    assert await codes.draw(unknown, PASSWORD, is_right=True) == CodeMail()
    assert await codes.check(unknown, PASSWORD, "123456", "form") is WRONG


async def test_a_code_has_five_tries_and_ten_minutes(
    codes: SignInCodes, request_: CodeRequest, now: Clock
) -> None:
    """After the fifth wrong one, and after ten minutes, the right one is over."""
    code = (await codes.draw(request_, PASSWORD, is_right=True)).code
    for _ in range(RULES.code_tries):
        assert await codes.check(request_, PASSWORD, _other(code), "form") is WRONG
    assert await codes.check(request_, PASSWORD, code, "form") is OVER
    code = (await codes.draw(request_, PASSWORD, is_right=True)).code
    now.instant += timedelta(minutes=10)
    assert await codes.check(request_, PASSWORD, code, "form") is OVER


async def test_a_code_is_bound_to_what_it_was_drawn_for(codes: SignInCodes, request_: CodeRequest) -> None:
    """Not in another session, for another claimant or sign-in, nor once the password was replaced."""
    code = (await codes.draw(request_, PASSWORD, is_right=True)).code
    others = (
        replace(request_, session_hash="6" * 64),
        replace(request_, claimant=Claimant("another", CAMILLE.id)),
        replace(request_, target="voting-space"),
    )
    assert RIGHT not in [await codes.check(other, PASSWORD, code, "form") for other in others]
    assert await codes.check(request_, CheckedCredential(Kind.PASSWORD, "another"), code, "form") is OVER
    assert await codes.check(request_, PASSWORD, code, "form") is RIGHT


async def test_only_the_newest_code_of_a_session_is_right(codes: SignInCodes, request_: CodeRequest) -> None:
    """A wrong password in between leaves none, so that nothing tells it from a right one."""
    first = (await codes.draw(request_, PASSWORD, is_right=True)).code
    second = (await codes.draw(request_, PASSWORD, is_right=True)).code
    verdicts = [await codes.check(request_, PASSWORD, each, each) for each in (first, second)]
    assert verdicts == ([RIGHT, OVER] if first == second else [WRONG, RIGHT])
    await codes.draw(request_, PASSWORD, is_right=False)
    assert await codes.check(request_, PASSWORD, second, "form") is WRONG


async def test_an_elector_is_mailed_five_codes_in_a_row(
    codes: SignInCodes, request_: CodeRequest, now: Clock
) -> None:
    """The next one waits a minute, then longer, an hour at most; wrong passwords do not use them up."""
    for _ in range(20):
        await codes.draw(request_, PASSWORD, is_right=False)
    mails = [await codes.draw(request_, PASSWORD, is_right=True) for _ in range(6)]
    assert [bool(mail.code) for mail in mails] == [True] * 5 + [False]
    now.instant += timedelta(minutes=1)
    assert (await codes.draw(request_, PASSWORD, is_right=True)).code
    for _ in range(20):  # waits that went on doubling would be longer than that after seven
        now.instant += timedelta(hours=1)
        assert (await codes.draw(request_, PASSWORD, is_right=True)).code


async def test_who_knows_the_password_makes_nobody_wait_at_another_address(
    codes: SignInCodes, request_: CodeRequest
) -> None:
    """Nor at the same one, once the password is a new one; a right code ends the wait."""
    thief = replace(request_, session_hash="6" * 64, address="198.51.100.1")
    mails = [await codes.draw(thief, PASSWORD, is_right=True) for _ in range(30)]
    assert [bool(mail.code) for mail in mails] == [True] * 5 + [False] * 25
    elector = replace(request_, address="203.0.113.1")
    for _ in range(10):
        mail = await codes.draw(elector, PASSWORD, is_right=True)
        assert await codes.check(elector, PASSWORD, mail.code, "form") is RIGHT
    new = CheckedCredential(Kind.PASSWORD, "the hash of a new password")
    assert (await codes.draw(replace(elector, address=thief.address), new, is_right=True)).code


async def test_all_addresses_together_are_mailed_sixty_codes_an_hour(
    codes: SignInCodes, request_: CodeRequest, now: Clock
) -> None:
    """So many addresses do not guess without end: 7,200 tries of a million in a day."""
    thieves = [replace(request_, address=f"198.51.100.{number}") for number in range(MAILS.all_an_hour + 1)]
    mails = [await codes.draw(thief, PASSWORD, is_right=True) for thief in thieves]
    assert [bool(mail.code) for mail in mails] == [True] * MAILS.all_an_hour + [False]
    now.instant += timedelta(hours=1)
    assert (await codes.draw(request_, PASSWORD, is_right=True)).code


async def test_neither_code_nor_password_hash_is_stored(
    codes: SignInCodes, request_: CodeRequest, database: Database
) -> None:
    """The row has keyed hashes."""
    code = (await codes.draw(request_, PASSWORD, is_right=True)).code
    (row,) = await rows(database, table)
    assert code not in str(row)
    assert PASSWORD.hash not in str(row)
    assert "code" not in repr(CodeMail("address", "code"))
