"""The way through FranceConnect: to its page, back with a code, and out again once the request is made."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from activities.accounts.oidc_logins import KEPT
from activities.gateways.identity.provider import (
    AuthorizationResponse,
    FranceConnect,
    LoginFailure,
    VerifiedIdentity,
)
from activities.sending.contacts import ContactFault
from election.verdicts import Verdict
from web.clients.franceconnect_request import franceconnect_request
from web.clients.temporal_calls import TemporalUnavailableError
from web.context.browser_session import FOLLOWED, CurrentElector, SignedInElector
from web.context.cookies import Cookie
from web.forms import submitted_form
from web.presenters import sentences
from web.presenters.identity_sentences import LOGINS, MAILBOXES
from web.routers.voting_code import closed, offers_france_connect

router = APIRouter()

_CHOICE = "/reassort/code-de-vote"
_FOLLOW = "/reassort/suivi"
_SECRET = Cookie("franceconnect", "/franceconnect")
_AGAIN = ("Revenir au choix de la preuve", _CHOICE)
_HELP = ("Écrire à l’assistance", "/assistance")
_MAYBE = "Votre demande a peut-être été prise en compte\u00a0: suivez-la avant de recommencer."


@router.get("/reassort/code-de-vote/franceconnect")
async def show(_at: CurrentElector) -> Response:
    """Lead to the page that has the button: opening an address begins nothing."""
    return RedirectResponse(_CHOICE, 303)


@router.post("/reassort/code-de-vote/franceconnect")
async def begin(request: Request, current: CurrentElector) -> Response:
    """Lead to FranceConnect, with a secret in the browser that its answer will be bound to."""
    form = await submitted_form.read(request)
    current.browser.check(form["csrf"])
    provider = _provider(current)
    if provider is None:
        return RedirectResponse(_CHOICE, 303)
    secret, login = await current.app.services.oidc_logins.begin(current.session.id_hash)
    way_in = await provider.authorization_url(login)
    if isinstance(way_in, LoginFailure):
        return _no_identity(current, way_in)
    answer = RedirectResponse(way_in, 303)
    _SECRET.give(answer, current.app, secret, int(KEPT.total_seconds()))
    return answer


@router.get("/franceconnect/retour")
async def come_back(request: Request, current: CurrentElector) -> Response:
    """Submit the request of whoever came back identified; any other reads why not."""
    provider = _provider(current)
    if provider is None:
        return RedirectResponse(_CHOICE, 303)
    query = request.query_params
    arrival = AuthorizationResponse(*(query.get(name, "") for name in ("state", "code", "error", "iss")))
    login = await current.app.services.oidc_logins.use(_SECRET.read(request, current.app), current.session.id_hash)
    if isinstance(login, LoginFailure):
        return _no_identity(current, login)
    vouched = await provider.verified_identity(login, arrival)
    if isinstance(vouched, LoginFailure):
        return _no_identity(current, vouched)
    return await _submitted(current, provider, vouched)


async def _submitted(current: SignedInElector, provider: FranceConnect, vouched: VerifiedIdentity) -> Response:
    wanted = franceconnect_request(secrets.token_hex(16), vouched, current.elector, current.app.election)
    if isinstance(wanted, ContactFault):
        return await _refused(current, provider, vouched, MAILBOXES[wanted])
    try:
        answer = await current.app.voting_code_client.submit(current.elector.id, wanted)
    except TemporalUnavailableError:
        follow = ("Suivre ma demande", _FOLLOW)
        return current.app.pages.message(
            503, "Service momentanément indisponible", [_MAYBE], [follow, _AGAIN], **current.browser.page_context
        )
    if answer.verdict is Verdict.TAKEN:
        follow_it = RedirectResponse(await _way_out(current, provider, vouched, _FOLLOW), 303)
        FOLLOWED.take_back(follow_it, current.app)
        return follow_it
    sentence = sentences.refusal(answer.verdict, answer.until, current.app.election.zone)
    too_many = answer.verdict in {Verdict.PAUSED, Verdict.TOO_MANY_SENDS}
    return await _refused(current, provider, vouched, sentence, 429 if too_many else 422)


async def _refused(
    current: SignedInElector, provider: FranceConnect, vouched: VerifiedIdentity, sentence: str, status: int = 422
) -> Response:
    # Out of FranceConnect first: it would give the same identity again, without asking.
    leave = (
        "Quitter FranceConnect et choisir une autre preuve",
        await _way_out(current, provider, vouched, _CHOICE),
    )
    return current.app.pages.message(
        status, "Demande non prise en compte", [sentence], [leave, _HELP], **current.browser.page_context
    )


async def _way_out(current: SignedInElector, provider: FranceConnect, vouched: VerifiedIdentity, page: str) -> str:
    way_out = await provider.logout_url(vouched.id_token, f"{current.app.public_url}{page}")
    return page if isinstance(way_out, LoginFailure) else way_out


def _no_identity(current: SignedInElector, fault: LoginFailure) -> Response:
    title, sentence = LOGINS[fault]
    status = 503 if fault is LoginFailure.UNAVAILABLE else 422
    actions = [("Suivre ma demande", _FOLLOW), _AGAIN] if fault is LoginFailure.REPLAYED else [_AGAIN, _HELP]
    return current.app.pages.message(status, title, [sentence], actions, **current.browser.page_context)


def _provider(current: SignedInElector) -> FranceConnect | None:
    is_open = offers_france_connect(current.app) and not closed(current)
    return current.app.france_connect if is_open else None
