"""The demo stops cleanly, goes on where it stopped, and says when something is missing."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
import pytest_asyncio

from demo.client.running import Demo, start
from demo.client.voter import shown_code
from tests.journeys.demo_people import Browse, DemoPeople, SeenSecrets
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, title
from tests.support.waiting import until

CAMILLE, ELODIE, JEAN_BAPTISTE = range(3)


@dataclass
class Life:
    """One demo through its starts and stops, always on the same ports."""

    demo: Demo

    def begins_again(self) -> None:
        """Start the demo anew on what it left."""
        if self.demo.supervisor.stdout:
            self.demo.supervisor.stdout.close()
        self.demo = _start(self.demo.state, self.demo.ports)

    def processes(self) -> dict[str, psutil.Process]:
        """Return the running processes by what they are."""
        children = psutil.Process(self.demo.supervisor.pid).children(recursive=True)
        return {_name(child): child for child in children}


@pytest_asyncio.fixture(scope="module")
async def life(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Life]:
    """A demo of the election of 2022, whose dates are long over."""
    lived = Life(_start(tmp_path_factory.mktemp("life"), None))
    yield lived
    if lived.demo.supervisor.poll() is None:
        lived.demo.stop(signal.SIGTERM)
    if lived.demo.supervisor.stdout:
        lived.demo.supervisor.stdout.close()


async def test_recoveries_go_on_after_ctrl_c_and_after_a_kill(
    life: Life, browse: Browse, seen_secrets: SeenSecrets
) -> None:
    """One waits for its click, one for its gateway, one has its code on screen: each goes on as it was."""
    people = DemoPeople(life.demo, browse, seen_secrets)
    clicking, waiting, reading = [await people.signed_in(number) for number in (CAMILLE, ELODIE, JEAN_BAPTISTE)]
    assert "Élections professionnelles 2022" in main_text(await clicking.page("/"))
    await clicking.ask()
    link = await clicking.received_link()
    await reading.ask()
    shown = await reading.received_link()
    code = shown_code((await reading.press(shown)).text)
    life.demo.gateways(email="down")
    await waiting.ask("email")
    await waiting.wait_for_stage("Sending")

    await _stops_without_a_trace(life, signal.SIGINT, status=0)
    life.begins_again()
    assert shown_code((await reading.page(shown)).text) == code
    assert title(await clicking.page(link)) == "Régénérer mon code de vote"

    await _stops_without_a_trace(life, signal.SIGKILL, status=-signal.SIGKILL)
    life.begins_again()
    assert (await reading.vote(str(code))).headers["location"] == "/espace-de-vote"
    new = shown_code((await clicking.press(link)).text)
    assert (await clicking.vote(str(new))).headers["location"] == "/espace-de-vote"
    assert (await waiting.follow())["final"] is False
    life.demo.gateways(email="ok")
    assert shown_code((await waiting.press(await waiting.received_link())).text)
    for voter in (clicking, reading):
        assert len([each for each in await voter.messages() if each["channel"] == "sms"]) == 1


async def test_a_process_that_is_killed_is_started_again(
    life: Life, browse: Browse, seen_secrets: SeenSecrets
) -> None:
    """The web and the worker, killed at once, come back by themselves; whoever follows a recovery reads on."""
    voter = await DemoPeople(life.demo, browse, seen_secrets).signed_in(JEAN_BAPTISTE)
    await voter.ask()
    killed = {name: life.processes()[name].pid for name in ("worker", "web")}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not killed.items() & _pids(life).items(), within=30)
    await until(lambda: _answers(voter), within=60)
    assert shown_code((await voter.press(await voter.received_link())).text)


async def test_health_says_what_is_missing(life: Life, browse: Browse, seen_secrets: SeenSecrets) -> None:
    """While Temporal or the worker is stopped `/healthz` answers 503 with the reason, and 200 after."""
    voter = await DemoPeople(life.demo, browse, seen_secrets).voter(CAMILLE)
    stopped = [life.processes()[name] for name in ("temporal", "worker")]
    for process in stopped:
        process.suspend()
    try:
        for reason in ("temporal: does not answer", "worker recoveries: no sign of life"):
            await until(_is_missing(voter, reason), within=40)
    finally:
        for process in stopped:
            process.resume()
    await until(_is_well(voter), within=40)


async def _stops_without_a_trace(life: Life, number: signal.Signals, status: int) -> None:
    leader = psutil.Process(life.demo.supervisor.pid)
    left = [leader, *leader.children(recursive=True)]
    assert {"postgres", "temporal", "world", "worker", "web"} <= life.processes().keys()
    assert life.demo.stop(number) == status
    await until(lambda: not any(process.is_running() for process in left), within=30)


def _start(state: Path, ports: dict[str, int] | None) -> Demo:
    return start(state, ports, REASSORT_ELECTION=os.fspath(Path("election") / "2022.toml"))


def _pids(life: Life) -> dict[str, int]:
    return {name: process.pid for name, process in life.processes().items()}


def _name(process: psutil.Process) -> str:
    words = " ".join(process.as_dict(["cmdline"], ad_value=())["cmdline"])  # none, of one that has just died
    names = {
        "listen_addresses=": "postgres",
        "server start-dev": "temporal",
        "worker.py": "worker",
        "demo.web.site": "web",
        "demo.fake_services": "world",
    }
    return next((name for part, name in names.items() if part in words), words)


async def _answers(voter: JourneyVoter) -> bool:
    try:
        return (await voter.page(FOLLOW)).status_code == 200
    except httpx2.TransportError:
        return False


def _is_missing(voter: JourneyVoter, reason: str) -> Callable[[], Any]:
    async def missing() -> bool:
        health = await voter.page("/healthz")
        return health.status_code == 503 and reason in health.json()["faults"]

    return missing


def _is_well(voter: JourneyVoter) -> Callable[[], Any]:
    async def well() -> bool:
        return (await voter.page("/healthz")).status_code == 200

    return well
