"""The work mailbox is told of each accepted request, and once of wrong proofs: of the third in a row."""

import pytest

from activities.proofs.attempts import Attempts, AttemptScope
from activities.proofs.judgement import JudgedRequest
from activities.recoveries.notices import NoticeKind
from activities.recoveries.requests import Requests
from activities.security.purposes import NOTICE
from activities.security.vault import Vault
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import WORKFLOW, SealedClaims


async def _judged(requests: Requests, sealed_claims: SealedClaims, request_id: str, answer: str) -> JudgedRequest:
    claim, _ = await sealed_claims.make(request_id, f"{request_id}-link", answer=answer)
    return await requests.judge_challenge(claim)


async def test_an_accepted_request_is_told(
    requests: Requests, vault: Vault, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """The judgement has the sealed work address; judged again after a crash, it has it too."""
    await electorate.enrol(CAMILLE)
    claim, _ = await sealed_claims.make("request", "link")
    owner_id = NoticeKind.REQUESTED.owner_id("request")
    for _ in range(2):
        judged = await requests.judge_challenge(claim)
        assert judged.verdict is Verdict.ACCEPTED
        assert await vault.unseal(WORKFLOW, owner_id, NOTICE, judged.notice) == CAMILLE.work_email


async def test_only_the_third_wrong_proof_in_a_row_is_told(
    requests: Requests, vault: Vault, electorate: Electorate, sealed_claims: SealedClaims, now: Clock
) -> None:
    """Of eight in a row, whatever their pauses; after a success the count begins again."""
    await electorate.enrol(CAMILLE)
    told = []
    for number in range(8):
        judged = await _judged(requests, sealed_claims, f"wrong-{number}", "marron")
        if judged.until is not None:
            now.instant = judged.until
            judged = await _judged(requests, sealed_claims, f"again-{number}", "marron")
        assert judged.verdict is Verdict.WRONG_PROOF
        told.append(bool(judged.notice))
    assert told == [False, False, True, False, False, False, False, False]
    now.instant = now() + now.instant.resolution * 10**11
    assert (await _judged(requests, sealed_claims, "right", CAMILLE.answer)).verdict is Verdict.ACCEPTED
    again = [await _judged(requests, sealed_claims, f"later-{number}", "marron") for number in range(3)]
    assert [bool(each.notice) for each in again] == [False, False, True]
    owner_id = NoticeKind.WRONG_PROOFS.owner_id("later-2")
    assert await vault.unseal(WORKFLOW, owner_id, NOTICE, again[2].notice) == CAMILLE.work_email


async def test_a_form_sent_twice_is_one_wrong_proof(
    requests: Requests, electorate: Electorate, sealed_claims: SealedClaims, attempts: Attempts
) -> None:
    """The second POST is sealed anew, and starts a run with a link of its own."""
    await electorate.enrol(CAMILLE)
    for link_id in ("link", "link-of-another-run"):
        claim, _ = await sealed_claims.make("request", link_id, answer="marron")
        assert (await requests.judge_challenge(claim)).verdict is Verdict.WRONG_PROOF
    assert await attempts.failures(CAMILLE.id, AttemptScope.RECOVERY) == 1


@pytest.mark.usefixtures("electorate")
async def test_nobody_is_told_of_an_elector_who_is_not_on_the_roll(
    requests: Requests, sealed_claims: SealedClaims
) -> None:
    """The third wrong proof for somebody who was taken off the roll is a refusal like the others."""
    judged = [await _judged(requests, sealed_claims, f"wrong-{number}", "marron") for number in range(3)]
    assert {(each.verdict, each.notice) for each in judged} == {(Verdict.WRONG_PROOF, "")}
