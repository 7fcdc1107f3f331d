"""The activities of a campaign: pages of the electors it has not reached, at its rate, each elector once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from secrets import token_hex

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.accounts.roll import Roll
from activities.config.settings import RollSettings
from activities.evidence.journal import Event, Journal
from activities.mailings.campaigns import CampaignAct, Campaigns, ElectorCounts, Page, PageOrder, request_id_of
from activities.mailings.recipients import Recipients
from activities.recoveries.identifier_and_password import IdentifierAndPasswordClaim, IdentifierAndPasswordRequest
from activities.recoveries.links import NewLink
from activities.services import build_roll_services
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from activities.store.tables import links as links_table
from activities.store.tables import recipients
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, Electorate, Person
from tests.support.waiting import until

ELECTORS = [
    Person(f"{number:032x}", f"personne{number}@ac-lyon.fr", f"18E12345{number:02}ABC", f"2 85 05 2A 0{number:02}")
    for number in range(1, 25)
]
IDS = [person.id for person in ELECTORS]
Reach = Callable[..., Awaitable[None]]
Starts = list[tuple[str, str, str, str]]


class Starter:
    """Records what was started; it can be held up, and fails for given electors."""

    def __init__(self) -> None:
        self.started: Starts = []
        self.failing: set[str] = set()
        self.underway = self.most = 0
        self.open = asyncio.Event()
        self.open.set()

    async def start(self, subject: str, elector: str, request: str, campaign: str) -> None:
        """Record a start."""
        self.underway += 1
        self.most = max(self.most, self.underway)
        await self.open.wait()
        self.underway -= 1
        if elector in self.failing:
            raise ConnectionError("Temporal is away")
        self.started.append((subject, elector, request, campaign))


@pytest.fixture
def starter() -> Starter:
    """The stand-in for Temporal."""
    return Starter()


@pytest_asyncio.fixture
async def campaigns(
    database: Database, roll: Roll, journal: Journal, starter: Starter, electorate: Electorate
) -> Campaigns:
    """Campaigns over a roll of 24 electors."""
    for person in ELECTORS:
        await electorate.enrol(person)
    return Campaigns(database, roll, journal, starter.start)


@pytest.fixture
def reach(database: Database, now: Clock) -> Reach:
    """Record electors as reached by a campaign."""
    noted = Recipients(database, now)

    async def write(*electors: str, campaign: str = "envoi-1") -> None:
        async with database.writing() as connection:
            for elector in electors:
                assert await noted.note(connection, campaign, elector, token_hex(16))

    return write


def ordered(after: str = "", size: int = 10, per_second: float = 1000) -> PageOrder:
    """Return the order for a page of a campaign."""
    return PageOrder("envoi-1", after, size, per_second)


def place_after(number: int) -> Page:
    """Return the place after so many electors."""
    return Page(IDS[number - 1], number)


async def test_a_page_starts_the_next_electors(campaigns: Campaigns, starter: Starter) -> None:
    """In the order of their ids; the last page says that it is the last."""
    run = ActivityEnvironment().run
    first = await run(campaigns.send_page, ordered())
    second = await run(campaigns.send_page, ordered(first.last))
    third = await run(campaigns.send_page, ordered(second.last))
    assert [elector for _, elector, _, _ in starter.started] == IDS
    assert (first, second) == (Page(IDS[9], 10), Page(IDS[19], 10))
    assert third == Page(IDS[23], 4, is_last=True)


async def test_an_empty_page_does_not_move(campaigns: Campaigns) -> None:
    """Past the end of the roll."""
    page = await ActivityEnvironment().run(campaigns.send_page, ordered(IDS[-1]))
    assert page == Page(IDS[-1], 0, is_last=True)


async def test_each_recovery_has_the_id_that_the_web_gives(
    campaigns: Campaigns, starter: Starter, roll: Roll
) -> None:
    """By the subject of the work address, so that an elector's own request finds the campaign's recovery."""
    await ActivityEnvironment().run(campaigns.send_page, ordered(size=1))
    claimant = await roll.claimant(ELECTORS[0].work_email)
    request = request_id_of("envoi-1", IDS[0])
    assert starter.started == [(claimant.subject, IDS[0], request, "envoi-1")]
    assert request != request_id_of("envoi-2", IDS[0])
    assert len(request) == 32


async def test_reached_electors_are_skipped(campaigns: Campaigns, starter: Starter, reach: Reach) -> None:
    """Those of this campaign, not those of another."""
    await reach(*IDS[2:5])
    await reach(IDS[0], campaign="envoi-0")
    page = await ActivityEnvironment().run(campaigns.send_page, ordered(size=3))
    assert [elector for _, elector, _, _ in starter.started] == [IDS[0], IDS[1], IDS[5]]
    assert (page.last, page.started, page.reached) == (IDS[5], 3, 3)


async def test_reached_electors_are_counted(campaigns: Campaigns, reach: Reach) -> None:
    """Of all on the roll."""
    await reach(*IDS[:5])
    await reach(*IDS, campaign="envoi-0")
    assert await campaigns.count_electors("envoi-1") == ElectorCounts(24, 5)


async def test_a_retried_page_continues_after_its_last_heartbeat(campaigns: Campaigns, starter: Starter) -> None:
    """Electors before it are not started again, and the page is as much shorter."""
    environment = ActivityEnvironment()
    told = {"last": IDS[5], "started": 6, "is_last": False}  # as Temporal gives it back
    environment.info = replace(environment.info, heartbeat_details=[told])
    page = await environment.run(campaigns.send_page, ordered())
    assert [elector for _, elector, _, _ in starter.started] == IDS[6:10]
    assert page == place_after(10)


async def test_a_failed_start_is_not_reported_as_done(campaigns: Campaigns, starter: Starter) -> None:
    """The page fails with it, and the retry begins before it."""
    told: list[Page] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = told.append
    starter.failing = {IDS[4]}
    with pytest.raises(ConnectionError):
        await environment.run(campaigns.send_page, ordered())
    assert told == [place_after(number) for number in range(1, 5)]


async def test_at_most_ten_starts_are_pending(campaigns: Campaigns, starter: Starter) -> None:
    """So that a slow server is not flooded."""
    starter.open.clear()
    page = asyncio.create_task(ActivityEnvironment().run(campaigns.send_page, ordered(size=24)))
    await until(lambda: starter.underway == 10)
    starter.open.set()
    assert (await page).started == 24
    assert starter.most == 10


async def test_a_page_takes_as_long_as_its_rate_demands(campaigns: Campaigns) -> None:
    """The wait after its last start included, or small pages would exceed the rate."""
    time = asyncio.get_running_loop().time
    begun = time()
    await ActivityEnvironment().run(campaigns.send_page, ordered(size=4, per_second=40))
    assert time() - begun >= 0.1


async def test_an_event_is_journalled_once(campaigns: Campaigns, database: Database) -> None:
    """With the operator's name, however often it is run."""
    act = CampaignAct("act-1", "campaign/2011/envoi-1", Event.CAMPAIGN_PACED, "m.durand", detail="50/s")
    for _ in range(2):
        await campaigns.note_campaign(act)
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(journal_table))).all()
    assert (row.event, row.who, row.recovery, row.detail) == (
        "campaign:rate:changed",
        "m.durand",
        "campaign/2011/envoi-1",
        "50/s",
    )


