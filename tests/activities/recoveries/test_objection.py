"""An objection pauses the elector's recoveries and ends those under way, in one transaction; it takes nothing back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import Credentials, Kind
from activities.evidence.journal import Journal
from activities.objections.links import ObjectionLinks
from activities.objections.pauses import ObjectionPauses
from activities.recoveries import clicks
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.links import Links, NewLink
from activities.recoveries.objection import ObjectionClick, ObjectionMade, ObjectionOrder, Objections
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.settlements import EndingClaim, Settlement, Settlements
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.store.database import Database
from activities.store.tables import generated_identifiers
from activities.store.tables import journal as journal_table
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.clicked_link import Browser
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import WORKFLOW
from tests.support.signing import SOMEBODY, WEB

_BY_SMS = "identifiant/numen"


def _order(notice_id: str = "notice", by: str = "run", workflow_id: str = WORKFLOW) -> ObjectionOrder:
    return ObjectionOrder(workflow_id, clicks.signed(WEB, workflow_id, ObjectionClick(notice_id)), by)


@pytest_asyncio.fixture
async def objections(
    database: Database,
    objection_links: ObjectionLinks,
    links: Links,
    pending: UnactivatedIdentifiers,
    journal: Journal,
    terms: Terms,
    electorate: Electorate,
) -> Objections:
    """The activity; CAMILLE has a live link and an identifier that is not sent, and notices of both."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
    row = await pending.generate(_BY_SMS, "request", CAMILLE.id, "+33612345678")
    async with database.writing() as connection:
        await links.register(connection, WORKFLOW, NewLink("link"), CAMILLE.id)
        await links.register(
            connection, workflow_id_of(Procedure.VOTING_CODE, SACHA.id), NewLink("theirs"), SACHA.id
        )
        await pending.add(connection, row)
        await objection_links.register(connection, WORKFLOW, "notice", CAMILLE.id)
        await objection_links.register(connection, _BY_SMS, "notice of SMS", CAMILLE.id)
    return Objections(database, objection_links, OtherRecoveries(links, pending), journal, terms)


async def _ending(links: Links, workflow_id: str, link_id: str) -> LinkVerdict:
    found = await links.find(links.token(workflow_id, link_id))
    assert found is not None
    return found.ending


async def test_the_recoveries_are_paused_and_ended(
    objections: Objections, links: Links, pauses: ObjectionPauses, database: Database
) -> None:
    """The live link reads « interrompu », the identifier is never activated; another elector's go on."""
    made = await objections.make_objection(_order())
    assert made == ObjectionMade(LinkVerdict.LIVE, sorted([_BY_SMS, WORKFLOW]))
    assert await pauses.refusal(CAMILLE.id) is Verdict.OBJECTED
    assert await pauses.refusal(SACHA.id) is None
    assert await _ending(links, WORKFLOW, "link") is LinkVerdict.STOPPED
    assert await _ending(links, workflow_id_of(Procedure.VOTING_CODE, SACHA.id), "theirs") is LinkVerdict.LIVE
    assert [row["identifier_hash"] for row in await rows(database, generated_identifiers)] == [None]


async def test_a_recovery_asks_whether_the_elector_has_objected_since(
    objections: Objections,
    settlements: Settlements,
    links: Links,
    pending: UnactivatedIdentifiers,
    database: Database,
    now: Clock,
) -> None:
    """Of its own link or identifier; not for another elector's recovery, and not for what was asked for afterwards."""
    own = [EndingClaim(WORKFLOW, "link"), EndingClaim(_BY_SMS, "request")]
    theirs = [
        EndingClaim(workflow_id_of(Procedure.VOTING_CODE, SACHA.id), "theirs"),
        EndingClaim(WORKFLOW, "theirs"),
    ]
    assert not [claim for claim in own if await settlements.was_objected(claim)]
    now.instant += timedelta(seconds=1)
    await objections.make_objection(_order())
    now.instant += timedelta(seconds=1)
    async with database.writing() as connection:
        await links.register(connection, WORKFLOW, NewLink("newer"), CAMILLE.id)
    row = await pending.generate(_BY_SMS, "newer", CAMILLE.id, "+33612345678")
    async with database.writing() as connection:
        await pending.add(connection, row)
    newer = [EndingClaim(WORKFLOW, "newer"), EndingClaim(_BY_SMS, "newer")]
    assert [claim for claim in own if await settlements.was_objected(claim)] == own
    assert not [claim for claim in [*theirs, *newer] if await settlements.was_objected(claim)]


