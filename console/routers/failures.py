"""« Échecs »: what has failed, by cause, and the acts on one line, on chosen ones, or on all that match the filter."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from activities.acts.bulk_order import BulkKind, BulkOrder
from activities.progress.failure_filter import FailureFilter
from activities.progress.failures import FailureGroup
from console.clients.bulk_orders import BulkOrders, new_act_id
from console.clients.gateway_choices import gateway_choices, other_gateways
from console.context.operator import ActingOperator, CurrentOperator, Operator, require_csrf
from console.forms.bulk_form import BulkForm, read_bulk_form
from console.presenters import words
from console.presenters.bulk import failures
from console.presenters.bulk import progress as bulk_progress
from console.presenters.bulk.confirmation import (
    DEFAULT_RATE,
    NO_OTHER_GATEWAY,
    NOTHING_CHOSEN,
    NOTHING_FOUND,
    RATE_LIMITS,
    SEVERAL_CHANNELS,
    WRONG_RATE,
    BulkAct,
    begun_in_part,
    confirmation,
)
from console.presenters.bulk.failures import URL, FilterFields
from election.causes import cause_of
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
    groups = await service.held_by_cause(asked)
    return operator.page(
        "failure_list.html",
        rows=failures.rows(held[:_PAGE]),
        fields=fields,
        cause=cause_of(fields.cause) if fields.cause else None,
        count=sum(each.count for each in groups),
        more=urlencode({**vars(fields), "after": more}) if more else "",
        by_other=await other_gateways(operator.console, _channels(groups)),
        temporal_ui=operator.console.temporal_ui,
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


async def _refused(operator: Operator, form: BulkForm, error: str, status: int = 422) -> HTMLResponse:
    return await _page(operator, form.fields, status, error, form.typed)


async def _page(
    operator: Operator,
    fields: FilterFields,
    status: int = 200,
    error: str = "",
    typed: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
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
        by_other=await other_gateways(console, _channels([each for each in groups if each.is_held])),
        temporal_ui=console.temporal_ui,
        error=error,
        typed=typed,
    )


async def _confirmation(operator: Operator, form: BulkForm, error: str = "", status: int = 422) -> Response:
    if not form.is_for_something:
        return await _refused(operator, form, NOTHING_CHOSEN)
    console = operator.console
    asked = form.asked(console.now())
    groups = await console.services.failures.held_by_cause(asked)
    by_other = form.act is BulkAct.OTHER_GATEWAY
    gateways = await _gateways(operator, groups) if by_other else []
    impossible = _why_impossible(groups, is_without_gateway=by_other and not gateways)
    if impossible:
        return await _refused(operator, form, " ".join(filter(None, (error, impossible))), status)
    count, faults = sum(each.count for each in groups), [each.fault for each in groups]
    return operator.page(
        "bulk_confirmation.html",
        status if error else 200,
        form=form,
        confirmed=confirmation(form.act, count, faults, form.rate or DEFAULT_RATE),
        held_until=asked.held_until,
        gateways=gateways,
        rate_limits=RATE_LIMITS,
        error=error,
    )


def _why_impossible(groups: Sequence[FailureGroup], *, is_without_gateway: bool) -> str:
    """Return why an act on these failures makes no sense, or an empty string."""
    if not groups:
        return NOTHING_FOUND
    if not is_without_gateway:
        return ""
    return SEVERAL_CHANNELS if len(_channels(groups)) > 1 else NO_OTHER_GATEWAY


async def _start(operator: Operator, form: BulkForm) -> Response:
    require_csrf(operator, form.csrf)
    if not form.reason:
        return await _confirmation(operator, form, words.NO_REASON)
    if form.rate is None:
        return await _confirmation(operator, form, WRONG_RATE)
    if not form.is_for_something:
        return await _refused(operator, form, NOTHING_CHOSEN)
    if form.act is BulkAct.OTHER_GATEWAY:
        groups = await operator.console.services.failures.held_by_cause(form.asked(operator.console.now()))
        if form.gateway not in dict(await _gateways(operator, groups)):
            return await _confirmation(operator, form, words.NO_GATEWAY)
        # What the gateway cannot send is in no snapshot, whatever fails meanwhile.
        form = replace(form, fields=replace(form.fields, channel=groups[0].channel))
    return await _give(operator, form)


async def _give(operator: Operator, form: BulkForm) -> Response:
    """Start an act for each chosen cause, and lead to it, or to the list of several."""
    console = operator.console
    given = BulkOrders(console.client, console.signing_key, console.now)
    begun: list[BulkOrder] = []
    try:
        for order in _orders(operator, form):
            await given.start(order)
            begun.append(order)
    except TemporalUnavailableError:
        left = replace(form, causes=form.causes[len(begun) :])
        return await _confirmation(operator, left, begun_in_part([each.cause for each in begun]), 503)
    return RedirectResponse(f"{bulk_progress.URL}/{begun[0].id}" if len(begun) == 1 else bulk_progress.URL, 303)


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
            gateway=form.gateway if form.act is BulkAct.OTHER_GATEWAY else "",
            rate=form.rate or DEFAULT_RATE,
        )
        for cause in (("",) if form.ids else causes)
    ]


async def _gateways(operator: Operator, groups: Sequence[FailureGroup]) -> list[tuple[str, str]]:
    """Return the gateways that can send all of these failures, or nothing where there is no choice, or no channel common to all."""
    channels = _channels(groups)
    return await gateway_choices(operator.console, *channels) if len(channels) == 1 else []


def _channels(groups: Sequence[FailureGroup]) -> set[str]:
    return {each.channel for each in groups}
