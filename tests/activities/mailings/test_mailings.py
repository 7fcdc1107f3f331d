"""Pages of a mailing are rows and links of one transaction, each elector once, whatever is run again or killed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from temporalio.service import RPCError, RPCStatusCode

from activities.accounts.credentials import lock_elector
from activities.accounts.roll import Roll
from activities.evidence.journal import Event
from activities.mailings import mailings
from activities.mailings.mailings import ALTERED, MailingAct, Page
from activities.outbox.rows import MailCounts, Outbox
from activities.outbox.sealed_addresses import AddressOpener
from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.security.role_box import RoleBoxError
from activities.store.database import Database
from activities.store.tables import electors, journal
from activities.store.tables import links as links_table
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import LinkVerdict
from tests.activities.mailings.post import ELECTORS, Post, order_of
from tests.support.clock import Clock
from tests.support.signing import MESSAGING_SEED
from tests.support.waiting import until

IDS = [person.id for person in ELECTORS]
RECOVERY = Procedure.IDENTIFIER_AND_PASSWORD


class Found:
    """Finds electors' links."""

    def __init__(self, roll: Roll, links: Links) -> None:
        self._roll = roll
        self.links = links

    def workflow_id(self, number: int) -> str:
        """Return the id of the recovery of an elector."""
        return workflow_id_of(RECOVERY, self._roll.subject(ELECTORS[number].work_email))

    async def link(self, number: int, link_id: str) -> LinkRecord:
        """Return an elector's link of a mailing."""
        found = await self.links.mailed(self.workflow_id(number), link_id)
        assert found is not None
        return found

    async def makes_own_link(self, database: Database, number: int, link_id: str = "own") -> None:
        """Register a link that the elector's own recovery has sent."""
        async with database.writing() as connection:
            await self.links.register(connection, self.workflow_id(number), NewLink(link_id), IDS[number])


@pytest.fixture
def found(roll: Roll, links: Links) -> Found:
    """What finds links."""
    return Found(roll, links)


async def test_pages_give_each_elector_a_row_and_a_link(post: Post, found: Found, election: Election) -> None:
    """Each page continues after the one before; a link dies on the election's date and belongs to the elector's recovery."""
    first = await post.prepares(size=20)
    second = await post.prepares(first.last, size=20)
    assert (first, second) == (Page(IDS[19], 20), Page(IDS[23], 4, is_last=True))
    rows = await post.rows()
    assert [row.elector_id for row in rows] == IDS
    assert len({row.link_id for row in rows}) == 24
    link = await found.link(0, rows[0].link_id)
    assert (link.ending, link.elector_id, link.dies_at) == (
        LinkVerdict.LIVE,
        IDS[0],
        election.calendar.links_expire,
    )
    assert await found.links.mailed(found.workflow_id(1), rows[0].link_id) is None


async def test_a_page_that_is_run_again_writes_nothing_twice(post: Post) -> None:
    """Also when several workers run it at the same time, after kills."""
    await asyncio.gather(*(post.prepares() for _ in range(4)))
    before = await post.rows()
    assert await post.prepares() == Page("", 0, is_last=True)
    assert await post.rows() == before
    async with post.database.reading() as connection:
        assert len((await connection.execute(select(links_table))).all()) == 24
        pages = await connection.execute(
            select(journal.c.outcome).where(journal.c.event == Event.MAILING_PREPARED)
        )
    assert pages.scalars().all() == ["24"]


async def test_only_the_messaging_role_reads_an_address(post: Post, found: Found) -> None:
    """The row has it sealed for that role's key; with another key it does not open."""
    await post.prepares(size=1)
    (row,) = await post.rows()
    recipient = AddressOpener(bytes.fromhex(MESSAGING_SEED)).open(row.sealed)
    assert (recipient.address, workflow_id_of(RECOVERY, recipient.subject)) == (
        ELECTORS[0].work_email,
        found.workflow_id(0),
    )
    assert ELECTORS[0].work_email.encode() not in row.sealed
    with pytest.raises(RoleBoxError):
        AddressOpener(bytes.fromhex("7" * 64)).open(row.sealed)


