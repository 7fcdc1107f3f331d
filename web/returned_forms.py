"""Answers a form that cannot be taken, since its session is gone or new: filled in again, with the reason, and nothing done."""

from typing import Any
from urllib.parse import quote, unquote, urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message

from election.text.translation import N_
from election.text.translation import gettext as _
from web.context.destinations import FIELD
from web.context.returned_form import ReturnedForm
from web.http.security_middleware import is_from_our_page
from web.presenters import follow_up
from web.presenters.procedures import identifier, password, voting_code

_OTHER_SESSION = N_(
    "Cette page a été ouverte il y a longtemps, ou en même temps qu’une autre\u00a0: par sécurité, rien n’a été pris en compte. "
    "Complétez-la, puis envoyez-la de nouveau."
)
_SIGNED_OUT = N_("Votre session est terminée, et rien n’a été pris en compte. Connectez-vous, puis recommencez.")
# What sends a form's last page, or a page's button: the page that begins it again.
_BEGUN_AT = {
    f"{follow_up.URL}/renvoyer": follow_up.URL,
    f"{password.RECORD.url}/confirmation": password.RECORD.url,
    f"{identifier.RECORD.url}/verification": identifier.RECORD.url,
    f"{voting_code.RECORD.url}/verification": voting_code.CHALLENGE_URL,
}
_MAX_REDIRECTS = 3


async def other_session_page(request: Request) -> Response | None:
    """Return the page of the form that was sent, without its secrets, for its next try (403).

    None when no page of ours has that form, or when another site may have sent it: it would fill in what it likes.
    """
    typed: dict[str, str] | None = getattr(request.state, "shown_again", None)
    if typed is None or not is_from_our_page(request.headers):
        return None
    return await _page(request, begun_at(request), ReturnedForm(typed, _(_OTHER_SESSION)))


def begun_at(request: Request) -> str:
    """Return the address of the page that begins the form of a request again, with where its sign-in leads."""
    path: str = request.scope["path"]  # `request.url` fails on a query that is not UTF-8
    url, typed = quote(_BEGUN_AT.get(path, path)), getattr(request.state, "shown_again", {})
    return f"{url}?{urlencode({FIELD: typed[FIELD]})}" if FIELD in typed else url


async def signed_out_page(request: Request, url: str) -> Response | None:
    """Return the sign-in page at `url` for an elector who sent a form after the session's end (403)."""
    return await _page(request, url, ReturnedForm({}, _(_SIGNED_OUT)))


async def _page(request: Request, url: str, returned: ReturnedForm) -> Response | None:
    """Return what a GET of our own `url` answers with the form in it, or None when it shows no form."""
    for _try in range(_MAX_REDIRECTS):
        try:
            answer = await _get(request, url, returned)
        except HTTPException:  # this path has no page
            return None
        if returned.is_shown:
            answer.status_code = 403
            return answer
        url = answer.headers.get("location", "")
        if not url.startswith("/"):
            break
    return None


async def _get(request: Request, url: str, returned: ReturnedForm) -> Response:
    path, _mark, query = url.partition("?")
    answer = Response()
    body = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            answer.raw_headers = message["headers"]
        else:
            body.append(message.get("body", b""))

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    changed: dict[str, Any] = {
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "state": {"returned_form": returned},
    }
    await request.app.router({**request.scope, **changed}, receive, send)
    answer.body = b"".join(body)
    return answer
