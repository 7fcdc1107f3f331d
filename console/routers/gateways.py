"""The gateways: what each does, who has changed it, and an operator's acts on them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from activities.routing.orders import GatewayAct, GatewayOrder
from activities.security.signed_orders import signed
from console.context.operator import ActingOperator, CurrentOperator, Operator, require_csrf
from console.context.pages import HOME
from console.presenters import gateways
from workflows.acts.gateway_change import change_gateway, new_id

router = APIRouter(prefix=f"{HOME}/passerelles")
_SHARES_OF = timedelta(hours=1)
_MOST = 100
_TOLD = {
    "fait": "C’est fait. Les envois suivants en tiennent compte.",
    "inchange": "Rien à changer\u00a0: c’était déjà le cas.",
    "attente": "L’ordre est donné, mais aucun worker ne l’a encore exécuté.",
}
_WRONG = "La part est un nombre de 0 à 100, et la raison ne peut pas être vide."


@dataclass(frozen=True)
class _Refused:
    """What was typed for a gateway in an order that is refused."""

    gateway: str
    act: str
    reason: str
    priority: str


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
    reason: Annotated[str, Form(max_length=200)] = "",
    priority: Annotated[str, Form()] = "",
) -> Response:
    """Have a gateway changed, and lead back to the page, which says whether it was."""
    require_csrf(operator, csrf)
    if act not in set(GatewayAct):
        raise HTTPException(404)
    is_number = priority.isascii() and priority.isdecimal() and int(priority[:4]) <= _MOST
    if not reason.strip() or (act == GatewayAct.SHIFT and not is_number):
        return await _page(operator, refused=_Refused(name, act, reason, priority))
    order = GatewayOrder(
        name, GatewayAct(act), operator.journal_name, reason.strip(), int(priority[:4]) if is_number else 0
    )
    console, workflow_id = operator.console, new_id(name)
    given = signed(console.signing_key, workflow_id, order, console.now())
    done = await change_gateway(console.client, workflow_id, given)
    told = {True: "fait", False: "inchange", None: "attente"}[done]
    return RedirectResponse(f"{router.prefix}?ordre={told}", 303)


async def _page(operator: Operator, told: str = "", refused: _Refused | None = None) -> Response:
    services = operator.console.services
    shares = await services.delivery_shares.of_last(_SHARES_OF)
    return operator.page(
        "gateways.html",
        422 if refused else 200,
        cards=gateways.cards(await services.gateways.read(), shares),
        history=gateways.history(await services.gateways.history()),
        act_names=gateways.ACTS,
        told=told,
        error=_WRONG if refused else "",
        refused=refused,
    )
