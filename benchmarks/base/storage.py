"""What a demo uses: bytes in its databases, processor time and memory of its processes."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import psutil

from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo

PROCESSES = ("postgres", "temporal", "worker", "web", "fake_services")
DATABASES = ("Temporal", "roll")

Processes = dict[str, list[psutil.Process]]  # by what they run


def bytes_in_use(path: Path) -> int:
    """Return the bytes of the used pages of Temporal's SQLite file, including those in its write-ahead log."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        numbers = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        ]
    pages, free, size = map(int, numbers)
    return (pages - free) * size


def cpu_so_far(processes: Processes) -> dict[str, float]:
    """Return the processor time of each group of processes since they started, in seconds."""
    return {name: sum(map(_cpu_seconds, group)) for name, group in processes.items()}


def cpu_since(before: dict[str, float], processes: Processes) -> dict[str, float]:
    """Return the processor time of each group of processes since `cpu_so_far` returned `before`, in seconds."""
    return {name: spent - before[name] for name, spent in cpu_so_far(processes).items()}


def _cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process and its children, ended ones included, in seconds."""
    times = process.cpu_times()
    ended = times.children_user + times.children_system
    living = 0.0
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            living += _cpu_seconds(child)
    return float(times.user + times.system + ended + living)


def database_sizes(demo: Demo) -> dict[str, int]:
    """Return the bytes in use of each database of the demo."""
    [(roll,)] = fetch_rows(demo, "SELECT pg_database_size(current_database())")
    return {"Temporal": bytes_in_use(demo.state / "temporal.sqlite"), "roll": roll}


def resident_memory(processes: Processes) -> dict[str, int]:
    """Return the resident memory of each group of processes, in bytes; memory that PostgreSQL's share counts once."""
    return {name: sum(map(_resident, group)) for name, group in processes.items()}


def _resident(process: psutil.Process) -> int:
    if not (children := process.children()):
        return int(process.memory_info().rss)
    return sum(int(each.memory_full_info().pss) for each in [process, *children])
