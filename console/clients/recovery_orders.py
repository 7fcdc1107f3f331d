"""Gives an operator's orders to recoveries, signed with the console's key, and says what came of them."""

from collections.abc import Callable
from datetime import datetime

from temporalio.client import Client

from activities.security.signatures import SigningKey
from activities.security.signed_orders import Order, signed
from console.clients.order_answer import OrderAnswer, answered

_OVER = (
    "Ce réassort est déjà terminé\u00a0: il n’y a plus rien à faire. La personne peut faire une nouvelle demande."
)
_NO_WORKER = (
    "Aucun worker ne répond\u00a0: l’ordre n’a pas été exécuté, ou sa réponse s’est perdue. Regardez d’abord où en est "
    "le réassort\u202f; donné deux fois, l’ordre ne fait rien de plus."
)


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
        return await answered(lambda: handle.execute_update(order.act, given), over=_OVER, no_worker=_NO_WORKER)
