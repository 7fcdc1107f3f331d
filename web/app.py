"""The web application: routers, static files, the shield around them."""

import importlib.resources
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client
from temporalio.service import RPCError

from activities import assembly
from activities.assembly import RollSide
from activities.clock import utc_now
from activities.settings import WebSettings, key_bytes
from election.settings import Election
from web import answers
from web.access_log import AccessLog
from web.both_codes import BothCodesRecoveries
from web.codes import Codes
from web.door import Door
from web.heads import HeadAsGet
from web.identifier_recoveries import IdentifierRecoveries
from web.pages import Look, Pages
from web.passwords import PasswordRecoveries
from web.recoveries import VotingCodeRecoveries
from web.routers import (
    both_codes,
    captchas,
    follow,
    france_connect,
    health,
    identifier,
    links,
    password,
    portal,
    sign_in,
    support,
    voting_code,
    voting_sign_in,
)
from web.shield import Headline, SameSite, SmallBodies
from web.streams import Streams
from web.support import SupportRequests
from web.tokens import FormTokens

# A server that is stopped keeps its connections: without an end the check would wait for minutes.
_HEALTH_PATIENCE = timedelta(seconds=2)
_ROUTERS = (
    both_codes,
    captchas,
    follow,
    france_connect,
    health,
    identifier,
    links,
    password,
    portal,
    sign_in,
    support,
    voting_code,
    voting_sign_in,
)


def build_door(core: WebSettings, election: Election, side: RollSide, client: Client, *, demo: bool) -> Door:
    """Return what every router works with."""
    form_key = key_bytes(core.form_key)

    async def temporal_answers() -> bool:
        try:
            return await client.service_client.check_health(timeout=_HEALTH_PATIENCE)
        except RPCError:
            return False

    return Door(
        election=election,
        side=side,
        recoveries=VotingCodeRecoveries(client, election, side.vault, side.attempts, form_key),
        support=SupportRequests(client, election, side.vault, side.attempts, form_key),
        identifiers=IdentifierRecoveries(
            client, election, side.vault, side.attempts, side.identifiers.proof, form_key
        ),
        codes=Codes(client, side.links),
        passwords=PasswordRecoveries(client, election, side.passwords),
        both=BothCodesRecoveries(client, election, side.vault, side.links, form_key),
        pages=Pages(election, Look(core.theme, demo)),
        tokens=FormTokens(form_key),
        streams=Streams(),
        now=utc_now,
        temporal_answers=temporal_answers,
        secure=core.public_url.startswith("https://"),
        public_url=core.public_url.rstrip("/"),
        france_connect=assembly.france_connect(core),
    )


def create_app(door: Door) -> FastAPI:
    """Return the application; no documentation pages, since its forms are for people."""
    app = FastAPI(title="Réassort", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.door = door
    for module in _ROUTERS:
        app.include_router(module.router)
    _mount_static(app)
    answers.register(app)

    # From the inside out: the last one added is the first one that a request meets.
    too_large, too_slow = (_answering(partial(answers.unread, door, status)) for status in (413, 408))
    provider = door.france_connect.origin if door.france_connect else None
    app.add_middleware(HeadAsGet)
    app.add_middleware(SmallBodies, too_large=too_large, too_slow=too_slow)
    app.add_middleware(SameSite, refuse=_answering(lambda: answers.not_ours(door)))
    app.add_middleware(Headline, secure=door.secure, provider=provider)
    app.add_middleware(AccessLog)
    return app


def _answering(page: Callable[[], Response]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await page()(scope, receive, send)

    return answer


def _mount_static(app: FastAPI) -> None:
    # Only static files are compressed: never a page with a secret (BREACH).
    here = Path(str(importlib.resources.files("web"))) / "static"
    state_design = StaticFiles(packages=[("dsfr", "static/dsfr/dist")])
    app.mount("/static/dsfr", GZipMiddleware(state_design, minimum_size=1000), name="dsfr")
    app.mount("/static/app", GZipMiddleware(StaticFiles(directory=here), minimum_size=1000), name="app")
