"""The check of a voting code: normalised, and with limited attempts."""

import asyncio

import pytest

from activities.recoveries.voting_code import VotingCodes
from election.verdicts import Verdict
from tests.support.clicked_link import Browser
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person


async def _is_right(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("typed", ["ACDEFHJKLMN3@&!?", "acde fhjk lmn3 @&!?", "\tACDE\u00a0FHJK LMN3@&!? "])
async def test_the_code_of_the_notice_is_right(
    voting_codes: VotingCodes, electorate: Electorate, typed: str
) -> None:
    """Spaces and case are ignored."""
    await electorate.enrol(CAMILLE)
    assert await _is_right(voting_codes, typed)


@pytest.mark.parametrize("typed", ["ACDEFHJKLMN3@&!@", "ACDEFHJKLMN3@&!", "", "é" * 16])
async def test_another_code_is_wrong(voting_codes: VotingCodes, electorate: Electorate, typed: str) -> None:
    """One other character, one missing, an empty code, other characters."""
    await electorate.enrol(CAMILLE)
    assert (await voting_codes.check_voting_code(CAMILLE.id, typed)).verdict is Verdict.WRONG_PROOF


async def test_a_code_is_wrong_for_another_elector(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """Whether that elector has a code or not."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    await electorate.enrol(SACHA)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order(person=SACHA))
    for person in (CAMILLE, DOMINIQUE):
        assert not await _is_right(voting_codes, browser.open(issued.box), person)


async def test_fifty_concurrent_codes_do_not_exceed_the_limit(
    voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """Of fifty wrong codes five are compared; then even the right one is paused."""
    await electorate.enrol(CAMILLE)
    judged = await asyncio.gather(*(voting_codes.check_voting_code(CAMILLE.id, str(each)) for each in range(50)))
    assert [each.verdict for each in judged].count(Verdict.WRONG_PROOF) == 5
    late = await voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)
    assert (late.verdict, late.until) == (Verdict.PAUSED, judged[-1].until)


async def test_the_right_code_clears_the_count(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """Four wrong codes before each right one cause no pause."""
    await electorate.enrol(CAMILLE)
    for _ in range(3):
        for _ in range(4):
            assert not await _is_right(voting_codes, "wrong")
        assert await _is_right(voting_codes, CAMILLE.voting_code)
