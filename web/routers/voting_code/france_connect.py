"""The proof by FranceConnect: to its page, back with a code, and out again to the page where the request is checked."""

import json
from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from activities.gateways.identity.provider import (
    AuthorizationResponse,
    FranceConnect,
    LoginFailure,
    VerifiedIdentity,
)
from activities.sending.contacts import ContactRefusal
from election.stages import Channel
from election.text.translation import gettext as _
from web.context import drafts
from web.context.browser_session import CurrentElector, SignedInElector
from web.context.buttons import FOLLOW, SUPPORT, shown
from web.context.cookies import FRANCE_CONNECT
from web.forms import submitted_form
from web.forms.code_draft import IDENTITY
from web.forms.destination import personal_address
from web.presenters import identity_sentences
from web.routers.voting_code.steps import (
    CHOICE_URL,
    FRANCE_CONNECT_URL,
    VERIFICATION_URL,
    closed_reason,
    has_question,
    is_limit_reached,
)

router = APIRouter()


@router.get(FRANCE_CONNECT_URL)
async def show(_current: CurrentElector) -> Response:
    """Redirect to the page that has the button: a GET starts no login."""
    return RedirectResponse(CHOICE_URL, 303)


@router.post(FRANCE_CONNECT_URL)
async def begin(request: Request, current: CurrentElector) -> Response:
    """Redirect to FranceConnect; the browser gets a secret that the response is bound to."""
    form = await submitted_form.read(request)
    current.browser.require_csrf(form["csrf"])
    provider = _provider(current)
    if provider is None or await is_limit_reached(current):
        return RedirectResponse(CHOICE_URL, 303)
    known = FRANCE_CONNECT.read(request, current.app)
    secret, login = await current.app.services.oidc_logins.begin(current.session.id_hash, known)
    address = await provider.authorization_url(login)
    if isinstance(address, LoginFailure):
        return await _no_identity_page(current, address)
    response = RedirectResponse(address, 303)
    FRANCE_CONNECT.set(response, current.app, secret)
    return response


@router.get("/franceconnect/retour")
async def callback(request: Request, current: CurrentElector) -> Response:
    """Keep the identity that FranceConnect gave, or return why it gave none."""
    provider = _provider(current)
    if provider is None:
        return RedirectResponse(CHOICE_URL, 303)
    query = request.query_params
    authorization_response = AuthorizationResponse(
        *(query.get(name, "") for name in ("state", "code", "error", "iss"))
    )
    login = await current.app.services.oidc_logins.use(
        FRANCE_CONNECT.read(request, current.app), authorization_response.state, current.session.id_hash
    )
    if isinstance(login, LoginFailure):
        return await _no_identity_page(current, login)
    verified = await provider.verified_identity(login, authorization_response)
    if isinstance(verified, LoginFailure):
        return await _no_identity_page(current, verified)
    return await _keep(request, current, provider, verified)


async def _keep(
    request: Request, current: SignedInElector, provider: FranceConnect, verified: VerifiedIdentity
) -> Response:
    """Keep the identity and its address, and lead out of FranceConnect to the page where they are checked.

    Out of it in any case: it would give the same identity again without asking.
    """
    address = personal_address(verified.email, current.elector, current.app.election)
    if isinstance(address, ContactRefusal):
        asks = await has_question(current)
        out = await _logout_url(current, provider, verified, CHOICE_URL)
        sentence = identity_sentences.address_refusal(address, has_question=asks)
        actions = [(identity_sentences.leave(has_question=asks), out), shown(SUPPORT)]
        return current.browser.message(422, _("Demande non prise en compte"), [sentence], actions)
    response = RedirectResponse(await _logout_url(current, provider, verified, VERIFICATION_URL), 303)
    draft = {
        IDENTITY: json.dumps(asdict(verified.identity)),
        "channel": Channel.EMAIL.value,
        "email": address.value,
    }
    drafts.VOTING_CODE.keep(response, request, current.app, draft)
    return response


async def _logout_url(
    current: SignedInElector, provider: FranceConnect, verified: VerifiedIdentity, page: str
) -> str:
    address = await provider.logout_url(verified.id_token, f"{current.app.public_url}{page}")
    return page if isinstance(address, LoginFailure) else address


async def _no_identity_page(current: SignedInElector, failure: LoginFailure) -> Response:
    asks = await has_question(current)
    title, sentence = identity_sentences.login_failure(failure, has_question=asks)
    status = 503 if failure is LoginFailure.UNAVAILABLE else 422
    again = (identity_sentences.again(has_question=asks), CHOICE_URL)
    actions = [shown(FOLLOW), again] if failure is LoginFailure.REPLAYED else [again, shown(SUPPORT)]
    return current.browser.message(status, title, [sentence], actions)


def _provider(current: SignedInElector) -> FranceConnect | None:
    is_open = current.app.offer.france_connect and not closed_reason(current)
    return current.app.france_connect if is_open else None
