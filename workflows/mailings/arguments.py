"""The command line of `python -m workflows.mailings.cli`."""

import argparse
import re

from workflows.mailings.messages import FASTEST, SLOWEST

_NAME = "envoi-1"
_RATE = 20.0
_COMMANDS = ("start", "status", "pause", "resume", "rate", "stop")


def parsed(description: str | None, arguments: list[str] | None = None) -> argparse.Namespace:
    """Return what a command line asks for; a wrong one ends with status 2."""
    parser = argparse.ArgumentParser(prog="python -m workflows.mailings.cli", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in _COMMANDS:
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
