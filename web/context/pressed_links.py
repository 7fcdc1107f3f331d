"""The address of a link whose button was pressed: the page there asks the recovery what became of the click."""

import re
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from election.text.translation import N_

RELOADS = N_("Gardez cette page ouverte\u00a0: elle se recharge toutes les {seconds}\u00a0secondes.")
RELOAD_AFTER = 10  # seconds
_PRESSED = "suite"
_PAGE = re.compile(r"/lien/[^/]+")


def pressed_url(link_url: str) -> str:
    """Return the path and query of a link's page, after its button was pressed."""
    return f"{link_url}?{_PRESSED}"


def is_pressed(request: Request) -> bool:
    """Return whether a request is for the page of a link after its button was pressed."""
    return _PRESSED in request.query_params


def note_click(request: Request) -> None:
    """Note on a request, just before, that its click is sent to the recovery: from then on it may have been taken."""
    request.state.has_clicked = True


def is_link_page(request: Request) -> bool:
    """Return whether a request is for the page of a link, or sends a form of that page."""
    return _PAGE.fullmatch(request.scope["path"]) is not None


def pressed_by(request: Request) -> str | None:
    """Return where a request to a link goes on that got no answer, if its click was sent or it follows one that was.

    Nothing is under way for any other: neither for a form of an earlier step, nor for a secret that was written down, which must
    not come back to the screen by itself.
    """
    has_clicked = getattr(request.state, "has_clicked", False) or (request.method == "GET" and is_pressed(request))
    return pressed_url(quote(request.scope["path"])) if has_clicked and is_link_page(request) else None


def reload_at(response: Response, url: str) -> None:
    """Let a page load `url` by itself after a while: the time of a secret that is shown there runs from its making."""
    response.headers["Refresh"] = f"{RELOAD_AFTER}; url={url}"
