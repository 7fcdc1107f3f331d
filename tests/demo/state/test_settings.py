"""The demo's ports and its Temporal server."""

import socket
from collections.abc import Iterator

import pytest

from demo.state.settings import HOST, DemoSettings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("name", ["temporal_port", "temporal_ui_port", "web_port"])
def test_a_taken_port_is_reported(taken: int, name: str) -> None:
    """The line names the variable that sets another port."""
    fault = DemoSettings.model_validate(_free() | {name: taken}).taken_port()
    assert fault is not None
    assert f"set REASSORT_{name.upper()}" in fault


def test_with_another_temporal_server_its_ports_may_be_taken(taken: int) -> None:
    """That server may listen on the port where the demo's own would, and its UI too."""
    ports = _free() | {"temporal_port": taken, "temporal_ui_port": taken}
    settings = DemoSettings.model_validate(ports | {"temporal_address": f"{HOST}:{taken}"})
    assert settings.taken_port() is None
    assert settings.temporal == f"{HOST}:{taken}"


def _free() -> dict[str, int]:
    sockets = [socket.create_server((HOST, 0)) for _ in range(5)]
    names = ("web_port", "temporal_port", "temporal_ui_port", "smtp_port", "smpp_port")
    ports = {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}
    for each in sockets:
        each.close()
    return ports
