"""`python -m workflows.mailings.cli start|status|failures|pause|resume|rate|retry|stop`: starts and controls a mailing.

It reads REASSORT_ELECTION and TEMPORAL_ADDRESS, as the worker does. Its orders count as typed, and the journal says so. With
REASSORT_DATABASE_URL, `status` and `failures` of a mailing that has ended count the mails that have bounced since.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from rich.console import Console
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import MailingCountSettings, MailingSettings, SettingsError, read
from activities.mailings.counts import count_now
from activities.mailings.start_order import StartMailing
from activities.outbox.rows import MailCounts
from election.procedures import Procedure
from election.settings import Election, ElectionFileError, load
from election.timetable import Availability, format_in_zone
from workflows.contracts.orders import CONTROLS, SetRate
from workflows.mailings.arguments import parse
from workflows.mailings.messages import MailingEnding, MailingInput, MailingProgress, RetryFailed
from workflows.mailings.starting import (
    MailingHandle,
    mailing_handle,
    make_mailing_input,
    retry_failed,
    start_mailing,
)
from workflows.mailings.terminal import as_json, fetch_progress, follow
from workflows.mailings.ui_details import failure_lines, status_line
from workflows.runtime.command_line import leave
from workflows.runtime.connection import TemporalUnreachableError, connect

_UPDATE_TIMEOUT = timedelta(seconds=10)
_NOT_COUNTED = "La base de données ne répond pas, ou refuse\u00a0: les nombres sont ceux de la fin de l’envoi.\n"
_GOES_ON = "Ordre reçu\u00a0: tout ce qui a échoué pour cette cause repart, `status --follow` le suit."
CountNow = Callable[[str], Awaitable[MailCounts]]
_Answer = TypeVar("_Answer")


class MailingError(Exception):
    """Raised when a command cannot be carried out; the text is one line, in French, that says what to do."""


async def run(
    options: argparse.Namespace, election: Election, console: Console, count: CountNow | None = None
) -> MailingEnding | None:
    """Carry out a command, and return how the mailing ended, if it has; `count` reads the database.

    Raises:
        MailingError: the command cannot be carried out.
        TemporalUnreachableError: no server answers.
    """
    if options.command == "start":
        _require_open(election)
    client = await connect()
    mailing = mailing_handle(client, election, options.name)
    progress: MailingProgress | None = None
    try:
        if options.command == "start":
            await _start(client, election, options)
            if options.detach:
                console.print("Envoi commencé\u00a0: `status --follow` le suit.", highlight=False)
                return None
            return (await follow(mailing, console)).ending
        if options.command == "status" and options.follow:
            return (await follow(mailing, console)).ending
        if options.command in {"status", "failures"}:
            progress = await _counted(options.name, await fetch_progress(mailing), count)
        elif options.command == "retry":
            progress = await _retry(client, election, options)
        else:
            progress = await _control(mailing, options)
    except RPCError as error:
        raise MailingError(_fault(error, options.name)) from error
    console.print(_shown(progress, options), highlight=False, markup=False, soft_wrap=True)
    return progress.ending if progress else None


async def _counted(name: str, progress: MailingProgress, count: CountNow | None) -> MailingProgress:
    """Return the progress of a mailing that has ended with what has changed since: mails that came back."""
    if progress.ending is None or count is None:
        return progress
    try:
        now = await count(name)
    except DatabaseUnavailableError:
        sys.stderr.write(_NOT_COUNTED)
        return progress
    return replace(
        progress, accepted=now.accepted, own=now.own, waiting=now.waiting, asked=now.asked, failed=now.failed
    )


def _shown(progress: MailingProgress | None, options: argparse.Namespace) -> str:
    if progress is None:
        return _GOES_ON
    if options.command == "failures":
        return "\n".join(failure_lines(progress))
    return (
        as_json(options.name, progress) if options.command == "status" and options.json else status_line(progress)
    )


def _require_open(election: Election) -> None:
    if Procedure.IDENTIFIER_AND_PASSWORD not in election.procedures:
        raise MailingError(
            f"L’élection «\u00a0{election.id}\u00a0» n’envoie pas de liens\u00a0: "
            "`identifier-and-password` n’est pas dans ses `procedures`."
        )
    period = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD)
    availability = period.availability(utc_now())
    if availability is Availability.NOT_YET:
        raise MailingError(f"Les demandes n’ouvrent que le {format_in_zone(period.opens, election.time_zone)}.")
    if availability is Availability.CLOSED:
        raise MailingError(
            f"Les demandes sont closes depuis le {format_in_zone(period.closes, election.time_zone)}."
        )


async def _start(client: Client, election: Election, options: argparse.Namespace) -> None:
    try:
        await start_mailing(client, election, _input(election, options))
    except WorkflowAlreadyStartedError:
        raise MailingError(
            f"L’envoi «\u00a0{options.name}\u00a0» est déjà en cours\u00a0: `status --follow` le suit."
        ) from None


def _input(election: Election, options: argparse.Namespace) -> MailingInput:
    return make_mailing_input(election, options.name, StartMailing(options.operator, options.rate))


async def _control(mailing: MailingHandle, options: argparse.Namespace) -> MailingProgress:
    kind = CONTROLS.get(options.command)
    order = kind(options.operator) if kind else SetRate(options.operator, options.rate)
    return await _answered(
        mailing.execute_update(order.act, order, result_type=MailingProgress, rpc_timeout=_UPDATE_TIMEOUT)
    )


async def _retry(client: Client, election: Election, options: argparse.Namespace) -> MailingProgress | None:
    """Have the mailing send again what failed for a cause; one that has ended begins again for that."""
    _require_open(election)
    order = RetryFailed(options.operator, options.cause)
    return await _answered(retry_failed(client, election, _input(election, options), order))


async def _answered(ordered: Awaitable[_Answer]) -> _Answer:
    try:
        return await ordered
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        raise MailingError(cause.message if isinstance(cause, ApplicationError) else str(cause)) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise MailingError("Aucun worker ne répond\u00a0: l’ordre n’a peut-être pas été reçu.") from None


def _fault(error: RPCError, name: str) -> str:
    if error.status is RPCStatusCode.NOT_FOUND:
        return f"L’envoi «\u00a0{name}\u00a0» n’a pas commencé, ou il est terminé."
    return "Temporal ou le worker ne répond pas\u00a0: l’envoi reprendra de lui-même à leur retour."


def main() -> None:
    """Read and run the command line; exit with 1 when the mailing ended incomplete, stopped or closed, with 2 on a fault."""
    options, console = parse(__doc__), Console()
    try:
        election, url = load(read(MailingSettings).election), read(MailingCountSettings).database_url
        ending = asyncio.run(run(options, election, console, partial(count_now, url) if url else None))
        status = 0 if ending in {None, MailingEnding.COMPLETE} else 1
    except (MailingError, SettingsError, ElectionFileError) as error:
        status = _print_error(str(error))
    except TemporalUnreachableError:
        status = _print_error("Aucun serveur Temporal ne répond\u00a0: démarrez-le, ou corrigez TEMPORAL_ADDRESS.")
    except KeyboardInterrupt:
        _print_error("L’envoi continue sans cette commande.")
        status = 0
    leave(status)


def _print_error(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    main()
