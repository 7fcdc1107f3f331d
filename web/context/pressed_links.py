"""The address of a link whose button was pressed: the page there asks the recovery what became of the click."""

import re
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

RELOAD_AFTER = 10  # seconds
_PRESSED = "suite"
_PAGE = re.compile(r"(/lien/[^/]+)(/.*)?", re.DOTALL)


def pressed_url(link_url: str) -> str:
    """Return the path and query of a link's page, after its button was pressed."""
    return f"{link_url}?{_PRESSED}"


def is_pressed(request: Request) -> bool:
    """Return whether a request is for the page of a link after its button was pressed."""
    return _PRESSED in request.query_params


def pressed_by(request: Request) -> str | None:
    """Return where a request to a link goes on that got no answer, if it pressed a button or follows one that did."""
    page = _PAGE.fullmatch(request.scope["path"])
    if page is None or (request.method != "POST" and not is_pressed(request)):
        return None
    return pressed_url(quote(page[1]))


def reload_at(response: Response, url: str) -> None:
    """Let a page load `url` by itself after a while: the time of a secret that is shown there runs from its making."""
    response.headers["Refresh"] = f"{RELOAD_AFTER}; url={url}"
