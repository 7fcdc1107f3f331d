"""« Envois en nombre »: the mailings of one-time links, how far each is, and the administration's orders to them."""

import asyncio
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.clients.mailing_orders import MailingOrders
from console.context.operator import Administrator, CurrentOperator, Operator, PollingOperator, require_csrf
from console.forms.control_form import ControlButton, order_of
from console.presenters.mailing.chart import chart
from console.presenters.mailing.domains import domain_bars
from console.presenters.mailing.page import (
    DEFAULT_RATE,
    NO_ANSWER,
    NOT_OFFERED,
    NOTHING_FAILED,
    RUNS_NO_LONGER,
    URL,
    WRONG_NAME,
    WRONG_RATE,
    MailingFailure,
    MailingPage,
    mailing_page,
)
from console.presenters.mailing.start import mailing_start
from console.presenters.rates import rate_in, shown_rate
from election.procedures import Procedure
from election.timetable import Availability
from workflows.mailings.messages import MAX_RATE, MIN_RATE
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError

router = APIRouter(prefix=URL)
_NAME = re.compile(r"[a-z0-9-]{1,32}")
MailingName = Annotated[str, Path(pattern="^[a-z0-9-]{1,32}$")]
Text = Annotated[str, Form(max_length=100)]


@router.get("")
async def listed(operator: CurrentOperator, name: str = "", rate: str = "") -> HTMLResponse:
    """Return every mailing, and for the administration how to start one, with what was typed before."""
    return await _list(operator, name=name, rate=rate)


@router.post("")
async def start(
    operator: Administrator, csrf: Text = "", name: Text = "", rate: Text = "", confirmed: Text = ""
) -> Response:
    """Return the confirmation of starting a mailing, or start it when it is confirmed, and lead to its page."""
    require_csrf(operator, csrf)
    per_second = rate_in(rate, MIN_RATE, MAX_RATE)
    if not _NAME.fullmatch(name) or per_second is None:
        return await _list(operator, 422, WRONG_RATE if per_second is None else WRONG_NAME, name, rate)
    if not _is_open(operator):
        return await _list(operator, 422, NOT_OFFERED, name, rate)
    if not confirmed:
        return await _start_confirmation(operator, name, per_second)
    answer = await _orders(operator).start(name, operator.journal_name, per_second)
    if answer.is_done:
        return RedirectResponse(f"{URL}/{name}", 303)
    return await _start_confirmation(operator, name, per_second, 409, answer.sentence)


@router.get("/{name}/avancement")
async def fragment(name: MailingName, operator: PollingOperator) -> HTMLResponse:
    """Return the part of the page that changes, for its script."""
    context = await _context(operator, name)
    return HTMLResponse(operator.console.pages.text("mailing_state.html", operator=operator, **context))


@router.get("/{name}")
async def show(name: MailingName, operator: CurrentOperator) -> HTMLResponse:
    """Return the page of a mailing."""
    return await _shown(operator, name)


@router.get("/{name}/domaines")
async def domains(name: MailingName, operator: CurrentOperator) -> HTMLResponse:
    """Return a mailing by mail domain: it takes longer than the other pages."""
    found = await operator.console.services.mailings.by_domain(name)
    return operator.page(
        "mailing_domains.html", name=name, rows=found, bars=domain_bars(found), url=f"{URL}/{name}"
    )


@router.get("/{name}/arreter")
async def confirm_stop(name: MailingName, operator: Administrator) -> HTMLResponse:
    """Return the confirmation of stopping a mailing."""
    return _confirmation(operator, await _page(operator, name), None)


@router.get("/{name}/renvoyer")
async def confirm_retry(name: MailingName, operator: Administrator, cause: str = "") -> HTMLResponse:
    """Return the confirmation of sending again what has failed for a cause."""
    return await _retry_confirmation(operator, name, cause)


@router.post("/{name}/renvoyer")
async def retry(
    name: MailingName,
    operator: Administrator,
    csrf: Text = "",
    cause: Text = "",
    rate: Text = "",
    running: Text = "",
) -> Response:
    """Send again what has failed for a cause, and return to the mailing's page, or say why not.

    With `running`, the confirmation said that the mailing runs, and not that it begins again.
    """
    require_csrf(operator, csrf)
    if running and (await _page(operator, name)).is_over:
        return await _retry_confirmation(operator, name, cause, 409, RUNS_NO_LONGER)
    per_second = rate_in(rate, MIN_RATE, MAX_RATE)
    if per_second is None:
        return await _retry_confirmation(operator, name, cause, 422, WRONG_RATE, rate)
    answer = await _orders(operator).retry(name, operator.journal_name, cause, per_second)
    if answer.is_done:
        return RedirectResponse(f"{URL}/{name}", 303)
    return await _retry_confirmation(operator, name, cause, 409, answer.sentence, rate)


