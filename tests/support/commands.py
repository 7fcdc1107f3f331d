"""Runs a command of ours as `python -m` does, in this process: starting Python and its imports takes a second each time.

`tests/journeys/test_runbook_on_demo.py` starts one as a process, as an operator types it.
"""

import io
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from unittest import mock

import structlog

_ROOT = Path(__file__).parents[2]


def run_command(
    module: str, *words: str, typed: str = "", variables: Mapping[str, str] | None = None, bare: bool = False
) -> CompletedProcess[str]:
    """Return how a command ended, and what it printed.

    `typed` is its standard input; `variables` are added to the environment, which with `bare` has nothing else. A command that
    leaves by `os._exit` ends as by `sys.exit`.
    """
    path = _ROOT / module.replace(".", "/")
    script = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    status: list[object] = []

    def run() -> None:
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as end:
            status.append(end.code)
        else:
            status.append(0)

    out, err = io.StringIO(), io.StringIO()
    with (
        logs_of_a_new_process(),
        mock.patch.dict(os.environ, variables or {}, clear=bare),
        mock.patch.object(sys, "argv", [str(script), *words]),
        mock.patch.object(sys, "stdin", io.StringIO(typed)),
        mock.patch.object(os, "_exit", sys.exit),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        # In a thread, since a command runs an event loop, and a test may be in one.
        thread = Thread(target=run)
        thread.start()
        thread.join()
    [ended] = status  # empty when an exception ended the thread, whose traceback pytest shows
    return CompletedProcess([module, *words], _status(ended, err), out.getvalue(), err.getvalue())


@contextmanager
def logs_of_a_new_process() -> Iterator[None]:
    """Leave logs as a command finds them: not configured, whatever a test before has done."""
    former = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    try:
        yield
    finally:
        structlog.reset_defaults()
        if former:
            structlog.configure(**former)


def _status(ended: object, err: io.StringIO) -> int:
    if isinstance(ended, str):  # `raise SystemExit(text)` prints it
        err.write(f"{ended}\n")
        return 1
    return int(str(ended or 0))
