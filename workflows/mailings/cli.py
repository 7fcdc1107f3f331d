"""`python -m workflows.mailings.cli start|status|pause|resume|rate|stop`: starts and controls a campaign.

It reads REASSORT_ELECTION and TEMPORAL_ADDRESS, as the worker does.
"""

import argparse
import asyncio
import os
import sys
from datetime import timedelta

from rich.console import Console
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.config.clock import utc_now
from activities.config.settings import CampaignSettings, SettingsError, read
from election.procedures import Procedure
from election.settings import Election, ElectionFileError, load
from election.timetable import Availability, format_in_zone
from workflows.mailings.arguments import parse
from workflows.mailings.messages import CampaignControl, CampaignEnding, CampaignProgress, RateControl
from workflows.mailings.starting import CampaignHandle, campaign_handle, make_campaign_input, start_campaign
from workflows.mailings.terminal import fetch_progress, follow
from workflows.mailings.ui_details import status_line
from workflows.runtime.connection import TemporalUnreachableError, connect

_UPDATE_TIMEOUT = timedelta(seconds=10)


class CampaignError(Exception):
    """Raised when a command cannot be carried out; the text is one line, in French, that says what to do."""


async def run(options: argparse.Namespace, election: Election, console: Console) -> CampaignEnding | None:
    """Carry out a command, and return how the campaign ended, if it has.

    Raises:
        CampaignError: the command cannot be carried out.
        TemporalUnreachableError: no server answers.
    """
    if options.command == "start":
        _require_open(election)
    client = await connect()
    campaign = campaign_handle(client, election, options.name)
    try:
        if options.command == "start":
            await _start(client, election, options)
            if options.detach:
                console.print("Envoi commencé\u00a0: `status --follow` le suit.", highlight=False)
                return None
            return (await follow(campaign, console)).ending
        if options.command == "status" and options.follow:
            return (await follow(campaign, console)).ending
        progress = await (fetch_progress(campaign) if options.command == "status" else _control(campaign, options))
    except RPCError as error:
        raise CampaignError(_fault(error, options.name)) from error
    console.print(status_line(progress), highlight=False, markup=False, soft_wrap=True)
    return progress.ending


def _require_open(election: Election) -> None:
    if Procedure.IDENTIFIER_AND_PASSWORD not in election.procedures:
        raise CampaignError(
            f"L’élection «\u00a0{election.id}\u00a0» n’envoie pas de liens\u00a0: "
            "`identifier-and-password` n’est pas dans ses `procedures`."
        )
    period = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD)
    availability = period.availability(utc_now())
    if availability is Availability.NOT_YET:
        raise CampaignError(f"Les demandes n’ouvrent que le {format_in_zone(period.opens, election.time_zone)}.")
    if availability is Availability.CLOSED:
        raise CampaignError(
            f"Les demandes sont closes depuis le {format_in_zone(period.closes, election.time_zone)}."
        )


async def _start(client: Client, election: Election, options: argparse.Namespace) -> None:
    try:
        await start_campaign(
            client, election, make_campaign_input(election, options.name, options.operator, options.rate)
        )
    except WorkflowAlreadyStartedError:
        raise CampaignError(
            f"L’envoi «\u00a0{options.name}\u00a0» est déjà en cours\u00a0: `status --follow` le suit."
        ) from None


async def _control(campaign: CampaignHandle, options: argparse.Namespace) -> CampaignProgress:
    update: str = options.command
    message: CampaignControl | RateControl = CampaignControl(options.operator)
    if update == "rate":
        update, message = "set_rate", RateControl(options.operator, options.rate)
    try:
        progress: CampaignProgress = await campaign.execute_update(
            update, message, result_type=CampaignProgress, rpc_timeout=_UPDATE_TIMEOUT
        )
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        raise CampaignError(cause.message if isinstance(cause, ApplicationError) else str(cause)) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise CampaignError("Aucun worker ne répond\u00a0: l’ordre n’a peut-être pas été reçu.") from None
    return progress


def _fault(error: RPCError, name: str) -> str:
    if error.status is RPCStatusCode.NOT_FOUND:
        return f"L’envoi «\u00a0{name}\u00a0» n’a pas commencé, ou il est terminé."
    return "Temporal ou le worker ne répond pas\u00a0: l’envoi reprendra de lui-même à leur retour."


def main() -> None:
    """Read and run the command line; exit with 1 when the campaign ended incomplete, stopped or closed, with 2 on a fault."""
    options, console = parse(__doc__), Console()
    try:
        election = load(read(CampaignSettings).election)
        ending = asyncio.run(run(options, election, console))
        status = 0 if ending in {None, CampaignEnding.COMPLETE} else 1
    except (CampaignError, SettingsError, ElectionFileError) as error:
        status = _print_error(str(error))
    except TemporalUnreachableError:
        status = _print_error("Aucun serveur Temporal ne répond\u00a0: démarrez-le, ou corrigez TEMPORAL_ADDRESS.")
    except KeyboardInterrupt:
        _print_error("L’envoi continue sans cette commande.")
        status = 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the SDK's threads may abort a short program that ends as usual (sdk-python #300)


def _print_error(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    main()
