"""The command line of `python -m workflows.acts.cli`."""

import argparse

from activities.acts.bulk_order import MAX_RATE, MIN_RATE, BulkKind
from election.procedures import Procedure
from election.stages import Channel
from workflows.runtime.command_line import add_operator, rate_between

_CONTROLS = ("pause", "resume", "stop")
_rate = rate_between(MIN_RATE, MAX_RATE, "recoveries")


def parse(description: str | None, arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the parsed command line; a wrong one exits with status 2."""
    parser = argparse.ArgumentParser(prog="python -m workflows.acts.cli", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    retry = _command(commands, "retry", "recovery", "the recovery's workflow id")
    retry.add_argument("--gateway", default="", help="the id of the gateway to send by")
    cancel = _command(commands, "cancel", "recovery", "the recovery's workflow id")
    cancel.add_argument("--reason", default="", help="kept in the journal")
    _add_filter(_command(commands, "bulk"))
    for name in _CONTROLS:
        _command(commands, name, "act", "the act's id")
    rate = _command(commands, "rate", "act", "the act's id")
    rate.add_argument("rate", type=_rate, help="recoveries per second")
    status = commands.add_parser("status")
    status.add_argument("act", help="the act's id")
    given = parser.parse_args(arguments)
    if given.command == "bulk" and bool(given.gateway) is not (given.kind is BulkKind.RETRY_BY_OTHER):
        parser.error(f"--gateway: with --kind {BulkKind.RETRY_BY_OTHER}, and with it alone")
    return given


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, of: str = "", about: str = ""
) -> argparse.ArgumentParser:
    command = commands.add_parser(name)
    if of:
        command.add_argument(of, help=about)
    add_operator(command)
    return command


def _add_filter(bulk: argparse.ArgumentParser) -> None:
    bulk.add_argument("--kind", type=BulkKind, choices=list(BulkKind), default=BulkKind.RETRY)
    bulk.add_argument("--cause", default="", help="a fault, as `sms:smpp-0x0000000B`; every one without it")
    bulk.add_argument("--channel", default="", choices=["", *Channel])
    bulk.add_argument("--procedure", default="", choices=["", *Procedure])
    bulk.add_argument("--gateway", default="", help="the id of the gateway, for `retry-by-other`")
    bulk.add_argument("--reason", required=True, help="kept in the journal")
    bulk.add_argument("--rate", type=_rate, default=20.0, help="recoveries per second")
