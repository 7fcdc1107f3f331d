"""Pages for errors: each has its status and says what to do, without a stack trace."""

import re
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from activities.accounts.credentials import CredentialReplacedError
from activities.config.errors import DatabaseUnavailableError
from activities.security.vault import EnvelopeError
from election.text.translation import N_
from election.text.translation import gettext as _
from web import returned_forms
from web.captcha.renderings import TooManyDeliveriesError
from web.context.app_context import AppContext
from web.context.browser_session import OtherEntranceError, SignInRequiredError
from web.context.buttons import FOLLOW, HOME, shown
from web.context.destinations import going_to, with_destination
from web.context.form_tokens import CsrfError
from web.context.pressed_links import RELOAD_AFTER, RELOADS, is_link_page, pressed_by, reload_at
from web.context.spoken_language import spoken_to
from web.http.security_middleware import response_headers
from web.http.sse_limit import ProcessIsFullError, TooManyStreamsError
from web.presenters.procedures import identifier, voting_code
from workflows.runtime.temporal_calls import TemporalUnavailableError

_WRONG_CSRF = [
    N_("Cette page est restée ouverte trop longtemps, ou le formulaire ne vient pas de notre site."),
    N_("Rien n’a été pris en compte. Rouvrez la page et recommencez."),
]
_UNAVAILABLE = [
    N_("Le service ne répond pas en ce moment. Ce qui est déjà demandé n’est pas perdu."),
    N_("Réessayez dans quelques instants\u00a0: une même demande n’est jamais prise en compte deux fois."),
]
_CROWDED = (
    N_("Beaucoup de monde en ce moment"),
    [
        N_("De nombreuses personnes utilisent le service. Les demandes déjà commencées passent d’abord."),
        N_(
            "Gardez cette page ouverte\u00a0: elle se recharge toutes les {seconds}\u00a0secondes, jusqu’à ce qu’une place se libère."
        ),
    ],
)
_TOO_MANY = (
    N_("Trop de pages ouvertes"),
    [
        N_(
            "Votre demande est déjà suivie dans plusieurs onglets. Fermez les autres onglets, puis actualisez cette page."
        )
    ],
)
_FULL = (
    N_("Mise à jour automatique indisponible"),
    [
        N_(
            "Trop de personnes suivent leur demande en ce moment. La page de suivi reste disponible\u00a0: actualisez-la."
        )
    ],
)
_TOO_MANY_DELIVERIES = (
    N_("Code de sécurité demandé trop souvent"),
    [
        N_("L’image ou l’enregistrement de ce code de sécurité a été chargé de nombreuses fois."),
        N_("Revenez à la page du formulaire et appuyez sur «\u00a0Nouveau code de sécurité\u00a0»."),
    ],
)
_CREDENTIAL_REPLACED = (
    N_("Remplacé à l’instant"),
    [
        N_(
            "Ce que vous avez saisi vient d’être remplacé, au moment même où nous le vérifiions. Recommencez avec le nouveau."
        )
    ],
)
# The last steps of the requests that an elector who has signed in can follow.
_FOLLOWED = {f"{each.RECORD.url}/verification" for each in (identifier, voting_code)}
# Whose GET is answered by no page.
_WITHOUT_PAGE = {"/captcha", "/deconnexion"}
# A typed address with a slash too many. Led on within this host: never from `//other.example/`, which names another one.
_WITH_SLASH = re.compile(r"(?:/[\w-]+)+/", re.ASCII)
# A link in capitals, or with slashes around its token, as mail programs and people write it.
_LINK = re.compile(r"/+lien/+([^/]+).*", re.IGNORECASE | re.DOTALL)
_PAGES = {
    404: (
        N_("Page introuvable"),
        [N_("Cette adresse ne mène à aucune page. Vérifiez-la, ou revenez à l’accueil.")],
    ),
    405: (
        N_("Action impossible"),
        [N_("Cette action n’est pas possible sur cette page. Revenez à l’accueil et recommencez.")],
    ),
    400: (
        N_("Formulaire illisible"),
        [N_("Le formulaire n’a pas pu être lu. Rien n’a été pris en compte. Revenez à l’accueil et recommencez.")],
    ),
    408: (
        N_("Envoi trop lent"),
        [
            N_("Le formulaire n’est pas arrivé en entier. Rien n’a été pris en compte."),
            N_("Vérifiez votre connexion, puis recommencez."),
        ],
    ),
    413: (
        N_("Formulaire trop long"),
        [
            N_(
                "Ce qui a été saisi est trop long. Rien n’a été pris en compte. Recommencez avec un texte plus court."
            )
        ],
    ),
}


def register(app: FastAPI) -> None:
    """Register the page of each exception with the application."""
    app.add_exception_handler(SignInRequiredError, _sign_in)
    app.add_exception_handler(OtherEntranceError, _other_entrance)
    app.add_exception_handler(CsrfError, _csrf)
    for error in (TemporalUnavailableError, DatabaseUnavailableError, EnvelopeError):
        app.add_exception_handler(error, _unavailable)
    app.add_exception_handler(TooManyStreamsError, _too_many)
    app.add_exception_handler(ProcessIsFullError, _full)
    app.add_exception_handler(TooManyDeliveriesError, _too_many_deliveries)
    app.add_exception_handler(CredentialReplacedError, _credential_replaced)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def cross_site_page(app: AppContext) -> Response:
    """Return the page for a form that was not sent from our own page (403)."""
    return _page(app, 403, (N_("Formulaire refusé"), _WRONG_CSRF))


