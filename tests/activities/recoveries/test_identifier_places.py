"""A request for an identifier that is never confirmed gives its place back; the limits stay exact."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.evidence.journal import Journal
from activities.limits.quotas import Quotas
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.recoveries.identifier import GeneratedIdentifier, Identifiers
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import IdentifierActivation, UnactivatedIdentifiers
from activities.security.hashing import KeyedHash
from activities.security.purposes import IDENTIFIER
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import quotas as quotas_table
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.timetable import Period
from election.verdicts import Verdict
from tests.activities.recoveries.identifier_harness import PHONE, IdentifierHarness
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate, Person

DAY = timedelta(days=1)
OTHER_PHONE = "+33612345679"


@pytest_asyncio.fixture
async def harness(
    database: Database,
    keyed_hash: KeyedHash,
    vault: Vault,
    attempts: Attempts,
    pending: UnactivatedIdentifiers,
    notices: SealedNotices,
    pauses: ObjectionPauses,
    roll: Roll,
    journal: Journal,
    election: Election,
    electorate: Electorate,
    sms_limits: SmsLimits,
    now: Clock,
    terms: Terms,
) -> IdentifierHarness:
    """A harness with two electors on the roll."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    proof = NumenProof(database, keyed_hash, attempts, Attempts(database, election.proof_attempts, now))
    identifiers = Identifiers(
        database,
        vault,
        proof,
        pending,
        notices,
        pauses,
        roll,
        Credentials(database, now),
        journal,
        sms_limits,
        terms,
    )
    return IdentifierHarness(identifiers, proof, vault)


async def _asks(
    harness: IdentifierHarness,
    request_id: str,
    person: Person = CAMILLE,
    phone: str = PHONE,
    *,
    signed_in: bool = True,
) -> GeneratedIdentifier:
    elector = {"elector": person.id if signed_in else ""}
    return await harness.identifiers.judge_identifier(await harness.claim(request_id, person, phone, **elector))


async def _delivered(harness: IdentifierHarness, request_id: str, drawn: GeneratedIdentifier) -> str:
    """Activate the identifier of a request, and return it."""
    workflow_id = workflow_id_of(Procedure.IDENTIFIER, harness.proof.subject(CAMILLE.numen))
    assert (await harness.identifiers.activate_identifier(IdentifierActivation(workflow_id, request_id))).is_active
    return await harness.vault.unseal(workflow_id, request_id, IDENTIFIER, drawn.identifier)


async def _uses(database: Database) -> dict[str, int]:
    return {row["key"].partition(":")[0]: row["uses"] for row in await rows(database, quotas_table)}


async def test_places_come_back_after_a_day(harness: IdentifierHarness, now: Clock) -> None:
    """The fourth request is told when; from then on it is accepted, and so are the two that follow."""
    first_at = now()
    for number in range(3):
        now.instant = first_at + number * timedelta(hours=1)
        assert (await _asks(harness, f"early-{number}", phone=f"+3361234560{number}")).verdict is Verdict.ACCEPTED
    fourth = await _asks(harness, "fourth")
    assert (fourth.verdict, fourth.until) == (Verdict.TOO_MANY_REQUESTS, first_at + DAY)
    now.instant = first_at + DAY - timedelta(seconds=1)
    assert (await _asks(harness, "still")).verdict is Verdict.TOO_MANY_REQUESTS
    now.instant = first_at + DAY
    assert (await _asks(harness, "again")).verdict is Verdict.ACCEPTED
    assert (await _asks(harness, "next")).until == first_at + DAY + timedelta(hours=1)


async def test_the_requests_that_are_left_are_told(harness: IdentifierHarness, now: Clock) -> None:
    """One less with each request, and one more when an unconfirmed one's day is over."""
    left = []
    for number in range(3):
        left.append(await harness.identifiers.requests_left(CAMILLE.id))
        await _asks(harness, f"request-{number}")
    assert [*left, await harness.identifiers.requests_left(CAMILLE.id)] == [3, 2, 1, 0]
    now.instant = now() + DAY
    assert await harness.identifiers.requests_left(CAMILLE.id) == 3
    assert await harness.identifiers.requests_left(SACHA.id) == 3


