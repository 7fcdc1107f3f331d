"""The demo's supervisor: prepares the state, starts the processes in order, and waits until `/healthz` answers 200."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from secrets import token_hex

from activities.config.clock import utc_now
from activities.store.grants import USERS, grant
from activities.store.migrate import upgrade
from demo.processes import temporal
from demo.processes.children import Processes, Program
from demo.processes.postgres import EmbeddedPostgres, url_in
from demo.processes.second_operator import SecondOperator
from demo.state.calendar import open_today
from demo.state.people import write_roll
from demo.state.secrets import keys_of
from demo.state.settings import FRANCE_CONNECT, HOST, OPERATORS_PROVIDER, DemoSettings
from election.rules.retention import HISTORIES

_START_TIMEOUT = 60.0  # seconds, for each process
_POLL_INTERVAL = 0.1
_PYTHON = sys.executable


class DemoNotReadyError(Exception):
    """Raised when the demo cannot start; one line says why and what to do."""


class Supervisor:
    """Prepares, starts and stops all that `make run` runs."""

    def __init__(self, settings: DemoSettings) -> None:
        self._settings = settings
        self._state = settings.state_dir
        self._logs = self._state / "logs"
        self._processes = Processes(self._logs)
        self._temporal: tuple[str, ...] = ()
        self._sms2 = SecondOperator()
        self._postgres = EmbeddedPostgres(self._state / "postgres", settings.postgres_bin)

    def prepare(self) -> bool:
        """Prepare the state directory: election file, database; return whether the election's dates were moved.

        Raises:
            ElectionFileError: the election file cannot be used.
            FileNotFoundError: the Temporal CLI is neither installed nor can be downloaded.
            PostgresError: PostgreSQL is not installed, or cannot make its database.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        (self._state / "demo").mkdir(exist_ok=True)
        moved = open_today(self._settings.election, self._state / "election.toml", utc_now())
        if not self._settings.temporal_address:
            self._temporal = temporal.command(self._settings)
        self._postgres.prepare()
        return moved

    async def start(self) -> None:
        """Start every process, and return once `/healthz` answers 200.

        Raises:
            DemoNotReadyError: a process is not ready within a minute, or the roll was refused.
            MigrationError: a migration failed.
        """
        settings, environment = self._settings, self._environment()
        await self._processes.start(self._postgres_program())
        if self._temporal:
            await self._processes.start(Program("temporal", self._temporal))
        await self._wait_until(self._postgres.answers, "PostgreSQL")
        await asyncio.to_thread(self._prepare_database)
        await self._wait_until(lambda: _listens(settings.temporal), "Temporal")
        await self._processes.start(Program("fake_services", self._fake_services()))
        await self._processes.start(Program("worker", (_PYTHON, "worker.py"), environment))
        await self._processes.start(Program("web", (_PYTHON, "-m", "demo.web.site"), environment | self._as_web()))
        await self._wait_until(lambda: _healthy(settings.web_port), "the portal")
        if self._temporal:
            await self._set_retention()

    def _postgres_program(self) -> Program:
        # SIGINT ends the clients' connections; SIGTERM would wait for them.
        postgres = self._postgres
        return Program("postgres", postgres.command, stop_signal=signal.SIGINT, options=postgres.options)

    def _as_web(self) -> dict[str, str]:
        # With the rights of production. The worker, which has every role, is the owner.
        return {"REASSORT_DATABASE_URL": url_in(self._state / "postgres", "web")}

    def _prepare_database(self) -> None:
        upgrade(self._postgres.url)
        # Nobody is asked for them on this socket.
        grant(self._postgres.url, {user: token_hex() for user in USERS})
        # In the folder of the data: when it is deleted, the roll is imported again.
        imported_mark = self._state / "postgres" / "roll.imported"
        if imported_mark.exists():
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
        roll.unlink()  # it has secrets that the database has only hashed
        if imported.returncode:
            raise DemoNotReadyError(
                f"The fictional roll could not be imported: {imported.stderr.strip() or imported.stdout}"
            )
        imported_mark.touch()

    async def stop(self) -> None:
        """Stop every process in order: the web first, PostgreSQL last."""
        await self._processes.stop()

    def _fake_services(self) -> tuple[str, ...]:
        settings = self._settings
        ports = ("--smtp-port", str(settings.smtp_port), "--smpp-port", str(settings.smpp_port))
        bounces = ("--lmtp-port", str(settings.lmtp_port))
        second = ("--sms2-port", str(self._sms2.port), "--sms2-events", self._sms2.events)
        program = (_PYTHON, "-m", "demo.fake_services", "--state", str(self._state))
        return (*program, *ports, *bounces, *second)

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        portal = f"http://{HOST}:{settings.web_port}"
        return {
            **keys_of(self._state),
            "REASSORT_ELECTION": str(self._state / "election.toml"),
            "REASSORT_STATE_DIR": str(self._state),
            "REASSORT_DATABASE_URL": self._postgres.url,
            "REASSORT_PUBLIC_URL": portal,
            "REASSORT_FRANCE_CONNECT_ISSUER": f"{portal}{FRANCE_CONNECT}",
            "REASSORT_FRANCE_CONNECT_SECRET": "fiction",
            "REASSORT_CONSOLE_ISSUER": f"{portal}{OPERATORS_PROVIDER}",
            "REASSORT_CONSOLE_SECRET": "fiction",
            "REASSORT_CONSOLE_WEB_URL": portal,
            "REASSORT_CONSOLE_TEMPORAL_UI": f"http://{HOST}:{settings.temporal_ui_port}",
            "REASSORT_SMTP_HOST": HOST,
            "REASSORT_SMTP_STARTTLS": "false",
            "REASSORT_SMPP_HOST": HOST,
            "REASSORT_SMPP_TLS": "false",
            "REASSORT_SMPP_SYSTEM_ID": "demo",
            "REASSORT_SMPP_PASSWORD": "fiction",
            **self._sms2.environment,
            "TEMPORAL_ADDRESS": settings.temporal,
            **{variable: str(port) for variable, port in settings.ports.items()},
        }

    async def _wait_until(self, ready: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                while not await asyncio.to_thread(ready):  # noqa: ASYNC110 - it is another process that becomes ready
                    await asyncio.sleep(_POLL_INTERVAL)
        except TimeoutError:
            raise DemoNotReadyError(f"{what} did not start within a minute: see {self._logs}") from None

    async def _set_retention(self) -> None:
        # By default the dev server deletes a history a day after its end.
        kept = ("--namespace", "default", "--retention", f"{HISTORIES.days}d")
        update = ("operator", "namespace", "update", *kept, "--address", self._settings.temporal)
        program = await asyncio.create_subprocess_exec(
            self._temporal[0], *update, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, fault = await program.communicate()
        if program.returncode:
            raise DemoNotReadyError(f"Temporal does not keep histories for longer: {fault.decode().strip()}")


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _healthy(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
