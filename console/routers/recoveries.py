"""The page of one recovery, and the acts on it: each is confirmed on a page of its own, then given with the session's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from activities.acts.elector_acts import ElectorActKind
from activities.security.signed_orders import LONGEST_REASON
from console.clients.database_fault import database_fault
from console.clients.elector_orders import ElectorOrders
from console.clients.gateway_choices import gateway_choices
from console.clients.order_answer import OrderAnswer
from console.clients.recovery_orders import RecoveryOrders
from console.context.operator import ActingOperator, CurrentOperator, Operator, require_csrf
from console.forms.typed_fields import typed_fields
from console.presenters import words
from console.presenters.recovery.acts import TEXTS, RecoveryAct, offered_acts, texts_of
from console.presenters.recovery.record import RecoveryRecord, record_url, recovery_record
from console.presenters.recovery.timeline import timeline
from election.procedures import procedure_of
from election.stages import ENDINGS
from workflows.contracts.orders import CancelRequest, ExtendRequest, RetryRequest

router = APIRouter(prefix="/exploitation/reassorts")
_TOO_LATE = "Cet acte n’est plus possible\u00a0: le réassort a avancé entre-temps."
_ELECTOR_ACTS: Mapping[RecoveryAct, ElectorActKind] = {
    RecoveryAct.UNLOCK_SIGN_IN: ElectorActKind.UNLOCK_SIGN_IN,
    RecoveryAct.GIVE_BACK: ElectorActKind.GIVE_BACK,
}


@dataclass(frozen=True)
class ActForm:
    """What the confirmation of an act sends."""

    csrf: str
    reason: str
    hours: int
    gateway: str

    def typed(self, act: RecoveryAct) -> list[tuple[str, str]]:
        """Return the label and the text of each field that the form of an act has, and that is not empty."""
        own = {
            RecoveryAct.EXTEND: {"hours": str(self.hours)},
            RecoveryAct.OTHER_GATEWAY: {"gateway": self.gateway},
        }
        return typed_fields({**own.get(act, {}), "reason": self.reason})


_EMPTY_FORM = ActForm("", "", 1, "")


async def _act_form(
    csrf: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
    hours: Annotated[int, Form(ge=1, le=24)] = 24,
    gateway: Annotated[str, Form(max_length=32)] = "",
) -> ActForm:
    return ActForm(csrf, reason.strip(), hours, gateway)


@router.get("/{workflow_id:path}/actes/{act}")
async def confirm(workflow_id: str, act: RecoveryAct, operator: ActingOperator) -> Response:
    """Return the confirmation of an act: what will happen."""
    return await _confirmation(operator, await _found(operator, workflow_id), act)


@router.post("/{workflow_id:path}/actes/{act}")
async def act_on(
    workflow_id: str, act: RecoveryAct, operator: ActingOperator, form: Annotated[ActForm, Depends(_act_form)]
) -> Response:
    """Give the order, and return to the recovery's page, or say why it was not carried out."""
    require_csrf(operator, form.csrf)
    record = await _found(operator, workflow_id)
    if texts_of(act, record).needs_reason and not form.reason:
        return await _confirmation(operator, record, act, form, words.NO_REASON)
    if act is RecoveryAct.OTHER_GATEWAY and form.gateway not in dict(await _gateways(operator, record)):
        return await _confirmation(operator, record, act, form, words.NO_GATEWAY)
    answer = await _give(operator, record, act, form)
    if not answer.is_done:
        record = await _found(operator, workflow_id)
        return await _confirmation(operator, record, act, form, answer.sentence, is_answer=True)
    if answer.sentence:
        return await _page(operator, record, 200, answer.sentence, is_done=True)
    return RedirectResponse(f"{record_url(workflow_id)}?fait={act}", 303)


@router.get("/{workflow_id:path}")
async def show(workflow_id: str, operator: CurrentOperator, fait: str = "") -> Response:
    """Return what is known of a recovery, from its row and the journal, and from Temporal whether the database holds it up."""
    done = TEXTS[RecoveryAct(fait)].done if fait in set(RecoveryAct) else ""
    return await _page(operator, await _found(operator, workflow_id), 200, done, is_done=True)


async def _found(operator: Operator, workflow_id: str) -> RecoveryRecord:
    """Return the record of a recovery.

    Raises:
        HTTPException: there is none with this id.
    """
    console = operator.console
    try:
        procedure_of(workflow_id)
        noted = await console.services.progress.find(workflow_id)
    except ValueError:
        noted = None
    if noted is None:
        raise HTTPException(404)
    fault = "" if noted.progress.stage in ENDINGS else await database_fault(console.client, workflow_id)
    return recovery_record(workflow_id, noted.progress, console.election, console.now(), fault)


async def _page(
    operator: Operator,
    record: RecoveryRecord,
    status: int,
    said: str,
    typed: Sequence[tuple[str, str]] = (),
    *,
    is_done: bool,
) -> Response:
    console = operator.console
    entries = await console.services.timeline.of(record.workflow_id)
    acts = await _offered(operator, record)
    return operator.page(
        "recovery.html",
        status,
        record=record,
        lines=timeline(entries),
        acts=[(act, texts_of(act, record)) for act in acts],
        said=said,
        typed=typed,
        is_done=is_done,
        temporal_url=f"{console.temporal_ui}/workflows/{quote(record.workflow_id, safe='')}",
    )


async def _offered(operator: Operator, record: RecoveryRecord) -> list[RecoveryAct]:
    if not operator.may_act:
        return []
    return offered_acts(record, operator.console.election, await _gateways(operator, record))


async def _gateways(operator: Operator, record: RecoveryRecord) -> list[tuple[str, str]]:
    return await gateway_choices(operator.console, record.channel)


async def _confirmation(
    operator: Operator,
    record: RecoveryRecord,
    act: RecoveryAct,
    form: ActForm | None = None,
    error: str = "",
    *,
    is_answer: bool = False,
) -> Response:
    """Return the confirmation of an act, with what was typed; where the act makes no sense any more, the page that says so.

    `error` is what is wrong with the form, or what was answered to the order.
    """
    if act not in await _offered(operator, record):
        typed = form.typed(act) if form else []
        return await _page(operator, record, 409, error if is_answer else _TOO_LATE, typed, is_done=False)
    form = form or _EMPTY_FORM
    return operator.page(
        "recovery_act.html",
        (409 if is_answer else 422) if error else 200,
        record=record,
        act=act,
        texts=texts_of(act, record),
        form=form,
        error=error,
        gateways=await _gateways(operator, record) if act is RecoveryAct.OTHER_GATEWAY else [],
    )


async def _give(operator: Operator, record: RecoveryRecord, act: RecoveryAct, form: ActForm) -> OrderAnswer:
    console, name = operator.console, operator.journal_name
    if act in _ELECTOR_ACTS:
        orders = ElectorOrders(console.client, console.signing_key, console.now)
        return await orders.give(record.workflow_id, _ELECTOR_ACTS[act], name, form.reason)
    to_recovery = RecoveryOrders(console.client, console.signing_key, console.now)
    match act:
        case RecoveryAct.CANCEL:
            order: CancelRequest | ExtendRequest | RetryRequest = CancelRequest(name, form.reason)
        case RecoveryAct.EXTEND:
            order = ExtendRequest(name, form.hours, form.reason)
        case _:
            order = RetryRequest(name, form.gateway if act is RecoveryAct.OTHER_GATEWAY else "")
    return await to_recovery.give(record.workflow_id, order)
