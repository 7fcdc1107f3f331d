"""`python -m benchmarks [NAME …] [--quick | --long]`: measure, and print tables in Markdown."""

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

MEASURES: dict[str, Callable[[Bench], Awaitable[list[Table]]]] = {
    "startup": startup.measure,
    "rate": rate.measure,
    "history": history.measure,
    "pages": pages.measure,
    "memory": memory.measure,
    "enumeration": enumeration.measure,
    "load": load.measure,
    "campaign": mailing.measure,
}


async def run(names: list[str], scale: Scale, arguments: list[str]) -> list[str]:
    """Make the named measures one after the other, and print the tables of each once it is done.

    What is returned is what must hold, and did not.
    """
    async with AsyncExitStack() as stack:
        bench = Bench(scale, stack)
        for number, name in enumerate(names, 1):
            begun = datetime.now().astimezone()
            sys.stderr.write(f"{begun:%H:%M:%S} {name} ({number} of {len(names)})\n")
            tables = await MEASURES[name](bench)
            texts = [heading(name, begun, arguments, Path(".run")), *(table.markdown() for table in tables)]
            print("\n\n".join(texts), end="\n\n", flush=True)
    return bench.broken


def main(arguments: list[str]) -> None:
    """Read the command line, and measure; end with status 1 when something that must hold did not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*MEASURES, []], help=", ".join(MEASURES))
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_const", dest="scale", const=Scale.QUICK, help="tiny sizes")
    sizes.add_argument(
        "--long", action="store_const", dest="scale", const=Scale.LONG, help="10,000 where it counts"
    )
    parser.set_defaults(scale=Scale.USUAL)
    options = parser.parse_args(arguments)
    broken = event_loop.run(run(options.names or list(MEASURES), options.scale, arguments))
    sys.stderr.write("".join(f"does not hold: {each}\n" for each in broken))
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
