"""Records the history of a recovery at each stage and ending: `python -m tests.workflows.record_histories SERIES`.

What is recorded is never edited, only added to, with a new series: runs that began under an older version
of the workflow must go on under every later one.
"""

import argparse
import asyncio
import json
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from tests.workflows import moments, scenarios
from tests.workflows.environment import server, workers
from tests.workflows.scripted import World
from tests.workflows.voter import Voter

HISTORIES = Path(__file__).parent / "histories"


async def record(series: str) -> None:
    """Write one file a scenario.

    Raises:
        FileExistsError: the series was recorded before.
    """
    world = World()
    async with server() as environment, workers(environment.client, world):
        for reach in [*scenarios.WAITING, *scenarios.ENDINGS]:
            voter = Voter(environment, world)
            await reach(voter)
            await _write(f"{reach.__name__}-{series}", voter)
        await _record_opened(series, environment, world)


async def _record_opened(series: str, environment: WorkflowEnvironment, world: World) -> None:
    voter = Voter(environment, world)
    async with moments.issuing(voter) as click:
        await _write(f"opened-{series}", voter)
    await click


async def _write(name: str, voter: Voter) -> None:
    history = json.loads((await voter.handle.fetch_history()).to_json(), object_hook=_without_stack)
    text = json.dumps(history, ensure_ascii=False, separators=(",", ":"))
    with (HISTORIES / f"{name}.json").open("x", encoding="utf-8") as file:
        file.write(text + "\n")
    await voter.leaves()


def _without_stack(found: dict[str, object]) -> dict[str, object]:
    # A failure's stack names the recording machine's folders.
    return {key: value for key, value in found.items() if key != "stackTrace"}


def main() -> None:
    """Read the command line, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", help="a number that no recorded history has yet")
    HISTORIES.mkdir(exist_ok=True)
    asyncio.run(record(parser.parse_args().series))


if __name__ == "__main__":
    main()
