"""Requests for a voting code are judged once, also when Temporal runs the activity again."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.password_wait import PasswordWait
from activities.evidence.journal import Entry, Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.recoveries.links import LinkRecord, Links
from activities.recoveries.notices import NoticeKind
from activities.recoveries.request_notices import RequestNotices
from activities.recoveries.requests import Requests
from activities.recoveries.terms import Terms
from activities.security.purposes import CONTACT, NOTICE, PROOFS
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import attempts as counted
from activities.store.tables import journal, vault_keys
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, Electorate
from tests.support.sealed_claims import PHONE, WORKFLOW, SealedClaims
from tests.support.signing import KEYS


class FailingJournal(Journal):
    """A journal that fails at its first entry, after the rest of the transaction was written."""

    _has_failed = False

    async def record(self, connection: AsyncConnection, entry: Entry) -> None:
        """Write the entry, or fail the first time."""
        await super().record(connection, entry)
        if not self._has_failed:
            self._has_failed = True
            raise ConnectionError


async def _key_ids(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_a_right_claim_registers_its_link(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """With right proofs the link is found by its token, and is live."""
    await electorate.enrol(CAMILLE)
    claim, _ = await sealed_claims.make("request", "link")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    assert await links.find(links.token(WORKFLOW, "link")) == LinkRecord(
        WORKFLOW, "link", LinkVerdict.LIVE, CAMILLE.id
    )


async def test_a_wrong_claim_registers_no_link(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """With a wrong proof the token finds nothing."""
    await electorate.enrol(CAMILLE)
    claim, _ = await sealed_claims.make("request", "link", answer="marron")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.WRONG_PROOF
    assert await links.find(links.token(WORKFLOW, "link")) is None


async def test_the_keys_of_judged_proofs_are_destroyed(
    requests: Requests, vault: Vault, database: Database, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """Of a right claim only the keys of the contact and of the notice are left; of a wrong one, no key."""
    await electorate.enrol(CAMILLE)
    right, contact = await sealed_claims.make("right", "link-1")
    wrong, _ = await sealed_claims.make("wrong", "link-2", proof=DOMINIQUE.numen)
    await requests.judge_challenge(right)
    await requests.judge_challenge(wrong)
    notice = key_id(NoticeKind.REQUESTED.owner_id("right"), NOTICE)
    assert await _key_ids(database) == {key_id("right", CONTACT), notice}
    assert await vault.unseal(WORKFLOW, "right", CONTACT, contact) == PHONE
    for claim in (right, wrong):
        with pytest.raises(EnvelopeError):
            await vault.unseal(WORKFLOW, claim.submission.request_id, PROOFS, claim.submission.proofs)


@pytest.mark.parametrize("answer", [CAMILLE.answer, "marron"])
async def test_a_claim_that_is_run_again_is_judged_once(
    requests: Requests, database: Database, electorate: Electorate, sealed_claims: SealedClaims, answer: str
) -> None:
    """A second run returns the same verdict and changes nothing in the database."""
    await electorate.enrol(CAMILLE)
    claim, _ = await sealed_claims.make("request", "link", answer=answer)
    first = await requests.judge_challenge(claim)
    before = await text_of(database)
    again = await requests.judge_challenge(claim)
    assert (again.verdict, bool(again.notice)) == (first.verdict, bool(first.notice))
    assert await text_of(database) == before


async def test_a_claim_whose_transaction_failed_is_judged_again(
    database: Database,
    vault: Vault,
    links: Links,
    electorate: Electorate,
    sealed_claims: SealedClaims,
    attempts: Attempts,
    challenge: ChallengeProof,
    identity: IdentityProof,
    password_wait: PasswordWait,
    request_notices: RequestNotices,
    election: Election,
    sms_limits: SmsLimits,
    pauses: ObjectionPauses,
    reissues: ReissueLimit,
) -> None:
    """When the journal fails, the keys are kept; the second run judges the claim and counts one failure."""
    await electorate.enrol(CAMILLE)
    failing = FailingJournal(database, election, Clock())
    parts = (password_wait, request_notices, links, failing, sms_limits, pauses, reissues)
    requests = Requests(database, vault, attempts, challenge, identity, *parts, Terms(election, KEYS, Clock()))
    claim, _ = await sealed_claims.make("request", "link", answer="marron")
    with pytest.raises(ConnectionError):
        await requests.judge_challenge(claim)
    assert await _key_ids(database) == {key_id("request", PROOFS), key_id("request", CONTACT)}
    assert (await requests.judge_challenge(claim)).verdict is Verdict.WRONG_PROOF
    assert [row["failures"] for row in await rows(database, counted)] == [1]


async def test_a_form_sent_again_with_another_link_is_judged_again(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """Sent again after its recovery has ended, a form starts another recovery, and the new link is registered."""
    await electorate.enrol(CAMILLE)
    for link_id in ("link-1", "link-2"):
        claim, _ = await sealed_claims.make("request", link_id)
        assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
        assert await links.find(links.token(WORKFLOW, link_id)) is not None


async def test_a_verdict_is_not_reused_for_other_proofs(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """A request id that was accepted once does not make later wrong proofs right."""
    await electorate.enrol(CAMILLE)
    accepted, _ = await sealed_claims.make("request", "link-0")
    assert (await requests.judge_challenge(accepted)).verdict is Verdict.ACCEPTED
    later, _ = await sealed_claims.make("request", "link-1", answer="marron")
    assert (await requests.judge_challenge(later)).verdict is Verdict.WRONG_PROOF
    assert await links.find(links.token(WORKFLOW, "link-1")) is None


async def test_a_form_sent_during_a_pause_is_judged_when_the_pause_is_over(
    requests: Requests, electorate: Electorate, sealed_claims: SealedClaims, now: Clock
) -> None:
    """After the pause the voter may send the same form again."""
    await electorate.enrol(CAMILLE)
    for number in range(5):
        claim, _ = await sealed_claims.make(f"wrong-{number}", f"link-{number}", answer="marron")
        await requests.judge_challenge(claim)
    early, _ = await sealed_claims.make("right", "early")
    paused = await requests.judge_challenge(early)
    assert paused.verdict is Verdict.PAUSED
    assert paused.until is not None
    assert (await requests.judge_challenge(early)).verdict is Verdict.PAUSED
    now.instant = paused.until
    again, _ = await sealed_claims.make("right", "again")
    assert (await requests.judge_challenge(again)).verdict is Verdict.ACCEPTED


async def test_sealed_proofs_of_another_recovery_cannot_be_unsealed(
    requests: Requests, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """Sealed proofs copied from one elector's recovery fail in another's."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claim, _ = await sealed_claims.make("request", "link")
    moved = replace(
        claim, workflow_id=workflow_id_of(Procedure.VOTING_CODE, DOMINIQUE.id), elector_id=DOMINIQUE.id
    )
    with pytest.raises(EnvelopeError):
        await requests.judge_challenge(moved)


async def test_the_journal_has_the_claim_without_its_proofs(
    requests: Requests, database: Database, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """It has the elector's id, the recovery, the channel and the verdict; the database has no proof in clear."""
    await electorate.enrol(CAMILLE)
    for number, answer in enumerate([CAMILLE.answer, "marron"]):
        claim, _ = await sealed_claims.make(f"request-{number}", f"link-{number}", answer=answer)
        await requests.judge_challenge(claim)
    entries = [
        (row["event"], row["actor"], row["workflow_id"], row["channel"], row["outcome"])
        for row in await rows(database, journal)
    ]
    assert entries == [
        ("voting_code:request:accepted", CAMILLE.id, WORKFLOW, "sms", "accepted"),
        ("voting_code:request:refused", CAMILLE.id, WORKFLOW, "sms", "wrong_proof"),
    ]
    dump = await text_of(database)
    assert not [
        secret for secret in (CAMILLE.numen, "marron", CAMILLE.answer.lower(), PHONE[3:]) if secret in dump
    ]
