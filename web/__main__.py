"""`python -m web`: serve the web application until SIGTERM or SIGINT."""

import uvicorn

from activities.config import event_loop, logs, settings
from activities.config.errors import DatabaseNotReadyError
from activities.config.settings import SettingsError, WebSettings
from activities.services import open_roll_services
from election.settings import ElectionFileError, load
from web.app import build_app_context, create_app
from workflows.runtime.connection import TemporalUnreachableError, connect


async def serve(web_settings: WebSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    election = load(web_settings.election)
    services = open_roll_services(web_settings, election)
    await services.heartbeat.require_database()
    app = build_app_context(web_settings, election, services, await connect(), demo=False)
    await uvicorn.Server(server_config(web_settings, create_app(app))).serve()
    await services.database.close()


def server_config(web_settings: WebSettings, app: object) -> uvicorn.Config:
    """Return the configuration of the server: without its own access log, which would log the tokens of links."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI application, of whatever class
        host=web_settings.web_host,
        port=web_settings.web_port,
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )


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
