"""A new password ends the elector's other recoveries in its own transaction, whatever their workflows do next."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import Credentials, Kind
from activities.recoveries.links import Links, NewLink
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.settlements import EndingClaim, Settlement, Settlements
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.clicked_link import Browser
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import WORKFLOW

PASSWORD = "mot-de-passe/camille"


@pytest_asyncio.fixture
async def others(links: Links, pending: UnactivatedIdentifiers, electorate: Electorate) -> OtherRecoveries:
    """What ends them, with two electors on the roll."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    return OtherRecoveries(links, pending)


async def _register(database: Database, links: Links, *known: tuple[str, str, str]) -> None:
    async with database.writing() as connection:
        for workflow_id, link_id, elector_id in known:
            await links.register(connection, workflow_id, NewLink(link_id), elector_id)


async def _recover(database: Database, others: OtherRecoveries) -> None:
    async with database.writing() as connection:
        await others.end(connection, CAMILLE.id, PASSWORD)


async def _ending(links: Links, workflow_id: str, link_id: str) -> LinkVerdict:
    found = await links.find(links.token(workflow_id, link_id))
    assert found is not None
    return found.ending


async def test_live_links_of_this_elector_alone_are_replaced(
    others: OtherRecoveries, links: Links, database: Database
) -> None:
    """Not the own recovery's, not another elector's, and not one that was used before."""
    theirs, used = (
        (workflow_id_of(Procedure.VOTING_CODE, SACHA.id), "theirs", SACHA.id),
        (WORKFLOW, "used", CAMILLE.id),
    )
    both = ("identifiant-et-mot-de-passe/camille", "both", CAMILLE.id)
    await _register(
        database, links, (PASSWORD, "own", CAMILLE.id), (WORKFLOW, "live", CAMILLE.id), theirs, used, both
    )
    async with database.writing() as connection:
        await links.end(connection, {"used": LinkVerdict.USED})
    await _recover(database, others)
    assert await _ending(links, WORKFLOW, "live") is LinkVerdict.REPLACED
    assert await _ending(links, both[0], "both") is LinkVerdict.REPLACED
    assert await _ending(links, PASSWORD, "own") is LinkVerdict.LIVE
    assert await _ending(links, theirs[0], "theirs") is LinkVerdict.LIVE
    assert await _ending(links, WORKFLOW, "used") is LinkVerdict.USED
    assert await others.workflow_ids(CAMILLE.id, PASSWORD) == sorted([WORKFLOW, both[0]])


async def test_no_later_settlement_revives_them(
    others: OtherRecoveries, links: Links, settlements: Settlements, database: Database
) -> None:
    """A recovery that was not told yet writes its own ending: the page says « remplacé » all the same."""
    await _register(database, links, (WORKFLOW, "live", CAMILLE.id))
    await _recover(database, others)
    for ending in (LinkVerdict.USED, LinkVerdict.EXPIRED):
        settlement = Settlement(WORKFLOW, CAMILLE.id, ending, Stage.EXPIRED, [], {"live": ending})
        await settlements.settle(settlement)
    assert await _ending(links, WORKFLOW, "live") is LinkVerdict.REPLACED


async def test_a_click_that_was_on_its_way_gets_no_code(
    others: OtherRecoveries, links: Links, voting_codes: VotingCodes, database: Database, now: Clock
) -> None:
    """The transaction of the reissue is rolled back: the former code stays active."""
    await _register(database, links, (WORKFLOW, "live", CAMILLE.id))
    before = await Credentials(database, now).active_hash(CAMILLE.id, Kind.VOTING_CODE)
    await _recover(database, others)
    with pytest.raises(ApplicationError, match="replaced") as refused:
        await voting_codes.reissue_voting_code(Browser().order("live"))
    assert (refused.value.type, refused.value.non_retryable) == ("LinkVerdict", True)
    assert await Credentials(database, now).active_hash(CAMILLE.id, Kind.VOTING_CODE) == before


