"""The console's pages for errors: each has its status and says what to do, without a stack trace."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from activities.config.errors import DatabaseUnavailableError, InvalidIdError
from console.context.console_context import ConsoleContext, console_of
from console.context.operator import CsrfError, NotAllowedError, OperatorSignInRequiredError
from console.context.pages import HOME
from console.forms.typed_fields import typed_in
from web.http.security_middleware import response_headers
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError

SIGN_IN = f"{HOME}/connexion"
_HOME = ("Revenir au tableau de bord", HOME)
_NOTHING_DONE = "Rien n’a été pris en compte."
_AGAIN = "Revenez à la page précédente, actualisez-la, puis recommencez."
_PAGES = {
    400: ("Demande illisible", [f"{_NOTHING_DONE} {_AGAIN}"]),
    404: ("Page introuvable", ["Cette adresse ne mène à aucune page de la console."]),
    405: ("Action impossible", ["Cette action n’est pas possible sur cette page."]),
    408: ("Envoi trop lent", [f"Le formulaire n’est pas arrivé en entier. {_NOTHING_DONE}"]),
    409: (
        "Ordre refusé",
        ["L’ordre n’a pas été exécuté\u00a0: il n’était plus valable, ou le worker l’a refusé.", _AGAIN],
    ),
    413: ("Envoi trop long", [f"Ce qui a été envoyé est trop long. {_NOTHING_DONE}"]),
}
_CSRF = (
    "Formulaire refusé",
    [
        "Cette page est restée ouverte trop longtemps, ou le formulaire ne vient pas de la console.",
        f"{_NOTHING_DONE} {_AGAIN}",
    ],
)
_NOT_ALLOWED = (
    "Cette action n’est pas ouverte à votre rôle\u00a0: {}. Votre administrateur peut vous en donner un autre."
)
_UNAVAILABLE = {
    "database": "La base de données ne répond pas. Les demandes en cours ne sont pas perdues.",
    "temporal": "Temporal ne répond pas. Les demandes en cours ne sont pas perdues\u202f; elles reprendront avec lui.",
}


def register(app: FastAPI) -> None:
    """Register the page of each exception with the application."""
    app.add_exception_handler(OperatorSignInRequiredError, _sign_in)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(CsrfError, _csrf)
    app.add_exception_handler(DatabaseUnavailableError, _no_database)
    app.add_exception_handler(InvalidIdError, _no_such_id)
    app.add_exception_handler(WorkflowFailureError, _refused_order)
    app.add_exception_handler(RPCError, _no_temporal)
    app.add_exception_handler(TemporalUnavailableError, _no_temporal)
    app.add_exception_handler(
        WorkflowOverError, _no_temporal
    )  # Temporal has no namespace, or has forgotten what it had
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _unexpected)


def cross_site_page(console: ConsoleContext) -> Response:
    """Return the page for a form that was not sent from our own page (403)."""
    return console.pages.message(403, *_CSRF, [_HOME])


def wrong_host_page(console: ConsoleContext) -> Response:
    """Return the page for a request that names another host than ours (400)."""
    sentence = f"Votre navigateur a demandé un autre site. {_NOTHING_DONE}"
    ours = ("Aller à la console", f"{console.public_url}{HOME}")
    response = console.pages.message(400, "Adresse refusée", [sentence], [ours])
    response.headers["Connection"] = "close"
    return response


def unreadable_page(console: ConsoleContext) -> Response:
    """Return the page for a request whose texts cannot be read or stored (400)."""
    return console.pages.message(400, *_PAGES[400], [_HOME])


def unread_body(console: ConsoleContext, status: int) -> Response:
    """Return the page for a body that is too large (413) or too slow (408), and close the connection."""
    response = console.pages.message(status, *_PAGES[status], [_HOME])
    response.headers["Connection"] = "close"
    return response


def _is_json(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.endswith(".json")


def _page(
    request: Request, status: int, title: str, sentences: list[str], actions: Sequence[tuple[str, str]] = ()
) -> Response:
    """Return the page of an error, with what was typed in the form that has met it."""
    pages, typed = console_of(request).pages, typed_in(request.scope)
    return pages.message(status, title, sentences, [*actions, _HOME], typed=typed)


async def _sign_in(request: Request, _error: Exception) -> Response:
    if _is_json(request):
        return JSONResponse({"detail": "sign-in needed"}, 401)
    going_to = request.scope["path"] if request.method in {"GET", "HEAD"} else HOME
    query = request.scope["query_string"].decode("ascii", "replace")
    wanted = f"{quote(going_to)}?{query}" if query and going_to != HOME else quote(going_to)
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'vers': wanted})}", 303)


async def _not_allowed(request: Request, error: Exception) -> Response:
    if _is_json(request) or not isinstance(error, NotAllowedError):
        return JSONResponse({"detail": "not allowed to this role"}, 403)
    sentence = _NOT_ALLOWED.format(error.operator.role.label)
    return error.operator.message(403, "Action réservée", [sentence, _NOTHING_DONE], [_HOME])


async def _csrf(request: Request, _error: Exception) -> Response:
    return cross_site_page(console_of(request))


async def _no_database(request: Request, _error: Exception) -> Response:
    return _unavailable(request, "database")


async def _no_such_id(request: Request, _error: Exception) -> Response:
    return await _http(request, HTTPException(404))


async def _refused_order(request: Request, _error: Exception) -> Response:
    return await _http(request, HTTPException(409))


async def _no_temporal(request: Request, _error: Exception) -> Response:
    return _unavailable(request, "temporal")


def _unavailable(request: Request, part: str) -> Response:
    if _is_json(request):
        return JSONResponse({"detail": f"{part} does not answer"}, 503, {"Retry-After": "5"})
    again = [("Réessayer", quote(request.scope["path"]))] if request.method == "GET" else []
    sentences = [_UNAVAILABLE[part], "Réessayez dans quelques instants."]
    response = _page(request, 503, "Service momentanément indisponible", sentences, again)
    response.headers["Retry-After"] = "5"
    return response


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if _is_json(request):
        return JSONResponse({"detail": "not found" if status == 404 else "refused"}, status)  # noqa: PLR2004 - HTTP's
    response = _page(request, status, *_PAGES.get(status, _PAGES[400]))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _unreadable(request: Request, _error: Exception) -> Response:
    if _is_json(request):
        return JSONResponse({"detail": "not readable"}, 422)
    return _page(request, 422, *_PAGES[400])


async def _unexpected(request: Request, _error: Exception) -> Response:
    # The server logs the exception. Starlette answers it outside the middleware that adds the security headers.
    console = console_of(request)
    sentences = ["Cette page n’a pas pu être préparée.", "L’erreur est dans le journal technique de la console."]
    response = _page(request, 500, "Erreur de la console", sentences)
    response.headers.update(response_headers(is_https=console.is_https))
    return response
