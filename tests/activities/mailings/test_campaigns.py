"""A campaign's activities start recoveries for electors it has not reached, page by page, at its rate, each once."""

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
from activities.mailings.campaigns import CampaignAct, Campaigns, ElectorCounts, Page, PageRequest, request_id_of
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
    """Records the started recoveries; it can be blocked, and fails for the electors in `failing`."""

    def __init__(self) -> None:
        self.started: Starts = []
        self.failing: set[str] = set()
        self.underway = self.most = 0
        self.unblocked = asyncio.Event()
        self.unblocked.set()

    async def start(self, subject: str, elector_id: str, request_id: str, campaign: str) -> None:
        """Record the start of a recovery."""
        self.underway += 1
        self.most = max(self.most, self.underway)
        await self.unblocked.wait()
        self.underway -= 1
        if elector_id in self.failing:
            raise ConnectionError("Temporal is away")
        self.started.append((subject, elector_id, request_id, campaign))


@pytest.fixture
def starter() -> Starter:
    """Stands in for the start of workflows."""
    return Starter()


@pytest_asyncio.fixture
async def campaigns(
    database: Database, roll: Roll, journal: Journal, starter: Starter, electorate: Electorate
) -> Campaigns:
    """The activities, on a roll of 24 electors."""
    for person in ELECTORS:
        await electorate.enrol(person)
    return Campaigns(database, roll, journal, starter.start)


@pytest.fixture
def reach(database: Database, now: Clock) -> Reach:
    """A function that records electors as reached by a campaign."""
    noted = Recipients(now)

    async def write(*electors: str, campaign: str = "envoi-1") -> None:
        async with database.writing() as connection:
            for elector in electors:
                assert await noted.note(connection, campaign, elector, token_hex(16))

    return write


def ordered(after: str = "", size: int = 10, per_second: float = 1000) -> PageRequest:
    """Return the argument of the activity for one page."""
    return PageRequest("envoi-1", after, size, per_second)


def place_after(number: int) -> Page:
    """Return the page's result after that many electors."""
    return Page(IDS[number - 1], number)


async def test_pages_start_all_electors_in_order(campaigns: Campaigns, starter: Starter) -> None:
    """Each page continues after the one before; the last page is marked as the last."""
    run = ActivityEnvironment().run
    first = await run(campaigns.send_page, ordered())
    second = await run(campaigns.send_page, ordered(first.last))
    third = await run(campaigns.send_page, ordered(second.last))
    assert [elector for _, elector, _, _ in starter.started] == IDS
    assert (first, second) == (Page(IDS[9], 10), Page(IDS[19], 10))
    assert third == Page(IDS[23], 4, is_last=True)


async def test_a_page_after_the_last_elector_is_empty(campaigns: Campaigns) -> None:
    """It starts no recovery and is marked as the last."""
    page = await ActivityEnvironment().run(campaigns.send_page, ordered(IDS[-1]))
    assert page == Page(IDS[-1], 0, is_last=True)


async def test_a_recovery_is_started_under_the_work_address_s_subject(
    campaigns: Campaigns, starter: Starter, roll: Roll
) -> None:
    """The web uses the same subject, so that an elector's own request finds the campaign's recovery."""
    await ActivityEnvironment().run(campaigns.send_page, ordered(size=1))
    claimant = await roll.claimant(ELECTORS[0].work_email)
    request = request_id_of("envoi-1", IDS[0])
    assert starter.started == [(claimant.subject, IDS[0], request, "envoi-1")]
    assert request != request_id_of("envoi-2", IDS[0])
    assert len(request) == 32


async def test_electors_that_were_reached_are_skipped(
    campaigns: Campaigns, starter: Starter, reach: Reach
) -> None:
    """Those that another campaign reached are not skipped."""
    await reach(*IDS[2:5])
    await reach(IDS[0], campaign="envoi-0")
    page = await ActivityEnvironment().run(campaigns.send_page, ordered(size=3))
    assert [elector for _, elector, _, _ in starter.started] == [IDS[0], IDS[1], IDS[5]]
    assert (page.last, page.started, page.reached) == (IDS[5], 3, 3)


async def test_electors_that_were_reached_are_counted(campaigns: Campaigns, reach: Reach) -> None:
    """The counts are of all electors, and of those that this campaign reached."""
    await reach(*IDS[:5])
    await reach(*IDS, campaign="envoi-0")
    assert await campaigns.count_electors("envoi-1") == ElectorCounts(24, 5)


async def test_a_retried_page_continues_after_its_last_heartbeat(campaigns: Campaigns, starter: Starter) -> None:
    """Electors in the heartbeat are not started again, and the page keeps its size."""
    environment = ActivityEnvironment()
    details = {"last": IDS[5], "started": 6, "is_last": False}  # as Temporal returns it
    environment.info = replace(environment.info, heartbeat_details=[details])
    page = await environment.run(campaigns.send_page, ordered())
    assert [elector for _, elector, _, _ in starter.started] == IDS[6:10]
    assert page == place_after(10)


async def test_a_failed_start_is_not_in_the_heartbeat(campaigns: Campaigns, starter: Starter) -> None:
    """The page fails too, and its heartbeats end before that elector."""
    heartbeats: list[Page] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = heartbeats.append
    starter.failing = {IDS[4]}
    with pytest.raises(ConnectionError):
        await environment.run(campaigns.send_page, ordered())
    assert heartbeats == [place_after(number) for number in range(1, 5)]


async def test_at_most_ten_starts_are_in_progress(campaigns: Campaigns, starter: Starter) -> None:
    """A slow Temporal server gets at most ten concurrent starts."""
    starter.unblocked.clear()
    page = asyncio.create_task(ActivityEnvironment().run(campaigns.send_page, ordered(size=24)))
    await until(lambda: starter.underway == 10)
    starter.unblocked.set()
    assert (await page).started == 24
    assert starter.most == 10


async def test_a_page_takes_as_long_as_its_rate_demands(campaigns: Campaigns) -> None:
    """The wait after the last start is included, so that small pages do not exceed the rate."""
    time = asyncio.get_running_loop().time
    begun = time()
    await ActivityEnvironment().run(campaigns.send_page, ordered(size=4, per_second=40))
    assert time() - begun >= 0.1


async def test_an_operator_s_action_is_journalled_once(campaigns: Campaigns, database: Database) -> None:
    """The entry has the operator's name; a retry of the activity writes no other."""
    act = CampaignAct("act-1", "campaign/2011/envoi-1", Event.CAMPAIGN_PACED, "m.durand", detail="50/s")
    for _ in range(2):
        await campaigns.note_campaign(act)
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(journal_table))).all()
    assert (row.event, row.actor, row.workflow_id, row.detail) == (
        "campaign:rate:changed",
        "m.durand",
        "campaign/2011/envoi-1",
        "50/s",
    )


async def test_concurrent_starts_reach_an_elector_once(
    database: Database, electorate: Electorate, election: Election
) -> None:
    """Of fifty concurrent claims one is accepted, with one link and one row; the others get ALREADY_SENT."""
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
    assert (verdicts.count(Verdict.ACCEPTED), verdicts.count(Verdict.ALREADY_SENT)) == (1, 49)
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(recipients))).all()
        (link,) = (await connection.execute(select(links_table))).all()
    assert row.link_id == link.link_id == f"link-{verdicts.index(Verdict.ACCEPTED)}"
