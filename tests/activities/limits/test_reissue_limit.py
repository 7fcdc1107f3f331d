"""An elector has so many new voting codes in all; support can allow more, and that is journalled."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import Credentials, Kind
from activities.commands.command_line import CommandError
from activities.limits.reissue_limit import ReissueLimit
from activities.recoveries.links import Links
from activities.recoveries.requests import Requests
from activities.recoveries.voting_code import VotingCodes
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import credentials, journal
from activities.upkeep.allow_reissues import ReissueAllowance
from election.settings import Election
from election.verdicts import LinkVerdict, Verdict
from tests.support.clicked_link import Browser
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import WORKFLOW, SealedClaims


@pytest.fixture
def reissues(database: Database) -> ReissueLimit:
    """A limit of two codes; it replaces that of the other tests."""
    return ReissueLimit(database, 2)


async def _reissue(voting_codes: VotingCodes, *link_ids: str) -> None:
    for link_id in link_ids:
        await voting_codes.reissue_voting_code(Browser().order(link_id))


async def test_the_code_of_the_notice_is_not_counted(
    reissues: ReissueLimit, voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """Each reissue is, once, and of this elector alone."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    assert await reissues.left(CAMILLE.id) == 2
    await _reissue(voting_codes, "one", "one")
    assert (await reissues.left(CAMILLE.id), await reissues.left(SACHA.id)) == (1, 2)


async def test_a_request_beyond_the_limit_is_refused(
    requests: Requests,
    links: Links,
    voting_codes: VotingCodes,
    electorate: Electorate,
    sealed_claims: SealedClaims,
) -> None:
    """With right proofs; no link is registered, and no SMS goes."""
    await electorate.enrol(CAMILLE)
    await _reissue(voting_codes, "one", "two")
    claim, _ = await sealed_claims.make("request", "three")
    assert (await requests.judge_challenge(claim)).verdict is Verdict.REISSUE_LIMIT
    assert await links.find(links.token(WORKFLOW, "three")) is None


async def test_of_twenty_reissues_at_once_two_succeed(
    database: Database, voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """The others leave the code as it is, and read that the link was cancelled."""
    await electorate.enrol(CAMILLE)
    orders = [Browser().order(f"link-{number}") for number in range(20)]
    done = await asyncio.gather(
        *(voting_codes.reissue_voting_code(order) for order in orders), return_exceptions=True
    )
    refused = [each for each in done if isinstance(each, ApplicationError)]
    assert len(refused) == 18
    assert {(each.type, each.message) for each in refused} == {("LinkVerdict", LinkVerdict.CANCELLED)}
    codes = [row for row in await rows(database, credentials) if row["kind"] == Kind.VOTING_CODE]
    assert len(codes) == 3
    assert len([row for row in codes if row["ended_at"] is None]) == 1


async def test_support_can_allow_more(
    database: Database, reissues: ReissueLimit, voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """For one elector; what is allowed twice adds up."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    await _reissue(voting_codes, "one", "two")
    for _ in range(2):
        async with database.writing() as connection:
            await reissues.allow_more(connection, CAMILLE.id, 1)
    assert (await reissues.left(CAMILLE.id), await reissues.left(SACHA.id)) == (2, 2)
    await _reissue(voting_codes, "three", "four")
    with pytest.raises(ApplicationError):
        await _reissue(voting_codes, "five")


async def test_other_credentials_are_not_counted(
    database: Database, reissues: ReissueLimit, electorate: Electorate, now: Clock
) -> None:
    """A new password or identifier leaves the count as it is."""
    await electorate.enrol(CAMILLE)
    kept = Credentials(database, now)
    for kind in (Kind.PASSWORD, Kind.IDENTIFIER):
        async with database.writing() as connection:
            await kept.replace(connection, CAMILLE.id, kind, f"link-{kind}", "hash")
    assert await reissues.left(CAMILLE.id) == 2


async def test_an_operator_allows_more_and_is_journalled(
    database: Database,
    keyed_hash: KeyedHash,
    election: Election,
    electorate: Electorate,
    voting_codes: VotingCodes,
) -> None:
    """By a command: the elector has one code more than before, and the journal has the operator's name."""
    await electorate.enrol(CAMILLE)
    await _reissue(voting_codes, "one", "two")
    allowance = ReissueAllowance(database, keyed_hash, election)
    before = await ReissueLimit(database, election.voting_code_recovery.reissues).left(CAMILLE.id)
    assert await allowance.allow(CAMILLE.work_email, "m.durand", 1) == before + 1
    entry = (await rows(database, journal))[-1]
    assert (entry["event"], entry["actor"], entry["outcome"]) == (
        "operator:reissues:allowed",
        "m.durand",
        "1 more",
    )
    assert entry["workflow_id"] == WORKFLOW
    with pytest.raises(CommandError, match="liste électorale"):
        await allowance.allow("personne@ac-lyon.fr", "m.durand", 1)
