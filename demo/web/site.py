"""`python -m demo.web.site`: the door, with the demo's desk beside it."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import FileResponse

from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.faults import DatabaseNotReadyError
from activities.config.settings import SettingsError, WebSettings
from activities.services import open_roll_services
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from demo.state.settings import DemoSettings
from demo.web.dashboard import desk_router, desk_templates
from demo.web.france_connect import FictionalFranceConnect, RelyingParty
from demo.web.france_connect_pages import france_connect_router
from election.settings import ElectionFileError, load
from web.__main__ import server_config
from web.app import build_app_context, create_app
from workflows.runtime.connection import TemporalUnreachableError, connect

_TEMPLATES = Path(__file__).with_name("templates")


def add_desk(app: FastAPI, state: Path) -> None:
    """Add the routes under `/demo` to the door."""
    inbox, modes = Inbox.under(state), GatewayModes.under(state)
    app.include_router(desk_router(inbox, modes, desk_templates(str(_TEMPLATES))))

    @app.get("/demo/desk.css")
    async def style() -> FileResponse:
        """Return the desk's own style."""
        return FileResponse(_TEMPLATES / "desk.css")

    @app.get("/demo/desk.js")
    async def script() -> FileResponse:
        """Return the script that keeps the desk up to date."""
        return FileResponse(_TEMPLATES / "desk.js")


def add_france_connect(app: FastAPI, core: WebSettings, state: Path) -> None:
    """Add the identity provider's stand-in to the door, where the settings say that it is."""
    if core.france_connect_issuer is None or core.france_connect_secret is None:
        return
    after_logout = tuple(f"{core.public_url}{page}" for page in ("/reassort/suivi", "/reassort/code-de-vote"))
    secret = core.france_connect_secret.get_secret_value()
    callback = f"{core.public_url}/franceconnect/retour"
    party = RelyingParty(core.france_connect_client_id, secret, callback, after_logout)
    provider = FictionalFranceConnect(state, core.france_connect_issuer, party, utc_now)
    app.include_router(france_connect_router(provider, desk_templates(str(_TEMPLATES))))


async def serve(core: WebSettings, state: Path) -> None:
    """Serve until told to stop."""
    election = load(core.election)
    services = open_roll_services(core, election)
    await services.heartbeat.expect_database()
    app = create_app(build_app_context(core, election, services, await connect(), demo=True))
    add_desk(app, state)
    add_france_connect(app, core, state)
    await uvicorn.Server(server_config(core, app)).serve()
    await services.database.close()


def main() -> None:
    """Read the settings, and serve; what is wrong is said in one line, with status 2."""
    try:
        core = settings.read(WebSettings)
        logs.configure(core.log_level)
        event_loop.run(serve(core, DemoSettings().state_dir))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, TemporalUnreachableError) as error:
        settings.stop(error)


if __name__ == "__main__":
    main()
