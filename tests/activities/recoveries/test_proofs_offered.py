"""A request by a proof that the election's file does not offer, or offers no more, is not judged."""

import json
from dataclasses import asdict, replace

import pytest

from activities.recoveries.requests import Requests, VotingCodeClaim, VotingCodeSubmission
from activities.recoveries.terms import Terms
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import attempts, journal, links, vault_keys
from election.proofs.identity import CivilIdentity
from election.proofs.kinds import Proof
from election.settings import Election
from election.stages import Channel
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import SealedClaims
from tests.support.signing import KEYS

_STRANGER = CivilIdentity("D'ORNANO", "Jean-Baptiste Marie", "1968-11-30", "male", "2A004", "99100")


@pytest.fixture(params=Proof)
def offered(request: pytest.FixtureRequest) -> Proof:
    """The only proof that the election offers."""
    return Proof(request.param)


@pytest.fixture
def terms(election: Election, now: Clock, offered: Proof) -> Terms:
    """The terms of an election with that proof alone."""
    only = {"challenge_question": offered is Proof.CHALLENGE, "france_connect": offered is Proof.IDENTITY}
    rules = election.voting_code_recovery.model_copy(update=only)
    return Terms(election.model_copy(update={"voting_code_recovery": rules}), KEYS, now)


async def _by_identity(vault: Vault, claim: VotingCodeClaim) -> VotingCodeClaim:
    clear = {PROOFS: json.dumps(asdict(_STRANGER)), CONTACT: "a@exemple.fr"}
    sealed = await vault.seal(claim.workflow_id, "identity", clear)
    submission = VotingCodeSubmission(
        "identity", Channel.EMAIL, sealed[PROOFS], sealed[CONTACT], "", proof=Proof.IDENTITY
    )
    return replace(claim, submission=submission)


async def test_only_the_proof_that_is_offered_is_judged(
    requests: Requests,
    electorate: Electorate,
    sealed_claims: SealedClaims,
    vault: Vault,
    database: Database,
    offered: Proof,
) -> None:
    """The other is refused as closed, counts as no failure, and leaves neither a link nor a key."""
    await electorate.enrol(CAMILLE)
    by_challenge, _contact = await sealed_claims.make("challenge", "link")
    by_identity = await _by_identity(vault, by_challenge)
    ways = {
        Proof.CHALLENGE: (requests.judge_challenge, by_challenge, Verdict.ACCEPTED),
        Proof.IDENTITY: (requests.judge_identity, by_identity, Verdict.WRONG_IDENTITY),
    }
    judge, claim, verdict = ways.pop(offered)
    ((judge_other, other, _verdict),) = ways.values()
    assert (await judge_other(other)).verdict is Verdict.CLOSED
    assert [row["outcome"] for row in await rows(database, journal)] == [Verdict.CLOSED]
    assert (await rows(database, attempts), await rows(database, links)) == ([], [])
    left = {row["id"].partition(":")[0] for row in await rows(database, vault_keys)}
    assert left == {claim.submission.request_id}
    assert (await judge(claim)).verdict is verdict
