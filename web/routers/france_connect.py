"""The proof by FranceConnect: to its page, back with a code, and out again once the request is made."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from activities.accounts.oidc_logins import KEPT
from activities.evidence.access_trace import Access
from activities.gateways.identity.provider import (
    AuthorizationResponse,
    FranceConnect,
    LoginFailure,
    VerifiedIdentity,
)
from activities.sending.contacts import ContactRefusal
from election.procedures import Procedure
from election.verdicts import Verdict
from web.clients.france_connect_request import request_of
from web.clients.temporal_calls import TemporalUnavailableError
from web.context.browser_session import CurrentElector, SignedInElector
from web.context.cookies import Cookie
from web.forms import submitted_form
from web.presenters import follow_up, sentences
from web.presenters.identity_sentences import ADDRESS_REFUSALS, LOGIN_FAILURES
from web.presenters.procedures import voting_code
from web.routers.voting_code import closed_reason, follow_voting_code, is_limit_reached, offers_france_connect

router = APIRouter()

_PROOF_CHOICE = voting_code.RECORD.url
_SECRET = Cookie("franceconnect", "/")  # one for all tabs
_FOLLOW = ("Suivre ma demande", follow_up.URL)
_AGAIN = ("Revenir au choix de la preuve", _PROOF_CHOICE)
_HELP = ("Écrire à l’assistance", "/assistance")
_MAY_BE_ACCEPTED = "Votre demande a peut-être été prise en compte\u00a0: suivez-la avant de recommencer."


@router.get("/reassort/code-de-vote/franceconnect")
async def show(_current: CurrentElector) -> Response:
    """Redirect to the page that has the button: a GET starts no login."""
    return RedirectResponse(_PROOF_CHOICE, 303)


@router.post("/reassort/code-de-vote/franceconnect")
async def begin(request: Request, current: CurrentElector) -> Response:
    """Redirect to FranceConnect; the browser gets a secret that the response is bound to."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    provider = _provider(current)
    if provider is None or await is_limit_reached(current):
        return RedirectResponse(_PROOF_CHOICE, 303)
    known = _SECRET.read(request, current.app)
    secret, login = await current.app.services.oidc_logins.begin(current.session.id_hash, known)
    address = await provider.authorization_url(login)
    if isinstance(address, LoginFailure):
        return _no_identity_page(current, address)
    response = RedirectResponse(address, 303)
    _SECRET.set(response, current.app, secret, int(KEPT.total_seconds()))
    return response


@router.get("/franceconnect/retour")
async def callback(request: Request, current: CurrentElector) -> Response:
    """Submit the request of an elector whom FranceConnect has identified, or return why it was not submitted."""
    provider = _provider(current)
    if provider is None:
        return RedirectResponse(_PROOF_CHOICE, 303)
    query = request.query_params
    authorization_response = AuthorizationResponse(
        *(query.get(name, "") for name in ("state", "code", "error", "iss"))
    )
    login = await current.app.services.oidc_logins.use(
        _SECRET.read(request, current.app), authorization_response.state, current.session.id_hash
    )
    if isinstance(login, LoginFailure):
        return _no_identity_page(current, login)
    verified = await provider.verified_identity(login, authorization_response)
    if isinstance(verified, LoginFailure):
        return _no_identity_page(current, verified)
    return await _submit(current, provider, verified)


async def _submit(current: SignedInElector, provider: FranceConnect, verified: VerifiedIdentity) -> Response:
    france_connect_request = request_of(secrets.token_hex(16), verified, current.elector, current.app.election)
    if isinstance(france_connect_request, ContactRefusal):
        return await _refusal_page(current, provider, verified, ADDRESS_REFUSALS[france_connect_request])
    try:
        answer = await current.app.voting_code_client.submit(current.elector.id, france_connect_request)
    except TemporalUnavailableError:
        title = "Service momentanément indisponible"
        return current.browser.message(503, title, [_MAY_BE_ACCEPTED], [_FOLLOW, _AGAIN])
    await current.browser.trace(Access.PROOF, current.elector.id, answer.verdict)
    if answer.verdict is Verdict.ACCEPTED:
        return follow_voting_code(current.app, await _logout_url(current, provider, verified, follow_up.URL))
    election = current.app.election
    sentence = sentences.refusal(Procedure.VOTING_CODE, answer.verdict, answer.until, election, current.app.now())
    return await _refusal_page(current, provider, verified, sentence, sentences.refusal_status(answer.verdict))


async def _refusal_page(
    current: SignedInElector, provider: FranceConnect, verified: VerifiedIdentity, sentence: str, status: int = 422
) -> Response:
    # Signed out of FranceConnect first: it would give the same identity again without asking.
    address = await _logout_url(current, provider, verified, _PROOF_CHOICE)
    leave = ("Quitter FranceConnect et choisir une autre preuve", address)
    return current.browser.message(status, "Demande non prise en compte", [sentence], [leave, _HELP])


async def _logout_url(
    current: SignedInElector, provider: FranceConnect, verified: VerifiedIdentity, page: str
) -> str:
    address = await provider.logout_url(verified.id_token, f"{current.app.public_url}{page}")
    return page if isinstance(address, LoginFailure) else address


def _no_identity_page(current: SignedInElector, failure: LoginFailure) -> Response:
    title, sentence = LOGIN_FAILURES[failure]
    status = 503 if failure is LoginFailure.UNAVAILABLE else 422
    actions = [_FOLLOW, _AGAIN] if failure is LoginFailure.REPLAYED else [_AGAIN, _HELP]
    return current.browser.message(status, title, [sentence], actions)


def _provider(current: SignedInElector) -> FranceConnect | None:
    is_open = offers_france_connect(current.app) and not closed_reason(current)
    return current.app.france_connect if is_open else None
