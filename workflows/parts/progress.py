"""Publishes the stage of a recovery, in search attributes and in the Temporal UI's current details."""

from temporalio import workflow

from election.stages import ENDINGS, Stage
from workflows.contracts import search_attributes
from workflows.contracts.messages import RecoveryStatus
from workflows.parts.ui_details import current_details

_ATTRIBUTES = {
    "channel": search_attributes.CHANNEL,
    "fault": search_attributes.FAULT,
    "stage": search_attributes.STAGE,
}


class Progress:
    """The stage of a recovery, and the attributes that were last published."""

    def __init__(self, time_zone: str) -> None:
        self.stage = Stage.VERIFYING
        self.since = workflow.now()
        self._time_zone = time_zone
        self._published = {"channel": "", "fault": "", "stage": Stage.VERIFYING.value}

    @property
    def has_ended(self) -> bool:
        """Whether the recovery has reached one of its endings."""
        return self.stage in ENDINGS

    def reach(self, stage: Stage) -> None:
        """Set the stage and its start time; the same stage again changes nothing."""
        if stage is not self.stage:
            self.stage, self.since = stage, workflow.now()

    def publish(self, status: RecoveryStatus) -> None:
        """Update the search attributes that have changed, in one event, and the current details."""
        now = {"channel": status.channel or "", "fault": status.fault, "stage": status.stage.value}
        changed = [name for name, value in now.items() if value != self._published[name]]
        if changed:
            workflow.upsert_search_attributes([_ATTRIBUTES[name].value_set(now[name]) for name in changed])
            self._published = now
        workflow.set_current_details(current_details(status, self._time_zone, workflow.info().workflow_id))
