"""The workflows of a roll's uploaded file: it is judged, and another person's decision is carried out.

Both survive outages of database, worker and server; the file and what was found in it stand in the database alone.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.roll_uploads.importing import RollUploadActivities
from activities.roll_uploads.orders import KEPT, CheckClaim, CheckOrder, DecisionClaim, DecisionOrder, UploadState
from workflows.acts.bureau_notice import tell_bureau
from workflows.contracts.options import NON_RETRYABLE

# Longer than a batch of lines, and than the look at the whole file before the first of them.
_HEARTBEAT = timedelta(seconds=30)
_LONGEST_RUN = timedelta(hours=4)
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[*NON_RETRYABLE, "SamePersonError", "DifferentEntryError"],
)
_DETAILS = {
    UploadState.CHECKED: "### Lu\n\nLa console montre ce qui changerait. Une autre personne confirme ou abandonne.",
    UploadState.REFUSED: "### Refusé\n\nLe fichier ne peut pas être lu\u00a0: la console dit pourquoi.",
    UploadState.IMPORTED: "### Importé\n\nLe fichier est effacé. Le journal a les deux noms.",
    UploadState.FAILED: "### Échec\n\nLa console dit pourquoi. Le fichier est effacé.",
}


@workflow.defn
class RollCheck:
    """One dry run of an uploaded file."""

    @workflow.run
    async def run(self, order: CheckOrder) -> UploadState:
        """Judge the file of a signed order, and return where the upload stands; the workflow fails for a forged one."""
        claim = CheckClaim(workflow.info().workflow_id, order)
        state = await workflow.execute_activity_method(
            RollUploadActivities.check_upload,
            claim,
            start_to_close_timeout=_LONGEST_RUN,
            schedule_to_close_timeout=KEPT,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_RETRY,
            summary="Lecture du fichier",
        )
        workflow.set_current_details(_DETAILS.get(state, ""))
        return state


@workflow.defn
class RollDecision:
    """One decision on a file that was judged, and the import if it is one."""

    @workflow.run
    async def run(self, order: DecisionOrder) -> UploadState:
        """Carry out a signed decision, and return where the upload stands; the workflow fails for one that is refused."""
        taken = await workflow.execute_activity_method(
            RollUploadActivities.decide_upload,
            DecisionClaim(workflow.info().workflow_id, order),
            # Without an end: it was perhaps noted by a worker that was killed then. One that comes too late for a decision
            # which was not noted refuses it, as its signature is old.
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_RETRY,
            summary="Décision",
        )
        if not taken.is_import:
            return UploadState.ABANDONED
        if taken.news:
            await tell_bureau(taken.news)
        state = await workflow.execute_activity_method(
            RollUploadActivities.import_upload,
            order.upload,
            start_to_close_timeout=_LONGEST_RUN,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_RETRY,
            summary="Import",
        )
        workflow.set_current_details(_DETAILS.get(state, ""))
        return state
