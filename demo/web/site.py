"""`python -m demo.web.site`: the web application, with the console, the demo's dashboard and the simulated identity providers."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse

from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError
from activities.config.log_context import LogContext
from activities.config.settings import SettingsError, WebSettings
from activities.evidence.process_start import record_start
from activities.metrics.process_metrics import measured
from activities.metrics.sdk_metrics import add_sdk_metrics
from activities.services import open_roll_services
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from demo.state.settings import DemoSettings
from demo.web.console_site import PortalAndConsole, add_operators_provider, open_console
from demo.web.dashboard import dashboard_router, dashboard_templates
from demo.web.france_connect import FictionalFranceConnect
from demo.web.france_connect_pages import france_connect_router
from demo.web.identity_provider import RelyingParty
from demo.web.mail_frames import MailFrames
from election.settings import ElectionFileError, load
from web.app import build_app_context, create_app
from web.draining_server import DrainingServer
from web.http.server_config import server_config
from workflows.runtime.connection import TemporalUnreachableError, connect

_TEMPLATES = Path(__file__).with_name("templates")


def add_dashboard(app: FastAPI, state: Path) -> None:
    """Add the dashboard and its files under `/demo`."""
    inbox, modes = Inbox.under(state), GatewayModes.under(state)
    app.include_router(dashboard_router(inbox, modes, dashboard_templates(str(_TEMPLATES))))
    app.add_middleware(MailFrames)

    @app.get("/demo/dashboard.css")
    async def style() -> FileResponse:
        """Return the dashboard's style sheet."""
        return FileResponse(_TEMPLATES / "dashboard.css")

    @app.get("/demo/dashboard.js")
    async def script() -> FileResponse:
        """Return the script that reloads the dashboard."""
        return FileResponse(_TEMPLATES / "dashboard.js")


def add_france_connect(app: FastAPI, core: WebSettings, state: Path) -> None:
    """Add the simulation of FranceConnect, if the settings have its address."""
    if core.france_connect_issuer is None or core.france_connect_secret is None:
        return
    after_logout = tuple(
        f"{core.public_url}{page}" for page in ("/reassort/code-de-vote/verification", "/reassort/code-de-vote")
    )
    secret = core.france_connect_secret.get_secret_value()
    callback = f"{core.public_url}/franceconnect/retour"
    party = RelyingParty(core.france_connect_client_id, secret, callback, after_logout)
    provider = FictionalFranceConnect(state, core.france_connect_issuer, party, utc_now)
    app.include_router(france_connect_router(provider, dashboard_templates(str(_TEMPLATES))))


async def serve(core: WebSettings, state: Path) -> None:
    """Serve until a signal."""
    election = load(core.election)
    add_sdk_metrics()
    services = open_roll_services(core, election)
    await services.heartbeat.require_database()
    await record_start(services.database, election, core.election, utc_now, "web")
    client = await connect(LogContext())
    app = create_app(build_app_context(core, election, services, client, demo=True))
    add_dashboard(app, state)
    add_france_connect(app, core, state)
    add_operators_provider(app, state)
    console, console_services = open_console(election, client, state)
    site = PortalAndConsole(app, console)
    async with measured(services.database):
        await DrainingServer(server_config(site, core.web_host, core.web_port)).serve()
    await services.database.close()
    await console_services.database.close()


def main() -> None:
    """Read the settings and serve; a fault at the start is printed in one line, with status 2."""
    try:
        core = settings.read(WebSettings)
        logs.configure(core.log_level)
        event_loop.run(serve(core, DemoSettings().state_dir))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, TemporalUnreachableError) as error:
        settings.stop(error)


if __name__ == "__main__":
    main()
