"""A voting code is compared as it was read aloud, and tries at it are limited."""

import asyncio

import pytest

from activities.recoveries.voting_code import VotingCodes
from election.verdicts import Verdict
from tests.support.clicked_link import Browser
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person


async def _opens(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.TAKEN


@pytest.mark.parametrize("typed", ["ACDEFHJKLMN3@#%+", "acde fhjk lmn3 @#%+", "\tACDE\u00a0FHJK LMN3@#%+ "])
async def test_the_code_of_the_notice_opens(voting_codes: VotingCodes, electorate: Electorate, typed: str) -> None:
    """Blanks and case do not count: groups are for the eye alone."""
    await electorate.enrol(CAMILLE)
    assert await _opens(voting_codes, typed)


@pytest.mark.parametrize("typed", ["ACDEFHJKLMN3@#%=", "ACDEFHJKLMN3@#%", "", "é" * 16])
async def test_another_code_does_not_open(voting_codes: VotingCodes, electorate: Electorate, typed: str) -> None:
    """One character off, one missing, none at all: a wrong code."""
    await electorate.enrol(CAMILLE)
    assert (await voting_codes.check_voting_code(CAMILLE.id, typed)).verdict is Verdict.WRONG_PROOF


async def test_nobody_s_code_opens_to_someone_else(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """The code of one elector is wrong for another, who has a code or none."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    await electorate.enrol(SACHA)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order(person=SACHA))
    for person in (CAMILLE, DOMINIQUE):
        assert not await _opens(voting_codes, browser.open(issued.box), person)


async def test_fifty_racing_codes_cannot_outrun_the_limit(
    voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """Of fifty wrong codes at once five are compared; then even the right one is told to wait."""
    await electorate.enrol(CAMILLE)
    judged = await asyncio.gather(*(voting_codes.check_voting_code(CAMILLE.id, str(each)) for each in range(50)))
    assert [each.verdict for each in judged].count(Verdict.WRONG_PROOF) == 5
    late = await voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)
    assert (late.verdict, late.until) == (Verdict.PAUSED, judged[-1].until)


async def test_the_right_code_clears_the_count(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """Four slips before each right code never shut the door of the voting space."""
    await electorate.enrol(CAMILLE)
    for _ in range(3):
        for _ in range(4):
            assert not await _opens(voting_codes, "wrong")
        assert await _opens(voting_codes, CAMILLE.voting_code)