async def test_an_elector_with_a_live_link_is_asked_for_in_the_own_recovery(
    post: Post, found: Found, now: Clock
) -> None:
    """No second link is made; the recovery notes its link for the mailing, once."""
    await found.makes_own_link(post.database, 3)
    await post.prepares()
    assert (await post.rows())[3].state == "asked"
    page = await post.mailings.ask_recoveries(order_of())
    assert (page.written, page.is_last) == (1, True)
    ((subject, elector_id, _, mailing),) = post.recoveries.asked
    assert (workflow_id_of(RECOVERY, subject), elector_id, mailing) == (found.workflow_id(3), IDS[3], "envoi-1")
    async with post.database.writing() as connection:
        noted = [
            await Outbox(now).note_own(connection, "envoi-1", IDS[3], each) for each in ("own", "own", "other")
        ]
    assert noted == [True, True, False]
    assert await post.mailings.count_mails("envoi-1") == MailCounts(waiting=23, own=1)


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_recovery_that_cannot_be_asked_keeps_no_other_waiting(
    post: Post, found: Found, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    """Its start fails, or is not answered; it is asked again with the next request."""
    monkeypatch.setattr(mailings, "_ANSWERS_WITHIN", timedelta(milliseconds=100))

    async def fails(elector_id: str) -> None:
        if elector_id == IDS[3]:
            if hangs:
                await asyncio.Event().wait()
            raise RPCError("scripted", RPCStatusCode.UNAVAILABLE, b"")

    for number in (2, 3, 4):
        await found.makes_own_link(post.database, number, f"own{number}")
    await post.prepares()
    post.recoveries.on_ask = fails
    assert await post.mailings.ask_recoveries(order_of()) == Page(IDS[4], 2, is_last=True)
    assert [elector_id for _, elector_id, *_ in post.recoveries.asked] == [IDS[2], IDS[4]]
    post.recoveries.on_ask = None
    assert await post.mailings.ask_recoveries(order_of()) == Page(IDS[4], 3, is_last=True)
    assert post.recoveries.asked[-2][1] == IDS[3]


async def test_a_page_of_requests_ends_in_time(post: Post, found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one goes on where it has come to, so that slow answers do not use up the time of an activity."""
    monkeypatch.setattr(mailings, "_ASKS_FOR", timedelta(0))
    for number in (2, 3):
        await found.makes_own_link(post.database, number, f"own{number}")
    await post.prepares()
    page = await post.mailings.ask_recoveries(order_of())
    assert page == Page(IDS[2], 1)
    assert await post.mailings.ask_recoveries(order_of(after=page.last)) == Page(IDS[3], 1, is_last=True)


async def test_a_mailing_that_has_not_asked_gets_no_link(post: Post, now: Clock) -> None:
    """A signal that names a mailing may be anybody's who writes to Temporal."""
    await post.prepares()
    async with post.database.writing() as connection:
        for mailing in ("envoi-9", "envoi-1"):
            assert not await Outbox(now).note_own(connection, mailing, IDS[3], "link")


async def test_a_recovery_that_refuses_is_a_failure_with_its_cause(post: Post, found: Found, now: Clock) -> None:
    """By its cause it can be asked again."""
    await found.makes_own_link(post.database, 3)
    await post.prepares()
    async with post.database.writing() as connection:
        await Outbox(now).note_refusal(connection, "envoi-1", IDS[3], "too_many_sends")
    assert (await post.mailings.count_mails("envoi-1")).failed == {"too_many_sends": 1}
    await post.mailings.retry_page(order_of(cause="too_many_sends"))
    assert (await post.rows())[3].state == "asked"


async def test_an_own_request_withdraws_the_mail_and_replaces_the_link(
    post: Post, found: Found, now: Clock
) -> None:
    """The elector has one live link, that of the newest request; others keep theirs."""
    await post.prepares()
    rows = await post.rows()
    async with post.database.writing() as connection:
        await found.links.replace_mailed(connection, RECOVERY, [IDS[0]])
        await Outbox(now).withdraw(connection, IDS[0])
    endings = [(await found.link(each, rows[each].link_id)).ending for each in (0, 1)]
    assert endings == [LinkVerdict.REPLACED, LinkVerdict.LIVE]
    after = (await post.rows())[0]
    assert (after.state, after.sealed) == ("own", None)
    await post.sends()
    assert ELECTORS[0].work_email not in {mail.to for mail in post.relay.sent}


async def test_an_own_request_at_the_same_time_leaves_one_link_too(post: Post, found: Found, now: Clock) -> None:
    """It has found no row to withdraw; the page waits until it has committed, and then leaves the elector to it."""
    async with post.database.writing() as own:
        await lock_elector(own, IDS[3])
        await found.links.register(own, found.workflow_id(3), NewLink("own"), IDS[3])
        await found.links.replace_mailed(own, RECOVERY, [IDS[3]])
        await Outbox(now).withdraw(own, IDS[3])
        preparing = asyncio.create_task(post.prepares())
        await until(lambda: _is_done_or_waits(preparing, post.database))
    await preparing
    assert (await post.rows())[3].state == "asked"
    assert await post.mailings.count_mails("envoi-1") == MailCounts(waiting=23, asked=1)


async def _is_done_or_waits(task: asyncio.Task[Page], database: Database) -> bool:
    async with database.reading() as connection:
        waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return task.done() or bool((await connection.execute(waits)).scalar_one())


async def test_another_mailing_replaces_the_links_of_the_first(post: Post, found: Found) -> None:
    """A link that was used keeps its ending."""
    await post.prepares()
    first = [row.link_id for row in await post.rows()]
    async with post.database.writing() as connection:
        await found.links.end(connection, {first[0]: LinkVerdict.USED})
    await post.prepares(mailing="envoi-2")
    endings = [(await found.link(each, first[each])).ending for each in (0, 1)]
    assert endings == [LinkVerdict.USED, LinkVerdict.REPLACED]


async def test_a_link_expires_by_itself(post: Post, found: Found, election: Election, now: Clock) -> None:
    """No workflow writes its ending."""
    await post.prepares(size=1)
    (row,) = await post.rows()
    assert (await found.link(0, row.link_id)).awaits_recovery
    now.instant = election.calendar.links_expire
    link = await found.link(0, row.link_id)
    assert (link.ending, link.awaits_recovery) == (LinkVerdict.EXPIRED, False)


async def test_nothing_is_prepared_while_requests_are_closed(post: Post, election: Election, now: Clock) -> None:
    """The page says so, and writes nothing."""
    now.instant = election.calendar.period_of(RECOVERY).closes
    assert await post.prepares() == Page("", is_closed=True)
    assert await post.rows() == []


async def test_a_row_of_the_roll_that_no_import_has_written_is_a_failure(post: Post) -> None:
    """Its address may be somebody else's: nothing is sent, also when it is tried again."""
    async with post.database.writing() as connection:
        await connection.execute(update(electors).where(electors.c.id == IDS[2]).values(work_email="x@ac-lyon.fr"))
    await post.prepares()
    assert (await post.mailings.count_mails("envoi-1")).failed == {ALTERED: 1}
    assert (await post.mailings.retry_page(order_of(cause=ALTERED))).written == 0
    await post.sends()
    assert len(post.relay.sent) == 23


async def test_a_mailing_that_has_ended_keeps_no_address_and_can_go_on(post: Post) -> None:
    """After a stop nothing can be sent; when it begins again, addresses are sealed anew and the links stay the same."""
    await post.prepares()
    links_before = [row.link_id for row in await post.rows()]
    await post.mailings.note_mailing(
        MailingAct("act", "envoi/demo/envoi-1", Event.MAILING_ENDED, "", "Stopped", "accepted 0")
    )
    assert {row.sealed for row in await post.rows()} == {None}
    assert await post.mailings.count_mails("envoi-1") == MailCounts()
    assert (await post.sends()).answered == 0
    assert (await post.prepares()).written == 24
    assert [row.link_id for row in await post.rows()] == links_before
    await post.sends()
    assert await post.states() == ["accepted"] * 24


async def test_an_operator_s_act_is_journalled_once(post: Post) -> None:
    """The entry has the operator's name; a retry of the activity writes no other."""
    act = MailingAct(
        "act-1", "envoi/demo/envoi-1", Event.MAILING_PACED, "m.durand", detail="50/s", is_verified=True
    )
    for _ in range(2):
        await post.mailings.note_mailing(act)
    async with post.database.reading() as connection:
        (row,) = (await connection.execute(select(journal))).all()
    expected = ("mailing:rate:changed", "m.durand", "envoi/demo/envoi-1", "50/s")
    assert (row.event, row.actor, row.workflow_id, row.detail) == expected
