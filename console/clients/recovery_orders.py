"""Gives an operator's orders to recoveries, signed with the console's key, and says what came of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import Client, WorkflowUpdateFailedError

from activities.security.signatures import SigningKey
from activities.security.signed_orders import Order, signed
from console.clients.temporal_calls import (
    UPDATE_TIMEOUT,
    TemporalUnavailableError,
    WorkflowOverError,
    has_ended,
    refusal_of,
    retry_while_busy,
    time_limit,
)

OVER = (
    "Ce réassort est déjà terminé\u00a0: il n’y a plus rien à faire. La personne peut faire une nouvelle demande."
)
NO_WORKER = (
    "Aucun worker ne répond\u00a0: l’ordre n’a pas été exécuté, ou sa réponse s’est perdue. Rechargez la page avant de le "
    "donner de nouveau\u00a0: donné deux fois, il ne fait rien de plus."
)


@dataclass(frozen=True)
class OrderAnswer:
    """What came of an order: whether it was carried out, and a sentence when it was not."""

    is_done: bool
    sentence: str = ""


class RecoveryOrders:
    """Sends orders as updates; the recovery checks the signature before anything happens."""

    def __init__(self, client: Client, signing_key: SigningKey, now: Callable[[], datetime]) -> None:
        self._client = client
        self._signing_key = signing_key
        self._now = now

    async def give(self, workflow_id: str, order: Order) -> OrderAnswer:
        """Give an order to a recovery, and return what came of it."""
        handle = self._client.get_workflow_handle(workflow_id)
        given = signed(self._signing_key, workflow_id, order, self._now())
        try:
            async with time_limit(UPDATE_TIMEOUT):
                await retry_while_busy(lambda: handle.execute_update(order.act, given))
        except WorkflowOverError:
            return OrderAnswer(is_done=False, sentence=OVER)
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=NO_WORKER)
        except WorkflowUpdateFailedError as error:
            said = OVER if has_ended(error.cause) else refusal_of(error.cause)
            return OrderAnswer(is_done=False, sentence=said)
        return OrderAnswer(is_done=True)
