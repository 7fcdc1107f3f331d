"""`python -m benchmarks [NAME …] [--quick | --long]`: runs benchmarks and prints their tables in Markdown."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from activities.config import event_loop
from benchmarks import enumeration, history, load, mailing, memory, pages, startup
from benchmarks.base.bench import Bench, Scale
from benchmarks.base.machine import heading
from benchmarks.base.tables import Table
from benchmarks.rate import table as rate

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Table]]]] = {
    "startup": startup.measure,
    "rate": rate.measure,
    "history": history.measure,
    "pages": pages.measure,
    "memory": memory.measure,
    "enumeration": enumeration.measure,
    "load": load.measure,
    "mailing": mailing.measure,
}


async def run(names: list[str], scale: Scale, arguments: list[str]) -> list[str]:
    """Run benchmarks one after the other, print the tables of each, and return the invariants that did not hold."""
    async with AsyncExitStack() as stack:
        bench = Bench(scale, stack)
        for number, name in enumerate(names, 1):
            begun = datetime.now().astimezone()
            sys.stderr.write(f"{begun:%H:%M:%S} {name} ({number} of {len(names)})\n")
            tables = await BENCHMARKS[name](bench)
            texts = [heading(name, begun, arguments, Path(".run")), *(table.markdown() for table in tables)]
            print("\n\n".join(texts), end="\n\n", flush=True)
    return bench.violations


def main(arguments: list[str]) -> None:
    """Read the command line and run the benchmarks; the exit status is 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help=", ".join(BENCHMARKS))
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_const", dest="scale", const=Scale.QUICK, help="tiny sizes")
    sizes.add_argument("--long", action="store_const", dest="scale", const=Scale.LONG, help="large sizes; hours")
    parser.set_defaults(scale=Scale.USUAL)
    options = parser.parse_args(arguments)
    violations = event_loop.run(run(options.names or list(BENCHMARKS), options.scale, arguments))
    sys.stderr.write("".join(f"does not hold: {each}\n" for each in violations))
    raise SystemExit(1 if violations else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