def wrong_host_page(app: AppContext) -> Response:
    """Return the page for a request that names another host than ours (400); its button leads to ours."""
    sentence = _(
        "Votre navigateur a demandé un autre site que le nôtre. Rien n’a été pris en compte. Notre adresse est {address}."
    ).format(address=app.public_url)
    ours = (_("Aller à notre adresse"), f"{app.public_url}/")
    response = app.pages.message(400, _("Adresse refusée"), [sentence], [ours])
    response.headers["Connection"] = "close"
    return response


def unread_body(app: AppContext, status: int) -> Response:
    """Return the page for a body that is too large (413) or too slow (408), and close the connection."""
    response = _page(app, status, _PAGES[status])
    response.headers["Connection"] = "close"
    return response


def crowded_page(app: AppContext, scope: Scope) -> Response:
    """Return the page that asks to wait before beginning (503), and loads the same address again by itself."""
    query = scope["query_string"].decode("latin-1")
    again = (N_("Réessayer"), quote(scope["path"]) + (f"?{query}" if query else ""))
    response = _page(app, 503, _CROWDED, again)
    response.headers["Refresh"] = response.headers["Retry-After"] = str(RELOAD_AFTER)
    return response


def _page(app: AppContext, status: int, texts: tuple[str, list[str]], *actions: tuple[str, str]) -> Response:
    """Return a page in the voter's language; without `actions` its button leads home."""
    title, paragraphs = texts
    return app.pages.message(
        status,
        _(title),
        [_(each).format(seconds=RELOAD_AFTER) for each in paragraphs],
        [shown(each) for each in actions or (HOME,)],
    )


def _app(request: Request) -> AppContext:
    app: AppContext = request.app.state.context
    return app


async def _sign_in(request: Request, _error: Exception) -> Response:
    if request.scope["path"].endswith(".json"):
        return JSONResponse({"detail": "sign-in needed"}, 401)
    url = with_destination("/connexion", going_to(_app(request), request))
    if request.method == "POST" and (page := await returned_forms.signed_out_page(request, url)):
        return page
    return RedirectResponse(url, 303)


async def _other_entrance(_request: Request, error: Exception) -> Response:
    return RedirectResponse(error.url if isinstance(error, OtherEntranceError) else "/", 303)


async def _too_many_deliveries(request: Request, _error: Exception) -> Response:
    return _page(_app(request), 429, _TOO_MANY_DELIVERIES)


async def _credential_replaced(request: Request, _error: Exception) -> Response:
    return _page(_app(request), 409, _CREDENTIAL_REPLACED, (N_("Recommencer"), quote(request.scope["path"])), HOME)


async def _csrf(request: Request, _error: Exception) -> Response:
    return await returned_forms.other_session_page(request) or cross_site_page(_app(request))


async def _unavailable(request: Request, _error: Exception) -> Response:
    if request.scope["path"].endswith(".json"):
        return JSONResponse({"detail": "no answer in time"}, 503, {"Retry-After": "5"})
    pressed = pressed_by(request)
    texts = (N_("Service momentanément indisponible"), [*_UNAVAILABLE, RELOADS] if pressed else _UNAVAILABLE)
    response = _page(_app(request), 503, texts, *_tried_again(request, pressed), HOME)
    if pressed:
        reload_at(response, pressed)
    response.headers["Retry-After"] = "5"
    return response


def _tried_again(request: Request, pressed: str | None) -> list[tuple[str, str]]:
    """Return the button that leads to where a request that got no answer can be looked for or made again; none without a page."""
    path = request.scope["path"]
    if request.method == "GET" or is_link_page(request):
        return [(N_("Réessayer"), pressed or quote(path))]
    if path in _FOLLOWED and getattr(request.state, "is_signed_in", False):
        return [FOLLOW]
    if path in _WITHOUT_PAGE:
        return []
    # The page of a form's last check has what this browser keeps of it.
    return [(N_("Réessayer"), quote(path) if path in _FOLLOWED else returned_forms.begun_at(request))]


async def _too_many(request: Request, _error: Exception) -> Response:
    return _page(_app(request), 429, _TOO_MANY, FOLLOW, HOME)


async def _full(request: Request, _error: Exception) -> Response:
    return _page(_app(request), 503, _FULL, FOLLOW, HOME)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    meant = _meant(request.scope["path"])
    if status == HTTPStatus.NOT_FOUND and request.method in {"GET", "HEAD"} and meant:
        return RedirectResponse(meant, 303)
    response = _page(_app(request), status, _PAGES.get(status, _PAGES[400]))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _meant(path: str) -> str | None:
    """Return the path that an unknown one stands for, or None."""
    if _WITH_SLASH.fullmatch(path):
        return path.removesuffix("/")
    link = _LINK.fullmatch(path)
    meant = f"/lien/{quote(link[1])}" if link else path
    return None if meant == path else meant


async def _unexpected(request: Request, _error: Exception) -> Response:
    # An exception that nothing else handles: the server logs it, redacted. Starlette answers it outside the
    # middleware that adds the security headers and speaks the voter's language.
    app = _app(request)
    with spoken_to(request, app):
        response = _page(app, 500, (N_("Erreur du service"), _UNAVAILABLE))
    response.headers.update(response_headers(is_https=app.is_https))
    return response
