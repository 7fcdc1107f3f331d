"""Records the history of a recovery at each stage and ending: `python -m tests.workflows.replay.record_histories SERIES`.

What is recorded is never edited, only added to, with a new series: runs that began under an older version
of the workflow must go on under every later one. With `--missing`, only scenarios that no series has yet.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.workflows.replay.recordings import HISTORIES, RECORDINGS, Recording, Scenario
from tests.workflows.scripted.replaying import Player


async def record(recording: Recording, series: str, chosen: tuple[Scenario, ...]) -> None:
    """Write one file a scenario.

    Raises:
        FileExistsError: the series was recorded before.
    """
    async with recording.stage() as enters:
        for scenario in chosen:
            async with enters() as player:
                async with _reached(scenario, player):
                    await _write(recording.file(scenario, series), player)
                await player.leaves()


def missing(recording: Recording) -> tuple[Scenario, ...]:
    """Return the scenarios of a recording that have no file yet."""
    recorded = set(recording.files().values())
    return tuple(each for each in recording.scenarios if each.__name__ not in recorded)


@asynccontextmanager
async def _reached(scenario: Scenario, player: Player) -> AsyncIterator[None]:
    reached = scenario(player)
    if isinstance(reached, Awaitable):
        await reached
        yield
    else:
        async with reached:
            yield


async def _write(path: Path, player: Player) -> None:
    history = json.loads((await player.handle.fetch_history()).to_json(), object_hook=_without_stack)
    text = json.dumps(history, ensure_ascii=False, separators=(",", ":"))
    with path.open("x", encoding="utf-8") as file:
        file.write(text + "\n")


def _without_stack(found: dict[str, object]) -> dict[str, object]:
    # A failure's stack names the recording machine's folders.
    return {key: value for key, value in found.items() if key != "stackTrace"}


async def _record_all(series: str, *, only_missing: bool) -> None:
    for recording in RECORDINGS:
        chosen = missing(recording) if only_missing else recording.scenarios
        if chosen:
            await record(recording, series, chosen)


def main() -> None:
    """Read the command line, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", help="a number that no recorded history has yet")
    parser.add_argument("--missing", action="store_true", help="record only what no series has")
    HISTORIES.mkdir(exist_ok=True)
    chosen = parser.parse_args()
    asyncio.run(_record_all(chosen.series, only_missing=chosen.missing))


if __name__ == "__main__":
    main()
