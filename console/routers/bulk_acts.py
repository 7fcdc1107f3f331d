"""Acts on many recoveries: how far each is, and pausing, resuming, slowing and stopping it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from activities.acts.bulk_acts import BulkAct
from activities.acts.bulk_order import MAX_RATE, MIN_RATE, ItemState
from console.clients.bulk_orders import BulkOrders, OrderedAct
from console.context.operator import ActingOperator, CurrentOperator, Operator, PollingOperator, require_csrf
from console.forms.control_form import ControlButton, order_of
from console.presenters.act_confirmation import of_stop
from console.presenters.bulk.confirmation import DEFAULT_RATE, WRONG_RATE
from console.presenters.bulk.progress import NOT_BEGUN, URL, as_json, bulk_page, unbegun_as_json, whys_in
from console.presenters.rates import rate_in
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError

router = APIRouter(prefix=URL)
ActId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@router.get("")
async def recent(operator: CurrentOperator) -> HTMLResponse:
    """Return the last acts, and those that wait for a worker."""
    unbegun = await _unbegun(operator)
    pages = [bulk_page(each) for each in await operator.console.services.bulk_acts.recent(50)]
    return operator.page("bulk_acts.html", url=URL, acts=pages, unbegun=unbegun, answers=unbegun is not None)


@router.get("/{act_id}.json")
async def state(act_id: ActId, operator: CurrentOperator) -> JSONResponse:
    """Return where an act stands, as JSON."""
    found = await _find(operator, act_id)
    return JSONResponse(as_json(found) if isinstance(found, BulkAct) else unbegun_as_json(waits=found.waits))


@router.get("/{act_id}/avancement")
async def fragment(act_id: ActId, operator: PollingOperator) -> HTMLResponse:
    """Return the part of the page that changes, for its script."""
    context = await _context(operator, act_id)
    return HTMLResponse(operator.console.pages.text("bulk_act_state.html", operator=operator, **context))


@router.get("/{act_id}")
async def show(act_id: ActId, operator: CurrentOperator) -> HTMLResponse:
    """Return the page of an act."""
    return await _shown(operator, act_id)


@router.get("/{act_id}/arreter")
async def confirm_stop(act_id: ActId, operator: ActingOperator) -> Response:
    """Return the confirmation of stopping an act; its page where there is nothing to stop."""
    found = await _find(operator, act_id)
    if not isinstance(found, BulkAct):
        return await _shown(operator, act_id, 409, NOT_BEGUN)
    if bulk_page(found).is_over:
        return RedirectResponse(f"{URL}/{act_id}", 303)
    return operator.page("act_confirmation.html", confirmed=of_stop(f"{URL}/{act_id}"))


@router.post("/{act_id}/{button}")
async def change(
    act_id: ActId,
    button: ControlButton,
    operator: ActingOperator,
    csrf: Annotated[str, Form()] = "",
    rate: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Pause, resume, slow or stop an act, and return to its page, or say why it was not done."""
    require_csrf(operator, csrf)
    typed = rate if button is ControlButton.RATE else ""
    per_second = rate_in(typed, MIN_RATE, MAX_RATE) if button is ControlButton.RATE else DEFAULT_RATE
    if per_second is None:
        return await _shown(operator, act_id, 422, WRONG_RATE, typed)
    if not isinstance(await _find(operator, act_id), BulkAct):
        return await _shown(operator, act_id, 409, NOT_BEGUN, typed)
    order = order_of(button, operator.journal_name, per_second)
    answer = await _orders(operator).control(act_id, order)
    if answer.is_done:
        return RedirectResponse(f"{URL}/{act_id}", 303)
    return await _shown(operator, act_id, 409, answer.sentence, typed)


def _orders(operator: Operator) -> BulkOrders:
    console = operator.console
    return BulkOrders(console.client, console.signing_key, console.now)


async def _unbegun(operator: Operator) -> list[OrderedAct] | None:
    """Return the acts that no worker has begun, or None while Temporal does not answer."""
    orders, begun = _orders(operator), operator.console.services.bulk_acts
    try:
        ids = [each for each in await orders.unended() if await begun.act(each) is None]
        found = [await orders.ordered(each) for each in ids]
    except (TemporalUnavailableError, WorkflowOverError):  # the second without the namespace
        return None
    return [each for each in found if each is not None]


async def _shown(
    operator: Operator, act_id: str, status: int = 200, error: str = "", typed_rate: str = ""
) -> HTMLResponse:
    return operator.page("bulk_act.html", status, error=error, **await _context(operator, act_id, typed_rate))


async def _context(operator: Operator, act_id: str, typed_rate: str = "") -> dict[str, Any]:
    found = await _find(operator, act_id)
    act = found if isinstance(found, BulkAct) else None
    whys = await operator.console.services.bulk_acts.whys(act_id) if act else []
    return {
        "act": bulk_page(act) if act else None,
        "ordered": found,
        "failed": whys_in(whys, ItemState.FAILED),
        "skipped": whys_in(whys, ItemState.SKIPPED),
        "url": f"{URL}/{act_id}",
        "typed_rate": typed_rate,
    }


async def _find(operator: Operator, act_id: str) -> BulkAct | OrderedAct:
    """Return an act, as it was ordered while no worker has begun it.

    Raises:
        HTTPException: there is no act of that id.
        TemporalUnavailableError: no worker has begun it, and Temporal does not answer.
    """
    found = await operator.console.services.bulk_acts.act(act_id) or await _orders(operator).ordered(act_id)
    if found is None:
        raise HTTPException(404)
    return found
