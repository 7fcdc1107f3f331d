"""Gives administrators' orders on an uploaded file of the roll: the role `roll` carries them out."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.roll_uploads.orders import CheckOrder, DecisionOrder
from activities.roll_uploads.uploads import Upload, Uploader
from activities.security.signatures import SigningKey
from activities.security.signed_orders import signed
from console.clients.order_answer import OrderAnswer
from workflows.roll.starting import check_id, new_decision_id, start_check, start_decision
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, TemporalUnavailableError, time_limit

# A small file is imported by then; a large one goes on without the console.
_ANSWERED_WITHIN = timedelta(seconds=3)
_NO_TEMPORAL = "Temporal ne répond pas\u00a0: l’ordre n’est pas donné. Recommencez dans un instant."
_REFUSED = (
    "L’ordre n’a pas été exécuté\u00a0: il n’était plus valable, ou le worker l’a refusé. Actualisez la page, puis "
    "redonnez-le."
)
DIFFERENT_ENTRY = "Ce que vous avez tapé n’est pas ce qui a été demandé\u00a0: rien n’est changé. Vérifiez avec l’autre personne."
_SENTENCES = {
    "DifferentEntryError": DIFFERENT_ENTRY,
    "SamePersonError": "Une autre personne de l’administration doit confirmer.",
}
_WAITING = "L’ordre est donné. S’il n’est pas exécuté dans les dix minutes, faute de worker d’import en marche, redonnez-le."


class RollOrders:
    """Gives the orders of the administrator who has signed in."""

    def __init__(self, client: Client, signing_key: SigningKey, now: Callable[[], datetime]) -> None:
        self._client = client
        self._signing_key = signing_key
        self._now = now

    async def check(self, upload: Upload, by: Uploader) -> OrderAnswer:
        """Have a file judged for who has uploaded it, and return without waiting for it."""
        order = CheckOrder(by.operator, by.subject, upload.id, upload.kind, upload.file_hash, upload.reason)
        given = signed(self._signing_key, check_id(upload.id), order, self._now())
        try:
            async with time_limit(UPDATE_TIMEOUT):
                await start_check(self._client, given)
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=_NO_TEMPORAL)
        return OrderAnswer(is_done=True)

    async def decide(self, upload: Upload, by: Uploader, *, confirms: bool, entry: int = 0) -> OrderAnswer:
        """Have a file imported or deleted, and return what came of it within seconds; `entry` as in the order."""
        order = DecisionOrder(by.operator, by.subject, upload.id, upload.file_hash, confirms, entry)
        workflow_id = new_decision_id(upload.id)
        given = signed(self._signing_key, workflow_id, order, self._now())
        try:
            async with time_limit(UPDATE_TIMEOUT):
                deciding = await start_decision(self._client, workflow_id, given)
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=_NO_TEMPORAL)
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN.total_seconds()):
                await deciding.result()
        except TimeoutError:
            return OrderAnswer(is_done=True, sentence=_WAITING)
        except WorkflowFailureError as error:
            return OrderAnswer(is_done=False, sentence=_SENTENCES.get(_kind_of(error), _REFUSED))
        return OrderAnswer(is_done=True)


def _kind_of(error: WorkflowFailureError) -> str:
    """Return the type of the error for which an activity has refused an order, or an empty text."""
    cause = error.cause.cause if isinstance(error.cause, ActivityError) else None
    return cause.type or "" if isinstance(cause, ApplicationError) else ""
