"""What is recorded: for each workflow, its scenarios and the scripted actors of them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from tests.workflows.scripted import (
    act_activities,
    act_scenarios,
    bureau_notice_scenarios,
    changed_workflows,
    database_outage,
    identifier_and_password_scenarios,
    identifier_scenarios,
    mailing_scenarios,
    objection_scenarios,
    password_scenarios,
    roll_scenarios,
    sign_in_code_scenarios,
    single_act_scenarios,
    support_scenarios,
    voting_code_scenarios,
)
from tests.workflows.scripted.bureau_notice_scenarios import Bureau
from tests.workflows.scripted.environment import server, workers
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.objection_scenarios import Objector
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.replaying import Actor
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.sign_in_code_scenarios import CodeReader
from tests.workflows.scripted.support_scenarios import SupportWriter
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.bureau_notice import BureauNotice
from workflows.acts.elector_act import ElectorAct
from workflows.acts.gateway_change import GatewayChange
from workflows.mailings.mailing import Mailing
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.objection import Objection
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.sign_in_code import SignInCodeMailing
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.roll.uploads import RollCheck, RollDecision

HISTORIES = Path(__file__).parent / "histories"


# After a coroutine the workflow waits in the scenario's state; a context manager keeps it there until it exits.
Scenario = Callable[[Any], Awaitable[object]] | Callable[[Any], AbstractAsyncContextManager[object]]
NewActor = Callable[[], AbstractAsyncContextManager[Actor]]


@dataclass(frozen=True)
class Recording:
    """The recording of one workflow: `prefix` begins its file names; a replay with `changed` must fail."""

    prefix: str
    workflow: type
    changed: type
    scenarios: tuple[Scenario, ...]
    actors: Callable[[], AbstractAsyncContextManager[NewActor]]

    def files(self) -> dict[Path, str]:
        """Return the recorded files, with the name of each file's scenario."""
        found = {path: path.stem.rpartition("-")[0] for path in sorted(HISTORIES.glob("*.json"))}
        parts = {path: name.rpartition(".") for path, name in found.items()}
        return {path: name for path, (prefix, _, name) in parts.items() if prefix == self.prefix}

    def file(self, scenario: Scenario, series: str) -> Path:
        """Return the path of a scenario's file."""
        name = f"{scenario.__name__}-{series}.json"
        return HISTORIES / (f"{self.prefix}.{name}" if self.prefix else name)


def recorded_history(path: Path) -> WorkflowHistory:
    """Return the history of a recorded file, under the id that its workflow had."""
    text = path.read_text(encoding="utf-8")
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started.get("workflowId", "code-de-vote/recorded"), text)


@asynccontextmanager
async def _actors(actor: Callable[[WorkflowEnvironment, Scripts], Actor]) -> AsyncIterator[NewActor]:
    """A factory of actors, who share one pair of workers."""
    scripts = Scripts()

    @asynccontextmanager
    async def new_actor() -> AsyncIterator[Actor]:
        yield actor(environment, scripts)

    async with server() as environment, workers(environment.client, scripts):
        yield new_actor


@asynccontextmanager
async def _mailings() -> AsyncIterator[NewActor]:
    """A factory of operators, each with a mailing over 25 electors and a worker."""
    async with server() as environment:
        yield lambda: mailing_scenarios.mailing(environment, 25)


@asynccontextmanager
async def _acts() -> AsyncIterator[NewActor]:
    """A factory of operators, each with an act on 25 recoveries and its workers."""
    async with server() as environment:
        yield lambda: act_activities.act(environment, 25)


