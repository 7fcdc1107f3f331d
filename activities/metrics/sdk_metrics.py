"""The metrics of Temporal's SDK among those of the process, so that Prometheus asks each process at one address."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

import structlog
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

_HOST = "127.0.0.1"
_TIMEOUT = 2.0  # seconds
_log = structlog.stdlib.get_logger(__name__)


class SdkMetrics(Collector):
    """What the SDK says at its own address, which only this machine reaches."""

    def __init__(self, port: int) -> None:
        self._port = port

    def describe(self) -> list[Metric]:
        """Return none: which there are follows from what the process has done."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return them all; none when the SDK does not answer."""
        connection = HTTPConnection(_HOST, self._port, timeout=_TIMEOUT)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except (OSError, HTTPException):
            return iter(())
        finally:
            connection.close()
        return iter(text_string_to_metric_families(text))


def add_sdk_metrics() -> None:
    """Let the SDK measure itself; to be called before the first connection to Temporal.

    Without a port for it the process goes on without these metrics: no message waits for them.
    """
    port = _free_port()
    metrics = PrometheusConfig(
        f"{_HOST}:{port}", counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )
    try:
        runtime = Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except ValueError as error:  # another process took the port meanwhile
        _log.warning("no_metrics_of_temporal", fault=str(error))
        return
    Runtime.set_default(runtime, error_if_already_set=False)
    REGISTRY.register(SdkMetrics(port))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    return port
