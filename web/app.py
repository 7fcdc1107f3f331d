"""The web application: routers, static files, middleware."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.clock import utc_now
from activities.config.settings import WebSettings, key_bytes
from activities.security.hashing import KeyedHash
from activities.security.sealed_drafts import SealedDrafts
from activities.security.signatures import SigningKey
from activities.services import RollServices, build_france_connect
from activities.texts.catalogues import languages_of
from activities.upkeep.recovery_metrics import RecoveryMetrics
from election.procedures import Procedure
from election.settings import Election
from election.stages import Channel
from web import error_pages
from web.clients.identifier import IdentifierClient
from web.clients.identifier_and_password import IdentifierAndPasswordClient
from web.clients.link import LinkClient
from web.clients.objection import ObjectionClient
from web.clients.password import PasswordClient
from web.clients.recovery_warnings import RecoveryWarnings
from web.clients.sign_in_code import SignInCodeClient
from web.clients.support import SupportClient
from web.clients.voting_code import VotingCodeClient
from web.context.app_context import AppContext
from web.context.form_tokens import FormTokens
from web.context.pages import Pages
from web.context.spoken_language import ChosenLanguage, SpokenLanguage
from web.following.feed import ProgressFeed
from web.following.sms_delay import SmsDelay
from web.following.status import RecoveryStatuses
from web.http.access_log import AccessLog
from web.http.entrance_limit import EntranceLimit
from web.http.head_as_get import HeadAsGet
from web.http.open_files import streams_within
from web.http.request_metrics import RequestMetrics
from web.http.security_middleware import BodyLimit, CrossSiteGuard, HostGuard, SecurityHeaders, as_asgi
from web.http.sse_limit import SseLimit
from web.http.static_files import mount_static
from web.presenters.procedures.catalogue import CATALOGUE
from web.routers import (
    captchas,
    follow,
    health,
    help_pages,
    identifier_and_password,
    legal_pages,
    metrics,
    password,
    portal,
    session_end,
    support,
    voting_space,
)
from web.routers.elector import own_record
from web.routers.identifier import form as identifier_form
from web.routers.identifier import verification as identifier_verification
from web.routers.links import objection
from web.routers.links import router as link_router
from web.routers.sign_in import code as sign_in_code
from web.routers.sign_in import portal as portal_sign_in
from web.routers.sign_in import voting_space as voting_space_sign_in
from web.routers.voting_code import challenge, choice, destination, france_connect, verification
from workflows.recoveries.starting import RecoveryStarts

# A server that has stopped may keep its connections open: without a timeout the check would take minutes.
_HEALTH_TIMEOUT = timedelta(seconds=2)
# The first pages of recoveries. Whoever has what they need to vote is never held up: not the voting space, nor the links.
_ENTRANCES = (
    "/connexion",
    *(CATALOGUE[each].url for each in Procedure if each is not Procedure.VOTING_CODE),  # behind a sign-in
)
_PATIENCE = 10.0  # seconds
_ROUTERS = (
    identifier_and_password,
    captchas,
    challenge,
    choice,
    destination,
    follow,
    france_connect,
    health,
    help_pages,
    identifier_form,
    identifier_verification,
    legal_pages,
    link_router,
    metrics,
    objection,
    own_record,
    password,
    portal,
    portal_sign_in,
    session_end,
    sign_in_code,
    support,
    verification,
    voting_space,
    voting_space_sign_in,
)


def build_app_context(
    web_settings: WebSettings, election: Election, services: RollServices, client: Client, *, demo: bool
) -> AppContext:
    """Return the context that every router uses; with `demo`, each page says that it is a demonstration."""
    proof, form_key = services.identifiers.proof, key_bytes(web_settings.form_key)
    signing_key = SigningKey(key_bytes(web_settings.web_signing_key))
    starts = RecoveryStarts(election, web_settings.public_url)
    statuses = RecoveryStatuses(services.progress, election.delivery, utc_now)
    provider = build_france_connect(web_settings)
    return AppContext(
        election=election,
        services=services,
        statuses=statuses,
        feed=ProgressFeed(services.progress, services.sessions, services.heartbeat, election.delivery, utc_now),
        sms_delay=SmsDelay(
            partial(services.ledger.recent_delay, Channel.SMS), utc_now, services.database.in_background
        ),
        voting_code_client=VotingCodeClient(
            client, statuses, starts, services.vault, services.proof_attempts, signing_key, form_key, utc_now
        ),
        sign_in_code_client=SignInCodeClient(client, election, services.vault),
        support_client=SupportClient(client, election, services.vault, services.support_limits, form_key),
        identifier_client=IdentifierClient(client, statuses, starts, services.vault, proof, form_key, utc_now),
        link_client=LinkClient(client, signing_key),
        objection_client=ObjectionClient(client, election, signing_key),
        password_client=PasswordClient(client, starts, services.passwords, signing_key, form_key),
        identifier_and_password_client=IdentifierAndPasswordClient(
            client, starts, services.vault, signing_key, form_key
        ),
        pages=Pages(election, web_settings.theme, utc_now, demo=demo, has_provider=provider is not None),
        languages=languages_of(election, "election", "activities", "web"),
        form_tokens=FormTokens(form_key),
        sealed_drafts=SealedDrafts(KeyedHash(form_key)),
        sse_limit=SseLimit(streams_within(web_settings.web_streams)),
        most_requests=web_settings.web_requests,
        now=utc_now,
        temporal_answers=partial(_answers, client),
        warnings=RecoveryWarnings(client, services.progress, utc_now).current,
        recovery_metrics=RecoveryMetrics(services.database, election.delivery, utc_now),
        public_url=web_settings.public_url.rstrip("/"),
        france_connect=provider,
    )


async def _answers(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=_HEALTH_TIMEOUT)
    except RPCError:
        return False


def _crowded(context: AppContext) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await error_pages.crowded_page(context, scope)(scope, receive, send)

    return answer


def create_app(context: AppContext) -> FastAPI:
    """Return the application, without API documentation pages: its forms are for people."""
    # Without redirects of slashes: their address is built from the request's `Host`.
    app = FastAPI(title="Réassort", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.context = context
    for module in _ROUTERS:
        app.include_router(module.router)
    mount_static(app)
    error_pages.register(app)

    # From the inside out: the last one added is the first to see a request.
    too_large, too_slow = (as_asgi(partial(error_pages.unread_body, context, status)) for status in (413, 408))
    provider = context.france_connect.origin if context.france_connect else None
    app.add_middleware(
        EntranceLimit, entrances=_ENTRANCES, most=context.most_requests, patience=_PATIENCE, full=_crowded(context)
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, too_large=too_large, too_slow=too_slow)
    app.add_middleware(CrossSiteGuard, refuse=as_asgi(lambda: error_pages.cross_site_page(context)))
    wrong_host = as_asgi(lambda: error_pages.wrong_host_page(context))
    app.add_middleware(ChosenLanguage, context=context)
    app.add_middleware(HostGuard, public_url=context.public_url, refuse=wrong_host)
    app.add_middleware(SpokenLanguage, context=context)
    app.add_middleware(SecurityHeaders, is_https=context.is_https, provider=provider)
    app.add_middleware(RequestMetrics)
    app.add_middleware(AccessLog)
    return app
