"""The operator's command against a real server: its output, its updates and its errors."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.outbox.rows import MailCounts
from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Period
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted.mailing_activities import MailingOperator, ScriptedMailing
from tests.workflows.scripted.replaying import replayed
from workflows.contracts import options
from workflows.mailings import cli
from workflows.mailings.arguments import parse
from workflows.mailings.cli import CountNow, MailingError
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingEnding

_FILE = Path(__file__).parents[3] / "election" / "demo.toml"


def election(opens: timedelta = -timedelta(hours=1), closes: timedelta = timedelta(days=1)) -> Election:
    """Return the default election, with requests that open and close at these times from now."""
    found, now = load(_FILE), utc_now()
    span = Period(opens=now + opens, closes=now + closes)
    calendar = found.calendar.model_copy(update={"recoveries": span, "links_expire": now + timedelta(days=9)})
    return found.model_copy(update={"calendar": calendar})


class CommandLine:
    """Runs the command for an operator, with or without a terminal, and keeps its output."""

    def __init__(self, operator: MailingOperator) -> None:
        self.operator = operator
        self.name = operator.order.name
        self.election = election()
        self.output = io.StringIO()

    async def run(
        self, command: str, *words: str, terminal: bool = False, count: CountNow | None = None
    ) -> tuple[str, MailingEnding | None]:
        """Run a command, and return its output and how the mailing ended."""
        operator = [] if command in {"status", "failures"} else ["--operator", "m.durand"]
        options = parse("", [command, "--name", self.name, *operator, *words])
        self.output = output = io.StringIO()
        console = Console(file=output, force_terminal=terminal, width=200)
        ending = await cli.run(options, self.election, console, count)
        return output.getvalue(), ending

    async def run_refused(self, command: str, *words: str) -> str:
        """Run a command that cannot be carried out, and return the error message."""
        with pytest.raises(MailingError) as refused:
            await self.run(command, *words)
        message = str(refused.value)
        assert faults(message) == []
        assert "\n" not in message
        return message


@pytest_asyncio.fixture
async def command_line(env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CommandLine]:
    """A command line for a mailing over 25 electors that is not started."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    operator = MailingOperator(env, ScriptedMailing(25), queue=options.MAILINGS, election="demo")
    async with operator.worker(), replayed(operator, Mailing):
        yield CommandLine(operator)


async def test_a_mailing_is_started_and_followed_to_its_end(command_line: CommandLine) -> None:
    """Without a terminal it prints plain lines; the last one says how the mailing ended."""
    shown, ending = await command_line.run("start", "--rate", "50")
    assert ending is MailingEnding.COMPLETE
    assert shown.splitlines()[-1] == "Envoi accepté par le relais pour chaque électeur, 25 sur 25"
    assert {send.per_second for send in command_line.operator.activities.sends} == {50}
    assert {act.who for act in command_line.operator.activities.acts} == {"m.durand", ""}


async def test_a_terminal_shows_a_bar_with_its_figures(command_line: CommandLine) -> None:
    """The percentage, the counts, the rate, the time left; at the end how the mailing ended."""
    command_line.operator.activities.first_held_send = 2
    command_line.operator.activities.may_send.clear()
    await command_line.run("start", "--rate", "2", "--detach")
    await command_line.operator.is_sending(2)
    following = asyncio.create_task(command_line.run("status", "--follow", terminal=True))
    await until(lambda: "2 par seconde" in command_line.output.getvalue())
    command_line.operator.activities.may_send.set()
    shown, ending = await following
    assert ending is MailingEnding.COMPLETE
    figures = (
        "━",
        "40\u00a0%",
        "10 sur 25",
        "encore 8\u00a0s",
        "Envoi accepté par le relais pour chaque électeur\u00a0· 100\u00a0%\u00a0· 25 sur 25",
    )
    assert [each for each in figures if each not in shown] == []


async def test_each_command_answers_with_the_progress(command_line: CommandLine) -> None:
    """Pause, rate, resume, status and stop print the progress after the update."""
    command_line.operator.activities.may_send.clear()
    await command_line.run("start", "--detach")
    await command_line.operator.is_sending(1)
    assert (await command_line.run("pause"))[0].startswith("Envoi suspendu\u00a0: 0\u00a0%")
    assert "50 par seconde" in (await command_line.run("rate", "--rate", "50"))[0]
    assert (await command_line.run("resume"))[0].startswith("Envoi en cours")
    assert (await command_line.run("status"))[0].startswith(
        "Envoi en cours\u00a0: 0\u00a0%, 0 sur 25, 25 en attente, 50 par seconde"
    )
    await command_line.run("stop")
    command_line.operator.activities.may_send.set()
    assert (await command_line.operator.ends()).ending is MailingEnding.STOPPED