async def test_the_journal_says_who_objected_to_which_recovery_by_which_notice(
    objections: Objections, database: Database
) -> None:
    """Once, however often the activity is run; without anything personal."""
    for _ in range(2):
        assert (await objections.make_objection(_order())).verdict is LinkVerdict.LIVE
    (entry,) = await rows(database, journal_table)
    written = {name: entry[name] for name in ("event", "actor", "workflow_id", "channel", "outcome", "detail")}
    assert written == {
        "event": "objection:recoveries:paused",
        "actor": CAMILLE.id,
        "workflow_id": WORKFLOW,
        "channel": "",
        "outcome": "",
        "detail": "notice",
    }


async def test_a_second_click_changes_nothing(
    objections: Objections, links: Links, pauses: ObjectionPauses, database: Database
) -> None:
    """Not even once support has lifted the pause: neither another run nor the same one ends a newer link."""
    assert (await objections.make_objection(_order())).verdict is LinkVerdict.LIVE
    assert await objections.make_objection(_order(by="run-2")) == ObjectionMade(LinkVerdict.USED)
    async with database.writing() as connection:
        assert await pauses.lift(connection, CAMILLE.id)
        await links.register(connection, WORKFLOW, NewLink("newer"), CAMILLE.id)
    for by in ("run", "run-2"):
        assert await objections.make_objection(_order(by=by)) == ObjectionMade(LinkVerdict.USED)
    assert await pauses.refusal(CAMILLE.id) is None
    assert await _ending(links, WORKFLOW, "newer") is LinkVerdict.LIVE
    assert (await objections.make_objection(_order("notice of SMS", workflow_id=_BY_SMS))).recoveries
    assert await _ending(links, WORKFLOW, "newer") is LinkVerdict.STOPPED


async def test_a_click_that_the_web_has_not_signed_pauses_nobody(
    objections: Objections, pauses: ObjectionPauses
) -> None:
    """Nor one that was signed for another notice, another recovery, or to use a link."""
    order = _order()
    forged = [
        clicks.signed(SOMEBODY, WORKFLOW, ObjectionClick("notice")),
        replace(order.click, link_id="notice of SMS"),
        clicks.signed(WEB, _BY_SMS, ObjectionClick("notice")),
        ObjectionClick("notice", Browser().order("notice").click.signature),
    ]
    for click in forged:
        with pytest.raises(InvalidSignatureError):
            await objections.make_objection(replace(order, click=click))
    assert await pauses.refusal(CAMILLE.id) is None


async def test_a_notice_of_another_recovery_is_unknown(objections: Objections) -> None:
    """The web has found it by its token, so this is an elector who was taken off the roll meanwhile."""
    assert await objections.make_objection(_order("other")) == ObjectionMade(LinkVerdict.UNKNOWN)


async def test_nothing_is_stopped_once_the_vote_is_closed(
    objections: Objections, links: Links, now: Clock, election: Election
) -> None:
    """The link has expired."""
    now.instant = election.calendar.vote.closes
    assert await objections.make_objection(_order()) == ObjectionMade(LinkVerdict.EXPIRED)
    assert await _ending(links, WORKFLOW, "link") is LinkVerdict.LIVE


async def test_a_stopped_link_reissues_nothing_whatever_its_recovery_does(
    objections: Objections, voting_codes: VotingCodes, settlements: Settlements, links: Links, database: Database
) -> None:
    """Neither before the recovery was told, nor after it has written an ending of its own; the old code stays."""
    await objections.make_objection(_order())
    before = await Credentials(database, Clock()).active_hash(CAMILLE.id, Kind.VOTING_CODE)
    with pytest.raises(ApplicationError) as stopped:
        await voting_codes.reissue_voting_code(Browser().order())
    assert (stopped.value.type, stopped.value.message) == ("LinkVerdict", LinkVerdict.STOPPED)
    assert await Credentials(database, Clock()).active_hash(CAMILLE.id, Kind.VOTING_CODE) == before
    settlement = Settlement(WORKFLOW, CAMILLE.id, "link", Stage.EXPIRED, links={"link": LinkVerdict.EXPIRED})
    await settlements.settle(settlement)
    assert await _ending(links, WORKFLOW, "link") is LinkVerdict.STOPPED
