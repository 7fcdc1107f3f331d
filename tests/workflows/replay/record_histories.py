"""Records a history of each workflow in each scenario: `python -m tests.workflows.replay.record_histories SERIES`.

A file is never changed: a new series is added, since runs that started under an older version of a workflow must
replay with every later one. With `--missing`, only scenarios without a file are recorded.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.workflows.replay.recordings import HISTORIES, RECORDINGS, Recording, Scenario
from tests.workflows.scripted.replaying import Actor


async def record(recording: Recording, series: str, chosen: tuple[Scenario, ...]) -> None:
    """Run each scenario and write its history to a file.

    Raises:
        FileExistsError: the series has a file of this scenario.
    """
    async with recording.actors() as new_actor:
        for scenario in chosen:
            async with new_actor() as actor:
                async with _reached(scenario, actor):
                    await _write(recording.file(scenario, series), actor)
                await actor.terminate()


def missing(recording: Recording) -> tuple[Scenario, ...]:
    """Return the scenarios of a recording without a file."""
    recorded = set(recording.files().values())
    return tuple(each for each in recording.scenarios if each.__name__ not in recorded)


@asynccontextmanager
async def _reached(scenario: Scenario, actor: Actor) -> AsyncIterator[None]:
    reached = scenario(actor)
    if isinstance(reached, Awaitable):
        await reached
        yield
    else:
        async with reached:
            yield


async def _write(path: Path, actor: Actor) -> None:
    history = json.loads((await actor.handle.fetch_history()).to_json(), object_hook=_without_stack)
    text = json.dumps(history, ensure_ascii=False, separators=(",", ":"))
    with path.open("x", encoding="utf-8") as file:
        file.write(text + "\n")


def _without_stack(found: dict[str, object]) -> dict[str, object]:
    # A failure's stack trace contains paths of the recording machine.
    return {key: value for key, value in found.items() if key != "stackTrace"}


async def _record_all(series: str, *, only_missing: bool) -> None:
    for recording in RECORDINGS:
        chosen = missing(recording) if only_missing else recording.scenarios
        if chosen:
            await record(recording, series, chosen)


def main() -> None:
    """Read the command line and record the histories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", help="a number that no recorded history has")
    parser.add_argument("--missing", action="store_true", help="record only scenarios without a file")
    HISTORIES.mkdir(exist_ok=True)
    chosen = parser.parse_args()
    asyncio.run(_record_all(chosen.series, only_missing=chosen.missing))


if __name__ == "__main__":
    main()
