"""Starts and stops the whole demo as `make run` does, on free ports and with a state directory of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from demo.processes.postgres import url_in
from demo.state.free_ports import draw_ports

_PORTS = ("WEB_PORT", "TEMPORAL_PORT", "TEMPORAL_UI_PORT", "SMTP_PORT", "SMPP_PORT", "METRICS_PORT")
_READY = "Ctrl-C stops everything"
_ROOT = Path(__file__).parents[2]


@dataclass
class Demo:
    """A running demo: its state directory, its ports by name, and the process `python -m demo`.

    `temporal_address` is the address of a Temporal server that is not the demo's own.
    """

    state: Path
    ports: dict[str, int]
    supervisor: subprocess.Popen[str]
    temporal_address: str | None = None

    @property
    def url(self) -> str:
        """The address of the portal."""
        return f"http://127.0.0.1:{self.ports['WEB_PORT']}"

    @property
    def temporal(self) -> str:
        """The address of the Temporal server."""
        return self.temporal_address or f"127.0.0.1:{self.ports['TEMPORAL_PORT']}"

    @property
    def database_url(self) -> str:
        """The URL of the roll database."""
        return url_in(self.state / "postgres")

    def gateways(self, **modes: str) -> None:
        """Set the modes of the gateways, such as `sms="down"`."""
        connection = HTTPConnection("127.0.0.1", self.ports["WEB_PORT"], timeout=10)
        connection.request("POST", "/demo/gateways", json.dumps(modes), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK, answer.read()
        connection.close()

    def process(self, name: str) -> psutil.Process:
        """Return a child of the supervisor: `postgres`, `temporal`, `fake_services`, `worker` or `web`.

        Raises:
            LookupError: it has ended, and is not restarted yet.
        """
        argument = {
            "postgres": "listen_addresses=",
            "temporal": "start-dev",
            "fake_services": "demo.fake_services",
            "worker": "worker.py",
            "web": "demo.web.site",
        }[name]
        for child in psutil.Process(self.supervisor.pid).children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if argument in child.cmdline():
                    return child
        raise LookupError(name)

    def kill(self, name: str) -> None:
        """Kill one of the processes with SIGKILL; the supervisor restarts it."""
        self.process(name).kill()

    def is_healthy(self) -> bool:
        """Return whether `/healthz` answers 200."""
        connection = HTTPConnection("127.0.0.1", self.ports["WEB_PORT"], timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the supervisor's process group, and return the supervisor's exit status."""
        os.killpg(self.supervisor.pid, number)
        return self.supervisor.wait(60)


def free_ports() -> dict[str, int]:
    """Return a free port for each of the demo's servers, by the end of its variable's name."""
    return dict(zip(_PORTS, draw_ports(len(_PORTS)), strict=True))


def start(state: Path, ports: dict[str, int] | None = None, **environment: str) -> Demo:
    """Start the demo as `make run` does, and return once it is ready.

    Raises:
        AssertionError: it ended before; the text has its output.
    """
    ports = ports or free_ports()
    variables = {f"REASSORT_{name}": str(port) for name, port in ports.items()}
    variables = {**os.environ, **variables, "REASSORT_STATE_DIR": str(state), **environment}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=_ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert supervisor.stdout is not None
    output = []
    for line in supervisor.stdout:
        output.append(line)
        if _READY in line:
            return Demo(state, ports, supervisor, variables.get("REASSORT_TEMPORAL_ADDRESS"))
    raise AssertionError(f"the demo did not start: {''.join(output)}")


def finish(demo: Demo) -> None:
    """Stop a demo if it still runs, with all its processes."""
    if demo.supervisor.poll() is None:
        demo.stop(signal.SIGTERM)
    if demo.supervisor.stdout:
        demo.supervisor.stdout.close()


@contextmanager
def running(state: Path, **environment: str) -> Iterator[Demo]:
    """Run a demo for as long as the context lasts; all its processes end with it."""
    demo = start(state, None, **environment)
    try:
        yield demo
    finally:
        finish(demo)
