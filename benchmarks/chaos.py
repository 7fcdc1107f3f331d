"""`make chaos`: voters recover while processes are killed and gateways fail at random."""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import httpx2

from benchmarks.chaos_invariants import violations_of
from demo.client import electors
from demo.client.persistent_voter import PersistentVoter
from demo.client.running import Demo, running

_PROCESSES = ("postgres", "worker", "web", "temporal", "fake_services")
_SMS_MODES = ("down", "late:3", "twice", "early", "silent", "throttle", "unknown", "ok")
_EMAIL_MODES = ("down", "ok")
_KILL_SHARE = 0.6  # of the faults; the others set the gateways' modes
_TIMEOUT = 240.0  # seconds after the last fault for every voter to finish


async def run(demo: Demo, people: list[dict[str, str]], seed: int, seconds: float) -> list[str]:
    """Inject faults for so many seconds while each person recovers a voting code, and return what is wrong at the end.

    The list is empty if every voter has voted with a new code and all invariants hold.
    """
    draw = Random(seed)
    limits = httpx2.Limits(max_connections=4)
    clients = [httpx2.AsyncClient(base_url=demo.url, timeout=20, limits=limits) for _ in people]
    voters = [
        PersistentVoter(client, person, demo, draw.randrange(2**32))
        for client, person in zip(clients, people, strict=True)
    ]
    try:
        lost = await _recover_under_faults(demo, voters, draw, seconds)
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))
    return lost + await violations_of(demo, people)


async def _recover_under_faults(
    demo: Demo, voters: list[PersistentVoter], draw: Random, seconds: float
) -> list[str]:
    injecting = asyncio.create_task(_inject_faults(demo, draw, seconds))
    starts = [draw.uniform(0, seconds * 0.8) for _ in voters]
    recovering = [asyncio.create_task(voter.recover(start)) for voter, start in zip(voters, starts, strict=True)]
    reporting = asyncio.create_task(_report_progress(recovering))
    injected = await injecting
    await asyncio.wait(recovering, timeout=_TIMEOUT)
    reporting.cancel()
    for task in recovering:
        task.cancel()
    results = await asyncio.gather(*recovering, return_exceptions=True)
    names = [type(each).__name__ if isinstance(each, BaseException) else each for each in results]
    failed_pages = Counter(fault for voter in voters for fault in voter.faults)
    print(f"{len(injected)} faults: {dict(Counter(each.split(' (')[0] for each in injected))}")
    print(f"voters: {dict(Counter(names))}")
    print(f"failed pages: {dict(failed_pages)}")
    return [f"{voter.name}: {end!r}" for voter, end in zip(voters, results, strict=True) if end != "voted"]


async def _inject_faults(demo: Demo, draw: Random, seconds: float) -> list[str]:
    """Kill processes and set gateways' modes for so many seconds, and return what was done, in order."""
    done: list[str] = []
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while clock() < end:
        await asyncio.sleep(draw.uniform(2, 6))
        if draw.random() < _KILL_SHARE:
            done.append(_kill(demo, draw.choice(_PROCESSES)))
        else:
            modes = {"sms": draw.choice(_SMS_MODES), "email": draw.choice(_EMAIL_MODES)}
            done.append(f"gateways {modes}")
            await _set_modes(demo, modes)
    await _set_modes(demo, {"sms": "ok", "email": "ok"}, until_set=True)
    return done


def _kill(demo: Demo, process: str) -> str:
    try:
        demo.kill(process)
    except LookupError:
        return f"kill {process} (not restarted yet)"
    return f"kill {process}"


async def _set_modes(demo: Demo, modes: dict[str, str], *, until_set: bool = False) -> None:
    while True:
        try:
            await asyncio.to_thread(lambda: demo.gateways(**modes))
        except (OSError, AssertionError):
            if not until_set:
                return  # the web has been killed: that is a fault already
            await asyncio.sleep(0.5)
        else:
            return


async def _report_progress(recovering: list["asyncio.Task[str]"]) -> None:
    while True:
        await asyncio.sleep(5)
        sys.stderr.write(f"\r{sum(task.done() for task in recovering)} of {len(recovering)} have voted ")
        sys.stderr.flush()


def main() -> None:
    """Read the command line and run; the exit status is 1 if anything is wrong at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voters", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running(Path(directory)) as demo:
        people = electors.load(demo.state, options.voters)
        found = asyncio.run(run(demo, people, options.seed, options.seconds))
    print("\n".join(found) or f"{options.voters} voters: nothing lost, nothing doubled (seed {options.seed}).")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
