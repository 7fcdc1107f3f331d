"""Replays what runs with this code, before the release that has it: `python -m workflows.replay_check`."""

import argparse
import asyncio
import sys

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.registered import WORKFLOWS
from workflows.runtime import sandbox
from workflows.runtime.command_line import leave
from workflows.runtime.connection import TemporalUnreachableError, connect

# The SDK's deadlock detector: the machine was stalled for two seconds, which is no fault of the history.
STALLED = "TMPRL1101"
_ALL = " OR ".join(f"WorkflowType = '{each.__name__}'" for each in WORKFLOWS)
_RUNNING = f"({_ALL}) AND ExecutionStatus = 'Running'"


def replayer(*workflows: type) -> Replayer:
    """Return a replayer with the sandbox and the data converter of our workers."""
    return Replayer(workflows=workflows, workflow_runner=sandbox.runner(), data_converter=pydantic_data_converter)


async def failures(client: Client, query: str = _ALL) -> list[str]:
    """Return a line for each run that a query lists, open or closed, whose history does not replay; empty if all do."""
    found = await _replay(client, query)
    return await _replay(client, query) if STALLED in str(found) else found


async def _replay(client: Client, query: str) -> list[str]:
    histories = client.list_workflows(query).map_histories()
    results = await replayer(*WORKFLOWS).replay_workflows(histories, raise_on_replay_failure=False)
    return [f"{run} does not replay: {fault}" for run, fault in results.replay_failures.items()]


async def _check() -> int:
    client = await connect()
    number = (await client.count_workflows(_RUNNING)).count
    found = await failures(client, _RUNNING)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(
        f"Rejoués\u00a0: {number}. Que cette version ne pourrait pas continuer\u00a0: {len(found)}.\n"
    )
    return 1 if found else 0


def main() -> None:
    """Replay and say what came of it; exit with 1 when a history does not replay, and with 2 without a server."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        status = asyncio.run(_check())
    except TemporalUnreachableError as error:
        sys.stderr.write(f"{error}\n")
        status = 2
    leave(status)


if __name__ == "__main__":
    main()
