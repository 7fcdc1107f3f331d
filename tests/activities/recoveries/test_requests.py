"""Requests are judged, renewed and settled: each once, however often Temporal runs it."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import Entry, Journal
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.recoveries.links import LinkRecord, Links
from activities.recoveries.requests import Requests
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import attempts as counted
from activities.store.tables import journal, vault_keys
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, Electorate
from tests.support.sealed_claims import PHONE, WORKFLOW, Forms


class FaintingJournal(Journal):
    """A journal whose database goes away at the first entry, after the rest was written."""

    _is_well = False

    async def record(self, connection: AsyncConnection, entry: Entry) -> None:
        """Write the entry, or fail the first time."""
        await super().record(connection, entry)
        if not self._is_well:
            self._is_well = True
            raise ConnectionError


async def _keys(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_a_right_claim_registers_its_link(
    requests: Requests, links: Links, electorate: Electorate, forms: Forms
) -> None:
    """Once the proofs are right, the link leads to the recovery, and is live."""
    await electorate.enrol(CAMILLE)
    claim, _ = await forms.send("request", "link")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.TAKEN
    assert await links.find(links.token(WORKFLOW, "link")) == LinkRecord(WORKFLOW, "link", LinkVerdict.LIVE)


async def test_a_wrong_claim_makes_no_link(
    requests: Requests, links: Links, electorate: Electorate, forms: Forms
) -> None:
    """A wrong proof registers nothing."""
    await electorate.enrol(CAMILLE)
    claim, _ = await forms.send("request", "link", answer="marron")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.WRONG_PROOF
    assert await links.find(links.token(WORKFLOW, "link")) is None


async def test_proofs_are_unreadable_once_judged(
    requests: Requests, vault: Vault, database: Database, electorate: Electorate, forms: Forms
) -> None:
    """Of a right claim only the contact's key is left; of a wrong one, no key at all."""
    await electorate.enrol(CAMILLE)
    right, contact = await forms.send("right", "link-1")
    wrong, _ = await forms.send("wrong", "link-2", proof=DOMINIQUE.numen)
    await requests.judge_challenge(right)
    await requests.judge_challenge(wrong)
    assert await _keys(database) == {key_id("right", CONTACT)}
    assert await vault.unseal(WORKFLOW, "right", CONTACT, contact) == PHONE
    for claim in (right, wrong):
        with pytest.raises(EnvelopeError):
            await vault.unseal(WORKFLOW, claim.submission.request_id, PROOFS, claim.submission.proofs)


@pytest.mark.parametrize("answer", [CAMILLE.answer, "marron"])
async def test_a_claim_that_is_run_again_is_judged_once(
    requests: Requests, database: Database, electorate: Electorate, forms: Forms, answer: str
) -> None:
    """Run again after its transaction, a claim gives the same verdict, and leaves what it left."""
    await electorate.enrol(CAMILLE)
    claim, _ = await forms.send("request", "link", answer=answer)
    first = await requests.judge_challenge(claim)
    before = await text_of(database)
    assert await requests.judge_challenge(claim) == first
    assert await text_of(database) == before


async def test_a_claim_whose_transaction_failed_is_judged_as_if_for_the_first_time(
    database: Database,
    vault: Vault,
    links: Links,
    electorate: Electorate,
    forms: Forms,
    attempts: Attempts,
    challenge: ChallengeProof,
    identity: IdentityProof,
) -> None:
    """When the journal cannot be written, nothing is: run again, the claim is judged, and counts one try."""
    await electorate.enrol(CAMILLE)
    requests = Requests(
        database, vault, attempts, challenge, identity, links, FaintingJournal(database, "default", Clock())
    )
    claim, _ = await forms.send("request", "link", answer="marron")
    with pytest.raises(ConnectionError):
        await requests.judge_challenge(claim)
    assert await _keys(database) == {key_id("request", PROOFS), key_id("request", CONTACT)}
    assert (await requests.judge_challenge(claim)).verdict is Verdict.WRONG_PROOF
    assert [row["failures"] for row in await rows(database, counted)] == [1]


async def test_the_same_right_form_sent_again_is_judged_again(
    requests: Requests, links: Links, electorate: Electorate, forms: Forms
) -> None:
    """Sent again once its recovery is over, a form opens another: its new link is registered."""
    await electorate.enrol(CAMILLE)
    for link_id in ("link-1", "link-2"):
        claim, _ = await forms.send("request", link_id)
        assert (await requests.judge_challenge(claim)).verdict is Verdict.TAKEN
        assert await links.find(links.token(WORKFLOW, link_id)) is not None


async def test_a_verdict_never_stands_for_other_proofs(
    requests: Requests, links: Links, electorate: Electorate, forms: Forms
) -> None:
    """A request's key that was taken once does not spare a later claim its proofs, nor its count."""
    await electorate.enrol(CAMILLE)
    taken, _ = await forms.send("request", "link-0")
    assert (await requests.judge_challenge(taken)).verdict is Verdict.TAKEN
    later, _ = await forms.send("request", "link-1", answer="marron")
    assert (await requests.judge_challenge(later)).verdict is Verdict.WRONG_PROOF
    assert await links.find(links.token(WORKFLOW, "link-1")) is None


async def test_a_form_sent_during_a_pause_is_judged_when_the_pause_is_over(
    requests: Requests, electorate: Electorate, forms: Forms, now: Clock
) -> None:
    """A voter who waited as told may send the very same form again."""
    await electorate.enrol(CAMILLE)
    for number in range(5):
        claim, _ = await forms.send(f"wrong-{number}", f"link-{number}", answer="marron")
        await requests.judge_challenge(claim)
    early, _ = await forms.send("right", "early")
    paused = await requests.judge_challenge(early)
    assert paused.verdict is Verdict.PAUSED
    assert paused.until is not None
    assert (await requests.judge_challenge(early)).verdict is Verdict.PAUSED
    now.instant = paused.until
    again, _ = await forms.send("right", "again")
    assert (await requests.judge_challenge(again)).verdict is Verdict.TAKEN


async def test_proofs_that_were_moved_are_not_opened(
    requests: Requests, electorate: Electorate, forms: Forms
) -> None:
    """An envelope copied from one elector's recovery does not prove anything in another's."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(DOMINIQUE)
    claim, _ = await forms.send("request", "link")
    moved = replace(claim, workflow_id=f"voting-code/{DOMINIQUE.id}", elector_id=DOMINIQUE.id)
    with pytest.raises(EnvelopeError):
        await requests.judge_challenge(moved)


async def test_the_journal_tells_of_a_claim_without_its_proofs(
    requests: Requests, database: Database, electorate: Electorate, forms: Forms
) -> None:
    """Who (opaque), which recovery, which channel, which outcome; the whole database has neither proof."""
    await electorate.enrol(CAMILLE)
    for number, answer in enumerate([CAMILLE.answer, "marron"]):
        claim, _ = await forms.send(f"request-{number}", f"link-{number}", answer=answer)
        await requests.judge_challenge(claim)
    told = [
        (row["event"], row["who"], row["recovery"], row["channel"], row["outcome"])
        for row in await rows(database, journal)
    ]
    assert told == [
        ("voting_code:request:taken", CAMILLE.id, WORKFLOW, "sms", "taken"),
        ("voting_code:request:refused", CAMILLE.id, WORKFLOW, "sms", "wrong_proof"),
    ]
    dump = await text_of(database)
    assert not [
        secret for secret in (CAMILLE.numen, "marron", CAMILLE.answer.lower(), PHONE[3:]) if secret in dump
    ]
