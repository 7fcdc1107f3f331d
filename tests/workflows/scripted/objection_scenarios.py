"""Scenarios that bring an objection to each of its endings."""

from secrets import token_hex

from temporalio.testing import WorkflowEnvironment

from activities.recoveries.objection import ObjectionClick, ObjectionOrder
from election.procedures import Procedure, objection_id_of, workflow_id_of
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.contracts import options
from workflows.recoveries.objection import Objection


class Objector(WorkflowActor[LinkVerdict]):
    """An elector who objects, and the workflow of the objection."""

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self._scripts = scripts
        elector_id = token_hex(16)
        self.order = ObjectionOrder(
            workflow_id_of(Procedure.VOTING_CODE, elector_id), ObjectionClick("notice", "signed")
        )
        self.workflow_id = objection_id_of(elector_id)
        self.script = scripts.of(self.order.workflow_id)
        super().__init__(environment, environment.client.get_workflow_handle_for(Objection.run, self.workflow_id))

    async def objects(self, *others: str) -> None:
        """Start the objection, of an elector with these other recoveries, and return after the first attempt."""
        self.script.others = list(others)
        for other in others:
            self._scripts.of(other).was_objected = True
        await self._environment.client.start_workflow(
            Objection.run, self.order, id=self.workflow_id, task_queue=options.RECOVERIES
        )
        await until(lambda: self.script.objections)


async def database_away(elector: Objector) -> None:
    """The database does not answer: the objection is tried again."""
    elector.script.errors["make_objection"] = "DatabaseUnavailableError"
    await elector.objects()
    await until(lambda: len(elector.script.objections) > 1)


async def made(elector: Objector) -> None:
    """The recoveries are paused, and two that have ended are told."""
    await elector.objects("code-de-vote/ended", "identifiant/ended")
    await elector.ends()


async def made_after_outage(elector: Objector) -> None:
    """The same, once the database answers again."""
    await database_away(elector)
    del elector.script.errors["make_objection"]
    await elector.ends()


async def already_used(elector: Objector) -> None:
    """The link was used before."""
    elector.script.objection = LinkVerdict.USED
    await elector.objects()
    await elector.ends()


# Not `database_away`: while a local activity is tried again its history has no command that a replay could compare.
ENDINGS = (made, made_after_outage, already_used)
