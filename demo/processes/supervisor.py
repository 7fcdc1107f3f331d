"""The demo's leader: prepares the state, starts the processes in order, waits until all is well."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.store.migrate import upgrade
from demo.processes import temporal
from demo.processes.children import Processes, Program
from demo.processes.postgres import EmbeddedPostgres
from demo.state.calendar import open_today
from demo.state.people import write_roll
from demo.state.secrets import keys_of
from demo.state.settings import HOST, DemoSettings
from demo.web.france_connect_pages import PREFIX

_PATIENCE = 60.0  # seconds for everything to be at work
_LOOK_EVERY = 0.1
_RETENTION_SECONDS = 90 * 24 * 3600
_PYTHON = sys.executable


class DemoNotReadyError(Exception):
    """Raised when the demo cannot start, or does not come to life; one line says why and what to do."""


class Supervisor:
    """Everything `make run` does but waiting for Ctrl-C."""

    def __init__(self, settings: DemoSettings) -> None:
        self._settings = settings
        self._state = settings.state_dir
        self._logs = self._state / "logs"
        self._processes = Processes(self._logs)
        self._temporal: tuple[str, ...] = ()
        self._postgres = EmbeddedPostgres(self._state / "postgres", settings.postgres_bin)

    def prepare(self) -> bool:
        """Make the state ready: keys, calendar, the database's folder; say whether the calendar was moved.

        Raises:
            ElectionFileError: the election file cannot be used.
            FileNotFoundError: the Temporal CLI cannot be had.
            PostgresError: PostgreSQL cannot be had, or refuses.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        (self._state / "demo").mkdir(exist_ok=True)
        moved = open_today(self._settings.election, self._state / "election.toml", utc_now())
        self._temporal = temporal.command(self._settings)
        self._postgres.prepare()
        return moved

    async def start(self) -> None:
        """Start every process, and return once `/healthz` answers 200.

        Raises:
            DemoNotReadyError: it does not within a minute, or the roll could not be imported; the text says why.
            MigrationError: the database refuses.
        """
        settings, environment = self._settings, self._environment()
        await self._processes.start(self._database())
        await self._processes.start(Program("temporal", self._temporal))
        await self._until(self._postgres.answers, "PostgreSQL")
        await asyncio.to_thread(self._fill_roll)
        await self._until(lambda: _listens(settings.temporal_port), "Temporal")
        await self._processes.start(Program("world", (_PYTHON, "-m", "demo.fake_services", *self._world())))
        await self._processes.start(Program("worker", (_PYTHON, "worker.py"), environment))
        await self._processes.start(Program("web", (_PYTHON, "-m", "demo.web.site"), environment))
        await self._until(lambda: _healthy(settings.web_port), "the portal")
        await self._keep_histories()

    def _database(self) -> Program:
        # SIGTERM would wait until every client has gone.
        postgres = self._postgres
        return Program("postgres", postgres.command, ended_by=signal.SIGINT, options=postgres.options)

    def _fill_roll(self) -> None:
        upgrade(self._postgres.url)
        done = (
            self._state / "postgres" / "roll.imported"
        )  # beside the data: who deletes them has it imported again
        if done.exists():
            return
        roll = self._state / "demo" / "roll.csv"
        write_roll(roll)
        imported = subprocess.run(  # noqa: S603 - our own program, our own arguments
            [_PYTHON, "-m", "activities.roll_import.load_roll", str(roll)],
            env={**os.environ, **self._environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        roll.unlink()  # it says what the database must not
        if imported.returncode:
            raise DemoNotReadyError(
                f"The fictional roll could not be imported: {imported.stderr.strip() or imported.stdout}"
            )
        done.touch()

    async def stop(self) -> None:
        """End every process in order: the web first, PostgreSQL last."""
        await self._processes.stop()

    def _world(self) -> tuple[str, ...]:
        settings = self._settings
        ports = ("--smtp-port", str(settings.smtp_port), "--smpp-port", str(settings.smpp_port))
        return ("--state", str(self._state), *ports)

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        return {
            **keys_of(self._state),
            "REASSORT_ELECTION": str(self._state / "election.toml"),
            "REASSORT_STATE_DIR": str(self._state),
            "REASSORT_DATABASE_URL": self._postgres.url,
            "REASSORT_PUBLIC_URL": f"http://{HOST}:{settings.web_port}",
            "REASSORT_FRANCE_CONNECT_ISSUER": f"http://{HOST}:{settings.web_port}{PREFIX}",
            "REASSORT_FRANCE_CONNECT_SECRET": "fiction",
            "REASSORT_SMTP_STARTTLS": "false",
            "REASSORT_SMPP_TLS": "false",
            "REASSORT_SMPP_SYSTEM_ID": "demo",
            "REASSORT_SMPP_PASSWORD": "fiction",
            "TEMPORAL_ADDRESS": f"{HOST}:{settings.temporal_port}",
            **{variable: str(port) for variable, port in settings.ports.items()},
        }

    async def _until(self, ready: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await asyncio.to_thread(ready):  # noqa: ASYNC110 - another process can set no Event of ours
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            raise DemoNotReadyError(f"{what} did not come to life within a minute: see {self._logs}") from None

    async def _keep_histories(self) -> None:
        # The dev server would forget a recovery's history after a day.
        client = await Client.connect(f"{HOST}:{self._settings.temporal_port}")
        config = NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=_RETENTION_SECONDS))
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=client.namespace, config=config)
        )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _healthy(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
