"""The whole demo, running as a person would have it, on free ports and with a state of its own."""

import json
import os
import signal
import socket
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

_PORTS = ("WEB_PORT", "TEMPORAL_PORT", "TEMPORAL_UI_PORT", "SMTP_PORT", "SMPP_PORT")
_READY = "Ctrl-C stops everything"
_ROOT = Path(__file__).parents[2]


@dataclass
class Demo:
    """A running demo: where its state is, its ports, its leader."""

    state: Path
    ports: dict[str, int]
    supervisor: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """The address of the portal."""
        return f"http://127.0.0.1:{self.ports['WEB_PORT']}"

    @property
    def temporal(self) -> str:
        """The address of the Temporal server."""
        return f"127.0.0.1:{self.ports['TEMPORAL_PORT']}"

    @property
    def database_url(self) -> str:
        """The URL of the roll database."""
        return url_in(self.state / "postgres")

    def gateways(self, **modes: str) -> None:
        """Let the gateways behave otherwise."""
        connection = HTTPConnection("127.0.0.1", self.ports["WEB_PORT"], timeout=10)
        connection.request("POST", "/demo/gateways", json.dumps(modes), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK, answer.read()
        connection.close()

    def process(self, name: str) -> psutil.Process:
        """Return one of the leader's children: `postgres`, `temporal`, `world`, `worker` or `web`.

        Raises:
            LookupError: it is dead, and not started again yet.
        """
        mark = {
            "postgres": "listen_addresses=",
            "temporal": "start-dev",
            "world": "demo.fake_services",
            "worker": "worker.py",
            "web": "demo.web.site",
        }[name]
        for child in psutil.Process(self.supervisor.pid).children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if mark in child.cmdline():
                    return child
        raise LookupError(name)

    def kill(self, name: str) -> None:
        """Kill one of the processes without a warning; the leader starts it again."""
        self.process(name).kill()

    def is_well(self) -> bool:
        """Say whether `/healthz` answers 200."""
        connection = HTTPConnection("127.0.0.1", self.ports["WEB_PORT"], timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the leader's whole group, and return the leader's exit status."""
        os.killpg(self.supervisor.pid, number)
        return self.supervisor.wait(60)


def free_ports() -> dict[str, int]:
    """Return a free port for each thing that listens."""
    sockets = [socket.socket() for _ in _PORTS]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = {name: each.getsockname()[1] for name, each in zip(_PORTS, sockets, strict=True)}
    for each in sockets:
        each.close()
    return ports


def start(state: Path, ports: dict[str, int] | None = None, **environment: str) -> Demo:
    """Start the demo as `make run` does, and return once it says that it is ready."""
    ports = ports or free_ports()
    variables = {f"REASSORT_{name}": str(port) for name, port in ports.items()}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=_ROOT,
        env={**os.environ, **variables, "REASSORT_STATE_DIR": str(state), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert supervisor.stdout is not None
    said = []
    for line in supervisor.stdout:
        said.append(line)
        if _READY in line:
            return Demo(state, ports, supervisor)
    raise AssertionError(f"the demo did not start: {''.join(said)}")


def finish(demo: Demo) -> None:
    """Stop a demo if it still runs; nothing of it is left afterwards."""
    if demo.supervisor.poll() is None:
        demo.stop(signal.SIGTERM)
    if demo.supervisor.stdout:
        demo.supervisor.stdout.close()


@contextmanager
def running(state: Path, **environment: str) -> Iterator[Demo]:
    """Run a demo for as long as the context lasts; nothing of it is left afterwards."""
    demo = start(state, None, **environment)
    try:
        yield demo
    finally:
        finish(demo)
