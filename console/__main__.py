"""`python -m console`: serve the operators' console until SIGTERM or SIGINT."""

import asyncio

import structlog

from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError
from activities.config.log_context import LogContext
from activities.config.settings import ConsoleSettings, SettingsError
from activities.console_services import open_console_services
from activities.evidence.process_start import record_start
from activities.metrics.process_metrics import measured
from activities.metrics.sdk_metrics import add_sdk_metrics
from console.app import build_console_context, create_app
from console.context.console_context import ConsoleContext
from election.settings import ElectionFileError, load
from web.draining_server import DrainingServer
from web.http.server_config import server_config
from workflows.runtime.connection import connect

_log = structlog.stdlib.get_logger(__name__)


async def serve(console_settings: ConsoleSettings) -> None:
    """Serve until SIGTERM or SIGINT; Temporal may be away."""
    election = load(console_settings.election)
    add_sdk_metrics()
    services = open_console_services(console_settings, election)
    await services.heartbeat.require_database()
    await record_start(services.database, election, console_settings.election, utc_now, "console")
    client = await connect(LogContext(), lazy=True)
    console = build_console_context(console_settings, election, services, client, demo=False)
    checking = asyncio.create_task(check_provider(console))  # an outage of the provider delays no start
    place = (console_settings.console_host, console_settings.console_port)
    async with measured(services.database):
        await DrainingServer(server_config(create_app(console), *place)).serve()
    checking.cancel()
    await services.database.close()


async def check_provider(console: ConsoleContext) -> None:
    """Log what must be mended before operators can sign in; `/healthz` says it too."""
    await console.provider.check()
    if console.provider.fault:
        _log.error("console_settings", fault=console.provider.fault)


def main() -> None:
    """Read the settings, and serve; a wrong setting is reported in one line, with exit status 2."""
    try:
        console_settings = settings.read(ConsoleSettings)
        logs.configure(console_settings.log_level)
        event_loop.run(serve(console_settings))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError) as error:
        settings.stop(error)


if __name__ == "__main__":
    main()
