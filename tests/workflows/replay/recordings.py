"""Which recoveries are recorded: one row for each workflow, with its scenarios and whoever plays them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.workflows.replay import changed_workflows
from tests.workflows.scripted import (
    campaign_scenarios,
    database_outage,
    identifier_and_password_scenarios,
    identifier_scenarios,
    password_scenarios,
    support_scenarios,
    voting_code_scenarios,
)
from tests.workflows.scripted.environment import server, workers
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import Player
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.support_scenarios import Asker
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.mailings.campaign import LinkCampaign
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery

HISTORIES = Path(__file__).parent / "histories"


# A plain coroutine leaves the recovery where it waits; a context manager holds it there while it lasts.
Scenario = Callable[[Any], Awaitable[object]] | Callable[[Any], AbstractAsyncContextManager[object]]
Enters = Callable[[], AbstractAsyncContextManager[Player]]


@dataclass(frozen=True)
class Recording:
    """One workflow's: `prefix` begins its files' names; `careless` is what a replay must not take for it."""

    prefix: str
    workflow: type
    careless: type
    scenarios: tuple[Scenario, ...]
    stage: Callable[[], AbstractAsyncContextManager[Enters]]

    def files(self) -> dict[Path, str]:
        """Return the files that were recorded, with the name of each one's scenario."""
        found = {path: path.stem.rpartition("-")[0] for path in sorted(HISTORIES.glob("*.json"))}
        parts = {path: name.rpartition(".") for path, name in found.items()}
        return {path: name for path, (prefix, _, name) in parts.items() if prefix == self.prefix}

    def file(self, scenario: Scenario, series: str) -> Path:
        """Return where a scenario is recorded."""
        name = f"{scenario.__name__}-{series}.json"
        return HISTORIES / (f"{self.prefix}.{name}" if self.prefix else name)


@asynccontextmanager
async def _stage(player: Callable[[WorkflowEnvironment, Scripts], Player]) -> AsyncIterator[Enters]:
    """Players who share one pair of workers."""
    scripts = Scripts()

    @asynccontextmanager
    async def enters() -> AsyncIterator[Player]:
        yield player(environment, scripts)

    async with server() as environment, workers(environment.client, scripts):
        yield enters


@asynccontextmanager
async def _campaigns() -> AsyncIterator[Enters]:
    """Operators who each have a campaign over 25 electors, and a worker, of their own."""
    async with server() as environment:
        yield lambda: campaign_scenarios.campaign(environment, 25)


VOTING_CODE = Recording(
    "",
    VotingCodeRecovery,
    changed_workflows.RestlessRecovery,
    (*voting_code_scenarios.WAITING, *voting_code_scenarios.ENDINGS, database_outage.opened),
    lambda: _stage(Voter),
)
PASSWORD = Recording(
    "password",
    PasswordRecovery,
    changed_workflows.RestlessPassword,
    (*password_scenarios.WAITING, *password_scenarios.ENDINGS),
    lambda: _stage(PasswordVoter),
)
IDENTIFIER_AND_PASSWORD = Recording(
    "identifier-and-password",
    IdentifierAndPasswordRecovery,
    changed_workflows.RestlessBothCodes,
    (*identifier_and_password_scenarios.WAITING, *identifier_and_password_scenarios.ENDINGS),
    lambda: _stage(IdentifierAndPasswordVoter),
)
IDENTIFIER = Recording(
    "identifier",
    IdentifierRecovery,
    changed_workflows.RestlessIdentifier,
    (*identifier_scenarios.WAITING, *identifier_scenarios.ENDINGS),
    lambda: _stage(IdentifierVoter),
)
SUPPORT = Recording(
    "support",
    SupportRequest,
    changed_workflows.RestlessSupport,
    (*support_scenarios.WAITING, *support_scenarios.ENDINGS),
    lambda: _stage(Asker),
)
CAMPAIGN = Recording(
    "campaign",
    LinkCampaign,
    changed_workflows.RestlessCampaign,
    (*campaign_scenarios.WAITING, *campaign_scenarios.ENDINGS),
    _campaigns,
)
RECORDINGS = (VOTING_CODE, PASSWORD, IDENTIFIER_AND_PASSWORD, IDENTIFIER, SUPPORT, CAMPAIGN)
