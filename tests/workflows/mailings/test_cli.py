"""The operator's command, against a real server: what it shows, what it orders, and how it says no."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Span
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted.campaign_activities import CampaignOperator, ScriptedCampaign
from tests.workflows.scripted.replaying import replayed
from workflows.contracts import options
from workflows.mailings import cli
from workflows.mailings.arguments import parsed
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.cli import CampaignError
from workflows.mailings.messages import CampaignEnding

_FILE = Path(__file__).parents[3] / "election" / "default.toml"


def election(opens: timedelta = -timedelta(hours=1), closes: timedelta = timedelta(days=1)) -> Election:
    """Return the default election, whose requests open and close so long from now."""
    found, now = load(_FILE), utc_now()
    span = Span(opens=now + opens, closes=now + closes)
    calendar = found.calendar.model_copy(update={"recoveries": span, "links_die": now + timedelta(days=9)})
    return found.model_copy(update={"calendar": calendar})


class Desk:
    """An operator at a terminal, or at none: what is typed, and what was shown."""

    def __init__(self, operator: CampaignOperator) -> None:
        self.operator = operator
        self.name = operator.order.name
        self.election = election()
        self.screen = io.StringIO()

    async def types(self, command: str, *words: str, terminal: bool = False) -> tuple[str, CampaignEnding | None]:
        """Type a command, and return what it showed and how the campaign ended."""
        named = [] if command == "status" else ["--operator", "m.durand"]
        asked = parsed("", [command, "--name", self.name, *named, *words])
        self.screen = shown = io.StringIO()
        console = Console(file=shown, force_terminal=terminal, width=200)
        ending = await cli.run(asked, self.election, console)
        return shown.getvalue(), ending

    async def is_told(self, command: str, *words: str) -> str:
        """Type a command that cannot be done, and return why."""
        with pytest.raises(CampaignError) as refused:
            await self.types(command, *words)
        said = str(refused.value)
        assert faults(said) == []
        assert "\n" not in said
        return said


@pytest_asyncio.fixture
async def desk(env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A desk before a roll of 25 that has not been sent anything."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    operator = CampaignOperator(env, ScriptedCampaign(25), queue=options.CAMPAIGNS, election="default")
    async with operator.worker(), replayed(operator, LinkCampaign):
        yield Desk(operator)


async def test_a_campaign_is_started_and_followed_to_its_end(desk: Desk) -> None:
    """In plain lines where there is no terminal; the last one says how it ended."""
    shown, ending = await desk.types("start", "--rate", "50")
    assert ending is CampaignEnding.COMPLETE
    assert shown.splitlines()[-1] == "Envoi terminé\u00a0: chaque électeur a son lien, 25 sur 25"
    assert [page.per_second for page in desk.operator.activities.pages] == [50]
    assert {act.who for act in desk.operator.activities.acts} == {"m.durand", ""}


async def test_a_terminal_shows_a_bar_with_its_figures(desk: Desk) -> None:
    """Percent, how many of how many, the rate, the time left; at the end what has become of it."""
    desk.operator.activities.first_held_page = 2
    desk.operator.activities.may_send.clear()
    await desk.types("start", "--rate", "2", "--detach")
    await desk.operator.is_at_page(2)
    following = asyncio.create_task(desk.types("status", "--follow", terminal=True))
    await until(lambda: "2 par seconde" in desk.screen.getvalue())
    desk.operator.activities.may_send.set()
    shown, ending = await following
    assert ending is CampaignEnding.COMPLETE
    figures = (
        "━",
        "40\u00a0%",
        "10 sur 25",
        "encore 8\u00a0s",
        "Envoi terminé\u00a0· 100\u00a0%\u00a0· 25 sur 25",
    )
    assert [each for each in figures if each not in shown] == []


async def test_orders_are_given_and_answered(desk: Desk) -> None:
    """Each answer says how far the campaign is."""
    desk.operator.activities.may_send.clear()
    await desk.types("start", "--detach")
    await desk.operator.is_at_page(1)
    assert (await desk.types("pause"))[0].startswith("Envoi en pause\u00a0: 0\u00a0%")
    assert "50 par seconde" in (await desk.types("rate", "--rate", "50"))[0]
    assert (await desk.types("resume"))[0].startswith("Envoi en cours")
    assert (await desk.types("status"))[0].startswith("Envoi en cours\u00a0: 0\u00a0%, 0 sur 25, 50 par seconde")
    await desk.types("stop")
    desk.operator.activities.may_send.set()
    assert (await desk.operator.ends()).ended is CampaignEnding.STOPPED


async def test_what_cannot_be_ordered_is_said_in_a_line(desk: Desk) -> None:
    """Twice the same, too late, or of a campaign that never was."""
    said = [await desk.is_told("pause"), await desk.is_told("status")]
    desk.operator.activities.may_send.clear()
    await desk.types("start", "--detach")
    said += [await desk.is_told("start"), await desk.is_told("resume")]
    desk.operator.activities.may_send.set()
    await desk.operator.ends()
    said.append(await desk.is_told("stop"))
    assert [
        sum(word in each for each in said) for word in ("n’a pas commencé", "déjà en cours", "pas en pause")
    ] == [
        3,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ((timedelta(hours=1), timedelta(days=1)), "n’ouvrent que le"),
        ((-timedelta(days=2), -timedelta(days=1)), "closes depuis le"),
    ],
    ids=["too early", "too late"],
)
async def test_nothing_starts_outside_the_calendar(
    desk: Desk, dates: tuple[timedelta, timedelta], told: str
) -> None:
    """What it would send would be refused."""
    desk.election = election(*dates)
    assert told in await desk.is_told("start")


async def test_nothing_starts_where_the_election_does_not_offer_it(desk: Desk) -> None:
    """The line names the key of its file."""
    desk.election = desk.election.model_copy(update={"procedures": (Procedure.VOTING_CODE,)})
    assert "`identifier-and-password`" in await desk.is_told("start")


@pytest.mark.parametrize(
    "words",
    [
        ["start"],
        ["pause", "--operator", " "],
        ["start", "--operator", "m.durand", "--rate", "0"],
        ["start", "--operator", "m.durand", "--name", "Envoi n° 1"],
        ["rate", "--operator", "m.durand"],
    ],
    ids=["nobody", "blank", "no rate", "name", "which rate"],
)
def test_a_command_line_that_makes_no_sense_is_refused(words: list[str]) -> None:
    """With the usage, and status 2."""
    with pytest.raises(SystemExit) as refused:
        parsed("", words)
    assert refused.value.code == 2
