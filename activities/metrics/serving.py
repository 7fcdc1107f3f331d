"""Answers Prometheus in a process that serves no pages."""

import structlog
from prometheus_client import start_http_server

from activities.config.settings import MetricsSettings
from activities.metrics.sdk_metrics import add_sdk_metrics

_log = structlog.stdlib.get_logger(__name__)


def serve_metrics(settings: MetricsSettings) -> None:
    """Answer `/metrics` at the port of the settings, if they have one; to be called before the first connection to Temporal.

    A port that is taken is logged, and the process goes on: no message waits for its metrics.
    """
    if settings.metrics_port is None:
        return
    try:
        start_http_server(settings.metrics_port, settings.metrics_host)
    except OSError as error:
        _log.error("no_metrics", fault=type(error).__name__, port=settings.metrics_port)
        return
    add_sdk_metrics()
