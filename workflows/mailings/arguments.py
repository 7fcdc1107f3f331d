"""The command line of `python -m workflows.mailings.cli`."""

import argparse
import re

from workflows.mailings.messages import MAX_RATE, MIN_RATE
from workflows.runtime.command_line import add_operator, rate_between

_DEFAULT_NAME = "envoi-1"
_DEFAULT_RATE = 20.0
_READING = ("status", "failures")
_rate = rate_between(MIN_RATE, MAX_RATE, "mails")
_COMMANDS = ("start", "status", "failures", "pause", "resume", "rate", "retry", "stop")


def parse(description: str | None, arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the parsed command line; a wrong one exits with status 2."""
    parser = argparse.ArgumentParser(prog="python -m workflows.mailings.cli", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in _COMMANDS:
        sub = commands.add_parser(command)
        sub.add_argument(
            "--name", type=_name, default=_DEFAULT_NAME, help="lower-case letters, digits and hyphens"
        )
        if command not in _READING:
            add_operator(sub)
        if command in {"start", "rate", "retry"}:
            rate_option = {"required": True} if command == "rate" else {"default": _DEFAULT_RATE}
            sub.add_argument("--rate", type=_rate, help="mails per second", **rate_option)
        if command == "start":
            sub.add_argument("--detach", action="store_true", help="return without following the mailing")
        if command == "status":
            shown = sub.add_mutually_exclusive_group()
            shown.add_argument("--follow", action="store_true", help="follow the mailing until it has ended")
            shown.add_argument("--json", action="store_true", help="one line of JSON")
        if command == "retry":
            sub.add_argument(
                "--cause", required=True, help="one that `failures` lists; --rate if the mailing has ended"
            )
    return parser.parse_args(arguments)


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,32}", text):
        raise argparse.ArgumentTypeError("at most 32 lower-case letters, digits and hyphens")
    return text
