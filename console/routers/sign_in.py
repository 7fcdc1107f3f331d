"""Signing in by the operators' identity provider, and signing out."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from activities.gateways.identity.provider import AuthorizationResponse, LoginFailure, VerifiedOperator
from console.context.console_context import ConsoleContext, CurrentConsole
from console.context.operator import LOGIN, SESSION, CurrentOperator, Role, require_csrf, session_of
from console.context.pages import HOME

router = APIRouter(prefix=HOME)
_SIGN_IN = f"{HOME}/connexion"
SIGNED_OUT = f"{HOME}/deconnexion"
# A page of the console, by its path alone: no other site, no other part of this one.
_OURS = re.compile(r"/exploitation(?:/[\w%.~-]+)*(?:\?[\w%.~&=+-]*)?", re.ASCII)
_LONGEST = 500
_AGAIN = ("Se connecter", HOME)
_FAILURES = {
    LoginFailure.CANCELLED: (
        "Connexion abandonnée",
        "Vous avez abandonné la connexion, ou le fournisseur d’identité l’a refusée.",
    ),
    LoginFailure.EXPIRED: (
        "Connexion expirée",
        "Cette connexion a été commencée il y a trop longtemps, ou dans un autre navigateur.",
    ),
    LoginFailure.REPLAYED: ("Connexion déjà faite", "Cette connexion a déjà servi. Recommencez."),
    LoginFailure.TAMPERED: (
        "Connexion refusée",
        "La réponse du fournisseur d’identité n’est pas celle qui était attendue.",
    ),
    LoginFailure.UNAVAILABLE: (
        "Connexion impossible",
        "Le fournisseur d’identité ne répond pas, ou ne reconnaît pas la console.",
    ),
}


@router.get("/connexion")
async def begin(request: Request, console: CurrentConsole) -> Response:
    """Redirect to the provider, which leads back to the page that one was going to."""
    destination = _ours(request.query_params.get("vers", ""))
    if await session_of(request, console):
        return RedirectResponse(destination, 303)
    secret, login = console.services.logins.begin(destination, LOGIN.read(request, console))
    address = await console.provider.authorization_url(login)
    if isinstance(address, LoginFailure):
        return _failed(console, address)
    response = RedirectResponse(address, 303)
    LOGIN.set(response, console, secret)
    return response


@router.get("/connexion/retour")
async def callback(request: Request, console: CurrentConsole) -> Response:
    """Open the session of the person whom the provider names, or return why there is none."""
    query = request.query_params
    answer = AuthorizationResponse(*(query.get(name, "") for name in ("state", "code", "error", "iss")))
    begun = console.services.logins.find(LOGIN.read(request, console), answer.state)
    if isinstance(begun, LoginFailure):
        return _failed(console, begun)
    verified = await console.provider.verified_identity(begun.login, answer)
    if isinstance(verified, LoginFailure):
        return _failed(console, verified)
    role = highest(verified.roles)
    if role is None:
        return _no_role(console, verified)
    cookie = await console.services.sessions.open(verified, role, answer.state)
    if cookie is None:
        return _failed(console, LoginFailure.REPLAYED)
    response = RedirectResponse(_ours(begun.destination), 303)
    SESSION.set(response, console, cookie)
    return response


@router.post("/deconnexion")
async def sign_out(request: Request, operator: CurrentOperator, csrf: Annotated[str, Form()] = "") -> Response:
    """End the session here, and at the provider if it has a page for that."""
    require_csrf(operator, csrf)
    console = operator.console
    session = await session_of(request, console)
    if session:
        await console.services.sessions.end(session)
    address = await console.provider.logout_url(f"{console.public_url}{SIGNED_OUT}")
    response = RedirectResponse(SIGNED_OUT if isinstance(address, LoginFailure) else address, 303)
    SESSION.delete(response, console)
    return response


@router.get("/deconnexion")
async def signed_out(console: CurrentConsole) -> Response:
    """Return the page for somebody who has signed out."""
    return console.pages.message(200, "Vous êtes déconnecté", ["Votre session est terminée."], [_AGAIN])


def highest(roles: frozenset[str]) -> Role | None:
    """Return the role that may do most of those that the provider gives, or None."""
    return next((role for role in reversed(Role) if role in roles), None)


def _ours(destination: str) -> str:
    is_ours = len(destination) <= _LONGEST and _OURS.fullmatch(destination) and ".." not in destination
    return destination if is_ours and not destination.startswith((_SIGN_IN, SIGNED_OUT)) else HOME


def _failed(console: ConsoleContext, failure: LoginFailure) -> Response:
    title, sentence = _FAILURES[failure]
    status = 503 if failure is LoginFailure.UNAVAILABLE else 422
    return console.pages.message(status, title, [sentence], [_AGAIN])


def _no_role(console: ConsoleContext, verified: VerifiedOperator) -> Response:
    sentences = [
        f"Votre compte «\u00a0{verified.login}\u00a0» est reconnu, mais il n’a aucun rôle dans cette console.",
        "Demandez à votre administrateur l’un des rôles\u00a0: assistance, bureau, opérateur ou administration.",
    ]
    return console.pages.message(403, "Aucun rôle", sentences, [("Réessayer", HOME)])