async def test_failures_are_listed_by_cause_and_retried_after_the_end(command_line: CommandLine) -> None:
    """The mailing begins again for the retry, and sends those alone."""
    scripted = command_line.operator.activities
    scripted.refused = {scripted.roll[3]: "smtp-550", scripted.roll[4]: "smtp-552", scripted.roll[5]: "smtp-552"}
    _, ending = await command_line.run("start")
    assert ending is MailingEnding.INCOMPLETE
    most, least = (await command_line.run("failures"))[0].splitlines()
    assert most.startswith("smtp-552\u00a0: 2. La boîte est pleine")
    assert least.startswith("smtp-550\u00a0: 1. La messagerie refuse cette adresse")
    scripted.refused = {}
    await command_line.run("retry", "--cause", "smtp-552")
    assert (await command_line.operator.ends()).ending is MailingEnding.INCOMPLETE
    await command_line.run("retry", "--cause", "smtp-550")
    assert (await command_line.operator.ends()).ending is MailingEnding.COMPLETE
    assert (await command_line.run("failures"))[0] == "Aucun échec.\n"
    assert sorted(scripted.sent) == scripted.roll


async def test_a_retry_that_takes_long_is_answered_once_the_mailing_has_the_order(
    command_line: CommandLine,
) -> None:
    """It says that it goes on, and so it does, without the command."""
    operator = command_line.operator
    operator.activities.refused = dict.fromkeys(operator.activities.roll[3:6], "smtp-550")
    operator.activities.first_held_send = 2
    operator.activities.may_send.clear()
    await operator.starts(task_timeout=timedelta(seconds=2))
    await operator.is_sending(2)
    operator.activities.refused = {}
    operator.activities.database_errors["retry_page"] = ""
    shown, ending = await command_line.run("retry", "--cause", "smtp-550")
    assert (shown.startswith("Ordre reçu\u00a0: "), faults(shown), ending) == (True, [], None)
    operator.activities.database_errors.clear()
    operator.activities.may_answer.set()
    operator.activities.may_send.set()
    assert (await operator.ends()).ending is MailingEnding.COMPLETE


async def test_mails_that_came_back_after_the_end_are_counted(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the database, in `status` and by cause in `failures`; while it is away the numbers are those of the end."""
    counts = MailCounts(accepted=22, failed={"bounce-5.1.1": 2, "smtp-550": 1})

    async def count(mailing: str) -> MailCounts:
        assert mailing == command_line.name
        return counts

    async def away(_: str) -> MailCounts:
        raise DatabaseUnavailableError

    await command_line.run("start")
    shown, ending = await command_line.run("status", count=count)
    assert shown.rstrip().endswith("22 sur 25, 3 en échec, dont 2 retournés après l’acceptation")
    assert ending is MailingEnding.COMPLETE
    assert json.loads((await command_line.run("status", "--json", count=count))[0])["bounced"] == 2
    assert (await command_line.run("failures", count=count))[0].startswith("bounce-5.1.1\u00a0: 2. ")
    assert "25 sur 25" in (await command_line.run("status", count=away))[0]
    assert "la fin de l’envoi" in capsys.readouterr().err


async def test_the_status_is_one_line_of_json_for_a_program(command_line: CommandLine) -> None:
    """With every count, and how the mailing ended."""
    scripted = command_line.operator.activities
    scripted.refused = {scripted.roll[3]: "smtp-550"}
    await command_line.run("start")
    (line,) = (await command_line.run("status", "--json"))[0].splitlines()
    told = json.loads(line)
    expected = {"state": "SomeFailed", "total": 25, "accepted": 24, "failed": {"smtp-550": 1}, "waiting": 0}
    assert {name: told[name] for name in expected} == expected


async def test_a_command_that_cannot_be_carried_out_prints_one_line(command_line: CommandLine) -> None:
    """For a mailing that runs already, is not paused, has ended or was never started."""
    messages = [await command_line.run_refused("pause"), await command_line.run_refused("status")]
    command_line.operator.activities.may_send.clear()
    await command_line.run("start", "--detach")
    messages += [await command_line.run_refused("start"), await command_line.run_refused("resume")]
    command_line.operator.activities.may_send.set()
    await command_line.operator.ends()
    messages.append(await command_line.run_refused("stop"))
    assert [
        sum(word in each for each in messages) for word in ("n’a pas commencé", "déjà en cours", "pas suspendu")
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
async def test_a_mailing_cannot_start_outside_the_calendar(
    command_line: CommandLine, dates: tuple[timedelta, timedelta], told: str
) -> None:
    """Before requests open or after they close, its requests would be refused."""
    command_line.election = election(*dates)
    assert told in await command_line.run_refused("start")


async def test_a_mailing_cannot_start_without_its_procedure(command_line: CommandLine) -> None:
    """The message names the key of the election's file."""
    command_line.election = command_line.election.model_copy(update={"procedures": (Procedure.VOTING_CODE,)})
    assert "`identifier-and-password`" in await command_line.run_refused("start")


@pytest.mark.parametrize(
    "words",
    [
        ["start"],
        ["pause", "--operator", " "],
        ["start", "--operator", "m.durand", "--rate", "0"],
        ["start", "--operator", "m.durand", "--name", "Envoi n° 1"],
        ["rate", "--operator", "m.durand"],
    ],
    ids=["no operator", "blank operator", "zero rate", "invalid name", "no rate"],
)
def test_an_invalid_command_line_is_refused(words: list[str]) -> None:
    """It exits with status 2."""
    with pytest.raises(SystemExit) as refused:
        parse("", words)
    assert refused.value.code == 2
