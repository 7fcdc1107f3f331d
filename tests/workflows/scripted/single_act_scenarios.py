"""Scenarios that bring an operator's act of one activity, for an elector or on a gateway, to where it waits, and to each ending."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.acts.elector_acts import ElectorActed, ElectorActKind, ElectorClaim, ElectorOrder
from activities.routing.console_orders import GatewayClaim
from activities.routing.orders import GatewayAct, GatewayOrder
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.acts.elector_act import ElectorAct
from workflows.acts.gateway_change import GatewayChange

QUEUE = "scripted-acts"  # the production's queue belongs to the tests that run a whole act on it
NAME = "Dominique Exemple"


class ScriptedActs:
    """The activities of these acts, which answer what the script of the act's workflow says."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    @property
    def all(self) -> list[Callable[..., Any]]:
        """The local activities for a worker to register."""
        return [self.act_for_elector, self.change_gateway]

    @activity.defn
    async def act_for_elector(self, claim: ElectorClaim) -> ElectorActed:
        """Record the argument, and return the script's answer."""
        await self._claimed(claim)
        return self._scripts.of(claim.workflow_id).acted

    @activity.defn
    async def change_gateway(self, claim: GatewayClaim) -> bool:
        """Record the argument; the order has changed something."""
        await self._claimed(claim)
        return True

    async def _claimed(self, claim: ElectorClaim | GatewayClaim) -> None:
        script = self._scripts.of(claim.workflow_id)
        script.act_claims.append(claim)
        await script.wait_until_released("act")


class ActGiver(WorkflowActor[Any]):
    """An operator, and the workflow of one act."""

    def __init__(
        self,
        environment: WorkflowEnvironment,
        scripts: Scripts,
        workflow: type,
        order: ElectorOrder | GatewayOrder,
        result: type,
    ) -> None:
        self._workflow = workflow
        self.order = order
        self.workflow_id = f"acte/{uuid4().hex}"
        self.script = scripts.of(self.workflow_id)
        handle = environment.client.get_workflow_handle(self.workflow_id, result_type=result)
        super().__init__(environment, handle)

    async def gives(self, error: str = "") -> None:
        """Start the act, and return after the first attempt, which raises an error of that name, if there is one."""
        if error:
            self.script.errors["act"] = error
        await self._environment.client.start_workflow(
            self._workflow.__name__, self.order, id=self.workflow_id, task_queue=QUEUE
        )
        await until(lambda: self.script.act_claims)

    async def has_timer(self) -> bool:
        """Return whether the workflow waits with a timer for its next attempt."""
        history = await self.handle.fetch_history()
        return any(each.event_type == EventType.EVENT_TYPE_TIMER_STARTED for each in history.events)


def for_elector(environment: WorkflowEnvironment, scripts: Scripts) -> ActGiver:
    """Return the giver of an act that unlocks an elector's sign-in."""
    order = ElectorOrder(NAME, "code-de-vote/camille", ElectorActKind.UNLOCK_SIGN_IN)
    return ActGiver(environment, scripts, ElectorAct, order, ElectorActed)


def on_gateway(environment: WorkflowEnvironment, scripts: Scripts) -> ActGiver:
    """Return the giver of an act that suspends a gateway."""
    order = GatewayOrder("smpp", GatewayAct.SUSPEND, NAME, "panne de l’opérateur")
    return ActGiver(environment, scripts, GatewayChange, order, bool)


async def database_away(giver: ActGiver) -> None:
    """The database has not answered for so long that the next attempt has a timer in the history."""
    await giver.gives("DatabaseUnavailableError")
    await until(giver.has_timer, within=timedelta(minutes=1).total_seconds())


async def done(giver: ActGiver) -> None:
    """It was done at once."""
    await giver.gives()
    await giver.ends()


async def of_nobody(giver: ActGiver) -> None:
    """The recovery concerns nobody on the roll: there is nothing to do."""
    giver.script.acted = ElectorActed(is_known=False)
    await done(giver)


async def refused(giver: ActGiver) -> None:
    """The console has not signed the order: the workflow fails."""
    await giver.gives("InvalidSignatureError")
    with pytest.raises(WorkflowFailureError):
        await giver.ends()


WAITING = (database_away,)
ELECTOR_ENDINGS = (done, of_nobody, refused)
GATEWAY_ENDINGS = (done, refused)