async def test_before_the_vote_no_place_comes_back(
    harness: IdentifierHarness, pending: UnactivatedIdentifiers, election: Election, now: Clock
) -> None:
    """Nobody can confirm a request then: three in all and one elector for a number, until a day after the vote has opened."""
    opens = now() + 5 * DAY
    vote = Period(opens=opens, closes=opens + DAY)
    calendar = election.calendar.model_copy(update={"vote": vote})
    pending._quotas = Quotas(election.model_copy(update={"calendar": calendar}))
    for number in range(3):
        assert (await _asks(harness, f"early-{number}", signed_in=False)).verdict is Verdict.ACCEPTED
        now.advance(DAY)
    now.instant = opens + DAY - timedelta(seconds=1)
    fourth = await _asks(harness, "fourth")
    assert (fourth.verdict, fourth.until) == (Verdict.TOO_MANY_REQUESTS, opens + DAY)
    assert await harness.identifiers.requests_left(CAMILLE.id) == 0
    assert (await _asks(harness, "other", SACHA)).verdict is Verdict.NUMBER_TAKEN
    now.instant = opens + DAY
    assert (await _asks(harness, "again")).verdict is Verdict.ACCEPTED


async def test_a_number_comes_back_too(harness: IdentifierHarness, database: Database, now: Clock) -> None:
    """A stranger's request with somebody's number keeps it for a day, for one elector alone, and no longer."""
    assert (await _asks(harness, "first")).verdict is Verdict.ACCEPTED
    assert (await _asks(harness, "other", SACHA)).verdict is Verdict.NUMBER_TAKEN
    now.instant = now() + DAY
    assert (await _asks(harness, "later", SACHA)).verdict is Verdict.ACCEPTED
    assert await _uses(database) == {"number": 1, "elector": 1}


async def test_a_confirmed_request_keeps_its_place(harness: IdentifierHarness, now: Clock) -> None:
    """Who opens the voting space with the new identifier within the day has used one of three requests for good."""
    drawn = await _asks(harness, "first")
    await _delivered(harness, "first", drawn)
    await harness.identifiers.confirm(CAMILLE.id)
    now.instant = now() + 5 * DAY
    answers = [await _asks(harness, f"later-{number}") for number in range(3)]
    assert [each.verdict for each in answers] == [
        Verdict.ACCEPTED,
        Verdict.ACCEPTED,
        Verdict.TOO_MANY_REQUESTS,  # the number was used three times as well, which another number would not help
    ]


async def test_only_the_new_identifier_confirms(harness: IdentifierHarness, now: Clock) -> None:
    """A sign-in with the former identifier, while the new one is not delivered, keeps no place."""
    await _asks(harness, "first")
    await harness.identifiers.confirm(CAMILLE.id)
    now.instant = now() + DAY
    answers = [await _asks(harness, f"later-{number}") for number in range(3)]
    assert {each.verdict for each in answers} == {Verdict.ACCEPTED}


async def test_a_late_confirmation_changes_nothing(harness: IdentifierHarness, now: Clock) -> None:
    """What was given back does not depend on when somebody asks next: a day is a day."""
    drawn = await _asks(harness, "first")
    await _delivered(harness, "first", drawn)
    now.instant = now() + DAY + timedelta(seconds=1)
    await harness.identifiers.confirm(CAMILLE.id)
    answers = [await _asks(harness, f"later-{number}") for number in range(3)]
    assert {each.verdict for each in answers} == {Verdict.ACCEPTED}


async def test_one_request_without_a_sign_in_at_a_time(
    harness: IdentifierHarness, database: Database, now: Clock
) -> None:
    """A stranger takes one place of three: the elector who signs in is served, and the stranger again a day later."""
    assert (await _asks(harness, "stranger", signed_in=False)).verdict is Verdict.ACCEPTED
    for number in range(12):
        refused = await _asks(harness, f"again-{number}", phone=OTHER_PHONE, signed_in=False)
        assert (refused.verdict, refused.identifier, refused.notice) == (Verdict.IN_FLIGHT, "", "")
    assert await _uses(database) == {"number": 1, "elector": 1}
    assert (await _asks(harness, "own", phone=OTHER_PHONE)).verdict is Verdict.ACCEPTED
    now.instant = now() + DAY
    assert (await _asks(harness, "tomorrow", signed_in=False)).verdict is Verdict.ACCEPTED


async def test_a_failed_send_is_not_in_flight(harness: IdentifierHarness) -> None:
    """A request whose SMS could not be sent gives way to the next one without a sign-in."""
    assert (await _asks(harness, "failed", signed_in=False)).verdict is Verdict.ACCEPTED
    claim = await harness.claim("next", CAMILLE, OTHER_PHONE, "failed", elector="")
    assert (await harness.identifiers.judge_identifier(claim)).verdict is Verdict.ACCEPTED


