"""Which requests to a link go on by themselves when they got no answer."""

import pytest
from fastapi import Request

from web.context.pressed_links import note_click, pressed_by

LINK = "/lien/abc"


def _request(method: str, path: str, query: str = "") -> Request:
    return Request({"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []})


@pytest.mark.parametrize(
    "request_",
    [
        _request("POST", LINK),
        _request("POST", f"{LINK}/note"),
        _request("POST", f"{LINK}/verification"),
        _request("GET", LINK),
        _request("GET", f"{LINK}/note", "suite"),
        _request("GET", "/portail", "suite"),
    ],
)
def test_nothing_goes_on_without_a_click(request_: Request) -> None:
    """A form whose click was not sent, or that only ends a display, has nothing under way."""
    assert pressed_by(request_) is None


def test_a_click_that_was_sent_goes_on_after_it() -> None:
    """The page of the fault leads to the link, which asks what became of the click; so does a page that has asked."""
    clicked = _request("POST", LINK)
    note_click(clicked)
    assert pressed_by(clicked) == pressed_by(_request("GET", LINK, "suite")) == f"{LINK}?suite"
