"""The demo stops cleanly, continues after a restart or a kill, and reports missing processes."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
import pytest_asyncio

from activities.upkeep.sign_of_life import silent_processes
from demo.client.running import Demo, start
from demo.client.voter import shown_code
from tests.journeys.demo_people import Browse, DemoPeople, SeenSecrets
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, title
from tests.support.waiting import until

CAMILLE, ELODIE, JEAN_BAPTISTE = range(3)


@dataclass
class RestartedDemo:
    """A demo that is stopped and started again on the same ports."""

    demo: Demo

    def restart(self) -> None:
        """Start the demo again with its state."""
        if self.demo.supervisor.stdout:
            self.demo.supervisor.stdout.close()
        self.demo = _start(self.demo.state, self.demo.ports)

    def processes(self) -> dict[str, psutil.Process]:
        """Return the demo's running processes, by name."""
        children = psutil.Process(self.demo.supervisor.pid).children(recursive=True)
        return {_name(child): child for child in children}


@pytest_asyncio.fixture(scope="module")
async def restarted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RestartedDemo]:
    """A demo of the election of 2022, whose dates have passed."""
    restarted_demo = RestartedDemo(_start(tmp_path_factory.mktemp("restarted"), None))
    yield restarted_demo
    if restarted_demo.demo.supervisor.poll() is None:
        restarted_demo.demo.stop(signal.SIGTERM)
    if restarted_demo.demo.supervisor.stdout:
        restarted_demo.demo.supervisor.stdout.close()


async def test_recoveries_continue_after_ctrl_c_and_after_a_kill(
    restarted: RestartedDemo, browse: Browse, seen_secrets: SeenSecrets
) -> None:
    """A recovery that waits for a click, one that waits for a gateway and one that shows its code all continue."""
    people = DemoPeople(restarted.demo, browse, seen_secrets)
    clicking, waiting, reading = [await people.signed_in(number) for number in (CAMILLE, ELODIE, JEAN_BAPTISTE)]
    assert "Élections professionnelles 2022" in main_text(await clicking.page("/"))
    await clicking.ask()
    link = await clicking.received_link()
    await reading.ask()
    shown = await reading.received_link()
    code = shown_code((await reading.press(shown)).text)
    restarted.demo.gateways(email="down")
    await waiting.ask("email")
    await waiting.wait_for_stage("Sending")

    await _stop_without_leftovers(restarted, signal.SIGINT, status=0)
    restarted.restart()
    assert shown_code((await reading.page(shown)).text) == code
    assert title(await clicking.page(link)) == "Régénérer mon code de vote"

    await _stop_without_leftovers(restarted, signal.SIGKILL, status=-signal.SIGKILL)
    restarted.restart()
    assert (await reading.vote(str(code))).headers["location"] == "/espace-de-vote"
    new = shown_code((await clicking.press(link)).text)
    assert (await clicking.vote(str(new))).headers["location"] == "/espace-de-vote"
    assert (await waiting.follow())["final"] is False
    restarted.demo.gateways(email="ok")
    assert shown_code((await waiting.press(await waiting.received_link())).text)
    for voter in (clicking, reading):
        assert len([each for each in await voter.messages() if each["channel"] == "sms"]) == 1


async def test_a_killed_process_is_restarted(
    restarted: RestartedDemo, browse: Browse, seen_secrets: SeenSecrets
) -> None:
    """PostgreSQL, killed, is started again, and a recovery in progress continues; `tests/stress/test_kills.py` kills the others."""
    voter = await DemoPeople(restarted.demo, browse, seen_secrets).signed_in(JEAN_BAPTISTE)
    await voter.ask()
    killed = restarted.processes()["postgres"].pid
    os.kill(killed, signal.SIGKILL)
    await until(lambda: _pids(restarted).get("postgres", killed) != killed, within=30)
    await until(lambda: _answers(voter), within=60)
    assert shown_code((await voter.press(await voter.received_link())).text)


async def test_healthz_reports_what_is_missing(
    restarted: RestartedDemo, browse: Browse, seen_secrets: SeenSecrets
) -> None:
    """While Temporal or the worker is suspended `/healthz` answers 503 with the reason, and 200 afterwards."""
    voter = await DemoPeople(restarted.demo, browse, seen_secrets).voter(CAMILLE)
    stopped = [restarted.processes()[name] for name in ("temporal", "worker")]
    for process in stopped:
        process.suspend()
    try:
        for reason in ("temporal: does not answer", "worker recoveries: no sign of life"):
            await until(_reports(voter, reason), within=40)
        worker = str(restarted.processes()["worker"].pid)
        await until(lambda: worker in silent_processes("recoveries")[1], within=40)
    finally:
        for process in stopped:
            process.resume()
    await until(_is_healthy(voter), within=40)


async def _stop_without_leftovers(restarted: RestartedDemo, number: signal.Signals, status: int) -> None:
    supervisor = psutil.Process(restarted.demo.supervisor.pid)
    left = [supervisor, *supervisor.children(recursive=True)]
    assert {"postgres", "temporal", "fake_services", "worker", "web"} <= restarted.processes().keys()
    if number is signal.SIGKILL:
        restarted.demo.kill("postgres")  # it is in a session of its own, which the supervisor's does not include
    assert restarted.demo.stop(number) == status
    await until(lambda: not any(process.is_running() for process in left), within=30)


def _start(state: Path, ports: dict[str, int] | None) -> Demo:
    return start(state, ports, REASSORT_ELECTION=os.fspath(Path("election") / "2022.toml"))


def _pids(restarted: RestartedDemo) -> dict[str, int]:
    return {name: process.pid for name, process in restarted.processes().items()}


def _name(process: psutil.Process) -> str:
    words = ""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # it has just ended
        words = " ".join(process.cmdline())
    names = {
        "listen_addresses=": "postgres",
        "server start-dev": "temporal",
        "worker.py": "worker",
        "demo.web.site": "web",
        "demo.fake_services": "fake_services",
    }
    return next((name for part, name in names.items() if part in words), words)


async def _answers(voter: JourneyVoter) -> bool:
    try:
        return (await voter.page(FOLLOW)).status_code == 200
    except httpx2.TransportError:
        return False


def _reports(voter: JourneyVoter, reason: str) -> Callable[[], Any]:
    async def missing() -> bool:
        health = await voter.page("/healthz")
        return health.status_code == 503 and reason in health.json()["faults"]

    return missing


def _is_healthy(voter: JourneyVoter) -> Callable[[], Any]:
    async def well() -> bool:
        return (await voter.page("/healthz")).status_code == 200

    return well