async def test_of_twenty_concurrent_requests_after_a_day_three_are_accepted(
    harness: IdentifierHarness, database: Database, now: Clock
) -> None:
    """Places that come back are given away once, to two electors who race for the same number too."""
    for number in range(3):
        await _asks(harness, f"early-{number}", phone=f"+3361234560{number}")
    now.instant = now() + DAY
    claims = [
        await harness.claim(f"race-{number}", person, f"+3361234560{number % 4}")
        for number, person in enumerate([CAMILLE, SACHA] * 10)
    ]
    judged = await asyncio.gather(*(harness.identifiers.judge_identifier(claim) for claim in claims))
    accepted = Counter(
        claim.workflow_id for claim, each in zip(claims, judged, strict=True) if each.verdict is Verdict.ACCEPTED
    )
    assert max(accepted.values()) <= 3
    uses = {row["key"]: row["uses"] for row in await rows(database, quotas_table)}
    assert {uses[f"elector:{person.id}"] for person in (CAMILLE, SACHA)} == set(accepted.values())
    assert all(each <= 3 for each in uses.values())


async def test_an_operator_gives_every_request_back(
    harness: IdentifierHarness, database: Database, election: Election
) -> None:
    """Elector and numbers are free at once, as if nothing had been asked."""
    for number in range(3):
        await _asks(harness, f"early-{number}", phone=f"+3361234560{number}")
    async with database.writing() as connection:
        assert await Quotas(election).give_back(connection, CAMILLE.id) == 3
        assert await Quotas(election).give_back(connection, CAMILLE.id) == 0
    assert await rows(database, quotas_table) == []
    assert (await _asks(harness, "own")).verdict is Verdict.ACCEPTED


async def test_wrong_proofs_of_strangers_never_pause_an_elector_who_signs_in(
    harness: IdentifierHarness, election: Election, now: Clock
) -> None:
    """Nor do they pause anybody for good: after any number the wait is an hour, which it would pass after twelve."""
    longest = timedelta(0)
    for number in range(40):
        claim = await harness.claim(f"wrong-{number}", birth_date="01/01/1901", elector="")
        judged = await harness.identifiers.judge_identifier(claim)
        if judged.until is not None:
            longest = max(longest, judged.until - now())
            now.instant = judged.until
    assert longest == election.attempts.longest_wait
    assert (await _asks(harness, "own")).verdict is Verdict.ACCEPTED


async def test_ten_wrong_proofs_of_an_elector_who_signed_in_are_a_lock(
    harness: IdentifierHarness, election: Election, now: Clock
) -> None:
    """It lasts beyond any election; right proofs whose request is refused are not counted among them."""
    for number in range(12):
        refused = await _asks(harness, f"taken-{number}", phone=await _taken(harness))
        assert refused.verdict is Verdict.NUMBER_TAKEN
    judged = None
    for number in range(30):
        claim = await harness.claim(f"wrong-{number}", birth_date="01/01/1901")
        judged = await harness.identifiers.judge_identifier(claim)
        if judged.verdict is Verdict.LOCKED:
            break
        now.instant = judged.until or now()
    assert judged is not None
    assert judged.verdict is Verdict.LOCKED
    assert isinstance(judged.until, datetime)
    assert judged.until > now() + timedelta(days=300)
    assert election.proof_attempts.max_failures == 10


@pytest.mark.parametrize("elector_id", [CAMILLE.id, ""])
async def test_a_form_sent_twice_is_one_wrong_proof(harness: IdentifierHarness, elector_id: str) -> None:
    """It is sealed anew, for another run; another form counts."""
    for _ in range(2):
        claim = await harness.claim("request", elector=elector_id, birth_date="01/01/1985")
        assert (await harness.identifiers.judge_identifier(claim)).verdict is Verdict.WRONG_PROOF
        assert await _failures(harness, elector_id) == 1
    claim = await harness.claim("other", elector=elector_id, birth_date="02/01/1985")
    await harness.identifiers.judge_identifier(claim)
    assert await _failures(harness, elector_id) == 2


async def _failures(harness: IdentifierHarness, elector_id: str) -> int:
    attempt = harness.proof.attempt(harness.proof.subject(CAMILLE.numen), "", elector_id)
    return await harness.proof.attempts(elector_id).failures(attempt.subject, attempt.scope)


async def _taken(harness: IdentifierHarness) -> str:
    await _asks(harness, "sacha", SACHA, OTHER_PHONE)
    return OTHER_PHONE
