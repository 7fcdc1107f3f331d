"""`python -m benchmarks [NAME …] [--quick | --long] [--json]`: runs benchmarks and prints their tables.

They are Markdown, or with `--json` one line of JSON a row.
"""

import argparse
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from activities.config import event_loop
from benchmarks import bulk_retry, console_pages, enumeration, held, history, load, pages, startup
from benchmarks.base.bench import Bench, Choices, Scale
from benchmarks.base.machine import heading
from benchmarks.base.tables import Table
from benchmarks.followers import table as followers
from benchmarks.mailing import table as mailing
from benchmarks.peak import table as peak
from benchmarks.rate import table as rate
from demo.client.journeys import JOURNEYS

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Table]]]] = {
    "startup": startup.measure,
    "rate": rate.measure,
    "history": history.measure,
    "pages": pages.measure,
    "held": held.measure,
    "enumeration": enumeration.measure,
    "load": load.measure,
    "mailing": mailing.measure,
    "followers": followers.measure,
    "peak": peak.measure,
    "bulk_retry": bulk_retry.measure,
    "console_pages": console_pages.measure,
}


async def run(
    names: list[str], scale: Scale, choices: Choices, printed: Callable[[str, datetime, list[Table]], str]
) -> list[str]:
    """Run benchmarks one after the other, print the tables of each, and return the invariants that did not hold."""
    async with AsyncExitStack() as stack:
        bench = Bench(scale, stack, choices)
        for number, name in enumerate(names, 1):
            begun = datetime.now().astimezone()
            sys.stderr.write(f"{begun:%H:%M:%S} {name} ({number} of {len(names)})\n")
            tables = await BENCHMARKS[name](bench)
            print(printed(name, begun, tables), flush=True)
    return bench.violations


def json_lines(name: str, _begun: datetime, tables: list[Table]) -> str:
    """Return one line of JSON for each row of the tables."""
    return "\n".join(line for table in tables for line in table.json_lines(name))


def markdown(arguments: list[str]) -> Callable[[str, datetime, list[Table]], str]:
    """Return the function that prints a benchmark's tables under a heading with the command."""

    def printed(name: str, begun: datetime, tables: list[Table]) -> str:
        texts = [heading(name, begun, arguments, Path(".run")), *(table.markdown() for table in tables)]
        return "\n\n".join(texts) + "\n"

    return printed


def main(arguments: list[str]) -> None:
    """Read the command line and run the benchmarks; the exit status is 1 if an invariant did not hold."""
    options = _parser().parse_args(arguments)
    choices = Choices(tuple(options.temporal_pids), options.doubled, tuple(options.way), tuple(options.at_once))
    printed = json_lines if options.json else markdown(arguments)
    violations = event_loop.run(run(options.names or list(BENCHMARKS), options.scale, choices, printed))
    sys.stderr.write("".join(f"does not hold: {each}\n" for each in violations))
    raise SystemExit(1 if violations else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help=", ".join(BENCHMARKS))
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_const", dest="scale", const=Scale.QUICK, help="tiny sizes")
    sizes.add_argument("--long", action="store_const", dest="scale", const=Scale.LONG, help="large sizes; hours")
    ways = [journey.name for journey in JOURNEYS]
    parser.add_argument("--way", nargs="+", default=[], choices=ways, help="the only recoveries of `rate`")
    parser.add_argument("--at-once", nargs="+", type=int, default=[], help="the only numbers of voters of `rate`")
    parser.add_argument("--doubled", action="store_true", help="two webs, and two workers of each role")
    temporal = "processes of the Temporal server at REASSORT_TEMPORAL_ADDRESS, whose processor time is counted"
    parser.add_argument("--temporal-pids", nargs="+", type=int, default=[], metavar="PID", help=temporal)
    parser.add_argument("--json", action="store_true", help="one line of JSON a row, in the place of tables")
    parser.set_defaults(scale=Scale.USUAL)
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
