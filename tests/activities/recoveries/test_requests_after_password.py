"""After a password was recovered, the challenge question waits; FranceConnect does not."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.password_wait import PasswordWait
from activities.evidence.journal import Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.proofs.judgement import Judgement
from activities.recoveries.links import Links
from activities.recoveries.request_notices import RequestNotices
from activities.recoveries.requests import Requests
from activities.recoveries.terms import Terms
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import attempts as counted
from election.proofs.identity import CivilIdentity
from election.proofs.kinds import Proof
from election.rules.proofs import Datum
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import WORKFLOW, SealedClaims

DAY = timedelta(days=1)


class RecoveryMeanwhile(ChallengeProof):
    """Recovers the password after the wait was read, while the proofs are compared."""

    async def check(self, elector_id: str, attempt_id: str, answer: str, proof: str) -> Judgement:
        """Return the verdict on the proofs."""
        judged = await super().check(elector_id, attempt_id, answer, proof)
        await _recover(self._database, Clock())
        return judged


async def _recover(database: Database, now: Clock) -> None:
    async with database.writing() as connection:
        await Credentials(database, now).replace(
            connection, CAMILLE.id, Kind.PASSWORD, "password-link", "new", mac=""
        )


async def test_the_challenge_question_waits_a_day(
    requests: Requests,
    links: Links,
    database: Database,
    electorate: Electorate,
    sealed_claims: SealedClaims,
    now: Clock,
) -> None:
    """Right proofs are refused with the end of the wait, and are not counted; a day later they are accepted."""
    await electorate.enrol(CAMILLE)
    await _recover(database, now)
    until = now() + DAY
    now.instant = until - timedelta(seconds=1)
    claim, _ = await sealed_claims.make("early", "early-link")
    judged = await requests.judge_challenge(claim)
    assert (judged.verdict, judged.until, judged.notice) == (Verdict.AFTER_PASSWORD_RECOVERY, until, "")
    assert await links.find(links.token(WORKFLOW, "early-link")) is None
    assert await rows(database, counted) == []
    now.instant = until
    claim, _ = await sealed_claims.make("late", "late-link")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED


async def test_the_first_password_causes_no_wait(
    requests: Requests, electorate: Electorate, sealed_claims: SealedClaims, password_wait: PasswordWait
) -> None:
    """Neither the roll's password nor another elector's recovery does."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    claim, _ = await sealed_claims.make("request", "link")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    assert await password_wait.until(SACHA.id) is None


async def test_france_connect_does_not_wait(
    requests: Requests,
    database: Database,
    vault: Vault,
    electorate: Electorate,
    sealed_claims: SealedClaims,
    now: Clock,
) -> None:
    """An identity is judged at once: the work mailbox does not give it."""
    await electorate.enrol(CAMILLE)
    await _recover(database, now)
    claim, _ = await sealed_claims.make("request", "link")
    given = CivilIdentity("Y", "X", "1985-05-02", "female", "", "99100")
    sealed = await vault.seal(WORKFLOW, "request", {PROOFS: json.dumps(asdict(given))})
    submission = replace(claim.submission, proof=Proof.IDENTITY, proofs=sealed[PROOFS])
    judged = await requests.judge_identity(replace(claim, submission=submission))
    assert judged.verdict is Verdict.WRONG_IDENTITY


async def test_a_password_recovered_while_the_proofs_are_compared_refuses_them(
    database: Database,
    vault: Vault,
    attempts: Attempts,
    identity: IdentityProof,
    password_wait: PasswordWait,
    request_notices: RequestNotices,
    links: Links,
    journal: Journal,
    electorate: Electorate,
    sealed_claims: SealedClaims,
    sms_limits: SmsLimits,
    pauses: ObjectionPauses,
    reissues: ReissueLimit,
    keyed_hash: KeyedHash,
    slow_hash: SlowHash,
    terms: Terms,
) -> None:
    """The database is asked again in the transaction that would register the link."""
    await electorate.enrol(CAMILLE)
    challenge = RecoveryMeanwhile(database, keyed_hash, slow_hash, attempts, (Datum.NUMEN,), None)
    parts = (challenge, identity, password_wait, request_notices, links, journal, sms_limits, pauses, reissues)
    claim, _ = await sealed_claims.make("request", "link")
    judged = await Requests(database, vault, attempts, *parts, terms).judge_challenge(claim)
    assert judged.verdict is Verdict.AFTER_PASSWORD_RECOVERY
    assert await links.find(links.token(WORKFLOW, "link")) is None
