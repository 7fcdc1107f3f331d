"""`python -m workflows.campaign_console start|status|pause|resume|rate|stop`: an operator's hand on a campaign.

The election's file is REASSORT_ELECTION's, the server TEMPORAL_ADDRESS's, as the worker's.
"""

import argparse
import asyncio
import re
from datetime import timedelta

from rich.console import Console
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.clock import utc_now
from activities.settings import CampaignSettings, SettingsError, read, stop
from election.procedures import Procedure
from election.settings import Election, ElectionFileError, load
from election.timetable import Door, in_zone
from workflows.campaign_details import sentence
from workflows.campaign_follow import follow, look
from workflows.campaign_messages import (
    FASTEST,
    SLOWEST,
    CampaignControl,
    CampaignEnding,
    CampaignProgress,
    RateControl,
)
from workflows.campaign_starting import Campaign, campaign_of, order_of, start_campaign
from workflows.connection import TemporalUnreachable, connect

_NAME = "envoi-1"
_RATE = 20.0
_PATIENCE = timedelta(seconds=10)
_CONTROLS = ("pause", "resume", "rate", "stop")


class CampaignError(Exception):
    """A command cannot be done; the text is one line, in French, that says what to do."""


async def run(options: argparse.Namespace, election: Election, console: Console) -> CampaignEnding | None:
    """Do a command, and return how the campaign ended, if it has.

    Raises:
        CampaignError: it cannot be done.
        TemporalUnreachable: no server answers.
    """
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


async def _start(client: Client, election: Election, options: argparse.Namespace) -> None:
    if Procedure.BOTH_CODES not in election.procedures:
        raise CampaignError(
            f"L’élection «\u00a0{election.id}\u00a0» n’envoie pas de liens\u00a0: "
            "`both-codes` n’est pas dans ses `procedures`."
        )
    span = election.calendar.of(Procedure.BOTH_CODES)
    door = span.door(utc_now())
    if door is Door.NOT_YET:
        raise CampaignError(f"Les demandes n’ouvrent que le {in_zone(span.opens, election.time_zone)}.")
    if door is Door.CLOSED:
        raise CampaignError(f"Les demandes sont closes depuis le {in_zone(span.closes, election.time_zone)}.")
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


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return what a command line asks for; a wrong one ends with status 2."""
    parser = argparse.ArgumentParser(prog="python -m workflows.campaign_console", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("start", "status", *_CONTROLS):
        sub = commands.add_parser(command)
        sub.add_argument("--name", type=_name, default=_NAME, help="small letters, digits and hyphens")
        if command != "status":
            sub.add_argument("--operator", type=_operator, required=True, help="your own name, for the journal")
        if command in {"start", "rate"}:
            asked = {"required": True} if command == "rate" else {"default": _RATE}
            sub.add_argument("--rate", type=_rate, help="links a second", **asked)
        if command == "start":
            sub.add_argument("--detach", action="store_true", help="do not follow it")
        if command == "status":
            sub.add_argument("--follow", action="store_true", help="until it has ended")
    return parser.parse_args(arguments)


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,32}", text):
        raise argparse.ArgumentTypeError("32 small letters, digits and hyphens at most")
    return text


def _operator(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("your own name is needed")
    return text.strip()


def _rate(text: str) -> float:
    rate = float(text)
    if not SLOWEST <= rate <= FASTEST:
        raise argparse.ArgumentTypeError(f"from {SLOWEST} to {FASTEST:g} a second")
    return rate


def main() -> None:
    """Read the command line, and do it: status 1 when a campaign ended otherwise than complete, 2 on a fault."""
    options = parsed()
    console = Console()
    try:
        election = load(read(CampaignSettings).election)
        ending = asyncio.run(run(options, election, console))
    except (CampaignError, SettingsError, ElectionFileError) as error:
        stop(error)
    except TemporalUnreachable:
        stop(CampaignError("Aucun serveur Temporal ne répond\u00a0: démarrez-le, ou corrigez TEMPORAL_ADDRESS."))
    except KeyboardInterrupt:
        console.print("L’envoi continue sans cette commande.")
        return
    raise SystemExit(0 if ending in {None, CampaignEnding.COMPLETE} else 1)


if __name__ == "__main__":
    main()
