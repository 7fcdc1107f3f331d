"""A right proof clears the count of wrong ones, in the transaction that accepts the request."""

from activities.recoveries.requests import Requests
from election.verdicts import Verdict
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import SealedClaims


async def _judged(requests: Requests, sealed_claims: SealedClaims, number: int, answer: str) -> Verdict:
    claim, _ = await sealed_claims.make(f"request-{number}", f"link-{number}", answer=answer)
    return (await requests.judge_challenge(claim)).verdict


async def test_right_proofs_clear_the_count_of_wrong_ones(
    requests: Requests, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """Four wrong proofs before and four after a right one cause no pause."""
    await electorate.enrol(CAMILLE)
    answers = (["marron"] * 4 + [CAMILLE.answer]) * 2
    judged = [await _judged(requests, sealed_claims, number, answer) for number, answer in enumerate(answers)]
    assert judged == ([Verdict.WRONG_PROOF] * 4 + [Verdict.ACCEPTED]) * 2
