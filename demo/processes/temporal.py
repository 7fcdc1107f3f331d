"""The Temporal dev server with its UI and a database file, configured to behave like a server in production."""

import asyncio
import shutil
import sys
from pathlib import Path

from demo.state.settings import DemoSettings

# Measured: timers are 10 ms late instead of 1 s, a workflow's first task comes 50 ms earlier, and fifty
# updates of one workflow at once are answered in half a second instead of ten (the default allows ten in flight).
_TUNING = (
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="10ms"',
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    "history.maxInFlightUpdates=1000",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",
)
_PRAGMAS = ("journal_mode=wal", "synchronous=1")


def command(settings: DemoSettings) -> tuple[str, ...]:
    """Return the command line that starts the server.

    Raises:
        FileNotFoundError: the Temporal CLI is neither installed nor can be downloaded.
    """
    words = [
        str(binary(settings.state_dir)),
        *("server", "start-dev", "--ip", "127.0.0.1", "--log-level", "warn", "--ui-disable-news-fetch"),
        *("--port", str(settings.temporal_port), "--ui-port", str(settings.temporal_ui_port)),
        *("--db-filename", str(settings.state_dir / "temporal.sqlite")),
    ]
    for pragma in _PRAGMAS:
        words += ["--sqlite-pragma", pragma]
    for setting in _TUNING:
        words += ["--dynamic-config-value", setting]
    return tuple(words)


def binary(state: Path) -> Path:
    """Return the path of the Temporal CLI: next to this Python, on PATH, or downloaded by the SDK.

    Raises:
        FileNotFoundError: it is neither installed nor can be downloaded.
    """
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found:
        return Path(found)
    directory = state / "bin"
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(_download(directory))
    return next(path for path in directory.iterdir() if path.name.startswith("temporal"))


async def _download(directory: Path) -> None:
    # The SDK downloads the server for this platform when it starts one. It takes longer to import than all the rest.
    from temporalio.testing import WorkflowEnvironment  # noqa: PLC0415 - for the same reason

    try:
        server = await WorkflowEnvironment.start_local(download_dest_dir=str(directory))
    except RuntimeError as error:
        raise FileNotFoundError("the Temporal CLI is not installed and cannot be downloaded") from error
    await server.shutdown()
