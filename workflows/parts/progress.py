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


# What operators look for. Of a recovery that goes its ordinary way its row says where it stands, and each change of an
# attribute would be an event and a write of Temporal's visibility store.
_SHOWN = ENDINGS | {Stage.HELD, Stage.LATE}


class Progress:
    """The stage of a recovery, and the attributes that were last published."""

    def __init__(self) -> None:
        self.stage = Stage.VERIFYING
        self.since = workflow.now()
        self._published = {"channel": "", "fault": "", "stage": ""}

    @property
    def has_ended(self) -> bool:
        """Whether the recovery has reached one of its endings."""
        return self.stage in ENDINGS

    def reach(self, stage: Stage) -> None:
        """Set the stage and its start time; the same stage again changes nothing."""
        if stage is not self.stage:
            self.stage, self.since = stage, workflow.now()

    def publish(self, status: RecoveryStatus, time_zone: str) -> None:
        """Update the search attributes that have changed, in one event, and the current details.

        The stage is one of them only at an ending, or while a message is late or held; the channel comes with it.
        """
        now = {"channel": status.channel or "", "fault": status.fault, "stage": ""}
        if status.stage in _SHOWN:
            now["stage"] = status.stage.value
        if any(each["stage"] or each["fault"] for each in (now, self._published)):
            self._upsert(now)
        workflow.set_current_details(current_details(status, time_zone, workflow.info().workflow_id))

    def _upsert(self, now: dict[str, str]) -> None:
        changed = [name for name, value in now.items() if value != self._published[name]]
        if changed:
            keys = {name: _ATTRIBUTES[name] for name in changed}
            updates = [key.value_set(now[name]) if now[name] else key.value_unset() for name, key in keys.items()]
            workflow.upsert_search_attributes(updates)
            self._published = now