async def test_of_fifty_starts_at_once_one_reaches_the_elector(
    database: Database, electorate: Electorate, election: Election
) -> None:
    """One link is made and one row written; the other forty-nine change nothing."""
    await electorate.enrol(CAMILLE)
    key = SecretStr("ab" * 32)
    core = RollSettings(database_url="unused", master_key=key, link_key=key, pepper=key)
    services = build_roll_services(core, election, database)
    subject = (await services.roll.claimant(CAMILLE.work_email)).subject
    place = workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, subject)
    requests = [IdentifierAndPasswordRequest(f"request-{each}", "envoi-1") for each in range(50)]
    claims = [
        IdentifierAndPasswordClaim(place, CAMILLE.id, request, NewLink(f"link-{each}"))
        for each, request in enumerate(requests)
    ]
    judged = await asyncio.gather(
        *(services.identifier_and_password.judge_identifier_and_password(claim) for claim in claims)
    )
    verdicts = [each.verdict for each in judged]
    assert (verdicts.count(Verdict.TAKEN), verdicts.count(Verdict.ALREADY_SENT)) == (1, 49)
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(recipients))).all()
        (link,) = (await connection.execute(select(links_table))).all()
    assert row.link_id == link.link_id == f"link-{verdicts.index(Verdict.TAKEN)}"
