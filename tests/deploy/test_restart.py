"""Behind nginx, one of two web processes restarts and no voter notices."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest_asyncio

from activities.config.clock import utc_now
from demo.client.voter import hidden_fields
from demo.state.calendar import open_today
from demo.state.secrets import keys_of
from tests.deploy.nginx_server import HOST, Nginx, browser
from tests.support.waiting import free_port, listens, until
from tests.workflows.scripted.environment import server

_ELECTION = Path(__file__).parents[2] / "election" / "demo.toml"
_VOTERS = 12
_READING = 0.4  # seconds between two pages of a voter: twelve who never pause take the time that a start needs


class Web:
    """A web process as in production."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.port = free_port()
        self._process: Process | None = None
        self._environment = {**os.environ, **variables, "REASSORT_WEB_PORT": str(self.port)}

    async def start(self) -> None:
        """Return when it listens."""
        command = (sys.executable, "-m", "web")
        self._process = await asyncio.create_subprocess_exec(*command, env=self._environment, stderr=DEVNULL)
        await until(lambda: listens(self.port), within=60)

    async def stop(self) -> None:
        """Stop it as its supervisor does, and return when it has ended."""
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()


@pytest_asyncio.fixture
async def webs(database_url: str, tmp_path: Path) -> AsyncIterator[list[Web]]:
    """Two web processes on one database and one Temporal server."""
    election = tmp_path / "election.toml"
    open_today(_ELECTION, election, utc_now())
    async with server() as environment:
        variables = {
            **keys_of(tmp_path),
            "REASSORT_ELECTION": os.fspath(election),
            "REASSORT_DATABASE_URL": database_url,
            "REASSORT_PUBLIC_URL": f"https://{HOST}",
            "TEMPORAL_ADDRESS": environment.client.service_client.config.target_host,
        }
        both = [Web(variables), Web(variables)]
        await asyncio.gather(*(web.start() for web in both))
        yield both
        for web in both:
            await web.stop()


async def test_a_restart_of_one_of_two_is_not_noticed(
    nginx: Callable[[list[int]], Nginx], webs: list[Web]
) -> None:
    """A dozen voters open pages and send forms all the while, and none is answered an error."""
    proxy = nginx([web.port for web in webs])
    statuses: Counter[int] = Counter()
    restarted = asyncio.Event()
    with proxy.running():
        voters = [asyncio.create_task(_voter(proxy, statuses, restarted)) for _ in range(_VOTERS)]
        await until(lambda: statuses.total() > 2 * _VOTERS)
        await webs[0].stop()
        before = statuses.total()
        await until(lambda: statuses.total() > before + 2 * _VOTERS)
        await webs[0].start()
        before = statuses.total()
        await until(lambda: statuses.total() > before + 2 * _VOTERS)
        restarted.set()
        await asyncio.gather(*voters)
    assert set(statuses) == {200, 422}  # without the CAPTCHA's answer the form comes back
    upstreams = (proxy.folder / "reassort.log").read_text()
    assert all(f"127.0.0.1:{web.port} " in upstreams for web in webs)


async def _voter(proxy: Nginx, statuses: Counter[int], restarted: asyncio.Event) -> None:
    async with browser(proxy) as voter:
        while not restarted.is_set():
            page = await voter.get("/connexion")
            statuses[page.status_code] += 1
            form = hidden_fields(page.text) | {"identifier": "camille.legoff@ac-demo.fr"}
            statuses[(await voter.post("/connexion", data=form)).status_code] += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(restarted.wait(), _READING)
