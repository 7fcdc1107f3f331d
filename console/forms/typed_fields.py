"""What somebody has typed in a form that is refused: the page that says why shows it again."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from console.forms.elector_form import VALUES
from web.http.security_middleware import read_body, replay

# The fields in which people type or choose, with their labels; the others of a form are hidden.
_LABELS = {
    "name": "Nom de l’envoi",
    "rate": "Rythme, par seconde",
    "gateway": "Passerelle",
    "priority": "Part des envois",
    "hours": "Durée, en heures",
    "work_email": "Adresse professionnelle actuelle",
    **{name: label for name, (_, label) in VALUES.items()},
    "reason": "Raison",
}
_FORM = "application/x-www-form-urlencoded"
_TYPED = "reassort.typed"


def typed_fields(sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the label and the text of each field of a form in which something was typed."""
    return [(label, sent[name]) for name, label in _LABELS.items() if sent.get(name, "").strip()]


def typed_in(scope: Scope) -> list[tuple[str, str]]:
    """Return the same of the form that a request has sent; nothing without a form."""
    return typed_fields(scope.get(_TYPED, {}))


class TypedForm:
    """Middleware that keeps a form's fields for the page of an error, which may come after the body was read.

    What is sent to one of the paths `streamed` goes through as it comes. `BodyLimit` comes before.
    """

    def __init__(self, app: ASGIApp, streamed: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http" or scope["path"] in self._streamed or not _is_form(scope):
            await self._app(scope, receive, send)
            return
        body = await read_body(receive) or b""
        scope[_TYPED] = dict(parse_qsl(body.decode(errors="replace")))
        await self._app(scope, replay(body, receive), send)


def _is_form(scope: Scope) -> bool:
    return scope["method"] == "POST" and Headers(scope=scope).get("content-type", "").lower().startswith(_FORM)
