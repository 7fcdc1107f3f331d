"""« Échecs »: what has failed, by cause, and the acts on one line, on chosen ones, or on all that match the filter."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from activities.acts.bulk_order import BulkKind, BulkOrder
from activities.progress.failures import FailureFilter
from console.clients.bulk_orders import BulkOrders, new_act_id
from console.clients.gateway_choices import gateway_choices
from console.context.operator import ActingOperator, CurrentOperator, Operator, require_csrf
from console.forms.bulk_form import BulkForm, read_bulk_form
from console.presenters import words
from console.presenters.bulk import failures
from console.presenters.bulk import progress as bulk_progress
from console.presenters.bulk.confirmation import (
    DEFAULT_RATE,
    HIGHEST_RATE,
    LOWEST_RATE,
    NO_REASON,
    NOT_BEGUN,
    NOTHING_CHOSEN,
    NOTHING_FOUND,
    WRONG_RATE,
    BulkAct,
    confirmation,
)
from console.presenters.bulk.failures import URL, FilterFields
from election.causes import cause_of
from election.stages import Channel
from workflows.runtime.temporal_calls import TemporalUnavailableError

router = APIRouter(prefix=URL)
_PAGE = 50
_KINDS = {
    BulkAct.RETRY: BulkKind.RETRY,
    BulkAct.OTHER_GATEWAY: BulkKind.RETRY_BY_OTHER,
    BulkAct.CANCEL: BulkKind.CANCEL,
}


async def _filter_fields(
    channel: Annotated[str, Query(max_length=16)] = "",
    procedure: Annotated[str, Query(max_length=40)] = "",
    cause: Annotated[str, Query(max_length=100)] = "",
    age: Annotated[str, Query(max_length=8)] = "",
) -> FilterFields:
    return FilterFields(channel, procedure, cause, age)


Fields = Annotated[FilterFields, Depends(_filter_fields)]


@router.get("")
async def show(operator: CurrentOperator, fields: Fields) -> HTMLResponse:
    """Return what has failed, by cause, and what is tried again by itself."""
    return await _page(operator, fields)


@router.get(".json")
async def as_json(operator: CurrentOperator) -> JSONResponse:
    """Return what has failed for good, by cause, as JSON."""
    return JSONResponse(failures.as_json(await operator.console.services.failures.held_by_cause(FailureFilter())))


@router.get("/liste")
async def listed(
    operator: CurrentOperator, fields: Fields, after: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Return the recoveries of a cause, the oldest first, a page at a time."""
    service, now = operator.console.services.failures, operator.console.now()
    asked = fields.asked(now)
    held = await service.held(asked, _PAGE + 1, failures.position(after))
    more = failures.position_of(held[_PAGE - 1]) if len(held) > _PAGE else ""
    return operator.page(
        "failure_list.html",
        rows=failures.rows(held[:_PAGE]),
        fields=fields,
        cause=cause_of(fields.cause) if fields.cause else None,
        count=await service.count(asked),
        more=urlencode({**vars(fields), "after": more}) if more else "",
        other_gateways=await _gateways(operator, fields.channel),
    )


@router.post("/confirmer")
async def confirm(request: Request, operator: ActingOperator) -> Response:
    """Return the confirmation of an act: how many, what will happen, at which rate, and why."""
    form = await read_bulk_form(request)
    require_csrf(operator, form.csrf)
    return await _confirmation(operator, form)


@router.post("/relancer")
async def retry(request: Request, operator: ActingOperator) -> Response:
    """Start retrying, and lead to the act's page."""
    return await _start(operator, await read_bulk_form(request))


@router.post("/annuler")
async def cancel(request: Request, operator: ActingOperator) -> Response:
    """Start cancelling, and lead to the act's page."""
    return await _start(operator, await read_bulk_form(request, BulkAct.CANCEL))


async def _page(operator: Operator, fields: FilterFields, status: int = 200, error: str = "") -> HTMLResponse:
    console = operator.console
    groups = await console.services.failures.groups(fields.asked(console.now()))
    procedures = [(each.value, words.procedure_name(each)) for each in console.election.procedures]
    held = failures.lines(groups, is_held=True)
    causes = {line.fault: f"{line.channel}\u00a0: {line.sentence}" for line in held}
    if fields.cause:
        causes.setdefault(fields.cause, cause_of(fields.cause).sentence)
    return operator.page(
        "failures.html",
        status,
        held=held,
        postponed=failures.lines(groups, is_held=False),
        fields=fields,
        procedures=procedures,
        causes=list(causes.items()),
        ages=list(failures.AGES.items()),
        other_gateways=await _gateways(operator, fields.channel),
        error=error,
    )


async def _confirmation(operator: Operator, form: BulkForm, error: str = "") -> Response:
    console = operator.console
    if not form.is_for_something:
        return await _page(operator, form.fields, 422, NOTHING_CHOSEN)
    asked = form.fields.asked(console.now(), form.causes)
    groups = [] if form.ids else await console.services.failures.held_by_cause(asked)
    count = len(form.ids) or sum(each.count for each in groups)
    if not count:
        return await _page(operator, form.fields, 422, NOTHING_FOUND)
    faults = [each.fault for each in groups]
    return operator.page(
        "bulk_confirmation.html",
        422 if error else 200,
        form=form,
        confirmed=confirmation(form.act, count, faults, form.rate or DEFAULT_RATE),
        held_until=asked.held_until,
        gateways=await _gateways(operator, form.fields.channel) if form.act is BulkAct.OTHER_GATEWAY else [],
        rates=(LOWEST_RATE, HIGHEST_RATE),
        error=error,
    )


async def _start(operator: Operator, form: BulkForm) -> Response:
    require_csrf(operator, form.csrf)
    if not form.reason:
        return await _confirmation(operator, form, NO_REASON)
    if form.rate is None:
        return await _confirmation(operator, form, WRONG_RATE)
    if not form.is_for_something:
        return await _page(operator, form.fields, 422, NOTHING_CHOSEN)
    console = operator.console
    given = BulkOrders(console.client, console.signing_key, console.now)
    try:
        begun = [await given.start(each) for each in _orders(operator, form)]
    except TemporalUnavailableError:
        return await _confirmation(operator, form, NOT_BEGUN)
    return RedirectResponse(f"{bulk_progress.URL}/{begun[0]}" if len(begun) == 1 else bulk_progress.URL, 303)


def _orders(operator: Operator, form: BulkForm) -> list[BulkOrder]:
    """Return the orders of a form: one for each cause that was chosen."""
    causes = form.causes or ((form.fields.cause,) if form.is_all else ("",))
    held_until = form.held_until or form.fields.held_until(operator.console.now())
    return [
        BulkOrder(
            id=new_act_id(),
            kind=_KINDS[form.act],
            operator=operator.journal_name,
            reason=form.reason,
            cause=cause,
            channel=form.fields.channel,
            procedure=form.fields.procedure,
            held_until=held_until.isoformat(),
            workflow_ids=form.ids,
            gateway=form.gateway,
            rate=form.rate or DEFAULT_RATE,
        )
        for cause in (("",) if form.ids else causes)
    ]


async def _gateways(operator: Operator, channel: str) -> list[tuple[str, str]]:
    """Return the gateways of a channel that an act can choose among, or of all channels."""
    channels = [channel] if channel in set(Channel) else list(Channel)
    return [choice for each in channels for choice in await gateway_choices(operator.console, each)]
