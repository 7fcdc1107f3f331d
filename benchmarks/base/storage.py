"""What a demo uses: bytes in its databases, processor time and memory of its processes."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo

PROCESSES = ("postgres", "temporal", "worker", "web", "fake_services")
DATABASES = ("Temporal", "roll")


def bytes_in_use(path: Path) -> int:
    """Return the bytes of the used pages of Temporal's SQLite file, including those in its write-ahead log."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        numbers = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        ]
    pages, free, size = map(int, numbers)
    return (pages - free) * size


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time by process, and bytes by database."""

    seconds: dict[str, float]
    stored: dict[str, int]

    def since(self, before: "Cost") -> "Cost":
        """Return the difference from an earlier cost."""
        return Cost(
            {name: spent - before.seconds[name] for name, spent in self.seconds.items()},
            {name: size - before.stored[name] for name, size in self.stored.items()},
        )


def cost_so_far(demo: Demo) -> Cost:
    """Return the cost of a demo since its processes started."""
    return Cost({name: cpu_seconds(demo.process(name)) for name in PROCESSES}, database_sizes(demo))


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process and its children, ended ones included, in seconds."""
    times = process.cpu_times()
    ended = times.children_user + times.children_system
    living = 0.0
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            living += cpu_seconds(child)
    return float(times.user + times.system + ended + living)


def database_sizes(demo: Demo) -> dict[str, int]:
    """Return the bytes in use of each database of the demo."""
    [(roll,)] = fetch_rows(demo, "SELECT pg_database_size(current_database())")
    return {"Temporal": bytes_in_use(demo.state / "temporal.sqlite"), "roll": roll}


def resident_memory(demo: Demo) -> dict[str, int]:
    """Return the resident memory of each process, in bytes; memory that PostgreSQL's processes share counts once."""
    sizes = {name: demo.process(name).memory_info().rss for name in PROCESSES if name != "postgres"}
    server = demo.process("postgres")
    return {"postgres": sum(each.memory_full_info().pss for each in [server, *server.children()]), **sizes}
