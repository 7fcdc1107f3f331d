"""A CAPTCHA can be answered once, within five minutes, in the session that it was drawn for."""

import asyncio
from datetime import timedelta

import pytest

from activities.accounts.captchas import KEPT, Captchas
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import captchas as table
from tests.support.clock import Clock
from tests.support.database_dump import rows

FORM, OTHER = "a form", "another form"
MINE, THEIRS = "my session", "their session"
LIFETIME = timedelta(minutes=5)


@pytest.fixture
def captchas(database: Database, keyed_hash: KeyedHash, now: Clock) -> Captchas:
    """CAPTCHAs, as the web uses them."""
    return Captchas(database, keyed_hash, now)


async def _answer(captchas: Captchas, captcha_id: str) -> str:
    answer = await captchas.answer(captcha_id)
    assert answer is not None
    return answer


async def test_an_answer_has_six_digits(captchas: Captchas) -> None:
    """Twenty answers have six digits each and are not all the same."""
    answers = [await _answer(captchas, captchas.draw(MINE)) for _ in range(20)]
    assert {len(each) for each in answers} == {6}
    assert all(each.isdigit() for each in answers)
    assert len(set(answers)) > 1


async def test_a_right_answer_is_accepted_once(captchas: Captchas) -> None:
    """The same answer is refused with a second form."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert [await captchas.spend(captcha, MINE, answer, form) for form in (FORM, OTHER)] == [True, False]


async def test_a_form_that_is_sent_twice_gets_the_same_result(captchas: Captchas) -> None:
    """A repeated form with the right answer is accepted, concurrently or later; a wrong answer is refused again."""
    captcha, other = captchas.draw(MINE), captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    clicks = await asyncio.gather(*(captchas.spend(captcha, MINE, answer, FORM) for _ in range(2)))
    assert [*clicks, await captchas.spend(captcha, MINE, answer, FORM)] == [True] * 3
    assert [await captchas.spend(other, MINE, "wrong", FORM) for _ in range(2)] == [False] * 2


async def test_only_answered_captchas_are_stored_and_without_their_answer(
    captchas: Captchas, database: Database
) -> None:
    """Showing a page, an invented id or another session's CAPTCHA writes nothing; no answer is stored in clear."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    for made_up in ("", "0" * 64, captcha[:-1]):
        assert not await captchas.spend(made_up, MINE, answer, FORM)
    assert not await captchas.spend(captcha, THEIRS, answer, FORM)
    assert await rows(database, table) == []
    await captchas.spend(captcha, MINE, answer, FORM)
    (row,) = await rows(database, table)
    assert answer not in {str(kept) for kept in row.values()}


async def test_digits_may_be_typed_in_groups(captchas: Captchas) -> None:
    """Spaces before, between and after the digits are ignored."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert await captchas.spend(captcha, MINE, f" {answer[:3]}\u00a0{answer[3:]} ", FORM)


@pytest.mark.parametrize("typed", ["", "12345", "é", "٣٤٥٦٧٨", "0" * 1000])
async def test_a_wrong_answer_spends_the_captcha(captchas: Captchas, typed: str) -> None:
    """After a wrong answer the right one is refused too, also in the same form: one guess for each image."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert not await captchas.spend(captcha, MINE, typed, FORM)
    assert not await captchas.spend(captcha, MINE, answer, FORM)
    assert await captchas.answer(captcha) is None


async def test_another_session_can_neither_use_nor_spend_a_captcha(captchas: Captchas) -> None:
    """A right answer from another session is refused, and the CAPTCHA can still be answered in its own."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert not await captchas.spend(captcha, THEIRS, answer, FORM)
    assert await captchas.spend(captcha, MINE, answer, FORM)


async def test_a_captcha_expires_after_five_minutes(captchas: Captchas, now: Clock) -> None:
    """A second before it is accepted; after five minutes it is neither shown nor accepted."""
    early, late = captchas.draw(MINE), captchas.draw(MINE)
    answer = await _answer(captchas, late)
    now.advance(LIFETIME - timedelta(seconds=1))
    assert await captchas.spend(early, MINE, await _answer(captchas, early), FORM)
    now.advance(timedelta(seconds=1))
    assert await captchas.answer(late) is None
    assert not await captchas.spend(late, MINE, answer, FORM)


async def test_an_answer_touches_no_other_captcha(captchas: Captchas, database: Database, now: Clock) -> None:
    """Old ones are left to the purge: to delete them in another order than it does may end in a deadlock."""
    old = captchas.draw(MINE)
    await captchas.spend(old, MINE, "", FORM)
    now.advance(KEPT + timedelta(seconds=1))
    new = captchas.draw(MINE)
    await captchas.spend(new, MINE, "", FORM)
    assert {row["id"] for row in await rows(database, table)} == {old, new}


async def test_one_of_several_concurrent_answers_is_accepted(captchas: Captchas) -> None:
    """Of twenty forms sent at once with the right answer, one is accepted."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    taken = await asyncio.gather(
        *(captchas.spend(captcha, MINE, answer, f"form {number}") for number in range(20))
    )
    assert taken.count(True) == 1


@pytest.mark.parametrize("captcha_id", ["", "unknown", "\0", "%00", "é", "x" * 10_000])
async def test_an_unknown_captcha_raises_no_error(captchas: Captchas, captcha_id: str) -> None:
    """For any id that is not a CAPTCHA's there is no image, and every answer is refused."""
    assert await captchas.answer(captcha_id) is None
    assert not await captchas.spend(captcha_id, MINE, "123456", FORM)
