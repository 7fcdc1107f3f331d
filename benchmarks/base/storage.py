"""What a demo costs: bytes in its databases, seconds of its processes, their memory."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from demo.client.demo_internals import ask
from demo.client.running import Demo

PROCESSES = ("postgres", "temporal", "worker", "web", "world")
DATABASES = ("Temporal", "roll")


def bytes_in_use(path: Path) -> int:
    """Return how many bytes of Temporal's SQLite file hold something, what still waits in its log included."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        numbers = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        ]
    pages, free, size = map(int, numbers)
    return (pages - free) * size


@dataclass(frozen=True)
class Cost:
    """Seconds of processor by process, bytes by database; of the difference of two moments."""

    seconds: dict[str, float]
    stored: dict[str, int]

    def since(self, before: "Cost") -> "Cost":
        """Return what was spent between an earlier moment and this one."""
        return Cost(
            {name: spent - before.seconds[name] for name, spent in self.seconds.items()},
            {name: size - before.stored[name] for name, size in self.stored.items()},
        )


def cost_so_far(demo: Demo) -> Cost:
    """Return what the demo has cost since its processes were started."""
    return Cost({name: spent_by(demo.process(name)) for name in PROCESSES}, stored(demo))


def spent_by(process: psutil.Process) -> float:
    """Return the seconds of processor that a process and its children have taken, those that ended included."""
    times = process.cpu_times()
    ended = times.children_user + times.children_system
    living = 0.0
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            living += spent_by(child)
    return float(times.user + times.system + ended + living)


def stored(demo: Demo) -> dict[str, int]:
    """Return the bytes in each of the demo's databases."""
    [(roll,)] = ask(demo, "SELECT pg_database_size(current_database())")
    return {"Temporal": bytes_in_use(demo.state / "temporal.sqlite"), "roll": roll}


def resident(demo: Demo) -> dict[str, int]:
    """Return the memory of each process that is not swapped out, in bytes; of PostgreSQL's, what they share once."""
    sizes = {name: demo.process(name).memory_info().rss for name in PROCESSES if name != "postgres"}
    server = demo.process("postgres")
    return {"postgres": sum(each.memory_full_info().pss for each in [server, *server.children()]), **sizes}
