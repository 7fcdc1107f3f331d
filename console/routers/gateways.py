"""The gateways: what each does, who has changed it, and an operator's acts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response
from temporalio.client import WorkflowFailureError

from activities.routing.orders import GatewayAct, GatewayOrder
from activities.security.signed_orders import LONGEST_REASON, signed
from console.context.console_context import ConsoleContext
from console.context.operator import ActingOperator, CurrentOperator, Operator, require_csrf
from console.context.pages import HOME
from console.dashboard.gateways import gateway_findings
from console.forms.typed_fields import typed_fields
from console.presenters import gateways
from console.presenters.act_confirmation import of_gateway
from workflows.acts.gateway_change import change_gateway, new_id
from workflows.runtime.temporal_calls import (
    UPDATE_TIMEOUT,
    TemporalUnavailableError,
    WorkflowOverError,
    time_limit,
)

router = APIRouter(prefix=f"{HOME}/passerelles")
_SHARES_OF = timedelta(hours=1)
_MOST = 100
_TOLD = {
    "fait": "C’est fait. Les envois suivants en tiennent compte.",
    "inchange": "Rien à changer\u00a0: c’était déjà le cas.",
    "attente": "L’ordre est donné, mais aucun worker ne l’a encore exécuté.",
}
_NO_SHARE = "La part est un nombre de 0 à 100."
_NO_REASON = f"Donnez la raison, en {LONGEST_REASON}\u00a0caractères au plus\u00a0: l’historique la garde."
_NO_TEMPORAL = (
    "Temporal ne répond pas\u00a0: l’ordre n’a peut-être pas été reçu. Regardez l’historique avant de le redonner."
)
_UNKNOWN = "Il n’y a pas de passerelle de ce nom."
_REFUSED = "L’ordre n’a pas été exécuté\u00a0: il n’était plus valable, ou le worker l’a refusé. Redonnez-le."


@dataclass(frozen=True)
class _Refused:
    """What was typed for a gateway in an order that is refused."""

    gateway: str
    act: str
    reason: str
    priority: str

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The label and the text of each field that was filled in."""
        share = self.priority if self.act == GatewayAct.SHIFT else ""
        return typed_fields({"priority": share, "reason": self.reason})

    def is_offered(self, cards: Sequence[gateways.Card]) -> bool:
        """Return whether a card has the form of this order."""
        return any(each.name == self.gateway and self.act in each.acts for each in cards)


@router.get("")
async def show(operator: CurrentOperator, ordre: str = "") -> Response:
    """Return the page; `ordre` says what became of the order before it."""
    return await _page(operator, told=_TOLD.get(ordre, ""))


@router.post("/{name}")
async def change(
    operator: ActingOperator,
    name: str,
    csrf: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    priority: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
) -> Response:
    """Return what will happen, or have a gateway changed when that is confirmed, and lead back to the page, which says whether it was."""
    require_csrf(operator, csrf)
    if act not in set(GatewayAct):
        raise HTTPException(404)
    typed = _Refused(name, act, reason, priority)
    if wrong := _wrong(typed):
        return await _page(operator, 422, wrong, typed)
    share = int(priority) if act == GatewayAct.SHIFT else 0
    order = GatewayOrder(name, GatewayAct(act), operator.journal_name, reason.strip(), share)
    if not confirmed:
        said = of_gateway(order, await operator.console.services.gateways.current(), router.prefix)
        if said is None:
            return await _page(operator, 409, _UNKNOWN, typed)
        return operator.page("act_confirmation.html", confirmed=said)
    try:
        done = await _given(operator.console, order)
    except (TemporalUnavailableError, WorkflowOverError):  # the second without the namespace
        return await _page(operator, 503, _NO_TEMPORAL, typed)
    except WorkflowFailureError:
        return await _page(operator, 409, _REFUSED, typed)
    told = {True: "fait", False: "inchange", None: "attente"}[done]
    return RedirectResponse(f"{router.prefix}?ordre={told}", 303)


def _wrong(typed: _Refused) -> str:
    """Return what is wrong with what was typed, or an empty text."""
    share = typed.priority
    is_share = share.isascii() and share.isdecimal() and len(share) <= len(str(_MOST)) and int(share) <= _MOST
    is_reason = 0 < len(typed.reason.strip()) <= LONGEST_REASON
    wrong = [] if is_share or typed.act != GatewayAct.SHIFT else [_NO_SHARE]
    return " ".join(wrong if is_reason else [*wrong, _NO_REASON])


async def _given(console: ConsoleContext, order: GatewayOrder) -> bool | None:
    """Return whether an order has changed anything, or None while no worker has carried it out.

    Raises:
        TemporalUnavailableError: Temporal does not answer in time.
        WorkflowFailureError: the order is refused.
    """
    workflow_id = new_id(order.gateway)
    given = signed(console.signing_key, workflow_id, order, console.now())
    async with time_limit(UPDATE_TIMEOUT):
        return await change_gateway(console.client, workflow_id, given)


async def _page(
    operator: Operator, status: int = 200, error: str = "", refused: _Refused | None = None, told: str = ""
) -> Response:
    services = operator.console.services
    shares = await services.delivery_shares.of_last(_SHARES_OF)
    findings = await gateway_findings(services, operator.console.now)
    cards = gateways.cards(await services.gateways.read(), shares, findings)
    return operator.page(
        "gateways.html",
        status,
        cards=cards,
        history=gateways.history(await services.gateways.history()),
        act_names=gateways.ACTS,
        told=told,
        error=error,
        refused=refused,
        unshown=refused.typed if refused and not refused.is_offered(cards) else [],
    )
