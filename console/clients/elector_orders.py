"""Gives an operator's orders for the elector of a recovery: the role `recoveries` carries them out."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowFailureError

from activities.acts.elector_acts import ElectorActed, ElectorActKind, ElectorOrder
from activities.security.signatures import SigningKey
from activities.security.signed_orders import VALID_FOR, signed
from console.clients.order_answer import OrderAnswer
from election.text.numbers import written_number
from workflows.acts.elector_act import ElectorAct
from workflows.contracts.options import ACTS
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, TemporalUnavailableError, time_limit

_WITHIN = timedelta(seconds=8)
_NO_TEMPORAL = (
    "Temporal n’a pas répondu\u00a0: rien ne dit que l’ordre est donné. Regardez dans un instant la chronologie du "
    "réassort, et redonnez-le s’il n’y est pas."
)
_NOT_YET = (
    "Aucun worker ne répond encore\u00a0: l’ordre attend leur retour, dix minutes au plus. Regardez dans un instant la "
    "chronologie du réassort."
)
_UNKNOWN = "Aucune personne de la liste électorale n’est derrière ce réassort\u00a0: il n’y a rien à faire."
_REFUSED = (
    "L’ordre n’a pas pu être exécuté\u00a0: il n’est plus valable, ou la base de données a refusé. Redonnez-le."
)
_COUNTS = {
    ElectorActKind.UNLOCK_SIGN_IN: "La connexion est débloquée. Essais oubliés\u00a0: {}.",
    ElectorActKind.GIVE_BACK: "Demandes d’identifiant rendues\u00a0: {}.",
}


class ElectorOrders:
    """Starts the workflow of an act, and waits a little for what came of it."""

    def __init__(self, client: Client, signing_key: SigningKey, now: Callable[[], datetime]) -> None:
        self._client = client
        self._signing_key = signing_key
        self._now = now

    async def give(self, recovery: str, kind: ElectorActKind, operator: str, reason: str) -> OrderAnswer:
        """Give an order for the elector of a recovery, and return what came of it."""
        act_id = f"elector-act/{secrets.token_hex(16)}"
        order = signed(self._signing_key, act_id, ElectorOrder(operator, recovery, kind, reason), self._now())
        try:
            async with time_limit(UPDATE_TIMEOUT):
                handle = await self._client.start_workflow(
                    ElectorAct.run, order, id=act_id, task_queue=ACTS, execution_timeout=VALID_FOR
                )
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=_NO_TEMPORAL)
        try:
            async with time_limit(_WITHIN):
                acted = await handle.result()
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=_NOT_YET)
        except WorkflowFailureError:
            return OrderAnswer(is_done=False, sentence=_REFUSED)
        return _answer(acted, kind)


def _answer(acted: ElectorActed, kind: ElectorActKind) -> OrderAnswer:
    if not acted.is_known:
        return OrderAnswer(is_done=False, sentence=_UNKNOWN)
    return OrderAnswer(is_done=True, sentence=_COUNTS[kind].format(written_number(acted.number)))