async def test_an_identifier_that_is_not_active_yet_never_is(
    others: OtherRecoveries, pending: UnactivatedIdentifiers, database: Database
) -> None:
    """Of another recovery; the one that the own recovery has just made stays."""
    recoveries = ("identifiant/camille", "identifiant-et-mot-de-passe/camille")
    for workflow_id in recoveries:
        row = await pending.generate(workflow_id, f"{workflow_id}-id", CAMILLE.id)
        async with database.writing() as connection:
            await pending.add(connection, row)
    async with database.writing() as connection:
        await others.end(connection, CAMILLE.id, recoveries[1])
    assert await pending.elector_of(recoveries[0], f"{recoveries[0]}-id") is None
    assert await pending.elector_of(recoveries[1], f"{recoveries[1]}-id") == CAMILLE.id
    assert await others.workflow_ids(CAMILLE.id, recoveries[1]) == [recoveries[0]]


async def _issue_password(
    database: Database, now: Clock, credential_id: str, elector_id: str = CAMILLE.id
) -> None:
    async with database.writing() as connection:
        await Credentials(database, now).replace(
            connection, elector_id, Kind.PASSWORD, credential_id, credential_id
        )


@pytest.mark.parametrize(
    ("by", "credential_id"), [(PASSWORD, "new"), ("identifiant-et-mot-de-passe/camille", "new-password")]
)
@pytest.mark.usefixtures("others")
async def test_a_signal_is_believed_if_the_password_was_recovered_since(
    links: Links, settlements: Settlements, database: Database, now: Clock, by: str, credential_id: str
) -> None:
    """For a link that is used or not; after it, a newer link has nothing to fear from the same signal."""
    await _register(database, links, (WORKFLOW, "live", CAMILLE.id), (by, "new", CAMILLE.id))
    claim = EndingClaim(WORKFLOW, "live", by)
    assert not await settlements.was_password_recovered(claim)
    now.advance(timedelta(minutes=1))
    await _issue_password(database, now, credential_id)
    assert await settlements.was_password_recovered(claim)
    now.advance(timedelta(minutes=1))
    await _register(database, links, (WORKFLOW, "newer", CAMILLE.id))
    assert not await settlements.was_password_recovered(replace(claim, delivery_id="newer"))


@pytest.mark.usefixtures("others")
async def test_a_forged_signal_is_not_believed(
    links: Links, settlements: Settlements, database: Database, now: Clock
) -> None:
    """It names a recovery that there is not, another elector's, one that has recovered nothing, or the own one."""
    recovered = ((PASSWORD, "used", CAMILLE.id), ("mot-de-passe/sacha", "theirs", SACHA.id))
    await _register(
        database, links, (WORKFLOW, "live", CAMILLE.id), ("mot-de-passe/other", "open", CAMILLE.id), *recovered
    )
    now.advance(timedelta(minutes=1))
    for _, link_id, elector_id in recovered:
        await _issue_password(database, now, link_id, elector_id)
    for by in ("mot-de-passe/x", "mot-de-passe/sacha", "mot-de-passe/other", WORKFLOW, ""):
        assert not await settlements.was_password_recovered(EndingClaim(WORKFLOW, "live", by)), by
    assert not await settlements.was_password_recovered(EndingClaim(PASSWORD, "used", PASSWORD))


@pytest.mark.usefixtures("others")
async def test_a_signal_to_a_recovery_of_an_identifier_is_checked_too(
    pending: UnactivatedIdentifiers, links: Links, settlements: Settlements, database: Database, now: Clock
) -> None:
    """It has no link (2018): the time of its request counts."""
    row = await pending.generate("identifiant/camille", "request", CAMILLE.id)
    async with database.writing() as connection:
        await pending.add(connection, row)
    await _register(database, links, (PASSWORD, "used", CAMILLE.id))
    claim = EndingClaim("identifiant/camille", "request", PASSWORD)
    assert not await settlements.was_password_recovered(claim)
    now.advance(timedelta(minutes=1))
    await _issue_password(database, now, "used")
    assert await settlements.was_password_recovered(claim)