VOTING_CODE = Recording(
    "",
    VotingCodeRecovery,
    changed_workflows.ChangedVotingCodeRecovery,
    (*voting_code_scenarios.WAITING, *voting_code_scenarios.ENDINGS, database_outage.opened),
    lambda: _actors(VotingCodeVoter),
)
PASSWORD = Recording(
    "password",
    PasswordRecovery,
    changed_workflows.ChangedPasswordRecovery,
    (*password_scenarios.WAITING, *password_scenarios.ENDINGS),
    lambda: _actors(PasswordVoter),
)
IDENTIFIER_AND_PASSWORD = Recording(
    "identifier-and-password",
    IdentifierAndPasswordRecovery,
    changed_workflows.ChangedIdentifierAndPasswordRecovery,
    (*identifier_and_password_scenarios.WAITING, *identifier_and_password_scenarios.ENDINGS),
    lambda: _actors(IdentifierAndPasswordVoter),
)
IDENTIFIER = Recording(
    "identifier",
    IdentifierRecovery,
    changed_workflows.ChangedIdentifierRecovery,
    (*identifier_scenarios.WAITING, *identifier_scenarios.ENDINGS),
    lambda: _actors(IdentifierVoter),
)
SUPPORT = Recording(
    "support",
    SupportRequest,
    changed_workflows.ChangedSupportRequest,
    (*support_scenarios.WAITING, *support_scenarios.ENDINGS),
    lambda: _actors(SupportWriter),
)
SIGN_IN_CODE = Recording(
    "sign-in-code",
    SignInCodeMailing,
    changed_workflows.ChangedSignInCodeMailing,
    (*sign_in_code_scenarios.WAITING, *sign_in_code_scenarios.ENDINGS),
    lambda: _actors(CodeReader),
)
OBJECTION = Recording(
    "objection",
    Objection,
    changed_workflows.ChangedObjection,
    objection_scenarios.ENDINGS,
    lambda: _actors(Objector),
)
MAILING = Recording(
    "mailing",
    Mailing,
    changed_workflows.ChangedMailing,
    (*mailing_scenarios.WAITING, *mailing_scenarios.ENDINGS),
    _mailings,
)
ACT = Recording(
    "act",
    BulkRetry,
    changed_workflows.ChangedBulkRetry,
    (*act_scenarios.WAITING, *act_scenarios.ENDINGS),
    _acts,
)
ELECTOR_ACT = Recording(
    "elector-act",
    ElectorAct,
    changed_workflows.ChangedElectorAct,
    (*single_act_scenarios.WAITING, *single_act_scenarios.ELECTOR_ENDINGS),
    lambda: _actors(single_act_scenarios.for_elector),
)
GATEWAY_CHANGE = Recording(
    "gateway-change",
    GatewayChange,
    changed_workflows.ChangedGatewayChange,
    (*single_act_scenarios.WAITING, *single_act_scenarios.GATEWAY_ENDINGS),
    lambda: _actors(single_act_scenarios.on_gateway),
)
BUREAU_NOTICE = Recording(
    "bureau-notice",
    BureauNotice,
    changed_workflows.ChangedBureauNotice,
    (*bureau_notice_scenarios.WAITING, *bureau_notice_scenarios.ENDINGS),
    lambda: _actors(Bureau),
)
ROLL_CHECK = Recording(
    "roll-check",
    RollCheck,
    changed_workflows.ChangedRollCheck,
    (*roll_scenarios.WAITING, *roll_scenarios.CHECK_ENDINGS),
    lambda: _actors(roll_scenarios.check),
)
ROLL_DECISION = Recording(
    "roll-decision",
    RollDecision,
    changed_workflows.ChangedRollDecision,
    (*roll_scenarios.WAITING, *roll_scenarios.DECISION_ENDINGS),
    lambda: _actors(roll_scenarios.confirmation),
)
RECORDINGS = (
    VOTING_CODE,
    PASSWORD,
    IDENTIFIER_AND_PASSWORD,
    IDENTIFIER,
    SUPPORT,
    SIGN_IN_CODE,
    OBJECTION,
    MAILING,
    ACT,
    ELECTOR_ACT,
    GATEWAY_CHANGE,
    BUREAU_NOTICE,
    ROLL_CHECK,
    ROLL_DECISION,
)
