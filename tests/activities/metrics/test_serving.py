"""Where a worker answers Prometheus."""

import socket
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from activities.config.settings import MetricsSettings
from activities.metrics.sdk_metrics import SdkMetrics
from activities.metrics.serving import serve_metrics


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A socket that listens, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_worker_without_a_port_serves_no_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens, and the SDK measures nothing."""
    monkeypatch.delenv("REASSORT_METRICS_PORT", raising=False)
    with capture_logs() as logs:
        serve_metrics(MetricsSettings())
    assert logs == []


def test_a_worker_goes_on_without_metrics_when_its_port_is_taken(taken: socket.socket) -> None:
    """The log names the port: no message waits for metrics."""
    port = taken.getsockname()[1]
    with capture_logs() as logs:
        serve_metrics(MetricsSettings(metrics_port=port))
    assert [(line["event"], line["port"]) for line in logs] == [("no_metrics", port)]


def test_an_sdk_that_does_not_answer_has_no_metrics() -> None:
    """Those of the process are answered without it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert list(SdkMetrics(port).collect()) == []
