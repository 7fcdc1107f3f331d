"""Where a recovery stands, told three ways: search attributes, current details, the voter's status."""

from temporalio import workflow

from election.stages import ENDINGS, Channel, Stage
from election.verdicts import LinkVerdict
from workflows.contracts import search_attributes
from workflows.contracts.messages import RecoveryStatus, RecoveryTerms
from workflows.parts.display_window import DisplayWindow
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.ui_details import current_details

# How a recovery ends when no code was reissued, by what became of its last link.
ENDING_OF = {
    LinkVerdict.USED: Stage.CANCELLED,
    LinkVerdict.EXPIRED: Stage.EXPIRED,
    LinkVerdict.CANCELLED: Stage.CANCELLED,
}


class Progress:
    """The stage of a recovery, and what it was last shown as."""

    def __init__(self, terms: RecoveryTerms) -> None:
        self.stage = Stage.VERIFYING
        self.since = workflow.now()
        self._time_zone = terms.time_zone
        self._shown: dict[str, str] = {"stage": Stage.VERIFYING, "channel": "", "fault": ""}

    @property
    def ended(self) -> bool:
        """Say whether the recovery has come to one of its endings."""
        return self.stage in ENDINGS

    def show(self, stage: Stage, deliveries: LinkDeliveries, display: DisplayWindow) -> None:
        """Let support staff see a stage: what changed becomes one event, or none."""
        self.reach(stage)
        self.tell(self.status(deliveries, display))

    def reach(self, stage: Stage) -> None:
        """Let the recovery have come to a stage, if it stood at another."""
        if stage is not self.stage:
            self.stage, self.since = stage, workflow.now()

    def tell(self, status: RecoveryStatus) -> None:
        """Let support staff see a status: what changed becomes one event, or none."""
        now = {"stage": status.stage.value, "channel": status.channel or "", "fault": status.fault}
        changed = {name for name, value in now.items() if value != self._shown[name]}
        keys = {
            "stage": search_attributes.STAGE,
            "channel": search_attributes.CHANNEL,
            "fault": search_attributes.FAULT,
        }
        if changed:
            workflow.upsert_search_attributes([keys[name].value_set(now[name]) for name in sorted(changed)])
            self._shown = now
        workflow.set_current_details(current_details(status, self._time_zone, workflow.info().workflow_id))

    def status(self, deliveries: LinkDeliveries, display: DisplayWindow) -> RecoveryStatus:
        """Return what the voter's follow-up page needs, without any secret or contact."""
        current = deliveries.current
        if current is None:
            return RecoveryStatus(self.stage, self.since)
        message = current.message
        return RecoveryStatus(
            stage=self.stage,
            since=self.since,
            channel=Channel(current.submission.channel),
            hint=current.submission.hint,
            accepted_at=message.accepted_at,
            delivered_at=message.delivered_at,
            link_expires_at=current.link.expires_at if message.accepted_at else None,
            fault=message.fault,
            send_again_at=message.again_at,
            sends_left=deliveries.left,
            display_until=display.until,
        )
