"""The demo's ports and paths, read from the environment."""

import socket
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from demo.state.free_ports import draw_ports

HOST = "127.0.0.1"
# Where the simulated identity providers are, below the portal's address: those of voters and of operators.
FRANCE_CONNECT, OPERATORS_PROVIDER = "/demo/franceconnect", "/demo/operateurs"
API_KEY = EVENTS_TOKEN = "fiction"  # of the second SMS operator
Port = Annotated[int, Field(ge=1, le=65535)]


class DemoSettings(BaseSettings):
    """The variables `REASSORT_…` of the demo, each with its default."""

    model_config = SettingsConfigDict(env_prefix="REASSORT_", frozen=True)

    web_port: Port = 8000
    # A server that runs already; without it the demo starts a dev server.
    temporal_address: str | None = None
    temporal_port: Port = 7233
    temporal_ui_port: Port = 8233
    smtp_port: Port = 2525
    smpp_port: Port = 2775
    # Of the worker's metrics; without it a free one.
    metrics_port: Port | None = None
    # Where the worker takes bounces; the same.
    lmtp_port: Port | None = None
    state_dir: Path = Path(".run")
    election: Path = Path("election/demo.toml")
    postgres_bin: Path | None = None

    @property
    def ports(self) -> dict[str, int]:
        """Each port, by the name of its environment variable."""
        names = (
            "web_port",
            "temporal_port",
            "temporal_ui_port",
            "smtp_port",
            "smpp_port",
            "metrics_port",
            "lmtp_port",
        )
        ports = {f"REASSORT_{name.upper()}": getattr(self, name) for name in names}
        return {variable: port for variable, port in ports.items() if port is not None}

    def complete(self) -> "DemoSettings":
        """Return the settings with the state's whole path, and free ports of the worker's for metrics and for bounces."""
        metrics, lmtp = draw_ports(2)
        update = {
            "state_dir": self.state_dir.resolve(),
            "metrics_port": self.metrics_port or metrics,
            "lmtp_port": self.lmtp_port or lmtp,
        }
        return self.model_copy(update=update)

    @property
    def temporal(self) -> str:
        """The address of the Temporal server."""
        return self.temporal_address or f"{HOST}:{self.temporal_port}"

    def taken_port(self) -> str | None:
        """Return one line about the first port that another program uses, or None."""
        for variable, port in self.ports.items():
            if self.temporal_address and "_TEMPORAL_" in variable:
                continue  # nothing of the demo listens there
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    return f"Port {port} is taken by another program: free it, or set {variable} to another port."
        return None