@router.post("/{name}/{button}")
async def change(
    name: MailingName, button: ControlButton, operator: Administrator, csrf: Text = "", rate: Text = ""
) -> Response:
    """Pause, resume, slow or stop a mailing, and return to its page, or say why it was not done."""
    require_csrf(operator, csrf)
    typed = rate if button is ControlButton.RATE else ""
    per_second = rate_in(typed, MIN_RATE, MAX_RATE) if button is ControlButton.RATE else DEFAULT_RATE
    if per_second is None:
        return await _shown(operator, name, 422, WRONG_RATE, typed)
    answer = await _orders(operator).control(name, order_of(button, operator.journal_name, per_second))
    if answer.is_done:
        return RedirectResponse(f"{URL}/{name}", 303)
    return await _shown(operator, name, 409, answer.sentence, typed)


async def _start_confirmation(
    operator: Operator, name: str, per_second: float, status: int = 200, error: str = ""
) -> HTMLResponse:
    console, found = operator.console, operator.console.services.mailings
    electors, begun = await asyncio.gather(found.electors(), found.mailings())
    said = mailing_start(name, per_second, electors, begun, console.election, console.now())
    return operator.page("mailing_start.html", status, start=said, error=error)


async def _retry_confirmation(
    operator: Operator, name: str, cause: str, status: int = 200, error: str = "", typed_rate: str = ""
) -> HTMLResponse:
    """Return the confirmation of sending again what has failed for a cause; the mailing's page once nothing has any more.

    Raises:
        HTTPException: there is no such mailing.
    """
    page = await _page(operator, name)
    failure = next((each for each in page.failures if each.cause == cause), None)
    if failure is None:
        return await _shown(operator, name, 409, error or NOTHING_FAILED, typed_rate)
    return _confirmation(operator, page, failure, status, error, typed_rate)


def _confirmation(
    operator: Operator,
    page: MailingPage,
    failure: MailingFailure | None,
    status: int = 200,
    error: str = "",
    typed_rate: str = "",
) -> HTMLResponse:
    rate = typed_rate or page.rate or shown_rate(DEFAULT_RATE)
    return operator.page("mailing_act.html", status, mailing=page, failure=failure, rate=rate, error=error)


async def _list(
    operator: Operator, status: int = 200, error: str = "", name: str = "", rate: str = ""
) -> HTMLResponse:
    figures = operator.console.services.mailings
    found, electors, unended = await asyncio.gather(figures.mailings(), figures.electors(), _unended(operator))
    begun = {each.name for each in found}
    unbegun = [(each, at) for each, at in (unended or {}).items() if each not in begun]
    return operator.page(
        "mailings.html",
        status,
        mailings=[mailing_page(each.name, each, None, electors=electors) for each in found],
        unbegun=[mailing_page(each, None, None, at) for each, at in unbegun],
        answers=unended is not None,
        may_start=operator.administers and _is_open(operator),
        is_offered=Procedure.IDENTIFIER_AND_PASSWORD in operator.console.election.procedures,
        not_offered=NOT_OFFERED,
        name=name or f"envoi-{len(found) + len(unbegun) + 1}",
        rate=rate or shown_rate(DEFAULT_RATE),
        error=error,
    )


async def _unended(operator: Operator) -> dict[str, datetime] | None:
    """Return when each mailing that has not ended was ordered, or None while Temporal does not answer."""
    try:
        return await _orders(operator).unended()
    except (TemporalUnavailableError, WorkflowOverError):  # the second without the namespace
        return None


async def _page(operator: Operator, name: str) -> MailingPage:
    """Return the page of a mailing.

    Raises:
        HTTPException: there is none of that name.
        TemporalUnavailableError: it has no rows, and Temporal does not answer.
    """
    counts = await operator.console.services.mailings.mailing(name)
    progress = await _orders(operator).progress(name)
    if counts is not None or progress is not None:
        return mailing_page(name, counts, progress)
    ordered_at = await _orders(operator).ordered_at(name)
    if ordered_at is None:
        raise HTTPException(404)
    return mailing_page(name, None, None, ordered_at)


async def _shown(
    operator: Operator, name: str, status: int = 200, error: str = "", typed_rate: str = ""
) -> HTMLResponse:
    return operator.page("mailing.html", status, error=error, **await _context(operator, name, typed_rate))


async def _context(operator: Operator, name: str, typed_rate: str = "") -> dict[str, Any]:
    page, hours = await asyncio.gather(_page(operator, name), operator.console.services.mailings.by_hour(name))
    drawn = chart(hours, operator.console.election.zone)
    return {"mailing": page, "chart": drawn, "no_answer": NO_ANSWER, "typed_rate": typed_rate}


def _orders(operator: Operator) -> MailingOrders:
    console = operator.console
    return MailingOrders(console.client, console.election, console.signing_key, console.now)


def _is_open(operator: Operator) -> bool:
    election, procedure = operator.console.election, Procedure.IDENTIFIER_AND_PASSWORD
    is_open = election.calendar.period_of(procedure).availability(operator.console.now()) is Availability.OPEN
    return procedure in election.procedures and is_open
