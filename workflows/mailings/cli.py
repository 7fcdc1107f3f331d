"""`python -m workflows.mailings.cli start|status|pause|resume|rate|stop`: an operator's hand on a campaign.

The election's file is REASSORT_ELECTION's, the server TEMPORAL_ADDRESS's, as the worker's.
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
from election.timetable import Availability, in_zone
from workflows.mailings.arguments import parsed
from workflows.mailings.messages import CampaignControl, CampaignEnding, CampaignProgress, RateControl
from workflows.mailings.starting import Campaign, campaign_of, order_of, start_campaign
from workflows.mailings.terminal import follow, look
from workflows.mailings.ui_details import sentence
from workflows.runtime.connection import TemporalUnreachableError, connect

_PATIENCE = timedelta(seconds=10)


class CampaignError(Exception):
    """A command cannot be done; the text is one line, in French, that says what to do."""


async def run(options: argparse.Namespace, election: Election, console: Console) -> CampaignEnding | None:
    """Do a command, and return how the campaign ended, if it has.

    Raises:
        CampaignError: it cannot be done.
        TemporalUnreachableError: no server answers.
    """
    if options.command == "start":
        _check_door(election)
    client = await connect()
    campaign = campaign_of(client, election, options.name)
    try:
        if options.command == "start":
            await _start(client, election, options)
            if options.detach:
                console.print("Envoi commencé\u00a0: `status --follow` le suit.", highlight=False)
                return None
            return (await follow(campaign, console)).ended
        if options.command == "status" and options.follow:
            return (await follow(campaign, console)).ended
        progress = await (look(campaign) if options.command == "status" else _control(campaign, options))
    except RPCError as error:
        raise CampaignError(_fault(error, options.name)) from error
    console.print(sentence(progress), highlight=False, markup=False, soft_wrap=True)
    return progress.ended


def _check_door(election: Election) -> None:
    if Procedure.IDENTIFIER_AND_PASSWORD not in election.procedures:
        raise CampaignError(
            f"L’élection «\u00a0{election.id}\u00a0» n’envoie pas de liens\u00a0: "
            "`identifier-and-password` n’est pas dans ses `procedures`."
        )
    span = election.calendar.of(Procedure.IDENTIFIER_AND_PASSWORD)
    availability = span.availability(utc_now())
    if availability is Availability.NOT_YET:
        raise CampaignError(f"Les demandes n’ouvrent que le {in_zone(span.opens, election.time_zone)}.")
    if availability is Availability.CLOSED:
        raise CampaignError(f"Les demandes sont closes depuis le {in_zone(span.closes, election.time_zone)}.")


async def _start(client: Client, election: Election, options: argparse.Namespace) -> None:
    try:
        await start_campaign(client, election, order_of(election, options.name, options.operator, options.rate))
    except WorkflowAlreadyStartedError:
        raise CampaignError(
            f"L’envoi «\u00a0{options.name}\u00a0» est déjà en cours\u00a0: `status --follow` le suit."
        ) from None


async def _control(campaign: Campaign, options: argparse.Namespace) -> CampaignProgress:
    update: str = options.command
    order: CampaignControl | RateControl = CampaignControl(options.operator)
    if update == "rate":
        update, order = "set_rate", RateControl(options.operator, options.rate)
    try:
        told: CampaignProgress = await campaign.execute_update(
            update, order, result_type=CampaignProgress, rpc_timeout=_PATIENCE
        )
    except WorkflowUpdateFailedError as error:
        refused = error.cause
        raise CampaignError(refused.message if isinstance(refused, ApplicationError) else str(refused)) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise CampaignError("Aucun worker ne répond\u00a0: l’ordre n’a peut-être pas été reçu.") from None
    return told


def _fault(error: RPCError, name: str) -> str:
    if error.status is RPCStatusCode.NOT_FOUND:
        return f"L’envoi «\u00a0{name}\u00a0» n’a pas commencé, ou il est terminé."
    return "Temporal ou le worker ne répond pas\u00a0: l’envoi reprendra de lui-même à leur retour."


def main() -> None:
    """Read the command line, and do it: status 1 when a campaign ended otherwise than complete, 2 on a fault."""
    options, console = parsed(__doc__), Console()
    try:
        election = load(read(CampaignSettings).election)
        ending = asyncio.run(run(options, election, console))
        status = 0 if ending in {None, CampaignEnding.COMPLETE} else 1
    except (CampaignError, SettingsError, ElectionFileError) as error:
        status = _say(str(error))
    except TemporalUnreachableError:
        status = _say("Aucun serveur Temporal ne répond\u00a0: démarrez-le, ou corrigez TEMPORAL_ADDRESS.")
    except KeyboardInterrupt:
        _say("L’envoi continue sans cette commande.")
        status = 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the SDK's threads may abort a short program that ends as usual (sdk-python #300)


def _say(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    main()
