"""`python -m web`: serve the web application until SIGTERM or SIGINT."""

import asyncio

import structlog

from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError
from activities.config.log_context import LogContext
from activities.config.settings import SettingsError, WebSettings
from activities.evidence.process_start import record_start
from activities.metrics.process_metrics import measured
from activities.metrics.sdk_metrics import add_sdk_metrics
from activities.services import open_roll_services
from election.settings import ElectionFileError, load
from web.app import build_app_context, create_app
from web.context.app_context import AppContext
from web.draining_server import DrainingServer
from web.http.server_config import server_config
from workflows.runtime.connection import TemporalUnreachableError, connect

_log = structlog.stdlib.get_logger(__name__)


async def serve(web_settings: WebSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    election = load(web_settings.election)
    add_sdk_metrics()
    services = open_roll_services(web_settings, election)
    await services.heartbeat.require_database()
    await record_start(services.database, election, web_settings.election, utc_now, "web")
    app = build_app_context(web_settings, election, services, await connect(LogContext()), demo=False)
    checking = asyncio.create_task(_check_provider(app))  # an outage of the provider delays no start
    async with measured(services.database):
        await DrainingServer(server_config(create_app(app), web_settings.web_host, web_settings.web_port)).serve()
    checking.cancel()
    await services.database.close()


async def _check_provider(app: AppContext) -> None:
    """Log what an operator must mend for FranceConnect; `/healthz` says it too."""
    if app.france_connect is not None:
        await app.france_connect.check()
        if app.france_connect.fault:
            _log.error("france_connect_settings", fault=app.france_connect.fault)


def main() -> None:
    """Read the settings, and serve; a wrong setting is reported in one line, with exit status 2."""
    try:
        web_settings = settings.read(WebSettings)
        logs.configure(web_settings.log_level)
        event_loop.run(serve(web_settings))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, TemporalUnreachableError) as error:
        settings.stop(error)


if __name__ == "__main__":
    main()
