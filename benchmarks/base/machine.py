"""The heading of a benchmark: date, machine, versions and command."""

import os
import platform
import shlex
import subprocess
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from demo.processes import temporal
from demo.state.settings import DemoSettings


def heading(name: str, now: datetime, arguments: list[str], state: Path) -> str:
    """Return the lines above a benchmark's tables; `state` is where the Temporal CLI may have been downloaded to."""
    command = shlex.join(["python", "-m", "benchmarks", *arguments])
    where = f"{os.cpu_count()} cores, {_processor()}"
    versions = f"Python {platform.python_version()}, SDK {version('temporalio')}, {_temporal(state)}"
    return f"## {name}\n\n{now:%Y-%m-%d %H:%M} · {where} · {versions} · `{command}`"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine()
    lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _temporal(state: Path) -> str:
    if address := DemoSettings().temporal_address:
        return f"Temporal server at {address}"
    # `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`
    printed = subprocess.run([temporal.binary(state), "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own server
    return printed.stdout.strip()
