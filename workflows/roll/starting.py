"""Starts the dry run of an uploaded file, and the workflow of a decision on it, for the console."""

import secrets

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from activities.roll_uploads.orders import CheckOrder, DecisionOrder, UploadState
from workflows.contracts.options import ROLL
from workflows.roll.uploads import RollCheck, RollDecision


def check_id(upload_id: str) -> str:
    """Return the id of the workflow that judges an upload."""
    return f"roll-check/{upload_id}"


def new_decision_id(upload_id: str) -> str:
    """Return the id of a new decision on an upload: who occupies one in Temporal keeps nobody from deciding."""
    return f"roll-decision/{upload_id}/{secrets.token_hex(8)}"


async def start_check(client: Client, order: CheckOrder) -> None:
    """Start judging an upload; an order that is sent twice is carried out once.

    Raises:
        RPCError: Temporal does not answer.
    """
    await client.start_workflow(
        RollCheck.run,
        order,
        id=check_id(order.upload),
        task_queue=ROLL,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Lecture d’un fichier de la liste électorale",
    )


async def start_decision(
    client: Client, workflow_id: str, order: DecisionOrder
) -> WorkflowHandle[RollDecision, UploadState]:
    """Start carrying out a decision, and return the handle of its workflow.

    Raises:
        RPCError: Temporal does not answer.
    """
    return await client.start_workflow(
        RollDecision.run,
        order,
        id=workflow_id,
        task_queue=ROLL,
        static_summary="Décision sur un fichier de la liste électorale",
    )
