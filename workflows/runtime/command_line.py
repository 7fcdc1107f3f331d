"""What the command lines share that reach Temporal: arguments of operators, and the end."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn


def add_operator(command: argparse.ArgumentParser) -> None:
    """Require the name of who gives an order."""
    command.add_argument("--operator", type=_name, required=True, help="your name, kept in the journal")


def rate_between(lowest: float, highest: float, things: str) -> Callable[[str], float]:
    """Return what reads a rate within limits, as the `type` of an argument; `things` names what is done so many times a second."""

    def rate(text: str) -> float:
        number = float(text)
        if not lowest <= number <= highest:
            raise argparse.ArgumentTypeError(f"from {lowest} to {highest:g} {things} per second")
        return number

    return rate


def leave(status: int) -> NoReturn:
    """End the process at once: a library's threads may abort a program that ends as usual (Temporal's SDK: sdk-python #300)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("your name is required")
    return text.strip()
