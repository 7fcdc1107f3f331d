"""A CAPTCHA is answered once, in the session that it was made for, within five minutes."""

import asyncio
from datetime import timedelta

import pytest

from activities.accounts.captchas import Captchas
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
    """The CAPTCHAs of the web."""
    return Captchas(database, keyed_hash, now)


async def _answer(captchas: Captchas, captcha_id: str) -> str:
    answer = await captchas.answer(captcha_id)
    assert answer is not None
    return answer


async def test_an_answer_has_six_digits(captchas: Captchas) -> None:
    """Twenty CAPTCHAs have six digits each, not always the same."""
    answers = [await _answer(captchas, captchas.draw(MINE)) for _ in range(20)]
    assert {len(each) for each in answers} == {6}
    assert all(each.isdigit() for each in answers)
    assert len(set(answers)) > 1


async def test_the_right_answer_is_right_once(captchas: Captchas) -> None:
    """The same answer of a second form is wrong."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert [await captchas.spend(captcha, MINE, answer, form) for form in (FORM, OTHER)] == [True, False]


async def test_a_form_that_is_sent_twice_is_one_form(captchas: Captchas) -> None:
    """A double click gets the same answer twice; a wrong answer stays wrong."""
    captcha, other = captchas.draw(MINE), captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    clicks = await asyncio.gather(*(captchas.spend(captcha, MINE, answer, FORM) for _ in range(2)))
    assert [*clicks, await captchas.spend(captcha, MINE, answer, FORM)] == [True] * 3
    assert [await captchas.spend(other, MINE, "wrong", FORM) for _ in range(2)] == [False] * 2


async def test_the_database_has_neither_answers_nor_unanswered_captchas(
    captchas: Captchas, database: Database
) -> None:
    """Viewing a page or making up an id stores nothing; no answer is stored in clear."""
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
    """Spaces between the digits do not matter."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert await captchas.spend(captcha, MINE, f" {answer[:3]}\u00a0{answer[3:]} ", FORM)


@pytest.mark.parametrize("typed", ["", "12345", "é", "٣٤٥٦٧٨", "0" * 1000])
async def test_a_wrong_answer_uses_it_up(captchas: Captchas, typed: str) -> None:
    """After a wrong answer the right one is wrong too, in the same form."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert not await captchas.spend(captcha, MINE, typed, FORM)
    assert not await captchas.spend(captcha, MINE, answer, FORM)
    assert await captchas.answer(captcha) is None


async def test_another_session_can_neither_use_it_nor_use_it_up(captchas: Captchas) -> None:
    """An answer read elsewhere is of no use, and the voter's own CAPTCHA stays valid."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    assert not await captchas.spend(captcha, THEIRS, answer, FORM)
    assert await captchas.spend(captcha, MINE, answer, FORM)


async def test_it_expires_after_five_minutes(captchas: Captchas, now: Clock) -> None:
    """Then it is neither shown nor accepted."""
    early, late = captchas.draw(MINE), captchas.draw(MINE)
    answer = await _answer(captchas, late)
    now.advance(LIFETIME - timedelta(seconds=1))
    assert await captchas.spend(early, MINE, await _answer(captchas, early), FORM)
    now.advance(timedelta(seconds=1))
    assert await captchas.answer(late) is None
    assert not await captchas.spend(late, MINE, answer, FORM)


async def test_expired_ones_are_deleted(captchas: Captchas, database: Database, now: Clock) -> None:
    """Answering a new one deletes them."""
    for _ in range(3):
        await captchas.spend(captchas.draw(MINE), MINE, "", FORM)
    now.advance(LIFETIME + timedelta(seconds=1))
    captcha = captchas.draw(MINE)
    await captchas.spend(captcha, MINE, "", FORM)
    assert [row["id"] for row in await rows(database, table)] == [captcha]


async def test_of_concurrent_answers_one_is_accepted(captchas: Captchas) -> None:
    """Twenty forms at once with the right answer: one is accepted."""
    captcha = captchas.draw(MINE)
    answer = await _answer(captchas, captcha)
    taken = await asyncio.gather(
        *(captchas.spend(captcha, MINE, answer, f"form {number}") for number in range(20))
    )
    assert taken.count(True) == 1


@pytest.mark.parametrize("captcha_id", ["", "unknown", "\0", "%00", "é", "x" * 10_000])
async def test_an_unknown_id_is_not_an_error(captchas: Captchas, captcha_id: str) -> None:
    """It has no image and no right answer."""
    assert await captchas.answer(captcha_id) is None
    assert not await captchas.spend(captcha_id, MINE, "123456", FORM)
