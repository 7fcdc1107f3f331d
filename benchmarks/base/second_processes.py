"""A second web process and a second worker of each role beside those of a demo, with the same settings.

Each is its own user of the database, as in production.
"""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx2
import psutil

from demo.client.running import Demo, free_ports
from demo.processes.postgres import url_in

_STARTS_WITHIN = 60.0  # seconds
_ROLES = ("recoveries", "messaging")


@dataclass(frozen=True)
class SecondProcesses:
    """The address of the second web process, and the processes by the name of those that they double."""

    url: str
    processes: dict[str, list[psutil.Process]]


@asynccontextmanager
async def started(demo: Demo) -> AsyncIterator[SecondProcesses]:
    """Start them, yield once the second web process answers, and stop them at the end."""
    port = str(free_ports()["WEB_PORT"])
    # What the supervisor has given to the first web process: keys, addresses, passwords.
    environment = {**demo.process("web").environ(), "REASSORT_WEB_PORT": port}
    commands = {"web": ("-m", "demo.web.site"), **{role: ("worker.py", "--role", role) for role in _ROLES}}
    with (demo.state / "logs" / "second_processes.log").open("ab") as log:
        web, *workers = children = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                *words,
                env={**environment, "REASSORT_DATABASE_URL": url_in(demo.state / "postgres", user)},
                stdout=log,
                stderr=log,
            )
            for user, words in commands.items()
        ]
    try:
        url = f"http://127.0.0.1:{port}"
        await _until_healthy(url)
        by_name = {"web": [psutil.Process(web.pid)], "worker": [psutil.Process(each.pid) for each in workers]}
        yield SecondProcesses(url, by_name)
    finally:
        await asyncio.gather(*(_end(each) for each in children))


async def _until_healthy(url: str) -> None:
    async with asyncio.timeout(_STARTS_WITHIN), httpx2.AsyncClient(base_url=url) as http:
        while True:
            try:
                if (await http.get("/healthz")).status_code == HTTPStatus.OK:
                    return
            except httpx2.TransportError:
                pass  # it does not listen yet
            await asyncio.sleep(0.2)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()
