"""Voters recover while processes are killed and gateways cut at random: `make chaos`."""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import httpx2

from benchmarks.chaos_verdict import faults_of
from demo.client import electors
from demo.client.persistent_voter import PersistentVoter
from demo.client.running import Demo, running

_VICTIMS = ("postgres", "worker", "web", "temporal", "world")
_MODES = ("down", "late:3", "twice", "early", "silent", "throttle", "unknown")
_KILLS = 0.6  # the share of blows that kill; the others cut a gateway
_PATIENCE = 240.0  # seconds after the last blow for the last voter to have a code


async def disturb(demo: Demo, draw: Random, seconds: float) -> list[str]:
    """Kill processes and cut gateways for so long, and return what was done, in order."""
    done: list[str] = []
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while clock() < end:
        await asyncio.sleep(draw.uniform(2, 6))
        if draw.random() < _KILLS:
            victim = draw.choice(_VICTIMS)
            done.append(f"kill {victim}")
            try:
                demo.kill(victim)
            except LookupError:
                done[-1] += " (dead already)"
        else:
            modes = {"sms": draw.choice((*_MODES, "ok")), "email": draw.choice(("down", "ok"))}
            done.append(f"gateways {modes}")
            await _set_modes(demo, modes)
    await _set_modes(demo, {"sms": "ok", "email": "ok"}, surely=True)
    return done


async def _set_modes(demo: Demo, modes: dict[str, str], *, surely: bool = False) -> None:
    while True:
        try:
            await asyncio.to_thread(lambda: demo.gateways(**modes))
        except (OSError, AssertionError):
            if not surely:
                return  # the door is down: that is chaos enough
            await asyncio.sleep(0.5)
        else:
            return


async def storm(demo: Demo, voters: list[PersistentVoter], draw: Random, seconds: float) -> list[str]:
    """Let everyone recover in the storm; return what is wrong at its end, nothing when all is well."""
    storming = asyncio.create_task(disturb(demo, draw, seconds))
    starts = [draw.uniform(0, seconds * 0.8) for _ in voters]
    recovering = [asyncio.create_task(voter.recover(start)) for voter, start in zip(voters, starts, strict=True)]
    watching = asyncio.create_task(_watch(recovering))
    blows = await storming
    await asyncio.wait(recovering, timeout=_PATIENCE)
    watching.cancel()
    for task in recovering:
        task.cancel()
    ends = await asyncio.gather(*recovering, return_exceptions=True)
    print(f"{len(blows)} blows: {dict(Counter(blow.split(' (')[0] for blow in blows))}")
    print(f"ends: {dict(Counter(type(end).__name__ if isinstance(end, BaseException) else end for end in ends))}")
    met = Counter(fault for voter in voters for fault in voter.faults)
    print(f"pages that did not come: {dict(met)}")
    lost = [f"{voter.name}: {end!r}" for voter, end in zip(voters, ends, strict=True) if end != "voted"]
    return lost + await faults_of(demo, [voter.person for voter in voters])


async def _watch(recovering: list["asyncio.Task[str]"]) -> None:
    while True:
        await asyncio.sleep(5)
        sys.stderr.write(f"\r{sum(task.done() for task in recovering)} of {len(recovering)} have voted ")
        sys.stderr.flush()


async def run(demo: Demo, people: list[dict[str, str]], seed: int, seconds: float) -> list[str]:
    """Run one storm from a seed, and return what is wrong at its end."""
    draw = Random(seed)
    limits = httpx2.Limits(max_connections=4)
    clients = [httpx2.AsyncClient(base_url=demo.url, timeout=20, limits=limits) for _ in people]
    voters = [
        PersistentVoter(client, person, demo, draw.randrange(2**32))
        for client, person in zip(clients, people, strict=True)
    ]
    try:
        return await storm(demo, voters, draw, seconds)
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


def main() -> None:
    """Read the command line, run a storm, and end with status 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voters", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running(Path(directory)) as demo:
        people = electors.load(demo.state, options.voters)
        faults = asyncio.run(run(demo, people, options.seed, options.seconds))
    print("\n".join(faults) or f"{options.voters} voters: nothing lost, nothing doubled (seed {options.seed}).")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
